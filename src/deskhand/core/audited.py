"""A ticket's history from its audits: exact instants, no change missed between two looks.

What was seen in passing stays until the audits that tell it better have come; then theirs take its place. Both ways lead to the same history, but for
the seconds, so nothing is decided twice because of it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final, Literal

from deskhand.core.history import Event, History, Kind, in_order
from deskhand.core.memory import Memory
from deskhand.core.severity import Binding
from deskhand.core.ticket import Value

NEAR: Final = timedelta(minutes=1)
"""Replies that were seen in passing are dated to the minute; an audit this much later is the same one."""
SECOND: Final = timedelta(seconds=1)
_SINGLE: Final[Mapping[str, Kind]] = {"status": "status", "group": "group", "assignee": "assigned"}
_FIRST: Final = ("status", "severity", "group", "assigned")


@dataclass(frozen=True, slots=True)
class Audit:
    """One audit, as far as clocks care. `changes` holds new values by policy name (`status`, `group`, `field.x`), `before` the old ones.

    `comment` is the public comment's author, None where there is none; `ours` marks this worker's own writes: `op` is the mark of such a one, and `fired` are
    the keys of what fired for it.
    """

    id: int
    ticket_id: int
    at: datetime
    changes: Mapping[str, Value] = field(default_factory=dict)
    before: Mapping[str, Value] = field(default_factory=dict)
    comment: Literal["agent", "customer"] | None = None
    created: bool = False
    ours: bool = False
    op: str = ""
    fired: tuple[str, ...] = ()


def learn(memory: Memory, audits: Iterable[Audit], binding: Binding, watched: frozenset[str]) -> Memory:
    """The memory with what these audits tell in place of what was seen in passing. Audits that were taken in before change nothing."""
    rows = sorted(audits, key=lambda one: (one.at, one.id))
    whole = (
        bool(rows) and rows[0].created
    )  # told again from the beginning: all of it, or a second with two audits would lose one
    fresh = [one for one in rows if memory.exact_to is None or whole or one.at > memory.exact_to]
    if not fresh or (memory.exact_to and fresh[-1].at <= memory.exact_to):
        return memory
    told = [event for audit in fresh for event in events_of(audit, binding, watched)]
    kept = _base(memory.history, fresh, told, memory.exact_to, binding)
    later = [moved for event in memory.history if (moved := beyond(event, fresh[-1].at, (*kept, *told)))]
    history = in_order((*kept, *told, *later))
    return replace(memory, history=tuple(dict.fromkeys(history)), exact_to=fresh[-1].at)


def beyond(event: Event, exact_to: datetime, known: Iterable[Event]) -> Event | None:
    """A reply that is dated to the minute, up to which no audit tells of one, came after the audits: then it is dated so, until they have come."""
    if event.kind != "agent_reply" or not event.at <= exact_to < event.at + NEAR:
        return None
    if any(one.kind == event.kind and event.at <= one.at <= event.at + NEAR for one in known):
        return None
    return replace(event, at=exact_to + SECOND)


def events_of(audit: Audit, binding: Binding, watched: frozenset[str]) -> list[Event]:
    """What one audit says."""
    events = [Event(audit.at, "created")] if audit.created else []
    level = _level(audit.changes, binding)
    if level is not None and (level or not audit.created):
        events.append(Event(audit.at, "severity", level, ours=audit.ours))
    if audit.comment and not audit.created:
        events.append(Event(audit.at, "agent_reply" if audit.comment == "agent" else "customer_reply"))
    for name, kind in _SINGLE.items():
        if name in audit.changes and (audit.changes[name] or not audit.created):
            events.append(Event(audit.at, kind, str(audit.changes[name] or ""), ours=audit.ours))
    for name in sorted(audit.changes):
        plain = name.removeprefix("field.")
        value = audit.changes[name]
        if name.startswith("field.") and plain in watched and not (audit.created and value in (None, "", False)):
            events.append(Event(audit.at, "field", f"{plain}={value}", ours=audit.ours))
    return events


def _level(values: Mapping[str, Value], binding: Binding) -> str | None:
    """The severity that these values give: None where they do not touch it, empty where they take it away."""
    if binding.field not in values:
        return None
    value = values[binding.field]
    return binding.reads.get(str(value).lower(), "") if value is not None else ""


def _base(
    history: History, fresh: list[Audit], told: list[Event], exact_to: datetime | None, binding: Binding
) -> list[Event]:
    """What stays of the history: all before these audits, and all after them."""
    since = None if fresh[0].created else exact_to or fresh[0].at - timedelta(microseconds=1)
    until = fresh[-1].at
    kept = [event for event in history if _stays(event, since, until)]
    if since is None or exact_to is not None:
        return kept
    replies = [event for event in told if event.kind in ("agent_reply", "customer_reply")]
    kept = [
        event
        for event in kept
        if not any(one.kind == event.kind and event.at <= one.at <= event.at + NEAR for one in replies)
    ]
    return _mended(kept, fresh, binding)


def _stays(event: Event, since: datetime | None, until: datetime) -> bool:
    """Whether audits of a time leave an event as it was seen: it is of another time, or of a merge, which only the ticket's tags tell."""
    return (since is not None and event.at <= since) or event.at > until or event.kind == "merged"


def _mended(kept: list[Event], fresh: list[Audit], binding: Binding) -> list[Event]:
    """The first sight of a ticket took its values of that day for those of its beginning: the first change tells what they were."""
    first: dict[str, str] = {}
    for audit in reversed(fresh):
        for name, kind in _SINGLE.items():
            if name in audit.before:
                first[kind] = str(audit.before[name] or "")
        level = _level(audit.before, binding)
        if level is not None:
            first["severity"] = level
    return [
        replace(event, value=first[event.kind]) if event.kind in _FIRST and _is_last(event, kept, first) else event
        for event in kept
        if not (event.kind in first and not first[event.kind])
    ]


def _is_last(event: Event, kept: list[Event], first: Mapping[str, str]) -> bool:
    """Whether it is the last of its kind, whose value the audits contradict."""
    if event.kind not in first or event.value == first[event.kind]:
        return False
    return event is [one for one in kept if one.kind == event.kind][-1]
