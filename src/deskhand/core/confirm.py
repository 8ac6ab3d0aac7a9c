"""Whether a ticket, read back, shows what a write was to do."""

from deskhand.core.effect import TicketWrite
from deskhand.core.ticket import Ticket, Value


def confirms(write: TicketWrite, ticket: Ticket) -> bool:
    """Whether every value that can be seen on the ticket is as written. A note cannot be seen there."""
    return (
        all(_value(ticket, name) == value for name, value in write.sets)
        and set(write.tags_added) <= ticket.tags
        and not set(write.tags_removed) & ticket.tags
        and write.group in (None, ticket.group)
        and write.assignee in (None, ticket.assignee)
        and set(write.followers) <= ticket.followers
    )


def _value(ticket: Ticket, name: str) -> Value:
    """The value of a system or custom field."""
    if name.startswith("field."):
        return ticket.fields.get(name.removeprefix("field."))
    value: Value = getattr(ticket, name)
    return value
