"""What will happen in the sandbox and when: jobs that progress, scripted people, late commits, hourly automations.

A happening is a function or method that is marked with `happening`, or a `functools.partial` of one: so that it has a name, and what is on an agenda can
be saved and restored.
"""

import heapq
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

Happening = Callable[[], object]
Named = TypeVar("Named", bound=Callable[..., Any])

HAPPENINGS: dict[str, Callable[..., Any]] = {}
"""What may stand on an agenda, by name."""


def happening(function: Named) -> Named:
    """Mark a function or method as one that may stand on an agenda."""
    HAPPENINGS[name_of(function)] = function
    return function


def name_of(function: Callable[..., Any]) -> str:
    """The name of a function or method among the happenings."""
    return f"{function.__module__.removeprefix('deskhand.sandbox.')}:{function.__qualname__}"


class Agenda:
    """A heap of happenings; those of one instant happen in the order they were added."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Happening]] = []
        self._added = 0

    def at(self, epoch: float, happening: Happening) -> None:
        """Let `happening` happen at `epoch` (seconds since 1970, to the microsecond, as datetimes are), or at once where that has passed."""
        self._added += 1
        heapq.heappush(self._heap, (round(epoch, 6), self._added, happening))

    def next(self) -> float | None:
        """When the next happening is due, in seconds since 1970, or None."""
        return self._heap[0][0] if self._heap else None

    def take(self, until: float) -> tuple[float, Happening] | None:
        """Remove and return the next happening due at or before `until`."""
        if not self._heap or self._heap[0][0] > until:
            return None
        epoch, _, happening = heapq.heappop(self._heap)
        return epoch, happening

    def entries(self) -> list[tuple[float, int, Happening]]:
        """All that is to happen: when, the order in which it was added, and what; soonest first."""
        return sorted(self._heap, key=lambda entry: entry[:2])

    def restore(self, entries: Iterable[tuple[float, int, Happening]]) -> None:
        """Put entries back as they were."""
        self._heap = [*self._heap, *entries]
        heapq.heapify(self._heap)

    def __len__(self) -> int:
        return len(self._heap)
