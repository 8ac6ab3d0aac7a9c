"""Who is on call, and when nobody is."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from deskhand.core.coverage import SLIGHT, gaps, on_duty
from deskhand.core.message import Shift
from tests.core.builders import at
from tests.core.messages import OFFICE

WEEK = 7 * 1440.0


def shift(start: float | None, end: float | None, person: str = "Ann") -> Shift:
    """On call between two minutes after START; None is without an end."""
    return Shift(person, None if start is None else at(start), None if end is None else at(end))


def test_a_shift_holds_from_its_start_until_just_before_its_end() -> None:
    """Whoever comes next takes over at that very instant; nobody is named twice."""
    shifts = [shift(None, 10), shift(10, None, "Bob"), shift(5, 15)]

    assert on_duty(shifts, at(9)) == ("Ann",)
    assert on_duty(shifts, at(10)) == ("Bob", "Ann")
    assert on_duty(shifts, at(20)) == ("Bob",)
    assert on_duty([], at(0)) == ()


def test_gaps_are_told_in_order_and_cut_at_both_ends() -> None:
    """Overlapping shifts count once, and a gap of seconds is none."""
    shifts = [shift(10, 30), shift(20, 25), shift(30.5, 40), shift(50, 200)]

    assert gaps(shifts, at(0), at(100)) == [(at(0), at(10)), (at(40), at(50))]
    assert gaps([], at(0), at(100)) == [(at(0), at(100))]
    assert gaps([shift(None, None)], at(0), at(100)) == []


def test_with_hours_a_gap_counts_only_while_they_are_open() -> None:
    """A rung that waits for the opening needs nobody at night."""
    monday = datetime(2026, 3, 2, 0, 0, tzinfo=UTC)
    morning = Shift("Ann", monday, monday.replace(hour=12))

    assert gaps([morning], monday, monday + timedelta(days=1), OFFICE) == [
        (monday.replace(hour=12), monday.replace(hour=16))
    ]


ends = st.tuples(st.floats(-1440, WEEK), st.floats(-1440, WEEK)).map(sorted)


@given(st.lists(ends.map(lambda one: shift(one[0], one[1])), max_size=12), st.floats(0, WEEK))
def test_at_any_instant_somebody_is_on_call_or_it_is_in_a_gap(shifts: list[Shift], minute: float) -> None:
    """But for gaps that are too short to be told."""
    now = at(minute)
    found = gaps(shifts, at(0), at(WEEK))

    told = any(start <= now < end for start, end in found)
    if told:
        assert on_duty(shifts, now) == ()
    elif now < at(WEEK) and not on_duty(shifts, now):
        edges = [edge for one in shifts for edge in (one.start, one.end) if edge] + [at(0), at(WEEK)]
        assert min(abs(edge - now) for edge in edges) < SLIGHT
