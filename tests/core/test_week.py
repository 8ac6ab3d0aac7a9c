"""Weekly hours: times of day, spans of a day, days of a week, Zendesk's minutes since Sunday."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskhand.core.week import ALWAYS, DAY, DAYS, WHOLE_DAY, Span, Week, wall_seconds, wall_text
from deskhand.errors import PolicyInvalid


@pytest.mark.parametrize(
    ("text", "seconds"), [("00:00", 0), ("9:05", 32_700), ("09:05:30", 32_730), ("23:59", 86_340), ("24:00", DAY)]
)
def test_a_time_of_day_is_read(text: str, seconds: int) -> None:
    """Hours, minutes and seconds are read, and 24:00 is the end of the day."""
    assert wall_seconds(text) == seconds


@pytest.mark.parametrize("text", ["24:01", "25:00", "09:60", "09:00:60", "0900", "nine", "", "-1:00", "09:00 "])
def test_what_is_no_time_of_day_is_refused(text: str) -> None:
    """A time that no clock shows is refused by name."""
    with pytest.raises(PolicyInvalid, match="no time of day"):
        wall_seconds(text)


@given(st.integers(0, DAY))
def test_a_time_of_day_reads_back_as_written(seconds: int) -> None:
    """Writing a time and reading it gives the same second."""
    assert wall_seconds(wall_text(seconds)) == seconds


@pytest.mark.parametrize(("start", "end"), [("17:00", "09:00"), ("09:00", "09:00")])
def test_a_span_that_does_not_run_forwards_is_refused(start: str, end: str) -> None:
    """Hours across midnight have to be written as two spans, and the hint says so."""
    with pytest.raises(PolicyInvalid, match="before it starts") as caught:
        Span.of(start, end)

    assert "24:00" in caught.value.hint


def test_a_week_sorts_the_spans_of_a_day() -> None:
    """Two weeks with the same hours are equal whatever the order they were written in."""
    morning, evening = ("08:00", "12:00"), ("18:00", "24:00")

    assert Week.of({"mon": [evening, morning]}) == Week.of({"mon": [morning, evening]})


def test_hours_given_twice_are_refused() -> None:
    """Overlapping spans of a day are a mistake, named with the day; spans that touch are none."""
    with pytest.raises(PolicyInvalid, match="tue: 09:00-12:00 and 11:00-17:00 overlap"):
        Week.of({"tue": [("11:00", "17:00"), ("09:00", "12:00")]})

    assert len(Week.of({"tue": [("09:00", "12:00"), ("12:00", "17:00")]}).days[1]) == 2


def test_a_day_that_no_week_has_is_refused() -> None:
    """A misspelt day is named, and the hint lists the days."""
    with pytest.raises(PolicyInvalid, match="'tues' is no day") as caught:
        Week.of({"tues": [("09:00", "17:00")]})

    assert all(day in caught.value.hint for day in DAYS)


def test_a_week_has_seven_days() -> None:
    """A week of six days is refused."""
    with pytest.raises(PolicyInvalid, match="7 days, not 6"):
        Week(((WHOLE_DAY,),) * 6)


def test_a_week_knows_whether_it_always_or_never_opens() -> None:
    """Open day and night counts as always however the day is cut up."""
    halves = (Span.of("00:00", "12:00"), Span.of("12:00", "24:00"))

    assert ALWAYS.always
    assert Week((halves,) * 7).always
    assert not Week.of({"mon": [("00:00", "24:00")]}).always
    assert Week.of({}).never
    assert not ALWAYS.never


def test_minutes_count_from_sunday_midnight() -> None:
    """1980 to 2460 is Monday 09:00 to 17:00, and 10,080 is the end of Saturday."""
    week = Week.of_minutes([(1980, 2460), (10_020, 10_080), (0, 60)])

    assert week == Week.of({"mon": [("09:00", "17:00")], "sat": [("23:00", "24:00")], "sun": [("00:00", "01:00")]})


def test_an_interval_across_midnight_is_cut_there() -> None:
    """Sunday 22:00 to Monday 02:00 keeps its four hours, and a whole week is always open."""
    assert Week.of_minutes([(1320, 1560)]) == Week.of({"sun": [("22:00", "24:00")], "mon": [("00:00", "02:00")]})
    assert Week.of_minutes([(0, 10_080)]) == ALWAYS


@pytest.mark.parametrize("interval", [(-1, 60), (60, 60), (120, 60), (10_000, 10_081)])
def test_minutes_outside_the_week_are_refused(interval: tuple[int, int]) -> None:
    """An interval has to run forwards within 0 to 10,080."""
    with pytest.raises(PolicyInvalid, match="minutes of the week"):
        Week.of_minutes([interval])
