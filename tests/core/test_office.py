"""Which calendar counts for a ticket's business hours."""

from dataclasses import replace

from deskhand.core.calendar import Calendar
from deskhand.core.office import Office, OfficeChoice
from deskhand.core.ticket import Organization, Ticket
from tests.core.builders import START

ONE, TWO, THREE, REST = (Calendar.always(name) for name in ("one", "two", "three", "rest"))
OFFICE = Office(
    REST,
    (
        OfficeChoice(ONE, organizations=frozenset({"Globex"})),
        OfficeChoice(TWO, brands=frozenset({"EU"}), groups=frozenset({"Night"})),
        OfficeChoice(THREE, brands=frozenset({"EU"})),
    ),
)
TICKET = Ticket(1, "open", START, START)


def test_the_first_choice_that_fits_counts() -> None:
    """An organization, a brand and group together, a brand alone, and the rest."""
    globex = replace(TICKET, organization=Organization(1, "Globex"), brand="EU")

    assert OFFICE.of(globex) is ONE
    assert OFFICE.of(replace(TICKET, brand="EU", group="Night")) is TWO
    assert OFFICE.of(replace(TICKET, brand="EU", group="Day")) is THREE
    assert OFFICE.of(TICKET) is REST


def test_every_calendar_is_named_once() -> None:
    """In the order in which they may count."""
    again = Office(REST, (OfficeChoice(ONE), OfficeChoice(REST)))

    assert [calendar.name for calendar in again.calendars] == ["one", "rest"]
