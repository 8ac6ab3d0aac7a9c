"""Dates with hours of their own: open on the Saturday before a release, shorter on a fair day."""

from dataclasses import dataclass
from datetime import date

from deskhand.core.week import Span, disjoint


@dataclass(frozen=True, slots=True, order=True)
class Opening:
    """On one date these spans hold instead of the week's. Closures still apply. Raises PolicyInvalid for overlaps."""

    day: date
    spans: tuple[Span, ...]
    name: str = ""

    def __post_init__(self) -> None:
        """Sort the spans and refuse hours given twice."""
        object.__setattr__(self, "spans", disjoint(self.day.isoformat(), self.spans))
