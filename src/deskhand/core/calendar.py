"""Calendars: opening hours in a time zone, and exact answers about the time that counts.

Elapsed time is what passes while a calendar is open. Every question is answered to the microsecond from running totals
of the open stretches of absolute time, by binary search, so ten years cost what a day costs. A calendar is a value; the
stretches of a year are worked out when a question first touches that year, and remembered.

How wall times become instants, stated once:

* A wall time that the clocks skip (02:30 on a spring Sunday) is read with the offset before the change: it means 03:30.
  In a gap of half an hour (Lord Howe) it moves by that half hour, where zendesk/biz moves it by a whole hour. Hours on
  both sides of a gap may then overlap, and both count, as in zendesk/biz (`timeline.layered`); an instant within such
  an overlap is found by its total, where zendesk/biz takes the hours one after the other.
* A wall time that comes twice means the first of the two: hours of 01:15-01:45 are open once on that night.
* Hours, holidays and breaks stay within the real extent of their date: 23, 24 or 25 hours from midnight to midnight,
  and nothing for a date that a zone skipped (Apia, 2011-12-30).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

from deskhand.core.closure import Closure
from deskhand.core.opening import Opening
from deskhand.core.timeline import EPOCH, SECOND, UTC_DAY, Course, Stretch, Timeline, instant, layered, micros
from deskhand.core.week import ALWAYS, DAY, Span, Week
from deskhand.core.zone import zone_named
from deskhand.errors import DeskhandError, PolicyInvalid

Seconds = int | Fraction
"""Exact seconds: an int where they are whole."""

_MOMENT: Final = Fraction(1, SECOND)
FIRST_YEAR: Final = 1970
LAST_YEAR: Final = 2100
_EPOCH_DAY: Final = EPOCH.toordinal()
_EARLIEST: Final = micros(datetime.fromisoformat("1970-01-01T00:00:00+00:00"))
_LATEST: Final = micros(datetime.fromisoformat("2101-01-01T00:00:00+00:00"))


class BeyondCalendar(DeskhandError):
    """A calendar was asked about time outside the years 1970 to 2100, or never opens again within them."""

    hint = "Look at the calendar's hours and closures, and at the dates of the ticket."


@dataclass(frozen=True, slots=True)
class Calendar:
    """Opening hours that repeat weekly in a time zone, but for openings (dates with hours of their own), less closures.

    `zone` is an IANA name. Instants are aware datetimes of any zone, answers are in UTC; outside the years 1970 to 2100
    BeyondCalendar is raised. A calendar without any hours raises PolicyInvalid when it is made.

    For every d of whole seconds `elapsed(t, after(t, d)) == d == elapsed(before(t, d), t)`.
    """

    name: str
    zone: str
    week: Week
    closures: tuple[Closure, ...] = ()
    openings: tuple[Opening, ...] = ()
    _zone: ZoneInfo = field(init=False, repr=False, compare=False)
    _line: Timeline | None = field(init=False, repr=False, compare=False, default=None)
    _days: Mapping[int, Course] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Look the zone up, sort what is dated, and refuse a calendar without hours or with a date given twice."""
        object.__setattr__(self, "_zone", zone_named(self.zone))
        object.__setattr__(self, "closures", tuple(sorted(self.closures)))
        object.__setattr__(self, "openings", tuple(sorted(self.openings)))
        for one, later in pairwise(self.openings):
            if one.day == later.day:
                raise PolicyInvalid(f"calendar '{self.name}': {one.day} is given hours twice", hint="Join the two.")
        if self.week.never and not any(opening.spans for opening in self.openings):
            raise PolicyInvalid(
                f"calendar '{self.name}' never opens",
                hint="Give it hours on at least one day; `always` is open day and night.",
            )

    @classmethod
    def always(cls, name: str = "always") -> "Calendar":
        """The calendar that never closes: elapsed time is time on the clock."""
        return cls(name, "UTC", ALWAYS)

    def elapsed(self, start: datetime, end: datetime) -> Seconds:
        """Seconds open from `start` to `end`; negative where `end` comes first.

        The question that is asked most by far: written out for whole seconds, so that it takes a third of a microsecond.
        """
        a, b = start - EPOCH, end - EPOCH
        if a.microseconds or b.microseconds:
            return self._elapsed_exactly(start, end)
        days = self._days
        try:
            before_a, course_a = days[a.days]
            before_b, course_b = days[b.days]
        except KeyError:
            self._learn(start, end)
            return self.elapsed(start, end)
        return before_b + course_b[b.seconds] - before_a - course_a[a.seconds]

    def after(self, when: datetime, seconds: Seconds | float) -> datetime:
        """The instant when `seconds` have been open since `when`, always one at which the calendar is open.

        A duration used up at closing time is due at the next opening, as in zendesk/biz; `after(t, 0)` is t where open,
        else the next opening. Negative seconds count back as `before` does.
        """
        if seconds < 0:
            return self.before(when, -seconds)
        us, open_us = micros(when), round(seconds * SECOND)
        line = self._covering(us, us)
        while (found := line.latest(line.total(us) + open_us)) is None:
            line = self._longer(line, forward=True)
        return instant(found)

    def before(self, when: datetime, seconds: Seconds | float) -> datetime:
        """The latest instant with `seconds` open from it until `when`.

        A duration that began at an opening gives that opening, as in zendesk/biz; `before(t, 0)` is t where open, else
        the last closing time. Negative seconds count on as `after` does.
        """
        if seconds < 0:
            return self.after(when, -seconds)
        us, open_us = micros(when), round(seconds * SECOND)
        line = self._covering(us, us)
        closed = not open_us and line.holding(us) is None
        while (found := (line.earliest if closed else line.latest)(line.total(us) - open_us)) is None:
            line = self._longer(line, forward=False)
        return instant(found)

    def is_open(self, when: datetime) -> bool:
        """Whether it is open at an instant: at an opening time yes, at a closing time no."""
        us = micros(when)
        return self._covering(us, us).holding(us) is not None

    def next_open(self, when: datetime) -> datetime:
        """`when` itself while open, else the next opening time."""
        return self.after(when, 0)

    def next_close(self, when: datetime) -> datetime | None:
        """The closing time that ends the hours now open, or the next ones; None where it never closes again."""
        if self.week.always and not self.closures and not self.openings:
            return None
        us = micros(self.next_open(when))
        line = self._covering(us, us)
        while (end := _end_of_run(line, us)) == line.end < _LATEST:
            line = self._longer(line, forward=True)
        return instant(end) if end < _LATEST else None

    def intervals(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The open stretches between two instants in order, as (start, end) in UTC, cut at both."""
        us, stop = micros(start), micros(end)
        line = self._covering(us, max(us, stop))
        while us < stop:
            opens = line.latest(line.total(us))
            if opens is None or opens >= stop:
                return
            us = min(_end_of_run(line, opens), stop)
            yield instant(opens), instant(us)

    def closures_at(self, when: datetime) -> tuple[Closure, ...]:
        """The holidays, half days and breaks in force at an instant, by the wall clock."""
        local = when.astimezone(self._zone)
        seconds = local.hour * 3600 + local.minute * 60 + local.second
        return tuple(closure for closure in self.closures if closure.covers(local.date(), seconds))

    def days_after(self, when: datetime, days: int) -> datetime:
        """The same wall time on the `days`-th business day after that of `when`, or the opening that follows it.

        A business day is a date with any open time. No days: as `after(when, 0)`.
        """
        moved = self._same_time(when, days) if days else when
        return self.after(moved, 0)

    def days_before(self, when: datetime, days: int) -> datetime:
        """The same wall time on the `days`-th business day before that of `when`, or the closing that precedes it."""
        moved = self._same_time(when, -days) if days else when
        return self.before(moved, 0)

    def _same_time(self, when: datetime, days: int) -> datetime:
        """The wall time of `when`, `days` business days later, or earlier where negative."""
        local = when.astimezone(self._zone)
        day = local.date()
        for _ in range(abs(days)):
            if days > 0:
                found = self.after(instant(self._instant(day, DAY)), 0)
            else:
                found = self.before(instant(self._instant(day, 0)), _MOMENT)
            day = found.astimezone(self._zone).date()
        return datetime.combine(day, local.time(), self._zone)

    def _elapsed_exactly(self, start: datetime, end: datetime) -> Seconds:
        """Elapsed between instants that are not at whole seconds."""
        a, b = micros(start), micros(end)
        line = self._covering(min(a, b), max(a, b))
        us = line.total(b) - line.total(a)
        return Fraction(us, SECOND) if us % SECOND else us // SECOND

    def _learn(self, start: datetime, end: datetime) -> None:
        """Have the UTC dates of two instants at hand, each of them whole."""
        first, last = sorted((start - EPOCH, end - EPOCH))
        line = self._covering(first.days * UTC_DAY, (last.days + 1) * UTC_DAY - 1)
        line.learn(first.days)
        line.learn(last.days)

    def _covering(self, start: int, end: int) -> Timeline:
        """The remembered timeline, made longer where it does not hold both instants."""
        line = self._line
        if line is not None and line.begin <= start and end < line.end:
            return line
        if not _EARLIEST <= start <= end < _LATEST:
            raise BeyondCalendar(f"calendar '{self.name}' is good for the years {FIRST_YEAR} to {LAST_YEAR} only")
        years = [instant(us).astimezone(self._zone).year for us in (start, end)]
        return self._grown(line or self._years(*years), *years)

    def _longer(self, line: Timeline, *, forward: bool) -> Timeline:
        """The timeline at twice its length, towards one side. Raises BeyondCalendar at the end of all years."""
        if (forward and line.end >= _LATEST) or (not forward and line.begin <= _EARLIEST):
            side = f"opens again before {LAST_YEAR + 1}" if forward else f"was open long enough since {FIRST_YEAR}"
            raise BeyondCalendar(f"calendar '{self.name}' never {side}")
        more = line.last - line.first + 1
        first, last = (line.first, line.last + more) if forward else (line.first - more, line.last)
        return self._grown(line, first, last)

    def _grown(self, line: Timeline, first: int, last: int) -> Timeline:
        """The timeline with the years from `first` to `last` as well, remembered.

        Two threads may do this at once; each stores a complete timeline, so the loser's years are merely done again.
        """
        if first < line.first:
            line = self._years(first, line.first - 1).joined(line)
        if last > line.last:
            line = line.joined(self._years(line.last + 1, last))
        object.__setattr__(self, "_line", line)
        object.__setattr__(self, "_days", line.days)
        return line

    def _years(self, first: int, last: int) -> Timeline:
        """The timeline of some whole local years, nothing outside the years that a calendar is good for."""
        first, last = max(first, FIRST_YEAR - 1), min(last, LAST_YEAR + 1)
        start, end = date(first, 1, 1).toordinal(), date(last, 12, 31).toordinal()
        bounds = self._midnight(start), self._midnight(end + 1)
        stretches = self._stretches(start, end)
        if bounds[0] < _EARLIEST or bounds[1] > _LATEST:
            bounds = max(bounds[0], _EARLIEST), min(bounds[1], _LATEST)
            stretches = (
                Stretch(max(a, _EARLIEST), min(b, _LATEST), rate)
                for a, b, rate in stretches
                if b > _EARLIEST and a < _LATEST
            )
        return Timeline.of((first, last), bounds, stretches)

    def _stretches(self, first: int, last: int) -> Iterator[Stretch]:
        """The open stretches of the dates from `first` to `last`, which are ordinals, in order."""
        closed: dict[int, list[Span]] = {}
        for closure in self.closures:
            for day in closure.within(date.fromordinal(first), date.fromordinal(last)):
                closed.setdefault(day.toordinal(), []).append(closure.span)
        own = {opening.day.toordinal(): opening.spans for opening in self.openings}
        midnight = self._midnight(first)
        for number in range(first, last + 1):
            start, midnight = midnight, self._midnight(number + 1)
            hours = own.get(number, self.week.days[(number - 1) % 7])
            # No zone has ever changed twice on one date, so a date of 24 hours needs no look at the zone.
            plain = midnight - start == UTC_DAY
            if plain and number not in closed:
                for span in hours:
                    yield Stretch(start + span.start * SECOND, start + span.end * SECOND)
            elif hours:
                extent = start, midnight
                yield from layered(self._open_on(date.fromordinal(number), extent, hours, closed.get(number, ())))

    def _open_on(
        self, day: date, extent: tuple[int, int], hours: Iterable[Span], closed: Iterable[Span]
    ) -> list[tuple[int, int]]:
        """The hours of a date less what is closed, as instants within the date's real extent."""
        midnight, next_midnight = extent
        plain = next_midnight - midnight == UTC_DAY

        def at(seconds: int) -> int:
            return midnight + seconds * SECOND if plain else self._instant(day, seconds)

        spans = [(max(at(span.start), midnight), min(at(span.end), next_midnight)) for span in hours]
        for off in closed:
            start, end = at(off.start), at(off.end)
            cut = [piece for a, b in spans for piece in ((a, min(b, start)), (max(a, end), b))]
            spans = [piece for piece in cut if piece[0] < piece[1]]
        return spans

    def _midnight(self, number: int) -> int:
        """The instant at which a date begins, an ordinal: what `_instant` says of it, for the many that have to be asked."""
        offset = datetime.fromordinal(number).replace(tzinfo=self._zone).utcoffset()
        assert offset is not None
        return (number - _EPOCH_DAY) * UTC_DAY - (offset.days * DAY + offset.seconds) * SECOND

    def _instant(self, day: date, seconds: int) -> int:
        """The instant of a wall time on a date, `seconds` after midnight: 86,400 is the next date's midnight."""
        wall = datetime(day.year, day.month, day.day, tzinfo=self._zone) + timedelta(seconds=seconds)
        return micros(wall)


def _end_of_run(line: Timeline, us: int) -> int:
    """The end of the open time that holds an instant, across stretches that touch."""
    while (stretch := line.holding(us)) is not None:
        us = stretch.end
    return us
