"""Tickets of one pattern: what they share, and whose they are (requirement 25: the same issue from three or more customers)."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from deskhand.core.ticket import Ticket, Value


@dataclass(frozen=True, slots=True)
class Likeness:
    """What makes tickets alike: the same `problem_id`, the same value of a field, or a tag in common that begins with `beginning`; created within so many seconds."""

    by: str
    within: int
    beginning: str = ""

    @property
    def key(self) -> str:
        """Its name in the store; how far back it looks is no part of it."""
        return f"{self.by} {self.beginning}".strip()

    def values(self, ticket: Ticket) -> tuple[str, ...]:
        """What a ticket may share with others; nothing where it is empty. A problem is alike to its own incidents."""
        if self.by == "problem_id":
            number = ticket.problem_id or (ticket.id if ticket.type == "problem" else None)
            return (str(number),) if number else ()
        if self.by == "tags":
            return tuple(sorted(tag for tag in ticket.tags if tag.startswith(self.beginning)))
        return _texts(ticket.fields.get(self.by.removeprefix("field.")))


@dataclass(frozen=True, slots=True)
class Alike:
    """A ticket's place in one pattern, as it is stored: values are kept as digests, since people may have written them."""

    ticket_id: int
    key: str
    value: str
    customer: str
    at: datetime


def places(ticket: Ticket, asked: Iterable[Likeness]) -> Iterator[Alike]:
    """All patterns that a ticket may belong to."""
    for key, one in {likeness.key: likeness for likeness in asked}.items():
        for value in one.values(ticket):
            yield Alike(ticket.id, key, digest(value), customer(ticket), ticket.created_at)


def digest(value: str) -> str:
    """What is stored in place of a value."""
    return hashlib.sha256(value.encode(errors="replace")).hexdigest()[:32]


def customer(ticket: Ticket) -> str:
    """Whose ticket it is: the organization's, else the requester's; a ticket of nobody known counts for itself."""
    if ticket.organization is not None:
        return f"organization {ticket.organization.id}"
    return f"requester {ticket.requester.id}" if ticket.requester is not None else f"ticket {ticket.id}"


def _texts(value: Value) -> tuple[str, ...]:
    """A field's values as texts; an unticked checkbox and an empty field are nothing in common."""
    if value is None or value is False or value == "":
        return ()
    return tuple(map(str, value)) if isinstance(value, tuple) else (str(value),)
