"""Opening hours of a week: what a calendar repeats until a date says otherwise.

Wall times are whole seconds since local midnight, 0 to 86,400; 86,400 is 24:00, the end of the day.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Final

from deskhand.errors import PolicyInvalid

MINUTE: Final = 60
DAY: Final = 86_400
DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""The names of the days, in the order of `datetime.date.weekday`."""

_TIME: Final = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?", re.ASCII)


def wall_seconds(text: str) -> int:
    """Seconds since midnight of `9:00`, `09:00`, `09:00:30` or `24:00`. Raises PolicyInvalid."""
    match = _TIME.fullmatch(text)
    hours, minutes, seconds = (int(part or 0) for part in match.groups()) if match else (99, 0, 0)
    total = hours * 3600 + minutes * MINUTE + seconds
    if total > DAY or minutes > 59 or seconds > 59:
        raise PolicyInvalid(f"'{text}' is no time of day", hint="Write it as 09:00; the end of a day is 24:00.")
    return total


def wall_text(seconds: int) -> str:
    """The time of day as people write it: 09:00, or 09:00:30 where seconds matter."""
    minutes, rest = divmod(seconds, MINUTE)
    return f"{minutes // 60:02}:{minutes % 60:02}" + (f":{rest:02}" if rest else "")


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of one day in wall time, from `start` up to but not including `end`. Raises PolicyInvalid."""

    start: int
    end: int

    def __post_init__(self) -> None:
        """Refuse a span that is empty, backwards or longer than the day."""
        if not 0 <= self.start < self.end <= DAY:
            raise PolicyInvalid(
                f"{self} ends before it starts or leaves the day",
                hint="Split hours that cross midnight: until 24:00 on one day, from 00:00 on the next.",
            )

    def __str__(self) -> str:
        """As people write it: 09:00-17:00."""
        return f"{wall_text(self.start)}-{wall_text(self.end)}"

    @classmethod
    def of(cls, start: str, end: str) -> "Span":
        """The span between two times of day, `Span.of("09:00", "17:00")`."""
        return cls(wall_seconds(start), wall_seconds(end))


WHOLE_DAY: Final = Span(0, DAY)


def disjoint(day: str, spans: Iterable[Span]) -> tuple[Span, ...]:
    """The spans of a day in order. Raises PolicyInvalid, naming the day, where two of them overlap."""
    ordered = tuple(sorted(spans))
    for one, later in pairwise(ordered):
        if later.start < one.end:
            raise PolicyInvalid(f"{day}: {one} and {later} overlap", hint="Join them into one span.")
    return ordered


@dataclass(frozen=True, slots=True)
class Week:
    """The open spans of each day, Monday first, sorted and without overlap. Raises PolicyInvalid.

    Spans that touch stay as they were written: 09:00-12:00 and 12:00-17:00 count as 09:00-17:00.
    """

    days: tuple[tuple[Span, ...], ...]

    def __post_init__(self) -> None:
        """Sort the spans of each day and refuse a wrong number of days or hours given twice."""
        if len(self.days) != len(DAYS):
            raise PolicyInvalid(f"a week has 7 days, not {len(self.days)}")
        object.__setattr__(self, "days", tuple(map(disjoint, DAYS, self.days)))

    @property
    def never(self) -> bool:
        """Whether no day has any hours."""
        return not any(self.days)

    @property
    def always(self) -> bool:
        """Whether every day is open from midnight to midnight."""
        return all(sum(span.end - span.start for span in spans) == DAY for spans in self.days)

    @classmethod
    def of(cls, hours: Mapping[str, Iterable[tuple[str, str]]]) -> "Week":
        """The week of `{"mon": [("09:00", "12:00"), ("13:00", "17:00")]}`; a day not named is closed."""
        unknown = sorted(set(hours) - set(DAYS))
        if unknown:
            raise PolicyInvalid(f"'{unknown[0]}' is no day of the week", hint=f"Days are {', '.join(DAYS)}.")
        return cls(tuple(tuple(Span.of(*span) for span in hours.get(day, ())) for day in DAYS))

    @classmethod
    def of_minutes(cls, intervals: Iterable[tuple[int, int]]) -> "Week":
        """The week of intervals in minutes since Sunday 00:00, as a Zendesk schedule gives them (0 to 10,080).

        The API lets no interval cross midnight; one that does is cut there, so the hours are kept.
        """
        pieces = sorted(piece for start, end in intervals for piece in _by_day(start, end))
        spans = {day: tuple(span for _, span in group) for day, group in groupby(pieces, key=lambda piece: piece[0])}
        return cls(tuple(spans.get(day, ()) for day in range(len(DAYS))))


def _by_day(start: int, end: int) -> Iterable[tuple[int, Span]]:
    """An interval in minutes since Sunday, as (weekday with Monday 0, span of that day)."""
    if not 0 <= start < end <= 7 * 1440:
        raise PolicyInvalid(f"interval {start} to {end} is not within 0 to {7 * 1440} minutes of the week")
    for sunday_first in range(start // 1440, (end - 1) // 1440 + 1):
        midnight = sunday_first * 1440
        first, last = max(start, midnight) - midnight, min(end, midnight + 1440) - midnight
        yield (sunday_first + 6) % 7, Span(first * MINUTE, last * MINUTE)


ALWAYS: Final = Week(((WHOLE_DAY,),) * 7)
"""Open day and night."""
