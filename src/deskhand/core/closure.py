"""Dates on which a calendar is closed in spite of its week: holidays, ranges of them, half days, breaks."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from deskhand.core.week import WHOLE_DAY, Span
from deskhand.errors import PolicyInvalid


@dataclass(frozen=True, slots=True, order=True)
class Closure:
    """Closed on every date from `first` to `last`, both included, during `span`. Raises PolicyInvalid.

    A holiday is the whole day; a half day (24 December from 12:00) or a break (an all-hands from 10:00 to 11:30) has a
    span of its own. `name` is for explanations.
    """

    first: date
    last: date
    span: Span = WHOLE_DAY
    name: str = ""

    def __post_init__(self) -> None:
        """Refuse a range that ends before it begins."""
        if self.last < self.first:
            raise PolicyInvalid(f"closed from {self.first} to {self.last}: the end is before the start")

    @classmethod
    def day(cls, day: date, *, span: Span = WHOLE_DAY, name: str = "") -> "Closure":
        """One date."""
        return cls(day, day, span, name)

    @property
    def whole(self) -> bool:
        """Whether the days are closed from midnight to midnight."""
        return self.span == WHOLE_DAY

    def covers(self, day: date, seconds: int) -> bool:
        """Whether it is closed on that date, `seconds` after midnight on the wall clock."""
        return self.first <= day <= self.last and self.span.start <= seconds < self.span.end

    def within(self, first: date, last: date) -> Iterator[date]:
        """Its dates between two others, both included."""
        start, end = max(self.first, first), min(self.last, last)
        return (start + timedelta(days=n) for n in range((end - start).days + 1))
