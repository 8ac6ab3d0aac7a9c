"""Short ways to make the values that core tests speak of."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from deskhand.core.calendar import Calendar
from deskhand.core.clock import ClockSpec, Trigger
from deskhand.core.condition import Condition
from deskhand.core.decide import decide
from deskhand.core.decision import Decision
from deskhand.core.history import Levels, observe
from deskhand.core.memory import Memory
from deskhand.core.office import Office
from deskhand.core.policy import Action, Group, NoteTemplate, Policy, Rule
from deskhand.core.severity import Binding
from deskhand.core.ticket import Ticket

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""A Monday morning."""

ALWAYS = Calendar.always("always")

BINDING = Binding(
    "priority",
    writes={"p1": "urgent", "p2": "high", "p3": "normal", "p4": "low"},
    reads={"urgent": "p1", "high": "p2", "normal": "p3", "low": "p4"},
)

MINUTE, HOUR = 60, 3600

RESPONSE = ClockSpec(
    "response",
    starts=Trigger("created"),
    stops=(Trigger("agent_reply"), Trigger("status", frozenset({"solved", "closed"}))),
    targets={"p1": 15 * MINUTE, "p2": 60 * MINUTE, "p3": 240 * MINUTE, "p4": 1440 * MINUTE},
    calendar=ALWAYS,
    calendars={},
)
RESOLUTION = ClockSpec(
    "resolution",
    starts=Trigger("created"),
    stops=(Trigger("status", frozenset({"solved", "closed"})),),
    targets={"p1": 4 * HOUR, "p2": 8 * HOUR, "p3": 48 * HOUR, "p4": 7 * 24 * HOUR},
    calendar=ALWAYS,
    calendars={},
    pauses=frozenset({"pending", "hold"}),
)


@dataclass(frozen=True, slots=True)
class Echo:
    """A note template that shows the values it was given under one name."""

    name: str = "rule"

    def render(self, values: Mapping[str, object]) -> str:
        """The values as text."""
        return f"{self.name}: {values[self.name]}"


def at(minutes: float = 0, seconds: int = 0) -> datetime:
    """So long after START."""
    return START + timedelta(minutes=minutes, seconds=seconds)


def ticket(**changes: Any) -> Ticket:
    """An open P3 ticket made at START."""
    facts: dict[str, Any] = {"id": 7, "status": "open", "created_at": START, "updated_at": START, "priority": "normal"}
    return Ticket(**(facts | changes))


def rule(when: Condition, *then: Action, id: str = "the-rule", **more: Any) -> Rule:  # noqa: A002 - reads as in YAML
    """A rule with a place."""
    return Rule(id, f"policies/test.yaml:1:1/{id}", "what it is for", when, then, **more)


def policy(*rules: Rule, match: Any = "all", **more: Any) -> Policy:
    """A policy of one group."""
    notes: Mapping[str, NoteTemplate] = {"a-note": Echo(), "asks": Echo("ask"), "severity": Echo("severity")}
    facts: dict[str, Any] = {
        "digest": "test",
        "levels": {},
        "binding": BINDING,
        "calendars": {"always": ALWAYS},
        "always": ALWAYS,
        "office": Office(ALWAYS),
        "clocks": (RESPONSE, RESOLUTION),
        "groups": (Group("only", match, rules),),
        "templates": notes,
    }
    return Policy(**(facts | more))


@dataclass(slots=True)
class Desk:
    """A ticket, what is remembered of it, and a policy: time and changes go in, decisions come out."""

    policy: Policy
    ticket: Ticket
    memory: Memory = field(default_factory=lambda: Memory(7))

    def __post_init__(self) -> None:
        """The first sight of the ticket."""
        self._observe(None, self.ticket)

    def becomes(self, **changes: Any) -> None:
        """Zendesk tells of a change."""
        before, self.ticket = self.ticket, replace(self.ticket, **changes)
        self._observe(before, self.ticket)

    def look(self, now: datetime) -> Decision:
        """Decide, and remember."""
        decision = decide(self.ticket, self.memory, self.policy, now)
        self.memory = decision.memory
        return decision

    def _observe(self, before: Ticket | None, after: Ticket) -> None:
        read = self.policy.binding.read
        levels = Levels(read(before) if before else None, read(after), self.memory.intended)
        history = observe(self.memory.history, before, after, levels, self.policy.watched)
        self.memory = replace(self.memory, history=history)
