"""One transaction at a time within this process."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from deskhand.errors import StoreBusy


class Turn:
    """Threads wait for each other here, in place of colliding in the database."""

    def __init__(self, patience: float = 30.0) -> None:
        """`patience` is how many seconds a thread waits."""
        self._lock = threading.Lock()
        self._patience = patience
        self._owner: int | None = None

    @contextmanager
    def take(self) -> Iterator[None]:
        """Hold the turn. Raises StoreBusy after waiting in vain, RuntimeError if this very thread already holds it."""
        me = threading.get_ident()
        if self._owner == me:
            raise RuntimeError("this thread already has a transaction open")
        if not self._lock.acquire(timeout=self._patience):
            raise StoreBusy(
                f"Another thread kept the database for more than {self._patience:g} seconds.",
                hint="Restart the worker; if it happens again, report it with the log of that minute.",
            )
        self._owner = me
        try:
            yield
        finally:
            self._owner = None
            self._lock.release()
