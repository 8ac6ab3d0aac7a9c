"""What a step outside Zendesk is decided on: the ticket's facts, the policy, what is remembered, and what is known of the world outside."""

from dataclasses import dataclass
from datetime import datetime

from deskhand.core.facts import Facts
from deskhand.core.memory import Memory
from deskhand.core.outside import Outside
from deskhand.core.policy import Policy


@dataclass(frozen=True, slots=True)
class Scene:
    """All of it at one instant. The severity of the facts is the one that this decision's own write gives the ticket."""

    facts: Facts
    policy: Policy
    memory: Memory
    outside: Outside

    @property
    def now(self) -> datetime:
        """The instant."""
        return self.facts.now

    @property
    def ticket_id(self) -> int:
        """The ticket's number."""
        return self.facts.ticket.id

    @property
    def url(self) -> str:
        """Where people open the ticket."""
        return self.outside.url(self.ticket_id)

    def people(self, role: str) -> tuple[str, ...]:
        """Who is on call for a role; nobody where that is not known."""
        return self.outside.on_call.get(role, ())
