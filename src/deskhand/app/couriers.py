"""Couriers: a thread for each lane of the post, so that one slow or silent service keeps no other one waiting, and nobody waits for any of them."""

import time
from collections.abc import Callable
from threading import Thread
from typing import Final

from deskhand.app.deliver import carry, has_work, tidy
from deskhand.app.engine import Engine
from deskhand.app.outcome import unclear
from deskhand.app.post import Lane, Post
from deskhand.core import fallback

TURN: Final = 5
"""Messages that a courier sends before it looks whether it is to stop."""
OURS: Final = "a fault of deskhand's own"
"""What an error is that no service told of."""

Guard = Callable[[str, Callable[[], object]], Callable[[], None]]
"""Makes of a job with a name one that keeps its errors to itself, and tells of them."""


class Couriers:
    """Starts a turn of each lane that has something to do and is not at work already."""

    def __init__(self, engine: Engine, post: Post, guard: Guard) -> None:
        """`guard` bounds the turns, which are called `message` and the name of their lane."""
        self._engine, self._post, self._guard = engine, post, guard
        self._under_way: dict[str, Thread] = {}

    def go(self) -> None:
        """Look what there is to do, and send the couriers; waits for no service."""
        if not has_work(self._engine, self._post):
            return
        tidy(self._engine, self._post)
        self._under_way = {name: thread for name, thread in self._under_way.items() if thread.is_alive()}
        for lane in list(self._post.lanes.values()):
            if lane.name not in self._under_way:
                self._send(lane)

    def wait(self, patience: float) -> bool:
        """Wait for the turns that are under way; returns whether all of them ended. What did not is settled by the next start."""
        end = time.monotonic() + patience
        for thread in self._under_way.values():
            thread.join(max(end - time.monotonic(), 0.0))
        return not any(thread.is_alive() for thread in self._under_way.values())

    def _send(self, lane: Lane) -> None:
        """A turn in a thread of its own, which no end of the process waits for."""
        turn = self._guard(f"message {lane.name}", lambda: self._turn(lane))
        thread = self._under_way[lane.name] = Thread(target=turn, name=f"courier-{lane.name}", daemon=True)
        thread.start()

    def _turn(self, lane: Lane) -> None:
        whole = False
        try:
            carry(self._engine, self._post, lane, most=TURN)
            whole = True
        finally:
            if not whole:
                self._stumbled(lane)

    def _stumbled(self, lane: Lane) -> None:
        """A turn that broke off: what it was sending is unclear, and the lane is left alone for a little."""
        now = self._engine.clock.now()
        lane.failed(now, OURS)
        with self._engine.store.begin() as tx:
            left = [row for row in tx.messages.listed(("sending",)) if row.by in lane.channels]
            tx.messages.put(unclear(row, now, OURS, now + fallback.SETTLE) for row in left)
