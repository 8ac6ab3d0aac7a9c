"""What conditions may ask about one ticket at one instant."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from deskhand.core.alike import Likeness
from deskhand.core.calendar import FIRST_YEAR, LAST_YEAR
from deskhand.core.clock import Reading
from deskhand.core.history import History, since
from deskhand.core.ticket import Organization, Person, Ticket, Value

SYSTEM_FIELDS: Final = (
    "severity",
    "status",
    "custom_status",
    "priority",
    "type",
    "subject",
    "group",
    "assignee",
    "brand",
    "form",
    "via",
    "external_id",
    "problem_id",
    "is_public",
)
"""Fields named without a prefix; custom ones are `field.<name>`, `requester.<name>` and `organization.<name>`."""

PERSON_FIELDS: Final = ("name", "email", "role", "tags")
ORGANIZATION_FIELDS: Final = ("name", "tags")

INSTANTS: Final = (
    "created",
    "updated",
    "status",
    "severity",
    "assigned",
    "group",
    "agent_reply",
    "customer_reply",
    "solved",
)
"""Instants named without a prefix; a custom field that holds a date is `field.<name>`."""


@dataclass(frozen=True, slots=True)
class Facts:
    """A ticket, its clocks and its history, at `now` (UTC, whole seconds)."""

    ticket: Ticket
    now: datetime
    severity: str | None
    readings: Mapping[str, Reading]
    history: History
    touched_at: datetime | None = None
    """When somebody else last changed the ticket; None where its own stamp says so."""
    alike: Mapping[Likeness, int] = field(default_factory=dict)
    """How many customers have tickets like this one, as far as that was counted."""

    def get(self, name: str) -> Value:
        """The value of a field by its policy name; None where it is empty or unknown."""
        prefix, _, rest = name.partition(".")
        match prefix:
            case "field":
                return self.ticket.fields.get(rest)
            case "requester":
                return _of(self.ticket.requester, rest)
            case "organization":
                return _of(self.ticket.organization, rest)
            case "severity":
                return self.severity
            case "tags":
                return tuple(sorted(self.ticket.tags))
            case _:
                value: Value = getattr(self.ticket, name)
                return value

    def instant(self, name: str) -> datetime | None:
        """An instant by its policy name, or None where it has not come or cannot be read as one."""
        match name:
            case "created":
                return self.ticket.created_at
            case "updated":
                return self.touched_at or self.ticket.updated_at
            case "solved":
                return since(self.history, "status", value="solved")
            case "status" | "severity" | "assigned" | "group" | "agent_reply" | "customer_reply":
                return since(self.history, name)
            case _:
                return read_instant(self.get(name))

    def clocks(self, selector: str) -> tuple[Reading, ...]:
        """The clocks that a selector means: `any` running one, the `current` one, or one by name."""
        if selector == "any":
            return tuple(reading for reading in self.readings.values() if reading.seen.stage == "running")
        name = self._current() if selector == "current" else selector
        return (self.readings[name],) if name in self.readings else ()

    def _current(self) -> str:
        """The response clock until it is answered, the resolution clock from then on (requirements, M2)."""
        response = self.readings.get("response")
        return "response" if response and response.seen.stage in ("running", "paused") else "resolution"


def read_instant(value: Value) -> datetime | None:
    """A date or date and time in ISO form as an instant; without a zone it is UTC. None for what no calendar reaches: 9999-12-31 means never."""
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value.strip())
    except ValueError:
        return None
    if not FIRST_YEAR < found.year < LAST_YEAR:
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def title(name: str) -> str:
    """A field as agents see it, as far as its policy name tells: `field.request_id` is Request id."""
    return (name.partition(".")[2] or name).replace("_", " ").capitalize()


def titles(names: Iterable[str]) -> str:
    """Several fields as agents see them: Request id, Failed at and Client version."""
    *first, last = (title(name) for name in names)
    return f"{', '.join(first)} and {last}" if first else last


def _of(who: Person | Organization | None, name: str) -> Value:
    """A field of the requester or the organization: its own, else a custom one."""
    if who is None:
        return None
    if name in PERSON_FIELDS and (isinstance(who, Person) or name in ORGANIZATION_FIELDS):
        value: Value = getattr(who, name)
        return value
    return who.fields.get(name)
