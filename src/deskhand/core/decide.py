"""The decision: what should happen to one ticket now, why, and when to look again.

Every rule is judged in the order of the policy. A rule whose condition holds fires once per episode; what its actions would change is gathered in
one write. The first rule to claim a field keeps it: a later rule that wants another value is overruled, and the decision says so. At most one
change of severity is made in an evaluation (requirements, M4).
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Final

from deskhand.core import act, edits, found, requires
from deskhand.core.catch_up import Past, caught_up
from deskhand.core.climbs import Climbed, Start, effects
from deskhand.core.climbs import climbed as climb_all
from deskhand.core.clock import Reading, fold
from deskhand.core.decision import Decision
from deskhand.core.effect import Effect, Say
from deskhand.core.facts import Facts
from deskhand.core.history import History, reopens
from deskhand.core.memory import Cycle, Edge, Firing, Memory
from deskhand.core.message import Message
from deskhand.core.outside import Outside
from deskhand.core.policy import Escalate, Group, Mode, Policy, Rule, lesser
from deskhand.core.scene import Scene
from deskhand.core.speak import spoken
from deskhand.core.ticket import LIVE, Ticket
from deskhand.core.trace import Outcome, Step, Verdict
from deskhand.core.zendesk_clock import TOLERANCE, count_cycles, read_zendesk

_FOUND: Final = "the ticket's audits show that it fired, before the database was restored from a backup"
NEVER: Final = Edge(holds=False, lives=0)
"""A condition that has never held."""
NOTHING: Final = Outside()
"""Nothing is known beside the ticket."""


def decide(
    ticket: Ticket,
    memory: Memory,
    policy: Policy,
    now: datetime,
    holds: Mapping[str, str] | None = None,
    *,
    outside: Outside = NOTHING,
) -> Decision:
    """Judge every rule of the policy for a ticket at an instant (cut to whole seconds), and go on with the ladders that are climbed for it.

    `holds` gives the reasons why guards hold some rules on this ticket: what those would do is worked out, and kept back. `outside` is what is known
    beside the ticket.
    """
    now = now.replace(microsecond=0)
    cycles = count_cycles(ticket.slas or (), memory.events, memory.cycles, now)
    facts = read_facts(ticket, replace(memory, cycles=cycles), policy, now)
    facts = replace(facts, readings=edits.told(facts.readings, memory), alike=outside.alike)
    judged = _Judged(policy, memory, _life(memory.history), lacking=requires.lacking_of(facts, policy))
    if ticket.status not in ("closed", "deleted") and policy.guards.stop_tag not in ticket.tags:
        for group in policy.groups:
            _judge_group(group, facts, judged)
        judged.ask(facts, policy)
    read = cache(lambda at: read_facts(ticket, memory, policy, at))
    past = Past(ticket, memory, now, read, policy.guards, policy.added)
    judged.review(past, holds or {})
    drafts = act.draft(judged.having("fires", "holds", "held"), facts, policy)
    climbed, messages, spoken = _outward(judged, drafts, Scene(facts, policy, memory, outside))
    drafts = (*drafts, *spoken)
    firing, withheld = judged.having("fires"), judged.having("held")
    op_ids = _op_id(ticket.id, judged.having("fires", "holds"), climbed.steps), _op_id(ticket.id, withheld)
    write = act.merge(ticket, drafts, op_ids[0], policy=policy.digest, fired=_fired(firing, climbed))
    held = act.merge(ticket, drafts, op_ids[1], policy=policy.digest, fired=_fired(withheld), held=True)
    looks = (*(verdict.look_again for verdict in judged.verdicts), climbed.look_again)
    look_again = min((at for at in looks if at), default=None)
    op_id = write.op_id if write else ""
    write = None if found.is_written(memory, write) else write
    remembered = _remember(judged, facts, cycles, op_id, held.op_id if held else "")
    return Decision(
        ticket_id=ticket.id,
        at=now,
        policy=policy.digest,
        verdicts=tuple(judged.verdicts),
        effects=drafts,
        clocks=tuple(reading.seen for reading in facts.readings.values()),
        memory=replace(
            remembered,
            intended=act.intended(drafts) or memory.intended,
            planned=look_again,
            promised=edits.promised(facts.readings, memory),
            climbs=tuple(climb.carried(op_id) for climb in climbed.climbs) if op_id else climbed.climbs,
            numbers=climbed.numbers,
        ),
        write=write,
        look_again=look_again,
        severity=facts.severity,
        held=held,
        messages=messages,
        climbs=climbed.seen,
    )


def go_on(ticket: Ticket, memory: Memory, policy: Policy, now: datetime, *, outside: Outside = NOTHING) -> Decision:
    """Only the next steps of ladders that are climbed already, for a ticket that cannot be judged just now: its last write is under way, or Zendesk is away.

    Whoever is to be paged is paged all the same. Nothing is written; the words wait for the next decision.
    """
    now = now.replace(microsecond=0)
    facts = replace(read_facts(ticket, memory, policy, now), alike=outside.alike)
    none = _Judged(policy, memory, "")
    climbed, messages, written = _outward(none, (), Scene(facts, policy, memory, outside))
    return Decision(
        ticket_id=ticket.id,
        at=now,
        policy=policy.digest,
        verdicts=(),
        effects=tuple(one for one in written if isinstance(one.change, Say)),
        clocks=(),
        memory=replace(memory, climbs=climbed.climbs, numbers=climbed.numbers),
        look_again=climbed.look_again,
        severity=facts.severity,
        messages=messages,
        climbs=climbed.seen,
    )


def _outward(
    judged: "_Judged", drafts: tuple[Effect, ...], scene: Scene
) -> tuple[Climbed, tuple[Message, ...], tuple[Effect, ...]]:
    """What goes on outside Zendesk: the climbs of the ticket, all messages, and what is written in the ticket about them.

    On a ticket that deskhand is to leave alone nothing goes on; in one that is closed nothing can be written.
    """
    if scene.policy.guards.stop_tag in scene.facts.ticket.tags:
        still = tuple(replace(climb, planned=None) for climb in scene.memory.climbs)
        return Climbed(still, dict(scene.memory.numbers)), (), ()
    scene = replace(scene, facts=replace(scene.facts, severity=act.intended(drafts) or scene.facts.severity))
    firing = judged.having("fires", "found")
    climbed = climb_all(judged.starts(), judged.holding(), scene)
    scene = replace(scene, memory=replace(scene.memory, climbs=climbed.climbs))
    told = spoken(firing, scene, climbed.numbers)
    written = effects(climbed, scene, drafts)
    if scene.facts.ticket.status in ("closed", "deleted"):
        written = tuple(one for one in written if isinstance(one.change, Say))
    return climbed, (*climbed.messages, *told), written


@dataclass(slots=True)
class _Judged:
    """The verdicts as they come in, while the rules are walked once."""

    policy: Policy
    memory: Memory
    life: str
    verdicts: list[Verdict] = field(default_factory=list)
    firing: list[tuple[Rule, Mode, Verdict]] = field(default_factory=list)
    edges: dict[str, Edge] = field(default_factory=dict)
    lacking: requires.Lacking = field(default_factory=requires.Lacking)
    asked: list[tuple[Rule, Mode, Verdict]] = field(default_factory=list)
    """Rules that escalate, with what they came to."""

    def ask(self, facts: Facts, policy: Policy) -> None:
        """What is required before an escalation and is missing is asked for."""
        for (rule, mode, verdict), edge in requires.asking(self.asked, self.lacking, facts, self.memory, policy):
            self.verdicts.append(verdict)
            if edge != self.memory.edges.get(rule.id):
                self.edges[rule.id] = edge
            if verdict.outcome in ("fires", "holds"):
                self.firing.append((rule, mode, verdict))

    def review(self, past: Past, holds: Mapping[str, str]) -> None:
        """Late ones are dated, some are skipped, and what a guard holds is held."""
        caught = caught_up(self.firing, past)
        self.firing = [(rule, mode, _hold(verdict, holds.get(rule.id, ""))) for rule, mode, verdict in caught]
        final = {verdict.rule: verdict for _, _, verdict in self.firing}
        self.verdicts = [final.get(verdict.rule, verdict) for verdict in self.verdicts]

    def starts(self) -> list[Start]:
        """The ladders that rules want climbed now."""
        return [
            Start(rule.id, action.ladder, f"{rule.id}/{verdict.episode}/{verdict.number}")
            for rule, mode, verdict in self.having("fires", "found")
            for action in rule.then
            if isinstance(action, Escalate) and act.may(action, mode)
        ]

    def holding(self) -> frozenset[str]:
        """Rules whose condition holds, and that nothing keeps back."""
        return frozenset(one.rule for one in self.verdicts if one.outcome in ("fires", "found", "already", "not yet"))

    def having(self, *outcomes: Outcome) -> list[tuple[Rule, Mode, Verdict]]:
        """Those that came to one of these."""
        return [one for one in self.firing if one[2].outcome in outcomes]


def _hold(verdict: Verdict, reason: str) -> Verdict:
    return replace(verdict, outcome="held", reason=reason) if reason and verdict.outcome == "fires" else verdict


def read_facts(ticket: Ticket, memory: Memory, policy: Policy, now: datetime) -> Facts:
    """The ticket with every clock read at `now`: Zendesk's own where it has one of a name, else ours."""
    theirs = read_zendesk(ticket, memory.events, memory.cycles, policy.time, now)
    readings = _told_apart({spec.id: fold(spec, memory.history, now) for spec in policy.clocks}, policy, theirs)
    readings |= {reading.seen.clock: reading for reading in theirs}
    ours = memory.own is not None and memory.own.after == ticket.updated_at
    touched = memory.own.before if ours and memory.own else None
    return Facts(ticket, now, policy.binding.read(ticket), readings, memory.history, touched)


def _told_apart(ours: dict[str, Reading], policy: Policy, theirs: list[Reading]) -> dict[str, Reading]:
    """Our own clocks, with a word where one that measures what Zendesk measures comes to something else."""
    known = {reading.seen.clock: reading.seen for reading in theirs if reading.seen.elapsed is not None}
    for spec in policy.clocks:
        one, other = ours[spec.id].seen, known.get(spec.like)
        if other is None or one.elapsed is None or other.elapsed is None or one.stage != other.stage:
            continue
        off = one.elapsed - other.elapsed
        if abs(off) > TOLERANCE:
            words = f"differs from Zendesk's {other.clock} by {abs(off) / 60:.0f} minutes"
            ours[spec.id] = replace(ours[spec.id], seen=replace(one, off_by=off, note=words))
    return ours


def _life(history: History) -> str:
    """Which life the ticket is in: a reopen or a person's change of severity starts another, our own raise does not."""
    levels = [event for event in history if event.kind == "severity"]
    retargets = sum(not event.ours for event in levels[1:])
    return f"c{reopens(history)}r{retargets}"


def _judge_group(group: Group, facts: Facts, judged: _Judged) -> None:
    """The rules of one group in order; in a `first` group those after a match are passed over."""
    matched = ""
    for rule in group.rules:
        mode = lesser(judged.policy.mode, rule.mode)
        if mode == "off":
            judged.verdicts.append(Verdict(rule.id, rule.place, "off", None))
        elif matched:
            judged.verdicts.append(Verdict(rule.id, rule.place, "not reached", None, episode=matched))
        else:
            verdict = _judge_rule(rule, mode, facts, judged)
            judged.asked += [(rule, mode, verdict)] if rule.escalates else []
            judged.verdicts.append(verdict)
            if group.match == "first" and verdict.step and verdict.step.held:
                matched = rule.id


def _judge_rule(rule: Rule, mode: Mode, facts: Facts, judged: _Judged) -> Verdict:
    """One rule: does it hold, has it fired in this episode, and when could that change?"""
    waiting = _not_asked(rule, facts)
    if waiting:
        return Verdict(rule.id, rule.place, "no", waiting, look_again=waiting.turns_at)
    step = rule.when.judge(facts)
    before = _before(rule, facts, judged)
    anew = step.held and not before.holds and not (before.lives and rule.id in judged.memory.calm)
    edge = Edge(step.held, before.lives + (1 if anew else 0))
    if edge != judged.memory.edges.get(rule.id, NEVER):
        judged.edges[rule.id] = edge
    if not step.held:
        return Verdict(rule.id, rule.place, "no", step, look_again=step.turns_at)
    episode = _episode(rule, facts, edge, judged.life)
    if waits := judged.memory.held(rule.id):
        reason = f"held since {waits.at:%Y-%m-%d %H:%M} UTC, until a person lets it go or drops it"
        return Verdict(rule.id, rule.place, "held", step, episode, waits.number, step.turns_at, reason)
    fired = judged.memory.fired(rule.id, episode)
    outcome, number, again = _turn(rule, fired, facts.now)
    if outcome == "fires" and mode == "observe":
        outcome = "holds"
    lapses = None if rule.when.clocks() and not rule.repeat else step.turns_at
    look = min((instant for instant in (again, lapses) if instant), default=None)
    told = (_FOUND, None) if outcome == "found" else _missed(rule, fired, number)
    verdict = Verdict(rule.id, rule.place, outcome, step, episode, number, look, *told)
    if rule.escalates:
        verdict = requires.held_back(rule, verdict, facts, judged.lacking)
    if verdict.outcome in ("fires", "found", "holds"):
        judged.firing.append((rule, mode, verdict))
    return verdict


def _before(rule: Rule, facts: Facts, judged: _Judged) -> Edge:
    """Whether a rule's condition held at the last look, and how many lives it has had.

    What was found in the audits tells of more lives than are remembered. The last of them goes on if the condition would hold with all that the rule does in
    place; else that had ended it, and somebody has taken it back since.
    """
    before = judged.memory.edges.get(rule.id, NEVER)
    lives = found.lives(judged.memory, rule.id)
    if lives == 0 or lives < before.lives:
        return before
    drafts = act.draft([(rule, "enforce", Verdict(rule.id, rule.place, "fires", None))], facts, judged.policy)
    ticket = found.with_changes(facts.ticket, (one.change for one in drafts))
    done = replace(facts, ticket=ticket, severity=judged.policy.binding.read(ticket))
    return Edge(rule.when.judge(done).held, lives)


def _not_asked(rule: Rule, facts: Facts) -> Step | None:
    """Why a rule is not asked at all about this ticket now, as a step that does not hold; None if it is asked."""
    status = facts.ticket.status
    asked = rule.statuses or LIVE
    if status not in asked:
        return Step(rule.place, f"asked only of {', '.join(sorted(asked))} tickets (was {status})", held=False)
    if rule.enforce_from and facts.now < rule.enforce_from:
        says = f"counts from {rule.enforce_from.isoformat()} on"
        return Step(rule.place, says, held=False, turns_at=rule.enforce_from)
    return None


def _episode(rule: Rule, facts: Facts, edge: Edge, life: str) -> str:
    """Which life of the rule's condition this is: its clocks' own, the ticket's, or the count of times it came true."""
    names = rule.when.clocks()
    if not names:
        return f"e{edge.lives}"
    if names & {"any", "current"}:
        return life
    lives = [f"{name}:{facts.readings[name].seen.episode}" for name in sorted(names) if name in facts.readings]
    return ",".join(lives) or life


def _turn(rule: Rule, fired: tuple[Firing, ...], now: datetime) -> tuple[Outcome, int, datetime | None]:
    """Whether a rule that holds fires now, as which repetition, and when it may fire again."""
    if fired and fired[-1].outcome == "found":
        more = rule.repeat and fired[-1].number < rule.repeat.at_most
        again = fired[-1].at + timedelta(seconds=rule.repeat.every) if rule.repeat and more else None
        return "found", fired[-1].number, again
    if not fired:
        return (
            "fires",
            1,
            now + timedelta(seconds=rule.repeat.every) if rule.repeat and rule.repeat.at_most > 1 else None,
        )
    if rule.repeat is None or len(fired) >= rule.repeat.at_most:
        return "already", len(fired), None
    due = fired[-1].at + timedelta(seconds=rule.repeat.every)
    if now < due:
        return "not yet", len(fired), due
    missed = int((now - due).total_seconds()) // max(rule.repeat.every, 1)
    number = min(len(fired) + 1 + missed, rule.repeat.at_most)
    return "fires", number, now + timedelta(seconds=rule.repeat.every) if number < rule.repeat.at_most else None


def _missed(rule: Rule, fired: tuple[Firing, ...], number: int) -> tuple[str, datetime | None]:
    """For a repetition: what it says of those that were missed before it, and when it was due itself."""
    if not fired or rule.repeat is None or number <= len(fired):
        return "", None
    missed = number - len(fired) - 1
    due = fired[-1].at + timedelta(seconds=rule.repeat.every * (missed + 1))
    return (f"{missed} earlier repetitions were missed, and are skipped" if missed else ""), due


def _op_id(ticket_id: int, firing: list[tuple[Rule, Mode, Verdict]], climbed: str = "") -> str:
    """The mark of a write, made from what fired and the steps that were climbed: the same ones have the same mark, whoever decides them."""
    steps = "|".join(f"{verdict.rule}/{verdict.episode}/{verdict.number}" for _, _, verdict in firing)
    steps += f"|{climbed}" if climbed else ""
    return hashlib.sha256(f"{ticket_id}|{steps}".encode()).hexdigest()[:24]


def _fired(firing: list[tuple[Rule, Mode, Verdict]], climbed: Climbed | None = None) -> tuple[str, ...]:
    """What a write's audit names: the firings, and the words of climbs, by which it is known again."""
    firings = [found.key(one.rule, one.episode, one.number) for _, _, one in firing]
    told = [
        found.key("", climb.thread, one.number)
        for climb in (climbed.climbs if climbed else ())
        for one in climb.to_tell
    ]
    return found.fit((*firings, *told))


def _remember(judged: _Judged, facts: Facts, cycles: Mapping[str, Cycle], op_id: str, held: str) -> Memory:
    """What to know at the next look: what fired, was held or skipped, and which conditions hold."""
    memory = found.settled(judged.memory)
    firings = tuple(
        firing
        for _, _, verdict in judged.having("fires", "holds", "held", "skipped")
        for firing in _firings(verdict, memory, facts.now, op_id, held)
    )
    return replace(
        memory,
        ledger=(*memory.ledger, *firings),
        edges={**memory.edges, **judged.edges} if judged.edges else memory.edges,
        cycles=cycles,
        looked_at=facts.now,
        allowed=(),
        calm=(),
        off_by={name: one.seen.off_by for name, one in facts.readings.items() if one.seen.off_by is not None},
    )


def _firings(verdict: Verdict, memory: Memory, now: datetime, op_id: str, held: str) -> Iterator[Firing]:
    """The ledger's entries for a verdict, with those of the repetitions that were missed before it."""
    for number in range(len(memory.fired(verdict.rule, verdict.episode)) + 1, verdict.number):
        yield Firing(verdict.rule, verdict.episode, number, now, "", "skipped")
    entry = Firing(verdict.rule, verdict.episode, verdict.number, now)
    match verdict.outcome:
        case "held" if held:
            yield replace(entry, op_id=held, outcome="held")
        case "holds":
            yield replace(entry, outcome="observed")
        case "skipped":
            yield replace(entry, outcome="skipped")
        case _:
            yield replace(entry, op_id=op_id)
