"""When scripted people act."""

from collections import Counter
from datetime import UTC, datetime
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskhand.sandbox.actors_time import DAY, HOUR, arrivals, at_work, awake_after, next_shift, shift_after

INSTANTS = st.integers(min_value=1_600_000_000, max_value=1_900_000_000)
SPANS = st.floats(min_value=0, max_value=3 * DAY)


def _epoch(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("2026-03-02T09:00", "2026-03-02T09:00"),
        ("2026-03-02T05:00", "2026-03-02T08:00"),
        ("2026-03-02T18:00", "2026-03-03T08:00"),
        ("2026-03-06T19:00", "2026-03-09T08:00"),
        ("2026-03-07T03:00", "2026-03-09T08:00"),
        ("2026-03-08T12:00", "2026-03-09T08:00"),
    ],
)
def test_the_next_shift_is_now_or_at_the_next_opening(now: str, then: str) -> None:
    """Agents work from 08:00 to 18:00, Monday to Friday."""
    assert next_shift(_epoch(now)) == _epoch(then)


@given(INSTANTS, SPANS)
def test_agents_act_in_office_hours_and_never_early(now: int, seconds: float) -> None:
    """What an agent does falls into office hours and lies no earlier than the work it takes."""
    due = shift_after(now, seconds, Random(1))

    assert at_work(due)
    assert due >= now + seconds


@given(INSTANTS, SPANS)
def test_customers_sleep_at_night(now: int, seconds: float) -> None:
    """What a customer does falls between 07:00 and 22:00 and lies no earlier than asked."""
    due = awake_after(now, seconds)

    assert 7 * HOUR <= round(due % DAY, 3) <= 22 * HOUR
    assert due >= now + seconds


@given(st.integers(0, 300), INSTANTS, st.integers(HOUR, 20 * DAY))
def test_arrivals_are_as_many_as_asked_for_and_in_order(count: int, first: int, length: int) -> None:
    """All arrivals lie between the two instants, ascending."""
    times = arrivals(Random(2), first, first + length, count)

    assert len(times) == count
    assert times == sorted(times)
    assert all(first - 1 <= at <= first + length for at in times)


def test_more_is_written_by_day_and_on_weekdays() -> None:
    """Mornings of working days bring more tickets than nights and Sundays."""
    monday = _epoch("2026-03-02T00:00")
    times = arrivals(Random(3), monday, monday + 7 * DAY, 7_000)
    hours, days = Counter(at % DAY // HOUR for at in times), Counter((at - monday) // DAY for at in times)

    assert hours[9] > 5 * hours[3]
    assert days[0] > 3 * days[6]
