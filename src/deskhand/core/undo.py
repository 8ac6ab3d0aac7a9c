"""Undo: the write that takes back what some writes did to a ticket, as far as nobody has changed it since.

Each field, tag and follower is looked at by itself. It goes back to what it was before the oldest of the writes, if it is now as the newest left it and
nobody changed it between two of them. Notes stay: nothing can take back what was said.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from deskhand.core.delivery import Row
from deskhand.core.effect import TicketWrite
from deskhand.core.ticket import Ticket, Value

NAME: Final = "undo"
"""Stands among the rules of a write that undoes, so that it can be held and let go by this name."""
SEEN: Final = ("status", "custom_status", "priority", "type", "group", "assignee")
"""Fields that a write may change without being asked to: an assignment opens a new ticket, another group loses the assignee."""
PAIR: Final = ("group", "assignee")
ASSIGNMENT: Final = "assignment"
Several = tuple[Value, ...]
Step = tuple[Several, Several]
"""Before and after: one value, or group and assignee."""


@dataclass(frozen=True, slots=True)
class Back:
    """One thing that goes back: `name` is a field, `tag x` or `follower x`."""

    name: str
    now: Value
    then: Value


@dataclass(frozen=True, slots=True)
class Left:
    """One thing that stays as it is, and why."""

    name: str
    now: Value
    reason: str


@dataclass(frozen=True, slots=True)
class Inverse:
    """What undoing means for one ticket; `write` is None where nothing goes back. `notes` counts what was said and stays."""

    ticket_id: int
    back: tuple[Back, ...]
    left: tuple[Left, ...]
    notes: int
    write: TicketWrite | None


def snapshot(ticket: Ticket, names: Iterable[str]) -> tuple[tuple[str, Value], ...]:
    """The fields that a write changes or may change, as they are on a ticket."""
    return tuple((name, value_of(ticket, name)) for name in dict.fromkeys((*SEEN, *names)))


def inverse(rows: Sequence[Row], ticket: Ticket) -> Inverse:
    """What takes back these writes, which were done to a ticket that is now like this."""
    rows = sorted(rows, key=lambda row: (row.created_at, row.op_id))
    back: list[Back] = []
    left: list[Left] = []
    for name in dict.fromkeys(name for row in rows for name in _changes(row.write)):
        steps = [_changes(row.write)[name] for row in rows if name in _changes(row.write)]
        now, then = _seen(ticket, name), _origin(steps)
        if now == then:
            continue
        for part, is_now, was in _parts(name, now, then):
            if now != steps[-1][1]:
                left.append(Left(part, is_now, "somebody has changed it since"))
            elif is_now != was:
                back.append(Back(part, is_now, was))
    notes = sum(row.write.note is not None for row in rows)
    return Inverse(ticket.id, tuple(back), tuple(left), notes, _write(rows, ticket, back))


def _origin(steps: Sequence[Step]) -> Several:
    """What was there before the oldest of our changes between which nobody came."""
    then = steps[-1][0]
    for before, after in reversed(steps[:-1]):
        if after != then:
            break
        then = before
    return then


def _seen(ticket: Ticket, name: str) -> Several:
    """What is there now."""
    return tuple(value_of(ticket, one) for one in PAIR) if name == ASSIGNMENT else (value_of(ticket, name),)


def _parts(name: str, now: Several, then: Several) -> Iterator[tuple[str, Value, Value]]:
    """One change, or group and assignee apart, as (name, now, then)."""
    return zip(PAIR if name == ASSIGNMENT else (name,), now, then, strict=True)


def value_of(ticket: Ticket, name: str) -> Value:
    """A field of a ticket, or whether it has a tag or follower."""
    kind, _, rest = name.partition(" ")
    if rest:
        return rest in (ticket.tags if kind == "tag" else ticket.followers)
    if name.startswith("field."):
        return ticket.fields.get(name.removeprefix("field."))
    value: Value = getattr(ticket, name)
    return value


def _changes(write: TicketWrite) -> dict[str, Step]:
    """What a write changed, as (before, after) by name. A group and its assignee are one change: the one may not fit another one of the other."""
    before, after = dict(write.before), dict(write.after)
    found: dict[str, Step] = {
        name: ((then,), (after[name],)) for name, then in before.items() if name in after and after[name] != then
    }
    if found.keys() & set(PAIR):
        whole = tuple(before.get(name) for name in PAIR), tuple(after.get(name, before.get(name)) for name in PAIR)
        found = {name: step for name, step in found.items() if name not in PAIR} | {ASSIGNMENT: whole}
    if "custom_status" in found:
        found.pop("status", None)  # it goes with the custom one
    found |= {f"tag {tag}": ((False,), (True,)) for tag in write.tags_added}
    found |= {f"tag {tag}": ((True,), (False,)) for tag in write.tags_removed}
    return found | {f"follower {email}": ((False,), (True,)) for email in write.followers}


def _write(rows: Sequence[Row], ticket: Ticket, back: Sequence[Back]) -> TicketWrite | None:
    if not back:
        return None
    marks = tuple(row.op_id for row in rows)
    tags = {one.name.removeprefix("tag "): one.then for one in back if one.name.startswith("tag ")}
    added, removed = (tuple(sorted(tag for tag, then in tags.items() if then is wanted)) for wanted in (True, False))
    return TicketWrite(
        op_id=hashlib.sha256(f"{NAME}|{ticket.id}|{'|'.join(marks)}".encode()).hexdigest()[:24],
        ticket_id=ticket.id,
        stamp=ticket.updated_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        rules=(NAME, *dict.fromkeys(rule for row in rows for rule in row.write.rules)),
        sets=tuple((one.name, one.then) for one in back if " " not in one.name),
        tags=tuple(sorted((ticket.tags | set(added)) - set(removed))) if tags else None,
        tags_added=added,
        tags_removed=removed,
        followers_removed=tuple(one.name.removeprefix("follower ") for one in back if one.name.startswith("follower ")),
        before=snapshot(ticket, [one.name for one in back if " " not in one.name]),
        undoes=marks,
    )
