"""What is said of a climb: to the people who are asked, and in the ticket. Finished plain text; each service escapes it for itself."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final

from deskhand.core.brief import Brief, Target
from deskhand.core.brief_make import brief_for
from deskhand.core.climb import Climb, ClimbSeen, Proof
from deskhand.core.condition import describe_span
from deskhand.core.facts import Facts
from deskhand.core.ladder import Ladder, Rung
from deskhand.core.message import Notice
from deskhand.core.plain import cut, line
from deskhand.core.runbook import runbook_of
from deskhand.core.scene import Scene

TITLE: Final = 200
"""Characters of a message's title."""
NAMES: Final = 5
"""So many people are named; the others are counted."""
_TARGETS: Final[dict[str, Target]] = {
    "technical": "Engineering",
    "severity": "Engineering",
    "stakeholder": "Leadership",
}


def moment(at: datetime | None) -> str:
    """An instant to the minute; with seconds where there are any."""
    if at is None:
        return ""
    return f"{at:%Y-%m-%d %H:%M:%S} UTC" if at.second else f"{at:%Y-%m-%d %H:%M} UTC"


def title(facts: Facts, severity: str | None) -> str:
    """`P1 #4711 Nothing works`, on one line."""
    return cut(line(f"{(severity or 'no severity').upper()} #{facts.ticket.id} {facts.ticket.subject}"), TITLE)


def people(who: Iterable[str], role: str) -> str:
    """Those on call with their role, or the role alone where it is not known who that is."""
    names = [line(one)[:80] for one in who]
    more = f" and {len(names) - NAMES} more" if len(names) > NAMES else ""
    return f"{', '.join(names[:NAMES])}{more} ({role})" if names else role


def page_words(ladder: Ladder, rung: Rung, climb: Climb, wait_until: datetime, upward: str) -> str:
    """What somebody who is paged has to do, by when, and what follows if nobody does."""
    if climb.climber == "pagerduty":
        after = "PagerDuty's own escalation policy asks the next ones."
    elif climb.asked_again:
        after = f"You acknowledged, and nothing has moved since. Without an answer by {moment(wait_until)} {upward}"
    elif climb.pages < rung.pages:
        after = f"If nobody acknowledges by {moment(wait_until)} you are paged again."
    else:
        after = f"If nobody acknowledges by {moment(wait_until)} {upward}"
    asked = f"You are asked as {rung.role}, '{rung.name}' of ladder '{ladder.id}'"
    why = f": {line(ladder.description)}" if ladder.description else ""
    return f"{asked}{why}\nPlease acknowledge, and look at the ticket.\n{after}"


def tell_words(ladder: Ladder, rung: Rung, upward: str) -> str:
    """What somebody who is only told has to know."""
    why = f": {line(ladder.description)}" if ladder.description else ""
    return f"For {rung.role}, '{rung.name}' of ladder '{ladder.id}'{why}\nFor your information; nobody has to answer.{upward}"


def brief_of(scene: Scene, ladder: Ladder) -> Brief | None:
    """The brief for whoever is on a ladder; None for a severity that has none."""
    target = "Security" if ladder.urgent else _TARGETS[ladder.kind]
    return brief_for(scene.facts, scene.policy, target, scene.url)


def notice(scene: Scene, ladder: Ladder, climb: Climb, text: str) -> Notice:
    """The whole message: with the facts, the brief, and what was tried before."""
    facts, brief = scene.facts, brief_of(scene, ladder)
    tried = tuple(
        ("Tried", cut(line(f"{one.action} -> {one.result}"), TITLE)) for one in (brief.tried if brief else ())
    )
    return Notice(
        title=title(facts, climb.severity),
        text=text,
        url=scene.url,
        brief=brief,
        facts=(*_facts(facts, climb), *tried, *(("Asked before", proof_words(one)) for one in climb.proofs)),
        labels=(f"zd-{facts.ticket.id}", ladder.id),
        runbook=runbook_of(facts, scene.policy.channels.values()),
    )


def _facts(facts: Facts, climb: Climb) -> Iterator[tuple[str, str]]:
    ticket = facts.ticket
    yield "Severity", (climb.severity or "none").upper()
    customer = (ticket.organization and ticket.organization.name) or (ticket.requester and ticket.requester.name)
    if customer:
        yield "Customer", cut(line(customer), TITLE)
    for reading in facts.clocks("current"):
        seen = reading.seen
        if seen.elapsed is not None and seen.target:
            used = f"{int(seen.elapsed * 100 // seen.target)}% of {describe_span(timedelta(seconds=seen.target))} used"
            yield f"Clock {seen.clock}", f"{used}, {seen.stage}{f', due {moment(seen.due_at)}' if seen.due_at else ''}"


def proof_words(proof: Proof) -> str:
    """Why a rung was left, in words."""
    who = people(proof.who, proof.role)
    missed = f"; {_times(proof.missed)} more were due while the worker was not awake" if proof.missed else ""
    match proof.kind:
        case "no answer":
            doubt = "" if proof.confirmed else "; the pager never showed it"
            return f"{who} paged {_times(proof.pages)} since {moment(proof.since)}, no answer by {moment(proof.at)}{missed}{doubt}"
        case "nobody on call":
            return f"nobody is on call as {proof.role} at {moment(proof.at)}"
        case "no channel":
            return f"no channel reaches {proof.role}"
        case "not awake":
            return f"{proof.role} was due at {moment(proof.since)} while the worker was not awake"


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def climb_note(climb: Climb) -> str:
    """All words of a climb that are still to be told, as one internal note."""
    told = [f"- {moment(one.at)}: {one.text}" for one in climb.to_tell]
    return "\n".join((f"Escalation by ladder '{climb.ladder}', matter {climb.thread}:", *told))


def seen(climb: Climb, ladder: Ladder | None, *, next_at: datetime | None = None, waits: str = "") -> ClimbSeen:
    """The climb as people are shown it."""
    rung = ladder.rungs[climb.rung] if ladder and climb.rung < len(ladder.rungs) else None
    return ClimbSeen(
        climb.ladder,
        climb.thread,
        climb.stage,
        rung.name if rung else "past the last rung",
        rung.role if rung else "",
        climb.pages,
        next_at,
        waits or climb.waits,
        climb.by,
        climb.reason,
        tuple(proof_words(one) for one in climb.proofs),
    )
