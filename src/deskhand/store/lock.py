"""The lock beside a SQLite database: one worker at a time."""

import fcntl
import os
from pathlib import Path

from deskhand.errors import StoreBusy


class InstanceLock:
    """Held from construction to `release`. The system lets go of it when the process dies, however it dies."""

    def __init__(self, database: Path) -> None:
        """Lock the database for this process. Raises StoreBusy, naming the process that holds it."""
        self.path = database.with_name(database.name + ".lock")
        self._file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as taken:
            holder = os.read(self._file, 32).decode(errors="replace").strip() or "unknown"
            os.close(self._file)
            raise StoreBusy(f"Another worker (process {holder}) is using {database}; it holds {self.path}.") from taken
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, f"{os.getpid()}\n".encode(), 0)

    def release(self) -> None:
        """Let the next worker in. The file stays: removing it would let two workers lock two files of one name."""
        if self._file >= 0:
            os.ftruncate(self._file, 0)
            os.close(self._file)
            self._file = -1
