"""What a decision knows of the world outside Zendesk: data that the worker gathered before it, never asked for in between."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from deskhand.core.alike import Likeness


@dataclass(frozen=True, slots=True)
class Outside:
    """`account` names the Zendesk account in threads, and `address` is where people open it.

    `on_call` says who of a role is on call now: absent is not known, and so no reason to pass anybody over; empty is nobody.
    """

    account: str = ""
    address: str = ""
    on_call: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    alike: Mapping[Likeness, int] = field(default_factory=dict)
    """How many customers have tickets like the one that is decided on."""

    stopped: str = ""
    """Why nothing may leave at all, where the kill switch is on."""

    def thread(self, ticket_id: int, episode: int) -> str:
        """The name of a matter, the same at every service."""
        return f"zd:{self.account}:{ticket_id}:e{episode}"

    def url(self, ticket_id: int) -> str:
        """Where people open a ticket; empty where the address is not known."""
        return f"{self.address}/agent/tickets/{ticket_id}" if self.address else ""
