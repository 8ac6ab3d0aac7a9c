"""How far two clocks are apart, as far as the date of an answer tells."""

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


@dataclass(frozen=True, slots=True)
class Heard:
    """An answer: when it was asked for and when it came, by our clock, and the `Date` that it carried."""

    asked: datetime
    came: datetime
    date: str

    def skew(self) -> float | None:
        """Seconds by which our clock is ahead (behind: below zero); None where there is no date. What the second and the way of the answer explain is no skew."""
        try:
            theirs = parsedate_to_datetime(self.date)
        except (TypeError, ValueError):
            return None
        theirs = theirs if theirs.tzinfo else theirs.replace(tzinfo=UTC)
        if theirs > self.came:
            return -(theirs - self.came).total_seconds()
        return max((self.asked - theirs).total_seconds() - 1.0, 0.0)
