"""Calendars: elapsed time, its inverse, and the cases where other systems went wrong."""

import copy
import pickle
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskhand.core.calendar import BeyondCalendar, Calendar
from deskhand.core.closure import Closure
from deskhand.core.opening import Opening
from deskhand.core.week import Span, Week
from deskhand.errors import PolicyInvalid

HOUR = 3600
WORKDAYS = ("mon", "tue", "wed", "thu", "fri")
NINE_TO_FIVE = Week.of({day: [("09:00", "17:00")] for day in WORKDAYS})
ZONES = (
    "America/New_York",
    "Europe/London",
    "Australia/Lord_Howe",
    "America/Sao_Paulo",
    "Asia/Kolkata",
    "Pacific/Apia",
)
WEEKS = {
    "office": NINE_TO_FIVE,
    "lunch": Week.of({day: [("08:30", "12:00"), ("13:00", "17:15")] for day in WORKDAYS}),
    "nights": Week.of({day: [("00:00", "04:30"), ("20:00", "24:00")] for day in ("fri", "sat", "sun", "mon")}),
    "gaps": Week.of({"sun": [("00:00", "02:30"), ("03:00", "05:00")], "sat": [("22:00", "24:00")]}),
    "always": Calendar.always().week,
}
HOLIDAYS = tuple(
    closure
    for year in range(2009, 2029)
    for closure in (
        Closure(date(year, 12, 25), date(year, 12, 26), name="Christmas"),
        Closure.day(date(year, 12, 24), span=Span.of("12:00", "24:00"), name="Christmas Eve"),
        Closure(date(year, 3, 27), date(year, 4, 2), name="Spring"),
    )
)


@cache
def calendar(zone: str, week: str) -> Calendar:
    """One of the calendars that the laws are tried on."""
    return Calendar(week, zone, WEEKS[week], HOLIDAYS)


def utc(text: str) -> datetime:
    """An instant written as 2026-03-08 07:00, in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def local(zone: str, text: str, fold: int = 0) -> datetime:
    """The instant of a wall time."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


calendars = st.builds(calendar, st.sampled_from(ZONES), st.sampled_from(sorted(WEEKS)))
transitions = st.sampled_from(
    [utc(text) for text in ("2011-12-30 10:00", "2018-11-04 03:00", "2025-04-05 15:00", "2026-03-08 07:00")]
    + [utc(text) for text in ("2025-10-04 15:30", "2025-10-26 01:00", "2026-03-29 01:00", "2026-11-01 06:00")]
)
anywhere = st.integers(0, 17 * 366 * 86_400).map(lambda seconds: utc("2010-01-01") + timedelta(seconds=seconds))
beside = st.builds(lambda at, seconds: at + timedelta(seconds=seconds), transitions, st.integers(-200_000, 200_000))
instants = st.one_of(beside, anywhere)
durations = st.one_of(st.integers(0, 4 * HOUR), st.integers(0, 90 * 24 * HOUR), st.just(8 * HOUR))


# Laws


@given(calendars, instants, durations)
def test_after_and_before_undo_elapsed(hours: Calendar, when: datetime, seconds: int) -> None:
    """As much is elapsed as was asked for, forwards and backwards, to the second."""
    assert hours.elapsed(when, hours.after(when, seconds)) == seconds
    assert hours.elapsed(hours.before(when, seconds), when) == seconds


@given(calendars, st.lists(instants, min_size=3, max_size=6))
def test_elapsed_adds_up_over_split_spans(hours: Calendar, marks: list[datetime]) -> None:
    """The whole is the sum of its parts, in any order, and turns its sign when turned round."""
    assert hours.elapsed(marks[0], marks[-1]) == sum(hours.elapsed(a, b) for a, b in pairwise(marks))
    assert hours.elapsed(marks[0], marks[1]) == -hours.elapsed(marks[1], marks[0])


@given(calendars, instants, durations, durations)
def test_more_time_is_never_earlier(hours: Calendar, when: datetime, some: int, more: int) -> None:
    """A longer duration ends later or at the same instant, and a later instant has no less elapsed."""
    short, long = sorted((some, more))

    assert when <= hours.after(when, short) <= hours.after(when, long)
    assert hours.before(when, long) <= hours.before(when, short) <= when
    assert hours.elapsed(when, when + timedelta(seconds=short)) <= hours.elapsed(when, when + timedelta(seconds=long))


@given(calendars, instants, durations)
def test_a_due_instant_is_always_open(hours: Calendar, when: datetime, seconds: int) -> None:
    """`after` never names a time at which nobody is there."""
    assert hours.is_open(hours.after(when, seconds))


@given(calendars, instants, st.integers(0, 30 * 86_400))
def test_intervals_are_what_is_elapsed(hours: Calendar, start: datetime, seconds: int) -> None:
    """Intervals are in order, apart, within the span and open; their lengths make up what is elapsed."""
    end = start + timedelta(seconds=seconds)
    spans = list(hours.intervals(start, end))

    assert all(start <= a < b <= end and hours.is_open(a) for a, b in spans)
    assert all(one[1] < later[0] for one, later in pairwise(spans))
    covered = sum((b - a).total_seconds() for a, b in spans)
    assert covered == hours.elapsed(start, end) or hours.name == "gaps"


@settings(max_examples=25)
@given(st.sampled_from(ZONES), st.sampled_from(("office", "lunch")), instants, st.integers(0, 3 * 24 * 60))
def test_elapsed_is_what_a_watcher_counts(zone: str, week: str, when: datetime, minutes: int) -> None:
    """Looking at the wall clock every minute and counting those within hours gives the same minutes."""
    hours, start = calendar(zone, week), when.replace(second=0)
    counted = sum(within(hours, start + timedelta(minutes=n)) for n in range(minutes))

    assert hours.elapsed(start, start + timedelta(minutes=minutes)) == 60 * counted


def within(hours: Calendar, when: datetime) -> bool:
    """Whether a minute is open by the wall clock alone, for hours that no change of clocks touches."""
    wall = when.astimezone(ZoneInfo(hours.zone))
    second = wall.hour * HOUR + wall.minute * 60
    spans = hours.week.days[wall.weekday()]
    return any(span.start <= second < span.end for span in spans) and not hours.closures_at(when)


@settings(max_examples=15)
@given(calendars, instants, st.lists(instants, max_size=2))
def test_an_answer_does_not_depend_on_earlier_questions(
    hours: Calendar, when: datetime, others: list[datetime]
) -> None:
    """A fresh calendar, and one asked about other years before, say the same."""
    fresh, asked = replace(hours), replace(hours)
    for other in others:
        asked.is_open(other)

    assert fresh.after(when, 100 * HOUR) == asked.after(when, 100 * HOUR)
    assert fresh.elapsed(when, utc("2026-06-01")) == asked.elapsed(when, utc("2026-06-01"))


# Edges, as zendesk/biz answers them

OFFICE = Calendar("office", "Europe/Berlin", NINE_TO_FIVE)
MONDAY = date(2026, 3, 2)


def berlin(text: str) -> datetime:
    """A wall time in Berlin on 2 March 2026, a Monday, or on a date of its own."""
    return local("Europe/Berlin", text if "-" in text else f"{MONDAY} {text}")


def test_the_turn_of_a_year_counts_on_both_sides() -> None:
    """A local year begins within a date of UTC; both parts of that date count, whichever was asked about first."""
    for zone in ("America/New_York", "Asia/Kolkata"):
        hours = Calendar("day and night", zone, WEEKS["always"])
        hours.elapsed(utc("2026-12-31 23:00"), utc("2026-12-31 23:30"))
        hours.elapsed(utc("2027-01-01 12:00"), utc("2027-01-01 13:00"))

        assert hours.elapsed(utc("2026-12-31 12:00"), utc("2027-01-01 12:00")) == 24 * HOUR
        assert hours.elapsed(utc("2027-01-01 01:00"), utc("2027-01-01 12:00")) == 11 * HOUR


def test_no_time_after_a_closed_instant_is_the_next_opening() -> None:
    """While closed, and at closing time itself; an open instant is its own answer."""
    assert OFFICE.after(berlin("06:00"), 0) == berlin("09:00")
    assert OFFICE.after(berlin("17:00"), 0) == berlin("2026-03-03 09:00")
    assert OFFICE.after(berlin("09:00"), 0) == berlin("09:00")


def test_no_time_before_a_closed_instant_is_the_last_closing() -> None:
    """An opening time is open, so it is its own answer, and so is a closing time."""
    assert OFFICE.before(berlin("06:00"), 0) == berlin("2026-02-27 17:00")
    assert OFFICE.before(berlin("09:00"), 0) == berlin("09:00")
    assert OFFICE.before(berlin("17:00"), 0) == berlin("17:00")


def test_time_used_up_at_closing_is_due_at_the_next_opening() -> None:
    """Eight hours from an opening end at the next opening; one second less ends on the same day."""
    assert OFFICE.after(berlin("06:00"), 8 * HOUR) == berlin("2026-03-03 09:00")
    assert OFFICE.after(berlin("06:00"), 8 * HOUR - 1) == berlin("16:59:59")


def test_time_that_began_at_an_opening_goes_back_to_that_opening() -> None:
    """Eight hours before closing time is that morning, not the evening before."""
    assert OFFICE.before(berlin("20:00"), 8 * HOUR) == berlin("09:00")


def test_negative_seconds_count_the_other_way() -> None:
    """After minus an hour is an hour before, and the reverse."""
    assert OFFICE.after(berlin("10:00"), -HOUR) == berlin("09:00")
    assert OFFICE.before(berlin("10:00"), -HOUR) == berlin("11:00")


def test_opening_and_closing_times_are_found() -> None:
    """Open: the coming closing time. Closed: the next hours. Always open: no closing time."""
    assert (OFFICE.next_open(berlin("10:00")), OFFICE.next_close(berlin("10:00"))) == (berlin("10:00"), berlin("17:00"))
    assert (OFFICE.next_open(berlin("06:00")), OFFICE.next_close(berlin("06:00"))) == (berlin("09:00"), berlin("17:00"))
    assert OFFICE.next_close(berlin("17:00")) == berlin("2026-03-03 17:00")
    assert Calendar.always().next_close(berlin("10:00")) is None


def test_hours_that_never_end_again_have_no_closing_time() -> None:
    """A calendar open day and night after one holiday says None once that holiday is over."""
    hours = replace(Calendar.always(), closures=(Closure.day(date(2098, 5, 1)),))

    assert hours.next_close(utc("2098-04-01")) == utc("2098-05-01")
    assert hours.next_close(utc("2098-05-02")) is None


@pytest.mark.requirement(12)
def test_business_days_keep_the_time_of_day() -> None:
    """Two business days from Friday noon is Tuesday noon; from Friday evening it is Wednesday's opening."""
    assert OFFICE.days_after(berlin("2026-03-06 12:00"), 2) == berlin("2026-03-10 12:00")
    assert OFFICE.days_after(berlin("2026-03-06 18:00"), 2) == berlin("2026-03-11 09:00")
    assert OFFICE.days_before(berlin("2026-03-10 12:00"), 2) == berlin("2026-03-06 12:00")
    assert OFFICE.days_before(berlin("2026-03-10 08:00"), 2) == berlin("2026-03-05 17:00")
    assert OFFICE.days_after(berlin("06:00"), 0) == berlin("09:00")


@pytest.mark.requirement(12)
def test_business_days_skip_holidays() -> None:
    """A date without open time is no business day, a half day is one."""
    hours = replace(
        OFFICE,
        closures=(Closure.day(date(2026, 3, 3)), Closure.day(date(2026, 3, 4), span=Span.of("12:00", "24:00"))),
    )

    assert hours.days_after(berlin("10:00"), 1) == berlin("2026-03-04 10:00")


# Numbers


def test_whole_seconds_are_ints_and_microseconds_are_kept() -> None:
    """Nothing is rounded: a third of a day in microseconds comes back as an exact fraction."""
    odd = berlin("10:00") + timedelta(microseconds=1)

    assert isinstance(OFFICE.elapsed(berlin("10:00"), berlin("11:00")), int)
    assert OFFICE.elapsed(odd, berlin("11:00")) == Fraction(3_599_999_999, 1_000_000)
    assert OFFICE.after(odd, Fraction(1, 1_000_000)) == odd + timedelta(microseconds=1)
    assert OFFICE.after(berlin("10:00"), 0.1) == berlin("10:00") + timedelta(microseconds=100_000)


def test_a_hundred_tenths_make_ten() -> None:
    """Fractions add up without the drift of floats."""
    marks = [berlin("10:00") + timedelta(milliseconds=100 * n) for n in range(101)]

    assert sum(OFFICE.elapsed(a, b) for a, b in pairwise(marks)) == 10


def test_instants_may_be_in_any_zone() -> None:
    """A datetime in another zone is the same instant, also within a repeated hour."""
    tokyo = berlin("10:00").astimezone(ZoneInfo("Asia/Tokyo"))
    second = datetime(2026, 11, 1, 1, 30, tzinfo=ZoneInfo("America/New_York"), fold=1)

    assert OFFICE.elapsed(tokyo, berlin("11:00")) == HOUR
    assert Calendar.always().elapsed(utc("2026-11-01 05:30"), second) == HOUR


def test_a_naive_datetime_is_refused() -> None:
    """A time without a zone is a mistake, never guessed at."""
    with pytest.raises(TypeError):
        OFFICE.is_open(datetime(2026, 3, 2, 10))  # noqa: DTZ001 - the mistake under test


# The value


def test_a_calendar_is_a_value() -> None:
    """Equal hours are equal calendars, whatever was asked of them; copies and pickles answer alike."""
    asked = replace(OFFICE)
    asked.elapsed(berlin("09:00"), berlin("2026-03-06 09:00"))

    assert asked == replace(OFFICE)
    assert hash(asked) == hash(replace(OFFICE))
    for twin in (copy.deepcopy(asked), pickle.loads(pickle.dumps(asked))):
        assert twin == asked
        assert twin.after(berlin("10:00"), 8 * HOUR) == berlin("2026-03-03 10:00")


def test_the_order_of_closures_does_not_matter() -> None:
    """Two calendars with the same holidays are equal."""
    one, two = Closure.day(date(2026, 3, 3)), Closure.day(date(2026, 4, 3))

    assert replace(OFFICE, closures=(two, one)) == replace(OFFICE, closures=(one, two))


def test_closures_in_force_are_named() -> None:
    """A holiday and a break of the same hour are both told, by the wall clock of the zone."""
    holiday = Closure.day(date(2026, 3, 3), name="Holiday")
    standup = Closure.day(date(2026, 3, 3), span=Span.of("10:00", "11:30"), name="All hands")
    hours = replace(OFFICE, closures=(holiday, standup))

    assert set(hours.closures_at(berlin("2026-03-03 10:00"))) == {holiday, standup}
    assert hours.closures_at(berlin("2026-03-03 11:30")) == (holiday,)
    assert hours.closures_at(berlin("2026-03-03 23:59:59")) == (holiday,)
    assert hours.closures_at(berlin("2026-03-04 00:00")) == ()


def test_an_unknown_zone_is_refused() -> None:
    """A calendar in a zone that does not exist is not made."""
    with pytest.raises(PolicyInvalid, match="'Mars/Olympus' is no time zone"):
        Calendar("mars", "Mars/Olympus", NINE_TO_FIVE)


# Rows of edge-cases.md


@pytest.mark.parametrize(
    ("zone", "day", "expected"),
    [
        ("America/New_York", "2026-03-08", 23),
        ("America/New_York", "2026-11-01", 25),
        ("Europe/London", "2026-03-29", 23),
        ("Australia/Lord_Howe", "2025-10-05", 23.5),
        ("Australia/Lord_Howe", "2026-04-05", 24.5),
        ("America/Sao_Paulo", "2018-11-04", 23),
        ("America/Sao_Paulo", "2018-02-17", 25),
        ("Pacific/Apia", "2011-12-30", 0),
        ("Asia/Kolkata", "2026-03-08", 24),
    ],
)
def test_dst_gap_and_overlap(zone: str, day: str, expected: float) -> None:
    """DST gap/overlap: a day open from 00:00 to 24:00 has as many hours as it really has, in both hemispheres."""
    date_of = date.fromisoformat(day)
    hours = Calendar("day", zone, Week.of({f"{date_of:%a}".lower(): [("00:00", "24:00")]}))

    assert hours.elapsed(utc(day) - timedelta(days=2), utc(day) + timedelta(days=3)) == expected * HOUR


def test_dst_in_office_hours_changes_nothing() -> None:
    """DST gap/overlap: a week of 9 to 5 is forty hours, also across both changes."""
    assert OFFICE.elapsed(berlin("2026-03-27 12:00"), berlin("2026-04-03 12:00")) == 40 * HOUR
    assert OFFICE.elapsed(berlin("2026-10-23 12:00"), berlin("2026-10-30 12:00")) == 40 * HOUR


def test_a_wall_time_that_is_skipped_has_one_meaning() -> None:
    """DST gap/overlap: it means the same time with the offset before the change, half an hour later on Lord Howe."""
    york = Calendar("gap", "America/New_York", Week.of({"sun": [("02:15", "04:00")]}))
    howe = Calendar("gap", "Australia/Lord_Howe", Week.of({"sun": [("02:15", "04:00")]}))

    assert york.next_open(utc("2026-03-08 00:00")) == local("America/New_York", "2026-03-08 03:15")
    assert howe.next_open(utc("2025-10-04 12:00")) == local("Australia/Lord_Howe", "2025-10-05 02:45")


def test_hours_on_both_sides_of_a_gap_both_count() -> None:
    """DST gap/overlap: 01:15-01:45 moves onto 02:05-02:25 in London; ten shared minutes count for each, as in biz."""
    hours = Calendar("both", "Europe/London", Week.of({"sun": [("01:15", "01:45"), ("02:05", "02:25")]}))
    start, end = local("Europe/London", "2026-03-29 00:00"), local("Europe/London", "2026-03-29 12:00")

    assert hours.elapsed(start, end) == (30 + 20) * 60
    assert list(hours.intervals(start, end)) == [
        (local("Europe/London", "2026-03-29 02:05"), local("Europe/London", "2026-03-29 02:45"))
    ]
    assert hours.next_close(start) == local("Europe/London", "2026-03-29 02:45")


def test_a_wall_time_that_comes_twice_means_the_first() -> None:
    """DST gap/overlap: hours of 01:15-01:45 are open in the first of the two hours only."""
    hours = Calendar("fold", "America/New_York", Week.of({"sun": [("01:15", "01:45")]}))

    assert hours.is_open(local("America/New_York", "2026-11-01 01:20"))
    assert not hours.is_open(local("America/New_York", "2026-11-01 01:20", fold=1))
    assert hours.elapsed(utc("2026-11-01 00:00"), utc("2026-11-02 00:00")) == 30 * 60


def test_a_skipped_date_has_no_hours() -> None:
    """DST gap/overlap: Apia had no Friday 30 December 2011, so its Friday hours do not land on Saturday."""
    hours = Calendar("apia", "Pacific/Apia", Week.of({"fri": [("09:00", "17:00")]}))
    thursday, sunday = local("Pacific/Apia", "2011-12-29 00:00"), local("Pacific/Apia", "2012-01-01 00:00")

    assert list(hours.intervals(thursday, sunday)) == []


@pytest.mark.parametrize(
    ("zone", "opens"),
    [
        ("Africa/Monrovia", "1971-06-07 09:44:30"),
        ("Europe/London", "1971-01-04 08:00"),
        ("Europe/Amsterdam", "1985-07-01 07:00"),
        ("America/Caracas", "2010-01-04 13:30"),
        ("Asia/Pyongyang", "2016-01-04 00:30"),
    ],
)
def test_a_historic_offset_is_that_of_its_time(zone: str, opens: str) -> None:
    """DST gap/overlap; historic offset: nine o'clock is read with the offset of its date, to the second."""
    opening = utc(opens)

    assert Calendar("old", zone, NINE_TO_FIVE).next_open(opening - timedelta(hours=5)) == opening


def test_a_far_year_follows_the_rules_of_the_zone() -> None:
    """DST gap/overlap: a summer day of 2099 has summer time, and every year from 1970 to 2100 has an answer."""
    assert OFFICE.next_open(utc("2099-07-01 00:00")) == utc("2099-07-01 07:00")
    dates = [date(1970, 1, 1) + timedelta(days=n) for n in range((date(2101, 1, 1) - date(1970, 1, 1)).days)]
    workdays = sum(day.weekday() < 5 for day in dates)
    assert OFFICE.elapsed(utc("1970-01-01 00:00"), utc("2100-12-31 23:59:59")) == workdays * 8 * HOUR


def test_a_holiday_spanning_weeks() -> None:
    """Holiday spanning a week/schedule boundary: nothing counts from 24 December to 3 January."""
    hours = replace(OFFICE, closures=(Closure(date(2026, 12, 24), date(2027, 1, 3), name="Shutdown"),))

    assert hours.after(berlin("2026-12-23 16:00"), 2 * HOUR) == berlin("2027-01-04 10:00")
    assert hours.elapsed(berlin("2026-12-23 16:00"), berlin("2027-01-04 10:00")) == 2 * HOUR


def test_a_holiday_across_a_change_of_clocks() -> None:
    """Holiday spanning a week/schedule boundary: a holiday on the long Sunday takes all 25 of its hours."""
    hours = replace(Calendar.always(), zone="Europe/Berlin", closures=(Closure.day(date(2026, 10, 25)),))

    assert hours.elapsed(berlin("2026-10-24 00:00"), berlin("2026-10-27 00:00")) == 48 * HOUR


def test_a_holiday_added_later() -> None:
    """Holiday added later: the new calendar moves what is due, the old value still tells what was promised."""
    opened = berlin("2026-03-02 16:00")
    later = replace(OFFICE, closures=(Closure.day(date(2026, 3, 3), name="Strike"),))

    assert OFFICE.after(opened, 2 * HOUR) == berlin("2026-03-03 10:00")
    assert later.after(opened, 2 * HOUR) == berlin("2026-03-04 10:00")
    assert later != OFFICE


def test_a_schedule_edited_while_running() -> None:
    """Schedule or policy edited while running: an edit makes another value, so a snapshot keeps its own hours."""
    longer = replace(OFFICE, week=Week.of({day: [("08:00", "20:00")] for day in WORKDAYS}))
    start, end = berlin("07:00"), berlin("21:00")

    assert longer.elapsed(start, end) - OFFICE.elapsed(start, end) == 4 * HOUR


def test_several_intervals_a_day_midnight_and_24_00() -> None:
    """Several intervals a day, midnight, 24:00: three intervals, and hours that go on past midnight, all count."""
    hours = Calendar(
        "three",
        "Europe/Berlin",
        Week.of({"mon": [("00:00", "02:00"), ("09:00", "12:00"), ("22:00", "24:00")], "tue": [("00:00", "01:00")]}),
    )
    spans = list(hours.intervals(berlin("00:00"), berlin("2026-03-04 00:00")))

    assert spans == [
        (berlin("00:00"), berlin("02:00")),
        (berlin("09:00"), berlin("12:00")),
        (berlin("22:00"), berlin("2026-03-03 01:00")),
    ]
    assert hours.next_close(berlin("23:00")) == berlin("2026-03-03 01:00")


def test_breaks_and_half_days() -> None:
    """Several intervals a day: a break cuts hours in two, a half day ends them early."""
    hours = replace(
        OFFICE,
        closures=(
            Closure.day(MONDAY, span=Span.of("10:00", "11:30")),
            Closure.day(date(2026, 3, 3), span=Span.of("12:00", "24:00")),
        ),
    )

    assert hours.elapsed(berlin("00:00"), berlin("2026-03-03 23:00")) == (8 - 1.5 + 3) * HOUR
    assert hours.is_open(berlin("11:30"))
    assert not hours.is_open(berlin("11:29:59"))


def test_a_date_may_have_hours_of_its_own() -> None:
    """Several intervals a day: a Saturday opens once, a Monday opens shorter, and a break still cuts into both."""
    saturday = date(2026, 3, 7)
    hours = replace(
        OFFICE,
        openings=(Opening(saturday, (Span.of("10:00", "14:00"),)), Opening(MONDAY, (Span.of("12:00", "15:00"),))),
        closures=(Closure.day(saturday, span=Span.of("11:00", "12:00")),),
    )

    assert hours.elapsed(berlin("00:00"), berlin("23:00")) == 3 * HOUR
    assert list(hours.intervals(berlin("2026-03-07 00:00"), berlin("2026-03-09 00:00"))) == [
        (berlin("2026-03-07 10:00"), berlin("2026-03-07 11:00")),
        (berlin("2026-03-07 12:00"), berlin("2026-03-07 14:00")),
    ]


def test_hours_of_a_date_are_given_once() -> None:
    """Two openings of one date are a mistake; an opening alone is hours enough for a calendar."""
    once = Opening(MONDAY, (Span.of("10:00", "14:00"),))

    with pytest.raises(PolicyInvalid, match="2026-03-02 is given hours twice"):
        replace(OFFICE, openings=(once, Opening(MONDAY, ())))
    assert Calendar("once", "UTC", Week.of({}), openings=(once,)).next_open(utc("2026-01-01")) == utc(
        "2026-03-02 10:00"
    )


def test_round_the_clock_has_no_gaps_and_seconds_count() -> None:
    """24/7 schedule gaps; minute vs second rounding: a year of always is a year, to the second, without a seam."""
    always = replace(Calendar.always(), zone="America/New_York")

    assert always.elapsed(utc("2024-01-01 00:00:01"), utc("2025-01-01 00:00:00")) == 366 * 86_400 - 1
    assert len(list(always.intervals(utc("2023-06-01"), utc("2026-06-01")))) == 1


def test_a_calendar_that_never_opens_is_refused() -> None:
    """All days closed: the calendar is named when it is made, and nothing ever loops."""
    with pytest.raises(PolicyInvalid, match="calendar 'closed' never opens"):
        Calendar("closed", "UTC", Week.of({}))


def test_a_calendar_closed_for_good_says_so() -> None:
    """No working day: closures to the end of time give a clear answer, in bounded time, in both directions."""
    hours = replace(OFFICE, closures=(Closure(date(2026, 3, 3), date.max),))

    with pytest.raises(BeyondCalendar, match="never opens again before 2101"):
        hours.after(berlin("16:00"), 2 * HOUR)
    with pytest.raises(BeyondCalendar, match="never opens again"):
        hours.days_after(berlin("16:00"), 1)
    with pytest.raises(BeyondCalendar, match="never was open long enough since 1970"):
        hours.before(berlin("16:00"), 10**10)
    assert hours.elapsed(berlin("16:00"), berlin("2040-01-01 00:00")) == HOUR


def test_a_long_closure_is_crossed() -> None:
    """25+ day closure: the next opening after four years of renovation is found."""
    hours = replace(OFFICE, closures=(Closure(date(2026, 3, 3), date(2030, 3, 3), name="Renovation"),))

    assert hours.after(berlin("16:00"), 2 * HOUR) == berlin("2030-03-04 10:00")


@pytest.mark.parametrize("when", ["1969-12-31 23:59:59", "2101-01-01 00:00", "2500-01-01 00:00", "0001-01-02 00:00"])
@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Pacific/Kiritimati"])
def test_time_outside_1970_to_2100_is_refused(when: str, zone: str) -> None:
    """Bounded and explicit: the same instants are refused in every zone, whatever was asked before."""
    hours = Calendar("office", zone, NINE_TO_FIVE)
    hours.is_open(utc("1970-01-01 00:00"))
    hours.is_open(utc("2100-12-31 23:59"))

    with pytest.raises(BeyondCalendar, match="1970 to 2100"):
        hours.is_open(utc(when))


@pytest.mark.parametrize(
    "zone", ["Pacific/Kwajalein", "Pacific/Enderbury", "Africa/Casablanca", "Asia/Gaza", "Antarctica/Troll"]
)
def test_a_day_and_night_calendar_is_the_clock_in_any_zone(zone: str) -> None:
    """DST gap/overlap: whatever a zone did to its dates, hours of 00:00-24:00 leave out no second and repeat none."""
    hours = replace(Calendar.always(), zone=zone)

    assert hours.elapsed(utc("1970-01-02"), utc("2100-12-30")) == (utc("2100-12-30") - utc("1970-01-02")).days * 86_400
