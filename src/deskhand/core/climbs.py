"""All climbs of one ticket at one look: those that begin, those that go on, and those that begin anew."""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from deskhand.core.brief_note import brief_note
from deskhand.core.climb import Climb, ClimbSeen
from deskhand.core.climb_bounds import ending
from deskhand.core.climb_walk import Walk
from deskhand.core.climb_words import brief_of, climb_note, seen
from deskhand.core.condition import Both
from deskhand.core.effect import Effect, Note, Say
from deskhand.core.found import words
from deskhand.core.ladder import Ladder
from deskhand.core.message import Message
from deskhand.core.policy import Mode, lesser
from deskhand.core.scene import Scene

STILL: Final = timedelta(minutes=1)
"""So often is it asked whether the kill switch is still on."""
TAKEN_UP: Final = "The worker's database was restored from a backup: this escalation is taken up again from its beginning. Whoever was paged already is not paged twice."
WORD = "climb"
"""The action of effects that a climb has by itself; that of the rule which begins it is `escalate`."""


@dataclass(frozen=True, slots=True)
class Start:
    """A rule that fires wants a ladder climbed. `cause` is that very firing, which begins one climb only."""

    rule: str
    ladder: str
    cause: str


@dataclass(frozen=True, slots=True)
class Climbed:
    """What the climbs of a ticket came to at one look."""

    climbs: tuple[Climb, ...]
    numbers: dict[str, int]
    messages: tuple[Message, ...] = ()
    seen: tuple[ClimbSeen, ...] = ()
    look_again: datetime | None = None

    @property
    def steps(self) -> str:
        """The words that wait for a write, by number: they tell one write from another."""
        told = [f"{climb.thread}/{one.number}" for climb in self.climbs for one in climb.to_tell]
        return "|".join(told)


def climbed(starts: Iterable[Start], holding: AbstractSet[str], scene: Scene) -> Climbed:
    """Take every step that is due. `holding` names the rules whose condition holds: only those begin a climb anew."""
    found: dict[str, list[Climb]] = {}
    for climb in scene.memory.climbs:
        found.setdefault(climb.ladder, []).append(climb)
    wanted = {start.ladder: start for start in starts}
    numbers, walks = dict(scene.memory.numbers), []
    shown: list[ClimbSeen] = []
    episode = max((climb.episode for climb in scene.memory.climbs), default=0)
    for name in (*found, *(name for name in wanted if name not in found)):
        of_ladder = found.setdefault(name, [])
        ladder, newest = scene.policy.ladders.get(name), of_ladder[-1] if of_ladder else None
        rule = newest.rule if newest else wanted[name].rule
        still = _still(rule, scene)
        if newest and newest.stage != "over" and still:
            of_ladder[-1] = newest = replace(newest, planned=None)
        elif newest and newest.stage != "over":
            walks.append(walk := _walk(newest, ladder, scene, numbers))
            of_ladder[-1] = newest = walk.climb
        if ladder and (start := _begins(newest, ladder, wanted.get(name), holding, scene)):
            episode += 1
            begun = _begun(start, episode, scene)
            if not still:
                walks.append(walk := _walk(begun, ladder, scene, numbers))
                begun = walk.climb
            of_ladder.append(begun)
        shown += [seen(climb, ladder, next_at=climb.planned, waits=still) for climb in of_ladder[-1:]]
    looks = [at for walk in walks for at in walk.look_again]
    if scene.outside.stopped and any(climb.stage != "over" for of_ladder in found.values() for climb in of_ladder[-1:]):
        looks.append(scene.now + STILL)
    return Climbed(
        tuple(climb for of_ladder in found.values() for climb in of_ladder[-2:]),
        numbers,
        tuple(message for walk in walks for message in walk.messages),
        tuple(shown),
        min(looks, default=None),
    )


def effects(climbed: Climbed, scene: Scene, drafts: Sequence[Effect]) -> tuple[Effect, ...]:
    """What is said and written: each message, the words in a note, and the brief once, unless a rule writes one."""
    found = [
        Effect(one.rule, WORD, Say(one.verb, one.role or ", ".join(one.channels), one.channels))
        for one in climbed.messages
    ]
    has_brief = any(isinstance(one.change, Note) and one.change.template == "brief" for one in drafts)
    for climb in climbed.climbs:
        ladder = scene.policy.ladders.get(climb.ladder)
        if climb.to_tell:
            found.append(Effect(climb.rule, WORD, Note(WORD, climb_note(climb))))
        if ladder and not climb.briefed and climb.stage != "over" and not has_brief:
            brief = brief_of(scene, ladder)
            found += [Effect(climb.rule, WORD, Note("brief", brief_note(brief)))] if brief else []
            has_brief = True
    return tuple(found)


def _walk(climb: Climb, ladder: Ladder | None, scene: Scene, numbers: dict[str, int]) -> Walk:
    """One climb, as far as it goes now. One whose ladder is gone from the policy is over."""
    level = scene.facts.severity
    if level != climb.severity:
        climb = replace(climb, severity=level)
        climb = climb.saying(scene.now, f"The severity is {(level or 'none').upper()} now.") if climb.said else climb
    walk = Walk(climb, ladder or _nothing(climb.ladder), scene, numbers)
    if ladder is None:
        walk.end("no ladder", "the policies have no such ladder any more")
    else:
        walk.go()
    return walk


def _nothing(name: str) -> Ladder:
    """A ladder that the policies do not have any more."""
    never = Both("", "any", ())
    return Ladder(name, "severity", "", "", frozenset(), (), stops=never, ends=never)


def _begins(
    newest: Climb | None, ladder: Ladder, wanted: Start | None, holding: AbstractSet[str], scene: Scene
) -> Start | None:
    """Why a ladder is climbed from its beginning now; None if it is not."""
    if newest and newest.stage != "over":
        return None
    if newest and newest.why == "contained before":
        return Start(newest.rule, ladder.id, f"again after {newest.thread}")
    if ending(ladder, scene.facts):
        return None
    if wanted and (newest is None or newest.cause != wanted.cause):
        return wanted
    fits = scene.facts.severity in ladder.severities and not (newest and newest.undone)
    if newest and newest.rule in holding and fits and _mode(newest.rule, scene) not in ("off", "observe"):
        return Start(newest.rule, ladder.id, f"again after {newest.thread}")
    return None


def _begun(start: Start, episode: int, scene: Scene) -> Climb:
    """A climb at its beginning, in a matter of its own. One whose words are in the ticket already was begun before the database was restored."""
    thread = scene.outside.thread(scene.ticket_id, episode)
    climb = Climb(
        ladder=start.ladder,
        rule=start.rule,
        cause=start.cause,
        thread=thread,
        episode=episode,
        began=scene.now,
        last=scene.now,
        severity=scene.facts.severity,
    )
    before = words(scene.memory, thread)
    if before is None:
        return climb
    return replace(climb, told=before.number, briefed=before.op_id).saying(scene.now, TAKEN_UP)


def _still(rule: str, scene: Scene) -> str:
    """Why a climb takes no step at all now. Once it may, it goes on where it stood: what was due meanwhile is not made up for."""
    mode = _mode(rule, scene)
    if mode in ("off", "observe"):
        return f"its rule's mode is {mode}, so it stands still"
    return f"{scene.outside.stopped}, so it stands still" if scene.outside.stopped else ""


def _mode(rule: str, scene: Scene) -> Mode:
    """What a climb may do: as much as the rule that began it, if there still is one."""
    own = next((one.mode for one in scene.policy.rules if one.id == rule), scene.policy.mode)
    return lesser(scene.policy.mode, own)
