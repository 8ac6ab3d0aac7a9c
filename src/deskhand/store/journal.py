"""A table in memory that can take back what a transaction did to it."""

from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Journal(Generic[K, V]):
    """Rows by key. Values are immutable, so the old value is all that is needed to undo a change."""

    __slots__ = ("_before", "rows")

    def __init__(self) -> None:
        """An empty table."""
        self.rows: dict[K, V] = {}
        self._before: dict[K, V | None] = {}

    def put(self, key: K, value: V) -> None:
        """Insert or replace."""
        self._before.setdefault(key, self.rows.get(key))
        self.rows[key] = value

    def drop(self, key: K) -> None:
        """Remove, if it is there."""
        if key in self.rows:
            self._before.setdefault(key, self.rows[key])
            del self.rows[key]

    def keep(self) -> None:
        """The changes since the last `keep` or `undo` stand."""
        self._before.clear()

    def undo(self) -> None:
        """The changes since the last `keep` or `undo` never were."""
        for key, value in self._before.items():
            if value is None:
                self.rows.pop(key, None)
            else:
                self.rows[key] = value
        self._before.clear()
