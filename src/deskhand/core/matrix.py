"""The escalation matrix: rows and ladders of a policy as one table for people (requirements 14, 36 and 37)."""

from dataclasses import dataclass, replace
from datetime import timedelta

from deskhand.core.condition import Both, Compare, Condition, describe_span
from deskhand.core.domain import levels
from deskhand.core.ladder import Kind, Ladder
from deskhand.core.policy import (
    Action,
    AssignTo,
    Engage,
    Escalate,
    FileIssue,
    Follow,
    MoveSeverity,
    Policy,
    Publish,
    Rule,
    Tell,
)
from deskhand.core.severity import LEVELS, Level
from deskhand.core.wording import ALWAYS, worded


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the matrix in words. `severities` are empty where every one counts."""

    kind: Kind
    severities: tuple[str, ...]
    issue: str
    owner: str
    trigger: str
    next: str
    does: tuple[str, ...]
    rule: str
    place: str


@dataclass(frozen=True, slots=True)
class Step:
    """One rung in words. `after` says how long after the ladder was begun it is asked at the earliest."""

    name: str
    role: str
    how: str
    after: str
    hours: str
    channels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Way:
    """One ladder in words."""

    id: str
    kind: Kind
    description: str
    severities: tuple[str, ...]
    climber: str
    steps: tuple[Step, ...]
    stops: str
    ends: str
    notes: tuple[str, ...]
    place: str


@dataclass(frozen=True, slots=True)
class Matrix:
    """Everything on the page: severities, rows by the most severe first, ladders."""

    severities: tuple[Level, ...]
    rows: tuple[Row, ...]
    ladders: tuple[Way, ...]


def matrix(policy: Policy) -> Matrix:
    """The page for a policy."""
    rows = [_row(rule, policy) for rule in policy.rules if rule.escalation]
    order = {name: number for number, name in enumerate(LEVELS)}
    rows.sort(key=lambda row: order[row.severities[0]] if row.severities else len(order))
    return Matrix(tuple(policy.levels.values()), tuple(rows), tuple(_way(one) for one in policy.ladders.values()))


def _row(rule: Rule, policy: Policy) -> Row:
    row = rule.escalation
    assert row is not None
    counts = levels(rule.when)
    return Row(
        kind=row.kind,
        severities=() if counts == LEVELS else counts,
        issue=", ".join(row.issue),
        owner=row.owner,
        trigger=_trigger(rule.when),
        next=row.next,
        does=tuple(words for action in rule.then if (words := does(action, policy))),
        rule=rule.id,
        place=rule.place,
    )


def _trigger(when: Condition) -> str:
    """The condition in words; severities have a column of their own."""
    if isinstance(when, Both) and when.join == "all":
        rest = tuple(part for part in when.parts if not (isinstance(part, Compare) and part.field == "severity"))
        return worded(replace(when, parts=rest))
    return ALWAYS if isinstance(when, Compare) and when.field == "severity" else worded(when)


def does(action: Action, policy: Policy) -> str:
    """What an action does, for the table; empty for what is no handover: notes and briefs, and the message beside a `notify`."""
    match action:
        case Escalate(ladder=ladder):
            return f"climb {ladder}"
        case Tell(role=role):
            return f"tell {role}"
        case Engage(tier=tier):
            return f"ask {tier.upper()}"
        case AssignTo(group=group, assignee=assignee):
            return f"assign {' / '.join(name for name in (group, assignee) if name)}"
        case MoveSeverity(direction=direction, to=to, by=by):
            return f"{direction} severity {f'to {to.upper()}' if to else f'by {by}'}"
        case FileIssue(channel=channel):
            return f"issue in {policy.channels[channel].place or channel}" if channel in policy.channels else "issue"
        case Publish(status=status):
            return f"status page: {status}"
        case Follow(email=email):
            return f"{email} follows"
        case _:
            return ""


def _way(ladder: Ladder) -> Way:
    """A ladder with the time at which each rung is asked, if nobody answers and no hours keep it waiting."""
    passed, steps = 0, []
    for rung in ladder.rungs:
        times = f", up to {rung.pages} times" if rung.pages > 1 else ""
        how = f"page, wait {_span(rung.wait)}{times}" if rung.how == "page" else "tell"
        hours = rung.hours.name if rung.hours else ""
        steps.append(Step(rung.name, rung.role, how, _span(passed) if passed else "at once", hours, rung.channels))
        passed += rung.wait * (rung.pages if rung.how == "page" else 1)
    return Way(
        id=ladder.id,
        kind=ladder.kind,
        description=ladder.description,
        severities=tuple(level for level in LEVELS if level in ladder.severities),
        climber=_climber(ladder),
        steps=tuple(steps),
        stops=worded(ladder.stops),
        ends=worded(ladder.ends),
        notes=tuple(_notes(ladder)),
        place=ladder.place,
    )


def _climber(ladder: Ladder) -> str:
    who = {ladder.climber.get(level, "worker") for level in ladder.severities}
    if len(who) == 1:
        return who.pop()
    return ", ".join(f"{level.upper()} {ladder.climber[level]}" for level in LEVELS if level in ladder.climber)


def _notes(ladder: Ladder) -> list[str]:
    """What else there is to say of a ladder."""
    notes = []
    if ladder.urgent:
        notes.append("Urgent: it pages at any hour, whatever the severity.")
    if ladder.impact is not None:
        notes.append(f"Pages only where: {worded(ladder.impact)}.")
    if ladder.reask:
        notes.append(f"Whoever acknowledged is asked once more after {_span(ladder.reask)} without progress.")
    return notes


def _span(seconds: int) -> str:
    return describe_span(timedelta(seconds=seconds))
