"""A schedule through its edits: each change of its hours or holidays counts from its own instant on, and never for what has passed."""

from collections.abc import Iterable, Iterator
from itertools import pairwise

from deskhand.sandbox.hours import Hours

_EVER = 1 << 60
"""An instant that never comes."""


class Timetable:
    """Opening hours with the instants since which they hold; the first ones have always held."""

    def __init__(self, versions: Iterable[tuple[int, Hours]]) -> None:
        self._versions = list(versions)
        self._since = [0] + [since for since, _ in self._versions[1:]]

    @property
    def edited(self) -> bool:
        """Whether there is more than one version."""
        return len(self._versions) > 1

    def elapsed(self, start: int, end: int) -> int:
        """Open seconds between two instants; 0 where `end` is not after `start`."""
        if not self.edited:
            return self._versions[0][1].elapsed(start, end)
        return sum(hours.elapsed(max(start, first), min(end, last)) for first, last, hours in self._spans())

    def add(self, start: int, seconds: int, *, known: int | None = None) -> int | None:
        """When `seconds` of open time after `start` have passed, as was `known` at an instant (edits after it left out); None beyond the horizon."""
        left = seconds
        for first, last, hours in self._spans(known):
            begin = max(start, first)
            if begin >= last:
                continue
            used = hours.elapsed(begin, last) if last != _EVER else None
            if used is None or left < used:
                return hours.add(begin, left)
            left -= used
        return None

    def open_at(self, instant: int) -> bool:
        """Whether it is open at an instant."""
        return next(hours.open_at(instant) for first, last, hours in self._spans() if first <= instant < last)

    def _spans(self, known: int | None = None) -> Iterator[tuple[int, int, Hours]]:
        """From when until when each version holds."""
        since = [first for first in self._since if known is None or first <= known] or [0]
        for (first, last), (_, hours) in zip(pairwise([*since, _EVER]), self._versions, strict=False):
            yield first, last, hours
