"""Dates with hours of their own."""

from datetime import date

import pytest

from deskhand.core.opening import Opening
from deskhand.core.week import Span
from deskhand.errors import PolicyInvalid

FAIR = date(2026, 3, 7)


def test_the_spans_of_an_opening_are_in_order() -> None:
    """Two openings with the same spans are equal whatever the order they were written in."""
    one, two = Span.of("08:00", "10:00"), Span.of("12:00", "14:00")

    assert Opening(FAIR, (two, one)) == Opening(FAIR, (one, two))


def test_hours_given_twice_on_a_date_are_refused() -> None:
    """The date is named with the spans that overlap."""
    with pytest.raises(PolicyInvalid, match="2026-03-07: 08:00-12:00 and 11:00-14:00 overlap"):
        Opening(FAIR, (Span.of("11:00", "14:00"), Span.of("08:00", "12:00")))
