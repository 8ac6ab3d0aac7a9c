"""Issues that are past due, of all trackers."""

from collections.abc import Sequence
from datetime import date

from deskhand.app.past_due import past_due
from deskhand.core.issue import PastDue


class Shelf:
    """A tracker."""

    def __init__(self, *late: PastDue) -> None:
        self.late = late

    def past_due(self) -> Sequence[PastDue]:
        """All of it."""
        return self.late


def late(key: str, day: int) -> PastDue:
    """An issue."""
    return PastDue(key, "s", date(2026, 1, day), f"https://x/{key}")


def test_the_oldest_come_first_and_each_once() -> None:
    """Two channels to the same project show the same issues."""
    one, other = Shelf(late("A-2", 5), late("A-1", 5)), Shelf(late("B-1", 1), late("A-1", 5))

    assert [issue.key for issue in past_due([one, other])] == ["B-1", "A-1", "A-2"]
    assert past_due([]) == []
