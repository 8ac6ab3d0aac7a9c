"""Grace: a ticket that somebody changes just now is left alone for some seconds, since they may not have finished."""

from datetime import datetime, timedelta

from deskhand.core.memory import Memory
from deskhand.core.ticket import Ticket


def grace_until(ticket: Ticket, memory: Memory, seconds: int | None, now: datetime) -> datetime | None:
    """Until when to leave the ticket alone; None if that time is past.

    What a customer did is no reason to wait: a new ticket, a reply. Nor is what we did ourselves.
    """
    if seconds is None or ticket.updated_at == ticket.created_at:
        return None
    if memory.own is not None and memory.own.after == ticket.updated_at:
        return None
    if ticket.metrics is not None and ticket.metrics.requester_updated_at == ticket.updated_at:
        return None
    until = ticket.updated_at + timedelta(seconds=seconds)
    return until if now < until else None
