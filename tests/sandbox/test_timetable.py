"""A schedule through its edits."""

from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from deskhand.sandbox.hours import Hours
from deskhand.sandbox.timetable import Timetable


def at(text: str) -> int:
    """Seconds since 1970."""
    return int(datetime.fromisoformat(text).timestamp())


def week(first: int, last: int) -> Hours:
    """Monday to Friday between two hours, in Berlin."""
    rows = [{"start_time": d * 1_440 + first * 60, "end_time": d * 1_440 + last * 60} for d in range(1, 6)]
    return Hours({"time_zone": "Europe/Berlin", "intervals": rows})


EDIT = at("2026-03-11T12:00+01:00")
CHANGED = Timetable([(0, week(9, 17)), (EDIT, week(10, 14))])
"""From a Wednesday noon on, open from ten to two."""


def test_an_edit_counts_from_then_on() -> None:
    """Days before it keep their eight hours, days after it have four, its own has three of the old and two of the new."""
    days = [(at(f"2026-03-{day}T00:00+01:00"), at(f"2026-03-{day + 1}T00:00+01:00")) for day in (10, 11, 12)]
    assert [CHANGED.elapsed(*day) // 3_600 for day in days] == [8, 5, 4]


def test_a_deadline_reaches_over_an_edit_once_it_is_known() -> None:
    """Seven hours from Wednesday's opening end on Thursday at noon by the new hours; before the edit, at four the same day."""
    start = at("2026-03-11T09:00+01:00")
    assert CHANGED.add(start, 7 * 3_600) == at("2026-03-12T12:00+01:00")
    assert CHANGED.add(start, 7 * 3_600, known=EDIT - 1) == at("2026-03-11T16:00+01:00")


def test_it_is_open_as_the_hours_of_that_instant_say() -> None:
    """Nine o'clock is within the old hours and outside the new ones."""
    assert [CHANGED.open_at(at(f"2026-03-{day}T09:30+01:00")) for day in (11, 12)] == [True, False]


@given(st.integers(at("2026-03-01T00:00+00:00"), at("2026-04-10T00:00+00:00")), st.integers(1, 400_000))
def test_what_is_added_has_elapsed(start: int, seconds: int) -> None:
    """After adding open seconds to an instant, exactly these have elapsed, across edits too."""
    end = CHANGED.add(start, seconds)
    assert end is not None
    assert CHANGED.elapsed(start, end) == seconds


@given(st.integers(0, 80), st.integers(0, 80), st.integers(0, 80))
def test_elapsed_is_additive(first: int, second: int, third: int) -> None:
    """Split anywhere, the parts add up to the whole."""
    a, b, c = (EDIT + (hours - 40) * 3_600 for hours in sorted((first, second, third)))
    assert CHANGED.elapsed(a, b) + CHANGED.elapsed(b, c) == CHANGED.elapsed(a, c)
