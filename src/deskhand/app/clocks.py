"""Clocks: how each promise on one ticket stands, and how it came to that."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from deskhand.app.ports import Desk, Store
from deskhand.core import edits
from deskhand.core.audited import Audit, learn
from deskhand.core.course import Mark, Stretch, course, marks
from deskhand.core.decide import read_facts
from deskhand.core.decision import ClockSeen
from deskhand.core.history import Levels, observe
from deskhand.core.memory import Memory
from deskhand.core.metric_event import MetricEvent, merged
from deskhand.core.policy import Policy
from deskhand.core.ticket import Ticket
from deskhand.errors import NotKnown


class Past(Protocol):
    """One ticket's past, as Zendesk has kept it."""

    def audits(self, ticket_id: int) -> tuple[Audit, ...]:
        """Every audit, oldest first."""
        ...

    def metric_events(self, ticket_id: int) -> tuple[MetricEvent, ...]:
        """Its metric events."""
        ...


@dataclass(frozen=True, slots=True)
class Course:
    """A clock with its course and its marks. `stretches` is empty where its running times are not known."""

    clock: ClockSeen
    burn: float | None
    breached: bool
    marks: tuple[Mark, ...]
    stretches: tuple[Stretch, ...]


@dataclass(frozen=True, slots=True)
class Clocks:
    """A ticket's clocks at an instant. `seen` says whether this is what the worker knows, or was read from Zendesk just now."""

    ticket: Ticket
    severity: str | None
    at: datetime
    clocks: tuple[Course, ...]
    seen: bool


def clocks(
    store: Store | None, desk: Desk | None, past: Past | None, policy: Policy, ticket_id: int, *, now: datetime
) -> Clocks:
    """Read every clock of a ticket; from the store where there is one that knows it, else from Zendesk. Raises NotKnown for neither."""
    known = _known(store, ticket_id) if store else None
    ticket, memory = known or _read(desk, past, policy, ticket_id)
    facts = read_facts(ticket, memory, policy, now)
    found = tuple(
        Course(reading.seen, reading.seen.burn, reading.breached, marks(reading), course(reading))
        for reading in edits.told(facts.readings, memory).values()
    )
    return Clocks(ticket, facts.severity, now, found, known is not None)


def _known(store: Store, ticket_id: int) -> tuple[Ticket, Memory] | None:
    """What the worker knows of a ticket."""
    with store.read() as tx:
        ticket = tx.tickets.load([ticket_id]).get(ticket_id)
        memory = tx.memories.load([ticket_id]).get(ticket_id)
    return (ticket, memory or Memory(ticket_id)) if ticket else None


def _read(desk: Desk | None, past: Past | None, policy: Policy, ticket_id: int) -> tuple[Ticket, Memory]:
    """The ticket and its past, from Zendesk."""
    found = desk.fetch([ticket_id]) if desk else []
    if not found:
        raise NotKnown(
            f"ticket {ticket_id} is not known",
            hint="Check the number. The worker knows a ticket once it has changed since the worker began.",
        )
    ticket = found[0]
    levels = Levels(None, policy.binding.read(ticket))
    memory = Memory(ticket_id, history=observe((), None, ticket, levels, policy.watched))
    if past is not None:
        memory = learn(memory, past.audits(ticket_id), policy.binding, policy.watched)
        memory = replace(memory, events=merged((), past.metric_events(ticket_id)))
    return ticket, memory
