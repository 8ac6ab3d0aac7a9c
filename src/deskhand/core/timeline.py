"""Open stretches of absolute time with running totals, so that any question about them is a binary search.

Instants are whole microseconds since 1970-01-01T00:00Z. A timeline knows the years `first` to `last` of one calendar
and is never changed: `joined` gives a longer one.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import accumulate, pairwise
from typing import Final, NamedTuple

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
SECOND: Final = 1_000_000
"""Microseconds in a second."""
UTC_DAY: Final = 86_400 * SECOND
"""Microseconds in a day of UTC."""

Course = tuple[int, Sequence[int]]
"""A UTC date: the seconds open up to its midnight, and those open since, by the second of the date."""

_RAMP: Final = array("i", range(86_401))
_MOST_COURSES: Final = 100
"""Dates differ in few ways, each of which takes a third of a megabyte; a calendar that knows more of them forgets them all."""


def micros(when: datetime) -> int:
    """Microseconds since 1970-01-01T00:00Z of an aware datetime. Raises TypeError for a naive one."""
    gap = when - EPOCH
    return (gap.days * 86_400 + gap.seconds) * SECOND + gap.microseconds


def instant(us: int) -> datetime:
    """The UTC datetime of microseconds since 1970-01-01T00:00Z."""
    return EPOCH + timedelta(microseconds=us)


class Stretch(NamedTuple):
    """Open from `start` up to but not including `end`; `rate` opening hours cover it: 1, but see `layered`."""

    start: int
    end: int
    rate: int = 1


def layered(spans: Iterable[tuple[int, int]]) -> list[Stretch]:
    """Spans cut into stretches that do not overlap.

    Hours of one day overlap only when the clocks go forward: 00:00-02:30 and 03:00-05:00 in New York both hold
    03:00-03:30 of that Sunday, since a wall time that is skipped means the same time an hour later. Both count, as in
    the library that Zendesk publishes (zendesk/biz), so such a stretch has rate 2.
    """
    wanted = sorted(span for span in spans if span[0] < span[1])
    if all(one[1] <= later[0] for one, later in pairwise(wanted)):
        return [Stretch(*span) for span in wanted]
    edges = sorted({edge for span in wanted for edge in span})
    cuts = (Stretch(a, b, sum(start <= a and b <= end for start, end in wanted)) for a, b in pairwise(edges))
    return [cut for cut in cuts if cut.rate]


def _joined(stretches: Iterable[Stretch]) -> tuple[Stretch, ...]:
    """Sorted stretches, those that touch and have the same rate made one."""
    out: list[Stretch] = []
    before = Stretch(0, 0, 0)
    for stretch in stretches:
        if before.end == stretch.start and before.rate == stretch.rate:
            before = out[-1] = Stretch(before.start, stretch.end, stretch.rate)
        else:
            out.append(stretch)
            before = stretch
    return tuple(out)


@dataclass(frozen=True, slots=True)
class Timeline:
    """The open stretches between the instants `begin` and `end`, and how much was open before and up to each.

    `totals` counts from `begin`, so it differs between a timeline and a longer one: only differences mean anything.
    """

    first: int
    last: int
    begin: int
    end: int
    stretches: tuple[Stretch, ...]
    starts: Sequence[int]
    before: Sequence[int]
    upto: Sequence[int]
    days: dict[int, Course] = field(default_factory=dict, repr=False, compare=False)
    """The UTC dates asked about so far, by days since 1970-01-01: a memory, filled by `learn`."""
    _courses: dict[tuple[Stretch, ...], Sequence[int]] = field(default_factory=dict, repr=False, compare=False)
    """By the stretches of a date: most dates are like others."""

    @classmethod
    def of(cls, years: tuple[int, int], bounds: tuple[int, int], stretches: Iterable[Stretch]) -> "Timeline":
        """The timeline of sorted stretches that lie within `bounds`, which are the edges of `years`."""
        joined = _joined(stretches)
        upto = list(accumulate((end - start) * rate for start, end, rate in joined))
        return cls(*years, *bounds, joined, [stretch.start for stretch in joined], [0, *upto[:-1]], upto)

    def joined(self, later: "Timeline") -> "Timeline":
        """This timeline and the one that begins where it ends."""
        return Timeline.of((self.first, later.last), (self.begin, later.end), self.stretches + later.stretches)

    def total(self, us: int) -> int:
        """Open microseconds from `begin` to an instant."""
        at = bisect_right(self.starts, us) - 1
        if at < 0:
            return 0
        start, end, rate = self.stretches[at]
        return self.upto[at] if us >= end else self.before[at] + (us - start) * rate

    def holding(self, us: int) -> Stretch | None:
        """The stretch that is open at an instant."""
        at = bisect_right(self.starts, us) - 1
        return self.stretches[at] if at >= 0 and us < self.stretches[at].end else None

    def latest(self, total: int) -> int | None:
        """The last instant with that total that is open, or None where it lies before `begin` or after `end`."""
        return self._at(bisect_right(self.upto, total), total) if total >= 0 else None

    def earliest(self, total: int) -> int | None:
        """The first instant with that total: a closing time where one has it. None as for `latest`."""
        return self._at(bisect_left(self.upto, total), total) if total > 0 else None

    def learn(self, day: int) -> None:
        """Remember the UTC date so many days after 1970-01-01, so that a total on it is one look-up, however long the timeline."""
        midnight, next_midnight = day * UTC_DAY, (day + 1) * UTC_DAY
        first = bisect_right(self.starts, midnight) - 1
        last = bisect_left(self.starts, next_midnight)
        open_then = tuple(
            Stretch((max(start, midnight) - midnight) // SECOND, (min(end, next_midnight) - midnight) // SECOND, rate)
            for start, end, rate in self.stretches[max(first, 0) : last]
            if end > midnight
        )
        course = self._courses.get(open_then)
        if course is None:
            if len(self._courses) >= _MOST_COURSES:
                self._courses.clear()
                self.days.clear()
            course = self._courses[open_then] = _course(open_then)
        self.days[day] = self.total(midnight) // SECOND, course

    def _at(self, index: int, total: int) -> int | None:
        if index == len(self.stretches):
            return None
        stretch = self.stretches[index]
        return stretch.start + (total - self.before[index]) // stretch.rate


def _course(stretches: Iterable[Stretch]) -> Sequence[int]:
    """The seconds open since midnight at each second of a date, from stretches in seconds since midnight."""
    course, used = array("i"), 0
    for start, end, rate in stretches:
        course += array("i", [used]) * (start - len(course))
        length = end - start
        course += _RAMP[used : used + length] if rate == 1 else array("i", range(used, used + length * rate, rate))
        used += length * rate
    return course + array("i", [used]) * (UTC_DAY // SECOND - len(course))
