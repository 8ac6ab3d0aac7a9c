"""Stretches of open time and their running totals."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from deskhand.core.timeline import SECOND, UTC_DAY, Stretch, Timeline, instant, layered, micros

LINE = Timeline.of((1970, 1970), (0, 100), [Stretch(10, 20), Stretch(20, 30), Stretch(50, 60, 2)])


def test_microseconds_and_instants_are_two_ways_to_say_the_same() -> None:
    """No microsecond is lost, whatever the zone of the datetime."""
    when = datetime(2026, 11, 1, 1, 30, 0, 1, tzinfo=timezone(timedelta(hours=-5)))

    assert instant(micros(when)) == when
    assert instant(micros(when)).tzinfo is UTC


def test_a_naive_datetime_is_refused() -> None:
    """Without a zone there is no instant."""
    with pytest.raises(TypeError, match="naive"):
        micros(datetime(2026, 1, 1))  # noqa: DTZ001 - the mistake under test


def test_stretches_that_touch_are_one() -> None:
    """10-20 and 20-30 is one stretch of twenty."""
    assert LINE.stretches == (Stretch(10, 30), Stretch(50, 60, 2))


def test_totals_grow_by_the_rate_while_open() -> None:
    """Nothing before the first opening or between stretches, twice as much where two opening hours overlap."""
    assert [LINE.total(us) for us in (0, 10, 15, 30, 40, 55, 60, 99)] == [0, 0, 5, 20, 20, 30, 40, 40]


def test_a_total_is_found_at_its_first_and_its_last_instant() -> None:
    """Twenty is reached at the closing time 30 and still there at the opening time 50; 40 has no open instant."""
    assert (LINE.earliest(20), LINE.latest(20)) == (30, 50)
    assert (LINE.earliest(0), LINE.latest(0)) == (None, 10)
    assert (LINE.earliest(40), LINE.latest(40)) == (60, None)
    assert (LINE.earliest(41), LINE.latest(-1)) == (None, None)


def test_an_opening_time_is_open_and_a_closing_time_is_not() -> None:
    """A stretch holds its start and not its end."""
    assert LINE.holding(10) == Stretch(10, 30)
    assert LINE.holding(29) is not None
    assert LINE.holding(30) is None
    assert LINE.holding(0) is None


def test_two_timelines_join_into_one() -> None:
    """The years and bounds are those of both, and a stretch across the seam is one."""
    later = Timeline.of((1971, 1971), (100, 200), [Stretch(100, 120)])
    joined = Timeline.of((1970, 1970), (0, 100), [Stretch(90, 100)]).joined(later)

    assert (joined.first, joined.last, joined.begin, joined.end) == (1970, 1971, 0, 200)
    assert joined.stretches == (Stretch(90, 120),)


def test_overlapping_hours_are_cut_into_layers() -> None:
    """What two spans share has rate 2, empty and backward spans vanish."""
    assert layered([(0, 30), (20, 40), (50, 50), (60, 55)]) == [Stretch(0, 20), Stretch(20, 30, 2), Stretch(30, 40)]
    assert layered([(5, 6), (0, 5)]) == [Stretch(0, 5), Stretch(5, 6)]


def test_a_learnt_date_tells_the_total_of_each_of_its_seconds() -> None:
    """Stretches that began before midnight, overlap, touch or go on after it all count, to the second."""
    midnight = UTC_DAY // SECOND
    opens = [(midnight + a, midnight + b, rate) for a, b, rate in ((-50, 70, 1), (90, 100, 2), (100, 120, 1))]
    stretches = [Stretch(a * SECOND, b * SECOND, rate) for a, b, rate in opens]
    line = Timeline.of(
        (1970, 1970), (0, 3 * UTC_DAY), [*stretches, Stretch(2 * UTC_DAY - SECOND, 2 * UTC_DAY + SECOND)]
    )

    for day in range(3):
        line.learn(day)
        before, course = line.days[day]
        told = [before + course[second] for second in range(86_400)]
        assert told == [line.total(day * UTC_DAY + second * SECOND) // SECOND for second in range(86_400)]


def test_a_timeline_of_many_different_dates_forgets_some() -> None:
    """What it remembers stays small, and what it forgot can be learnt again."""
    opens = [Stretch(day * UTC_DAY, day * UTC_DAY + (day + 1) * SECOND) for day in range(250)]
    line = Timeline.of((1970, 1970), (0, 365 * UTC_DAY), opens)

    for day in range(250):
        line.learn(day)
    assert len(line.days) <= 100
    line.learn(0)

    assert [line.days[0][0] + line.days[0][1][second] for second in (0, 1, 2)] == [0, 1, 1]
