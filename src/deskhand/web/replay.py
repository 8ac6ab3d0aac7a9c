"""Which webhooks were taken already. One that could still pass for new is never forgotten: where there is no room for another, none is taken."""

import heapq
import threading
from datetime import datetime
from typing import Final, Literal

MOST: Final = 10_000


class Taken:
    """Signatures of webhooks, each for as long as its stamp is near enough to be believed. In memory: after a restart each may come once more, as a hint."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._known: set[bytes] = set()
        self._ends: list[tuple[datetime, bytes]] = []

    def take(self, signature: bytes, until: datetime, now: datetime) -> Literal["new", "again", "full"]:
        """Take one that is good until an instant, unless it was taken before, or there is no room to remember it."""
        with self._lock:
            while self._ends and self._ends[0][0] < now:
                self._known.discard(heapq.heappop(self._ends)[1])
            if signature in self._known:
                return "again"
            if len(self._known) >= self._most:
                return "full"
            self._known.add(signature)
            heapq.heappush(self._ends, (until, signature))
            return "new"

    def __len__(self) -> int:
        return len(self._known)
