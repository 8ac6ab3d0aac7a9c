"""Holidays, half days and breaks as dates."""

from datetime import date

import pytest

from deskhand.core.closure import Closure
from deskhand.core.week import Span
from deskhand.errors import PolicyInvalid

EVE = date(2026, 12, 24)


def test_a_range_that_ends_before_it_begins_is_refused() -> None:
    """The dates are named in the order they were given."""
    with pytest.raises(PolicyInvalid, match="2026-12-26 to 2026-12-24"):
        Closure(date(2026, 12, 26), EVE)


def test_a_half_day_covers_its_part_of_the_date_only() -> None:
    """Closed from 12:00 until 24:00 holds 12:00 and not 11:59:59, and no other date."""
    half = Closure.day(EVE, span=Span.of("12:00", "24:00"))

    assert half.covers(EVE, 43_200)
    assert not half.covers(EVE, 43_199)
    assert not half.covers(date(2026, 12, 25), 43_200)
    assert not half.whole
    assert Closure.day(EVE).whole


def test_a_range_gives_its_dates_within_others() -> None:
    """Only the dates that both ranges hold are given, none where they do not meet."""
    closure = Closure(EVE, date(2027, 1, 3))

    assert list(closure.within(date(2027, 1, 2), date(2027, 12, 31))) == [date(2027, 1, 2), date(2027, 1, 3)]
    assert list(closure.within(date(2028, 1, 1), date(2028, 12, 31))) == []
