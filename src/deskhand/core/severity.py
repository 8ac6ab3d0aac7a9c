"""Severity: the four levels, what each promises, and where a ticket keeps its level."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from deskhand.core.ticket import Ticket, Value

LEVELS: Final = ("p1", "p2", "p3", "p4")
"""Most severe first."""

WEEK: Final = 7 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Level:
    """One severity with its seven keys (requirements 1 to 6). Durations are seconds.

    `page_on_call` is "true", "false" or "business_hours_only"; `status_page` "true", "false" or "case_by_case".
    """

    id: str
    definition: str
    response: int
    resolution: int
    page_on_call: str
    notify: tuple[str, ...]
    update_every: int
    status_page: str


@dataclass(frozen=True, slots=True)
class Binding:
    """Where the severity of a ticket lives: the system priority or a custom field.

    `field` is `priority` or `field.<name>`; `writes` gives the value for each level, `reads` the level for each value
    that counts as it (requirement 13: aliases).
    """

    field: str
    writes: Mapping[str, str]
    reads: Mapping[str, str]

    def read(self, ticket: Ticket) -> str | None:
        """The ticket's level, or None where its value is empty or names none."""
        seen = ticket.priority if self.field == "priority" else ticket.fields.get(self.field.removeprefix("field."))
        return self.reads.get(str(seen).lower()) if seen is not None else None

    def write(self, level: str) -> tuple[str, Value]:
        """Field name and value that make a ticket's severity `level`."""
        return self.field, self.writes[level]


def moved(level: str, by: int) -> str:
    """The level `by` steps more severe (negative: less severe), never past either end."""
    at = LEVELS.index(level) - by
    return LEVELS[min(max(at, 0), len(LEVELS) - 1)]
