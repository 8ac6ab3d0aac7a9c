"""A copy of a SQLite database, taken while the worker goes on."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from deskhand.errors import StoreError
from deskhand.store.engine import parse


def backup(url: str, target: Path) -> None:
    """Copy the database at a URL to a file, whole and consistent; an older copy there is replaced in one step.

    Raises StoreError for PostgreSQL, which has its own tools, and where the copy cannot be made.
    """
    parsed = parse(url)
    if not parsed.database or not parsed.drivername.startswith("sqlite"):
        raise StoreError(
            "PostgreSQL databases are not copied by deskhand.", hint="Use pg_dump, or your server's backups."
        )
    partial = target.with_name(target.name + ".partial")
    try:
        _copy(Path(parsed.database), partial)
        partial.replace(target)
    except (OSError, sqlite3.Error) as failed:
        partial.unlink(missing_ok=True)
        raise StoreError(
            f"The backup to {target} was not made: {failed}.", hint="Check the path and the space on that disk."
        ) from failed


def _copy(source: Path, target: Path) -> None:
    """Byte for byte by SQLite itself, in one go, then checked and forced to the disk."""
    target.unlink(missing_ok=True)
    os.close(os.open(target, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    origin = f"{source.resolve().as_uri()}?mode=ro"
    with closing(sqlite3.connect(origin, uri=True)) as ours, closing(sqlite3.connect(target)) as copy:
        ours.backup(copy)
        found = copy.execute("PRAGMA quick_check(1)").fetchone()[0]
        if found != "ok":
            raise sqlite3.DatabaseError(found)
    with target.open("rb+") as file:
        os.fsync(file.fileno())
