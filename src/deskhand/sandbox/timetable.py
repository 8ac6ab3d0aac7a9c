"""A schedule through its edits: each change of its hours or holidays counts from its own instant on, and never for what has passed."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable

from deskhand.sandbox.hours import Hours


class Timetable:
    """Opening hours with the instants since which they hold; the first ones have always held."""

    def __init__(self, versions: Iterable[tuple[int, Hours]]) -> None:
        self._versions = list(versions)
        self._since = [0] + [since for since, _ in self._versions[1:]]

    def edited(self, after: int, until: int) -> bool:
        """Whether it was changed after an instant, and at the latest at another one."""
        return bisect_right(self._since, after) < bisect_right(self._since, until)

    def elapsed(self, start: int, end: int) -> int:
        """Open seconds between two instants; 0 where `end` is not after `start`."""
        at, until = bisect_right(self._since, start) - 1, bisect_left(self._since, end)
        if until - at <= 1:
            return self._versions[max(0, at)][1].elapsed(start, end)
        ends = [*self._since[at + 1 : until], end]
        starts = [start, *ends[:-1]]
        parts = zip(self._versions[at:until], starts, ends, strict=True)
        return sum(hours.elapsed(first, last) for (_, hours), first, last in parts)

    def add(self, start: int, seconds: int, *, known: int | None = None) -> int | None:
        """When `seconds` of open time after `start` have passed, as was `known` at an instant (edits after it left out); None beyond the horizon."""
        at = max(0, bisect_right(self._since, start) - 1)
        until = len(self._since) if known is None else max(at + 1, bisect_right(self._since, known))
        left = seconds
        for number in range(at, until - 1):
            used = self._versions[number][1].elapsed(start, self._since[number + 1])
            if left < used:
                return self._versions[number][1].add(start, left)
            start, left = self._since[number + 1], left - used
        return self._versions[until - 1][1].add(start, left)

    def open_at(self, instant: int) -> bool:
        """Whether it is open at an instant."""
        return self._versions[max(0, bisect_right(self._since, instant) - 1)][1].open_at(instant)
