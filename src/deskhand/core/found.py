"""What a ticket's audits show and the database does not know: it is older than the write, since a backup was put in its place.

Each write names in its audit what fired for it. What is found there goes into the ledger as `found`: at the next decision the rule is not carried out on the
ticket a second time, but what it says elsewhere (a ladder, a message) is decided again, under the same keys as before.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from deskhand.core.audited import Audit
from deskhand.core.climb import Climb
from deskhand.core.effect import AddFollower, AddTags, Assign, Change, RemoveTags, SetField, SetSeverity, TicketWrite
from deskhand.core.memory import Cycle, Firing, Memory
from deskhand.core.ticket import Ticket, Value

LONGEST: Final = 480
"""Characters that the keys of a mark may have: metadata is small. A write with more of them carries none, and only the very same write is known by it."""


def key(rule: str, episode: str, number: int) -> str:
    """The name of a firing in a mark. Words of a climb have no rule: their episode is the climb's thread."""
    return f"{rule}/{episode}/{number}"


def fit(keys: Iterable[str]) -> tuple[str, ...]:
    """The keys that a mark carries: all of them, or none."""
    found = tuple(keys)
    return found if len(" ".join(found)) <= LONGEST else ()


def remembered(memory: Memory, audits: Iterable[Audit]) -> Memory:
    """The memory with what these audits show of our own writes."""
    new = tuple(_unknown(memory, sorted((one for one in audits if one.op), key=lambda one: (one.at, one.id))))
    if not new:
        return memory
    return replace(
        memory,
        ledger=(*memory.ledger, *new),
        cycles=_counted(memory.cycles, new),
        climbs=tuple(_told(climb, new) for climb in memory.climbs),
    )


def settled(memory: Memory) -> Memory:
    """The memory after a decision: what was found has been decided upon."""
    if all(one.outcome != "found" for one in memory.ledger):
        return memory
    ledger = (replace(one, outcome="fired") if one.outcome == "found" else one for one in memory.ledger)
    return replace(memory, ledger=tuple(ledger))


def is_written(memory: Memory, write: TicketWrite | None) -> bool:
    """Whether the audits show this very write."""
    return write is not None and any(one.outcome == "found" and one.op_id == write.op_id for one in memory.ledger)


def lives(memory: Memory, rule: str) -> int:
    """How many lives a rule's condition has had, as far as what was found tells; 0 where it tells nothing."""
    found = (one.episode for one in memory.ledger if one.outcome == "found" and one.rule == rule)
    return max((int(name[1:]) for name in found if name[:1] == "e" and name[1:].isdigit()), default=0)


def words(memory: Memory, thread: str) -> Firing | None:
    """The last words of a climb that the audits show; the climb itself may be forgotten."""
    return max((one for one in memory.ledger if not one.rule and one.episode == thread), key=lambda one: one.number, default=None)  # fmt: skip


def with_changes(ticket: Ticket, changes: Iterable[Change]) -> Ticket:
    """The ticket as it would be with these changes."""
    for change in changes:
        match change:
            case AddTags():
                ticket = replace(ticket, tags=ticket.tags | set(change.tags))
            case RemoveTags():
                ticket = replace(ticket, tags=ticket.tags - set(change.tags))
            case Assign():
                ticket = replace(
                    ticket, group=change.group or ticket.group, assignee=change.assignee or ticket.assignee
                )
            case AddFollower():
                ticket = replace(ticket, followers=ticket.followers | {change.email})
            case SetField() | SetSeverity():
                ticket = _with_field(ticket, change.field, change.value)
            case _:
                pass
    return ticket


def _with_field(ticket: Ticket, name: str, value: Value) -> Ticket:
    if name.startswith("field."):
        return replace(ticket, fields={**ticket.fields, name.removeprefix("field."): value})
    system: Mapping[str, Any] = {name: value}
    return replace(ticket, **system)


def _unknown(memory: Memory, ours: Iterable[Audit]) -> Iterator[Firing]:
    """Entries for what the ledger lacks, oldest first; a mark without keys says only which write it was."""
    known = {(one.rule, one.episode, one.number) for one in memory.ledger}
    writes = {one.op_id for one in memory.ledger}
    for audit in ours:
        if not audit.fired and audit.op not in writes:
            yield Firing("", "", 0, audit.at, audit.op, "found")
        for rule, episode, number in map(_parsed, audit.fired):
            if not rule and _is_told(memory, episode, number):
                continue
            for missed in range(1, number) if rule else ():
                if (rule, episode, missed) not in known:
                    known.add((rule, episode, missed))
                    yield Firing(rule, episode, missed, audit.at, "", "skipped")
            if (rule, episode, number) not in known:
                known.add((rule, episode, number))
                yield Firing(rule, episode, number, audit.at, audit.op, "found")


def _is_told(memory: Memory, thread: str, number: int) -> bool:
    """Whether words of a climb are known: of one that is remembered, or of one before that. Of earlier climbs nothing is kept."""
    matter, _, episode = thread.rpartition(":e")
    if not episode.isdigit():
        return True
    later = (int(one.thread.rpartition(":e")[2]) for one in memory.climbs if one.thread.startswith(f"{matter}:e"))
    return any(one.thread == thread and one.told >= number for one in memory.climbs) or any(
        one > int(episode) for one in later
    )


def _parsed(name: str) -> tuple[str, str, int]:
    """Rule, episode and number of a key; what is none of ours has no rule and no thread."""
    rule, _, rest = name.partition("/")
    episode, _, number = rest.rpartition("/")
    return (rule, episode, int(number)) if number.isdigit() else ("", "", 0)


def _counted(cycles: Mapping[str, Cycle], found: Iterable[Firing]) -> Mapping[str, Cycle]:
    """The lives of Zendesk's own clocks: at least as many as what was found names, and one more where another has begun since."""
    counted = dict(cycles)
    for one in found:
        for part in one.episode.split(","):
            name, _, life = part.partition(":")
            if life[:1] != "n" or not life[1:].isdigit():
                continue
            count, cycle = int(life[1:]), counted.get(name)
            if cycle is None or cycle.count < count:
                counted[name] = cycle = Cycle(
                    "running", count, began=max(one.at, cycle.began or one.at) if cycle else one.at
                )
            if cycle.count == count and cycle.began is not None and cycle.began > one.at:
                counted[name] = replace(cycle, count=count + 1)
    return counted


def _told(climb: Climb, found: Iterable[Firing]) -> Climb:
    """A climb with the words that were found as told; its next ones have numbers after them."""
    mine = [one for one in found if not one.rule and one.episode == climb.thread and one.number]
    if not mine:
        return climb
    last = max(mine, key=lambda one: one.number)
    said = (replace(one, op_id=one.op_id or last.op_id) if one.number <= last.number else one for one in climb.said)
    return replace(climb, said=tuple(said), told=max(climb.told, last.number), briefed=climb.briefed or last.op_id)
