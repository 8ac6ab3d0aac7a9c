"""How much paging weighs on people."""

from datetime import UTC, date, datetime, timedelta

import pytest

from deskhand.core.message import MessageRow
from deskhand.core.page_load import Load, page_load
from tests.core.builders import START, at
from tests.core.messages import message, sent

BERLIN = "Europe/Berlin"


def answered(number: int, minutes: float, after: float, who: str = "Ann") -> MessageRow:
    """A page that somebody acknowledged so many minutes later."""
    return sent(message(number, minutes), answered_at=at(minutes + after), answered_by=who)


@pytest.mark.requirement(55)
def test_pages_are_counted_by_person_and_week() -> None:
    """Whoever acknowledged was paged; what nobody acknowledged counts for its role."""
    week = 7 * 1440
    rows = [answered(1, 0, 2), answered(2, 60, 6), answered(3, 0, 1, "Bob"), sent(message(4, 5)), answered(5, week, 3)]

    assert page_load(rows, BERLIN) == (
        Load(date(2026, 3, 9), "Ann", 1, 0, 1, 180, 180),
        Load(date(2026, 3, 2), "Ann", 2, 0, 2, 240, 360),
        Load(date(2026, 3, 2), "Bob", 1, 0, 1, 60, 60),
        Load(date(2026, 3, 2), "on_call", 1, 0, 0),
    )


@pytest.mark.requirement(55)
def test_night_and_the_beginning_of_a_week_are_by_the_wall_clock() -> None:
    """Sunday 23:30 in London is Monday in Berlin, and night in both."""
    sunday = datetime(2026, 3, 8, 23, 30, tzinfo=UTC)
    late = (sunday - START) / timedelta(minutes=1)

    (berlin,) = page_load([answered(1, late, 1)], BERLIN)
    (london,) = page_load([answered(1, late, 1)], "Europe/London")

    assert (berlin.week, berlin.nights) == (date(2026, 3, 9), 1)
    assert (london.week, london.nights) == (date(2026, 3, 2), 1)


def test_what_disturbed_nobody_is_not_counted() -> None:
    """What was told, joined a storm, or never left."""
    rows = [
        sent(message(1, verb="tell")),
        sent(message(2), joined="zd:acme:1:e1"),
        MessageRow(message(3), "dropped", at(0), settled_at=at(0)),
    ]

    assert page_load(rows, BERLIN) == ()


def test_a_page_without_a_role_counts_for_its_channel() -> None:
    """A rule may page a channel alone."""
    assert page_load([sent(message(1, role=""))], BERLIN)[0].who == "on-call"
