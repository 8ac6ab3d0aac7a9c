"""Business time by a schedule."""

from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from deskhand.sandbox.hours import Hours

OFFICE = {
    "time_zone": "Europe/Berlin",
    "intervals": [{"start_time": d * 1_440 + 540, "end_time": d * 1_440 + 1_020} for d in range(1, 6)],
}
ALWAYS = {"time_zone": "Eastern Time (US & Canada)", "intervals": [{"start_time": 0, "end_time": 10_080}]}


def at(text: str) -> int:
    """Seconds since 1970."""
    return int(datetime.fromisoformat(text).timestamp())


def test_a_weekend_does_not_count() -> None:
    """From Friday 16:00 to Monday 10:00 two hours pass."""
    assert Hours(OFFICE).elapsed(at("2026-03-06T16:00+01:00"), at("2026-03-09T10:00+01:00")) == 7_200


def test_a_holiday_does_not_count_to_its_last_day() -> None:
    """A holiday of two days closes both, or the first alone where its end does not count."""
    holiday = [{"start_date": "2026-03-10", "end_date": "2026-03-11"}]
    span = at("2026-03-09T00:00+01:00"), at("2026-03-14T00:00+01:00")
    assert Hours(OFFICE, holiday).elapsed(*span) == 3 * 8 * 3_600
    assert Hours(OFFICE, holiday, end_inclusive=False).elapsed(*span) == 4 * 8 * 3_600


def test_a_day_of_the_clock_change_has_its_real_length() -> None:
    """An always open schedule counts 23 hours on the spring Sunday of New York."""
    assert Hours(ALWAYS).elapsed(at("2026-03-08T00:00-05:00"), at("2026-03-09T00:00-04:00")) == 23 * 3_600


@given(st.integers(at("2026-01-01T00:00+00:00"), at("2027-12-01T00:00+00:00")), st.integers(1, 400_000))
def test_what_is_added_has_elapsed(start: int, seconds: int) -> None:
    """After adding open seconds to an instant, exactly these have elapsed."""
    hours = Hours(OFFICE)
    end = hours.add(start, seconds)
    assert end is not None
    assert hours.elapsed(start, end) == seconds


def test_a_schedule_that_never_opens_has_no_deadline() -> None:
    """Without hours, time never runs out."""
    assert Hours({"time_zone": "UTC", "intervals": []}).add(at("2026-01-01T00:00+00:00"), 60) is None
