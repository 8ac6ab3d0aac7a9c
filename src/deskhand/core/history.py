"""What happened to a ticket, in the order it happened, as far as clocks and policies care.

Events come from comparing what Zendesk told us at two times; the metric set gives exact instants where it has them.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal

from deskhand.core.ticket import Ticket

Kind = Literal["created", "status", "severity", "assigned", "group", "agent_reply", "customer_reply", "field", "merged"]
ORDER: Final[tuple[Kind, ...]] = (
    "created",
    "severity",
    "customer_reply",
    "agent_reply",
    "group",
    "assigned",
    "field",
    "merged",
    "status",
)
"""The order of what happened in the same second, in one save: a reply that solves is a reply first, a merge is no solve."""
MERGED: Final = "closed_by_merge"
"""The tag that Zendesk gives to a ticket that it closes because it was merged into another one."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a ticket at an instant (UTC).

    `value` is the new status, level, agent or group; for `field` it is `name=value`. `ours` marks what this worker did.
    """

    at: datetime
    kind: Kind
    value: str = ""
    ours: bool = False


History = tuple[Event, ...]


def observe(
    history: History,
    before: Ticket | None,
    after: Ticket,
    levels: "Levels",
    watched: frozenset[str],
    *,
    ours: frozenset["Kind"] = frozenset(),
) -> History:
    """The history with what changed between two readings of the ticket appended.

    `levels` says which severity each reading had and which one this worker intended; `watched` names the custom fields
    whose changes matter to a clock; `ours` names what this worker's own write changed between the two readings.
    """
    if before is None:
        found = _first_sight(after, levels, watched)
    else:
        told = _differences(before, after, levels, watched)
        found = [replace(event, ours=True) if event.kind in ours else event for event in told]
    known = set(history)
    fresh = [event for event in found if event not in known]
    return (*history, *in_order(fresh))


def in_order(events: Iterable[Event]) -> list[Event]:
    """Events as they happened, those of one save in the order in which clocks must hear of them."""
    return sorted(events, key=lambda event: (event.at, ORDER.index(event.kind)))


@dataclass(frozen=True, slots=True)
class Levels:
    """The severity at two readings of a ticket, and the level that this worker's own last write gave it."""

    before: str | None
    after: str | None
    intended: str | None = None


def since(history: History, kind: Kind, *, value: str | None = None) -> datetime | None:
    """The instant of the newest event of a kind (with a value, if one is given), or None."""
    for event in reversed(history):
        if event.kind == kind and (value is None or event.value == value):
            return event.at
    return None


def reopens(history: History) -> int:
    """How many times it was solved or closed, and then was not."""
    count, ended = 0, False
    for event in history:
        if event.kind == "status":
            count += 1 if ended and event.value not in ("solved", "closed") else 0
            ended = event.value in ("solved", "closed")
    return count


def _first_sight(ticket: Ticket, levels: Levels, watched: frozenset[str]) -> list[Event]:
    """What the first reading of a ticket tells of its past."""
    events = [Event(ticket.created_at, "created")]
    metrics = ticket.metrics
    status_at = (metrics.status_updated_at if metrics else None) or ticket.created_at
    if ticket.status != "new" or status_at != ticket.created_at:
        events.append(Event(ticket.created_at, "status", "new"))
    if _is_merged(ticket):
        events.append(Event(status_at, "merged"))
    events.append(Event(status_at, "status", ticket.status))
    if levels.after:
        events.append(Event(ticket.created_at, "severity", levels.after))
    if ticket.group:
        assigned = (metrics.initially_assigned_at if metrics else None) or ticket.created_at
        events.append(Event(assigned, "group", ticket.group))
    if ticket.assignee:
        assigned = (metrics.assigned_at if metrics else None) or ticket.created_at
        events.append(Event(assigned, "assigned", ticket.assignee))
    events += _replies(None, ticket)
    events += [
        Event(ticket.created_at, "field", f"{name}={ticket.fields[name]}")
        for name in sorted(watched & ticket.fields.keys())
        if ticket.fields[name] not in (None, "", False)
    ]
    return events


def _differences(before: Ticket, after: Ticket, levels: Levels, watched: frozenset[str]) -> list[Event]:
    """What changed between two readings, each at the best instant that is known for it."""
    metrics, at = after.metrics, after.updated_at
    events: list[Event] = []
    status_at = _within(before, at, metrics.status_updated_at if metrics else None)
    if _is_merged(after) and not _is_merged(before):
        events.append(Event(status_at, "merged"))
    if before.status != after.status:
        events.append(Event(status_at, "status", after.status))
    if levels.before != levels.after:
        events.append(Event(at, "severity", levels.after or "", ours=levels.after == levels.intended))
    if before.group != after.group:
        events.append(Event(at, "group", after.group or ""))
    if before.assignee != after.assignee:
        events.append(
            Event(_within(before, at, metrics.assigned_at if metrics else None), "assigned", after.assignee or "")
        )
    events += _replies(before, after)
    events += [
        Event(at, "field", f"{name}={after.fields.get(name)}")
        for name in sorted(watched)
        if before.fields.get(name) != after.fields.get(name)
    ]
    return events


def _is_merged(ticket: Ticket) -> bool:
    """Whether a ticket was closed because it was merged into another one."""
    return ticket.status == "closed" and MERGED in ticket.tags


def _replies(before: Ticket | None, after: Ticket) -> list[Event]:
    """Public agent replies and customer comments that the metric set shows."""
    now, then = after.metrics, before.metrics if before else None
    if now is None:
        return []
    events: list[Event] = []
    if now.reply_minutes is not None and (then is None or then.reply_minutes is None):
        events.append(Event(after.created_at + timedelta(minutes=now.reply_minutes), "agent_reply"))
    elif then is not None and now.replies > then.replies:
        events.append(Event(now.latest_comment_at or after.updated_at, "agent_reply"))
    asked = now.requester_updated_at
    if asked and asked > after.created_at and (then is None or asked != then.requester_updated_at):
        events.append(Event(asked, "customer_reply"))
    return events


def _within(before: Ticket, latest: datetime, told: datetime | None) -> datetime:
    """The told instant where it lies between two readings, else the later reading's own stamp."""
    return told if told is not None and before.updated_at <= told <= latest else latest
