"""What will happen in the sandbox and when: jobs that progress, scripted people, late commits, hourly automations."""

import heapq
from collections.abc import Callable

Happening = Callable[[], object]


class Agenda:
    """A heap of happenings; those of one instant happen in the order they were added."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Happening]] = []
        self._added = 0

    def at(self, epoch: float, happening: Happening) -> None:
        """Let `happening` happen at `epoch` (seconds since 1970), or at once where that has passed."""
        self._added += 1
        heapq.heappush(self._heap, (epoch, self._added, happening))

    def next(self) -> float | None:
        """When the next happening is due, in seconds since 1970, or None."""
        return self._heap[0][0] if self._heap else None

    def take(self, until: float) -> tuple[float, Happening] | None:
        """Remove and return the next happening due at or before `until`."""
        if not self._heap or self._heap[0][0] > until:
            return None
        epoch, _, happening = heapq.heappop(self._heap)
        return epoch, happening

    def __len__(self) -> int:
        return len(self._heap)
