"""Business time by a schedule: minutes of the week since Sunday 00:00 in the schedule's own zone, less its holidays.

Everything is in whole seconds since 1970. The open stretches of a year are worked out when it is first asked for.
"""

from bisect import bisect_right
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

from deskhand.sandbox.exchange import Row
from deskhand.sandbox.zones import zone

_DAY = 1_440
_HORIZON = 12
"""How many years ahead a deadline is looked for."""


class Hours:
    """The opening hours of one schedule row, as they stand when this is made."""

    def __init__(self, schedule: Row, holidays: Iterable[Row] = (), *, end_inclusive: bool = True) -> None:
        self._zone = zone(schedule["time_zone"]) or ZoneInfo("UTC")
        self._week = _by_weekday(schedule["intervals"])
        self._closed = {day for holiday in holidays for day in _days(holiday, end_inclusive)}
        self._years: dict[int, tuple[list[int], list[int], list[int]]] = {}

    def elapsed(self, start: int, end: int) -> int:
        """Open seconds between two instants; 0 where `end` is not after `start`."""
        if end <= start:
            return 0
        years = range(self._local(start).year, self._local(end).year + 1)
        return sum(self._within(year, start, end) for year in years)

    def add(self, start: int, seconds: int) -> int | None:
        """The instant at which `seconds` of open time after `start` have passed; None beyond the horizon.

        Time that runs out exactly at closing has passed at the next opening, as Zendesk's own library (zendesk/biz) counts it.
        """
        first = self._local(start).year
        left = seconds
        for year in range(first, first + _HORIZON):
            starts, _, totals = self._year(year)
            base = self._total(year, start) if year == first else 0
            if totals and left < totals[-1] - base:
                at = bisect_right(totals, base + left)
                before = totals[at - 1] if at else 0
                return starts[at] + base + left - before
            left -= (totals[-1] if totals else 0) - base
        return None

    def open_at(self, instant: int) -> bool:
        """Whether the schedule is open at an instant."""
        starts, ends, _ = self._year(self._local(instant).year)
        at = bisect_right(starts, instant) - 1
        return at >= 0 and instant < ends[at]

    def _local(self, instant: int) -> datetime:
        return datetime.fromtimestamp(instant, self._zone)

    def _within(self, year: int, start: int, end: int) -> int:
        return self._total(year, end) - self._total(year, start)

    def _total(self, year: int, instant: int) -> int:
        """Open seconds of `year` before `instant`."""
        starts, ends, totals = self._year(year)
        at = bisect_right(starts, instant) - 1
        if at < 0:
            return 0
        return totals[at] - max(0, ends[at] - max(instant, starts[at]))

    def _year(self, year: int) -> tuple[list[int], list[int], list[int]]:
        if year not in self._years:
            self._years[year] = self._stretches(year)
        return self._years[year]

    def _stretches(self, year: int) -> tuple[list[int], list[int], list[int]]:
        starts: list[int] = []
        ends: list[int] = []
        day = date(year, 1, 1)
        while day.year == year:
            for begin, finish in () if day in self._closed else self._week[(day.weekday() + 1) % 7]:
                first, last = self._instant(day, begin), self._instant(day, finish)
                if starts and first == ends[-1]:
                    ends[-1] = max(ends[-1], last)
                elif (
                    first < last
                ):  # hours on both sides of a gap of the clock may overlap, and both count, as in zendesk/biz
                    starts.append(first)
                    ends.append(last)
            day += timedelta(days=1)
        return starts, ends, list(accumulate(end - start for start, end in zip(starts, ends, strict=True)))

    def _instant(self, day: date, minute: int) -> int:
        later = day + timedelta(days=minute // _DAY)
        wall = datetime(later.year, later.month, later.day, minute % _DAY // 60, minute % 60, tzinfo=self._zone)
        return int(wall.timestamp())


def _by_weekday(intervals: Iterable[Row]) -> list[list[tuple[int, int]]]:
    """Minutes of the day by weekday, Sunday first; an interval over midnight is cut there."""
    week: list[list[tuple[int, int]]] = [[] for _ in range(7)]
    for interval in sorted(intervals, key=lambda row: int(row["start_time"])):
        start, end = int(interval["start_time"]), int(interval["end_time"])
        while start < end:
            day = start // _DAY
            until = min(end, (day + 1) * _DAY)
            week[day % 7].append((start - day * _DAY, until - day * _DAY))
            start = until
    return week


def _days(holiday: Row, end_inclusive: bool) -> Iterable[date]:  # noqa: FBT001 - one option passed on
    day, last = date.fromisoformat(holiday["start_date"]), date.fromisoformat(holiday["end_date"])
    last = last if end_inclusive or last == day else last - timedelta(days=1)
    while day <= last:
        yield day
        day += timedelta(days=1)
