"""Which calendar counts for a ticket's targets in business hours.

Zendesk knows a ticket's schedule and does not tell it (zendesk-api.md section 7), so policy says it: by brand, group or organization, else the default.
"""

from dataclasses import dataclass

from deskhand.core.calendar import Calendar
from deskhand.core.ticket import Ticket


@dataclass(frozen=True, slots=True)
class OfficeChoice:
    """A calendar for the tickets whose brand, group and organization are these; an empty set means any."""

    calendar: Calendar
    brands: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    organizations: frozenset[str] = frozenset()

    def fits(self, ticket: Ticket) -> bool:
        """Whether it is meant for a ticket."""
        organization = ticket.organization.name if ticket.organization else None
        return (
            (not self.brands or ticket.brand in self.brands)
            and (not self.groups or ticket.group in self.groups)
            and (not self.organizations or organization in self.organizations)
        )


@dataclass(frozen=True, slots=True)
class Office:
    """The choices in order; the first that fits counts, else the default."""

    default: Calendar
    choices: tuple[OfficeChoice, ...] = ()

    def of(self, ticket: Ticket) -> Calendar:
        """The calendar of a ticket."""
        return next((choice.calendar for choice in self.choices if choice.fits(ticket)), self.default)

    @property
    def calendars(self) -> tuple[Calendar, ...]:
        """Every calendar that may count, each once."""
        every = (*(choice.calendar for choice in self.choices), self.default)
        return tuple({calendar.name: calendar for calendar in every}.values())
