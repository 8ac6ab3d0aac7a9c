"""Explain: what the policy says of one ticket now, line by line, and what was decided about it before."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from deskhand.app.alike import count_alike
from deskhand.app.ports import Desk, Store
from deskhand.core.decide import decide
from deskhand.core.decision import Decision
from deskhand.core.delivery import Row
from deskhand.core.history import Levels, observe
from deskhand.core.memory import Memory
from deskhand.core.outside import Outside
from deskhand.core.policy import Policy
from deskhand.core.ticket import Ticket
from deskhand.errors import NotKnown

NOTHING: Final = Outside()
"""Nothing is known of the world outside Zendesk."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """A ticket, the decision that would be made now (nothing of it is stored or sent), earlier ones, and the write on its way.

    `seen` says whether the worker knows the ticket; if not, it was read from Zendesk for this explanation.
    """

    ticket: Ticket
    decision: Decision
    past: tuple[Decision, ...]
    row: Row | None
    seen: bool
    stopped: str = ""
    """Why no rule is asked about it at all."""


def explain(
    store: Store, desk: Desk | None, policy: Policy, ticket_id: int, now: datetime, *, outside: Outside = NOTHING
) -> Explanation:
    """Judge one ticket without consequences, with what is known of the world outside Zendesk, as the worker does.

    Raises NotKnown for a ticket that neither the worker nor Zendesk has.
    """
    with store.read() as tx:
        ticket = tx.tickets.load([ticket_id]).get(ticket_id)
        memory = tx.memories.load([ticket_id]).get(ticket_id)
        past = tuple(tx.decisions.of(ticket_id, 5))
        row = tx.outbox.under_way([ticket_id]).get(ticket_id)
        alike = count_alike(tx, [ticket] if ticket else [], policy.alike, now).get(ticket_id, {})
    seen = ticket is not None
    if ticket is None:
        found = desk.fetch([ticket_id]) if desk else []
        if not found:
            raise NotKnown(
                f"ticket {ticket_id} is not known",
                hint="Check the number. The worker knows a ticket once it has changed since the worker began.",
            )
        ticket = found[0]
    if memory is None:
        levels = Levels(None, policy.binding.read(ticket))
        memory = Memory(ticket_id, history=observe((), None, ticket, levels, policy.watched))
    tag = policy.guards.stop_tag
    stopped = f"it has the tag '{tag}'" if tag in ticket.tags else ""
    decision = decide(ticket, memory, policy, now, outside=replace(outside, alike=alike))
    return Explanation(ticket, decision, past, row, seen, stopped)
