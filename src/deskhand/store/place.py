"""The file of a SQLite database and what stands beside it: made private, locked, with space set aside."""

import os
from pathlib import Path

from deskhand.errors import SettingsError, StoreError, StoreMissing
from deskhand.store.lock import InstanceLock
from deskhand.store.mount import network_type
from deskhand.store.reserve import SIZE, Reserve


class Place:
    """Where the database lies. With `exclusive`, no second worker gets in until `leave`."""

    def __init__(self, path: Path, *, exclusive: bool, reserve: int = SIZE) -> None:
        """`reserve` is in bytes. Raises StoreBusy, StoreError, and SettingsError for a network file system."""
        self.path = path
        self._lock: InstanceLock | None = None
        self.reserve: Reserve | None = None
        if not exclusive:
            _require(path)
            return
        try:
            self._settle_in(reserve)
        except OSError as refused:
            raise StoreError(
                f"The database {path} cannot be made or opened: {refused.strerror}.",
                hint="Choose a folder that this user may write to, by DESKHAND_DATABASE_URL.",
            ) from refused

    def _settle_in(self, reserve: int) -> None:
        self.path.parent.mkdir(mode=0o700, exist_ok=True)  # one folder at most: a mistyped path makes none
        if kind := network_type(self.path.parent):
            raise SettingsError(
                f"{self.path} lies on a network file system ({kind}), where SQLite's locks cannot be trusted.",
                hint="Put it on a local disk, or use PostgreSQL by DESKHAND_DATABASE_URL.",
            )
        self._lock = InstanceLock(self.path)
        try:
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
            self.reserve = Reserve(self.path, reserve)
            self.reserve.fill()
        except OSError:
            self._lock.release()
            raise

    def leave(self) -> None:
        """Let the next worker in."""
        if self._lock:
            self._lock.release()


def _require(path: Path) -> None:
    if not path.exists():
        raise StoreMissing(f"There is no database at {path} yet.")
