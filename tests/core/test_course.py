"""The course of a clock, and when it reached its marks."""

from datetime import UTC, datetime

from deskhand.core.calendar import Calendar
from deskhand.core.clock import ClockSpec, Reading, Trigger, fold
from deskhand.core.course import course, marks
from deskhand.core.history import Event, History
from deskhand.core.week import Week
from tests.core.builders import HOUR, at

OFFICE = Calendar(
    "office", "Etc/UTC", Week.of({day: [("09:00", "17:00")] for day in ("mon", "tue", "wed", "thu", "fri")})
)
SPEC = ClockSpec(
    "resolution",
    starts=Trigger("created"),
    stops=(Trigger("status", frozenset({"solved"})),),
    targets={"p3": 10 * HOUR},
    calendar=OFFICE,
    calendars={},
    pauses=frozenset({"pending"}),
)
BORN: History = (Event(at(0), "created"), Event(at(0), "severity", "p3"), Event(at(0), "status", "new"))


def read(now: datetime, *events: Event) -> Reading:
    """The clock of a ticket made on Monday at nine."""
    return fold(SPEC, (*BORN, *events), now)


def told(reading: Reading) -> list[str]:
    """The course in short: state, begin and end."""
    return [f"{one.state} {one.start:%d %H:%M}-{one.end:%d %H:%M}" for one in course(reading)]


def test_a_course_is_parted_by_pauses_and_closing_times() -> None:
    """Two hours open, an hour pending, on until the office closes, and on in the morning."""
    events = (Event(at(120), "status", "pending"), Event(at(180), "status", "open"))

    assert told(read(datetime(2026, 3, 3, 10, 0, tzinfo=UTC), *events)) == [
        "running 02 09:00-02 11:00",
        "paused 02 11:00-02 12:00",
        "running 02 12:00-02 17:00",
        "closed 02 17:00-03 09:00",
        "running 03 09:00-03 10:00",
    ]


def test_a_paused_clock_stands_still_until_now() -> None:
    """The last stretch goes on."""
    assert told(read(at(150), Event(at(120), "status", "pending")))[-1] == "paused 02 11:00-02 11:30"


def test_marks_in_the_past_are_found_in_the_course_and_those_to_come_by_the_calendar() -> None:
    """Ten hours from Monday nine o'clock, eight of them on Monday."""
    found = {mark.share: (mark.past, mark.at) for mark in marks(read(datetime(2026, 3, 2, 16, 30, tzinfo=UTC)))}

    assert found == {
        50: (True, datetime(2026, 3, 2, 14, 0, tzinfo=UTC)),
        75: (True, datetime(2026, 3, 2, 16, 30, tzinfo=UTC)),
        90: (False, datetime(2026, 3, 3, 10, 0, tzinfo=UTC)),
        100: (False, datetime(2026, 3, 3, 11, 0, tzinfo=UTC)),
    }


def test_a_clock_that_stands_still_reaches_no_further_mark() -> None:
    """Those behind it keep their instants."""
    found = {mark.share: mark.at for mark in marks(read(at(600), Event(at(330), "status", "pending")))}

    assert found == {50: at(300), 75: None, 90: None, 100: None}


def test_a_clock_without_a_target_has_no_marks() -> None:
    """There is nothing to have a share of."""
    assert marks(fold(SPEC, BORN[:1], at(60))) == ()
