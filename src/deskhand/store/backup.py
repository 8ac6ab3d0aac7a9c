"""A copy of a SQLite database, taken while the worker goes on; and a copy put back in the place of a database."""

import os
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from deskhand.errors import StoreError, WrongState
from deskhand.store.engine import parse, sqlite_engine
from deskhand.store.lock import InstanceLock
from deskhand.store.sql import SqlStore, SqlTransaction

_BESIDE: Final = ("-wal", "-shm")
"""What SQLite keeps beside a database."""


@dataclass(frozen=True, slots=True)
class Held:
    """What a database holds: bytes, tickets, the schema's version, and its notes of the last full cycle and of the account, empty where there are none."""

    size: int
    tickets: int
    schema: str
    last_cycle: str = ""
    account: str = ""

    @property
    def text(self) -> str:
        """All of it in a line."""
        account = f", account {self.account}" if self.account else ""
        return f"{self.size / 1e6:.1f} MB, {self.tickets} tickets, {self.since}{account}, schema {self.schema}"

    @property
    def since(self) -> str:
        """As of when it is, in words."""
        return (
            f"last full cycle {self.last_cycle[:19].replace('T', ' ')} UTC" if self.last_cycle else "no full cycle yet"
        )


def backup(url: str, target: Path, *, force: bool = True) -> None:
    """Copy the database at a URL to a file, whole and consistent; with `force` an older copy there is replaced in one step.

    Raises StoreError for PostgreSQL, which has its own tools, and where the copy cannot be made; WrongState for a file that is there and is not to be replaced.
    """
    source = _file_of(url, "Use pg_dump, or your server's backups.")
    if target.exists() and not force:
        raise WrongState(f"{target} is there already.", hint="Name another file, or replace it with --force.")
    partial = target.with_name(target.name + ".partial")
    try:
        _copy(source, partial)
        partial.replace(target)
    except (OSError, sqlite3.Error) as failed:
        _drop(partial)
        raise StoreError(
            f"The backup to {target} was not made: {failed}.", hint="Check the path and the space on that disk."
        ) from failed


def held(file: Path, names: Mapping[str, str]) -> Held:
    """What a database file holds, without changing it. `names` are those of its notes of the last cycle and of the account. Raises StoreError."""
    try:
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as database:
            ((tickets,),) = database.execute("SELECT count(*) FROM tickets")
            ((schema,),) = database.execute("SELECT version_num FROM alembic_version")
            notes = {
                of: str(value)
                for of, name in names.items()
                for (value,) in database.execute("SELECT value FROM notebook WHERE name = ?", (name,))
            }
    except (OSError, sqlite3.Error, ValueError) as failed:
        raise StoreError(
            f"{file} is no database of deskhand's: {failed}.", hint="Name a file that `deskhand backup` made."
        ) from failed
    return Held(file.stat().st_size, int(tickets), str(schema), **notes)


def restore(url: str, source: Path, note: Callable[[SqlTransaction], None], at: datetime) -> Path | None:
    """Put a copy in the place of the database at a URL, in one step; returns where the one that was there is kept.

    The copy is checked and brought to this version's schema first, and `note` is written into it. Raises StoreBusy while a worker has the database open, StoreNewer
    for a copy of a later version, and StoreError where it is damaged or cannot be put there: then everything is as it was.
    """
    path = _file_of(
        url, "Use pg_restore or your server's tools, and start the worker: a restored database is as safe there."
    )
    if not source.exists():
        raise StoreError(f"There is no file {source}.", hint="Name a file that `deskhand backup` made.")
    if path.exists() and source.samefile(path):
        raise WrongState(f"{source} is the database itself.", hint="Name the copy that is to be put in its place.")
    partial = path.with_name(path.name + ".partial")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = InstanceLock(path)
        try:
            _copy(source, partial)
            _prepare(partial, note)
            return _exchange(path, partial, f"{path.name}.replaced-{at:%Y%m%dT%H%M%SZ}")
        finally:
            _drop(partial)
            lock.release()
    except (OSError, sqlite3.Error) as failed:
        raise StoreError(
            f"{source} was not put in the place of {path}: {failed}.",
            hint="Check both paths and the space on the disk; the database is as it was.",
        ) from failed


def _file_of(url: str, tools: str) -> Path:
    """The file of a SQLite database."""
    parsed = parse(url)
    if not parsed.database or not parsed.drivername.startswith("sqlite"):
        raise StoreError("PostgreSQL databases are not copied by deskhand.", hint=tools)
    return Path(parsed.database)


def _prepare(copy: Path, note: Callable[[SqlTransaction], None]) -> None:
    """Migrate a copy, note what is to be known of it, and leave it as one file."""
    store = SqlStore(sqlite_engine(copy))
    try:
        store.prepare(migrating=True)
        with store.begin() as tx:
            note(tx)
        store.checkpoint()
    finally:
        store.close()
    _sync(copy)


def _exchange(path: Path, new: Path, name: str) -> Path | None:
    """Keep what is at a path under another name, with what is beside it, and put the new one there. At no instant is there none."""
    aside = path.with_name(name)
    there = path.exists()
    if there:
        os.link(path, aside)
    for end in _BESIDE:
        with suppress(FileNotFoundError):
            path.with_name(path.name + end).replace(aside.with_name(name + end))
    new.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return aside if there else None


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
    _sync(target)


def _sync(file: Path) -> None:
    with file.open("rb+") as opened:
        os.fsync(opened.fileno())


def _drop(file: Path) -> None:
    """Nothing half-made lies about."""
    for end in ("", *_BESIDE):
        file.with_name(file.name + end).unlink(missing_ok=True)
