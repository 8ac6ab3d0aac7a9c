"""What a decision knows of the world outside Zendesk: data that the worker gathered before it, never asked for in between."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from deskhand.core.alike import Likeness


@dataclass(frozen=True, slots=True)
class Outside:
    """`account` names the Zendesk account in threads. `on_call` says who of a role is on call now: absent is not known, and so no reason to skip anybody; empty is nobody."""

    account: str = ""
    on_call: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    alike: Mapping[Likeness, int] = field(default_factory=dict)
    """How many customers have tickets like the one that is decided on."""
