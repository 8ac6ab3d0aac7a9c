"""Zendesk schedules as calendars (zendesk-api.md section 7)."""

from collections.abc import Iterable
from datetime import date

from deskhand.core.calendar import Calendar
from deskhand.core.closure import Closure
from deskhand.core.week import Week
from deskhand.core.zone import zone_named


def from_zendesk(
    name: str,
    time_zone: str,
    intervals: Iterable[tuple[int, int]],
    holidays: Iterable[tuple[str, date, date]] = (),
) -> Calendar:
    """The calendar of a Zendesk schedule. Raises PolicyInvalid for an unknown zone or a schedule without hours.

    `time_zone` is a display name ("Eastern Time (US & Canada)") or an IANA name; the calendar carries the IANA name.
    `intervals` are (start, end) in minutes since Sunday 00:00; `holidays` are (name, first, last), both dates included.
    """
    closures = tuple(Closure(first, last, name=holiday) for holiday, first, last in holidays)
    return Calendar(name, zone_named(time_zone).key, Week.of_minutes(intervals), closures)
