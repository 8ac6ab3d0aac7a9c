"""Whether a ticket, read back, shows what a write was to do."""

from dataclasses import replace
from typing import Final

from deskhand.core.effect import TicketWrite
from deskhand.core.history import Kind
from deskhand.core.ticket import Ticket, Value
from deskhand.core.undo import snapshot, value_of

MOVED: Final = frozenset({"group", "assignee", "status", "custom_status"})
"""Fields that move each other along."""


def settled(write: TicketWrite, ticket: Ticket) -> TicketWrite:
    """The write with the fields as they are after it. Where the ticket has been changed since, only what was asked for is known.

    An assignment and a status move each other along, as Zendesk has it; any other field that has moved meanwhile was moved by somebody else.
    """
    asked = _asked(write)
    if not confirms(write, ticket):
        return replace(write, after=tuple(asked.items()))
    ours = asked.keys() | (MOVED if asked.keys() & MOVED else set())
    return replace(write, after=tuple((name, value) for name, value in snapshot(ticket, asked) if name in ours))


def touched(write: TicketWrite) -> frozenset[Kind]:
    """What a write changes of all that clocks hear of; whose a severity is they hear otherwise."""
    asked = _asked(write)
    moved: frozenset[Kind] = frozenset({"status", "group", "assigned"}) if asked.keys() & MOVED else frozenset()
    return moved | {"field"} if any(name.startswith("field.") for name in asked) else moved


def _asked(write: TicketWrite) -> dict[str, Value]:
    """The values that a write gives, by the names of the policies."""
    pairs = (("group", write.group), ("assignee", write.assignee))
    return dict(write.sets) | {name: value for name, value in pairs if value}


def confirms(write: TicketWrite, ticket: Ticket) -> bool:
    """Whether every value that can be seen on the ticket is as written. A note cannot be seen there."""
    return (
        all(value_of(ticket, name) == value for name, value in write.sets)
        and set(write.tags_added) <= ticket.tags
        and not set(write.tags_removed) & ticket.tags
        and write.group in (None, ticket.group)
        and write.assignee in (None, ticket.assignee)
        and set(write.followers) <= ticket.followers
        and not set(write.followers_removed) & ticket.followers
    )
