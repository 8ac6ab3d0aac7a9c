"""Space set aside beside the database, to be given up when the disk is full: there even deleting rows needs room."""

import os
from pathlib import Path
from typing import Final

SIZE: Final = 16 * 1024 * 1024
"""Bytes set aside: room for a checkpoint and for the outcomes of the writes that are under way."""


class Reserve:
    """A file of real blocks. It is made again as soon as twice its size is free."""

    def __init__(self, database: Path, size: int = SIZE) -> None:
        """`size` is in bytes."""
        self.path = database.with_name(database.name + ".reserve")
        self._size = size
        self.held = self.path.exists() and self.path.stat().st_size == size

    def fill(self) -> None:
        """Set the space aside unless that is done already or the disk is too full for it."""
        if self.held or self._free() < 2 * self._size:
            return
        file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            os.posix_fallocate(file, 0, self._size)
            self.held = True
        except OSError:
            self.give_up()
        finally:
            os.close(file)

    def give_up(self) -> bool:
        """Free the space; returns whether there was any."""
        had, self.held = self.held, False
        self.path.unlink(missing_ok=True)
        return had

    def _free(self) -> int:
        room = os.statvfs(self.path.parent)
        return room.f_bavail * room.f_frsize
