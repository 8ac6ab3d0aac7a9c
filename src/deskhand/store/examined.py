"""A database looked at from outside, whatever state it is in; nothing is made, upgraded or locked."""

import os
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from sqlalchemy import URL, Engine, inspect, text

from deskhand.errors import StoreMissing
from deskhand.store.engine import parse, postgres_engine, reading
from deskhand.store.failure import translated
from deskhand.store.migrate import NEWEST
from deskhand.store.mount import network_type

OTHERS: Final = 0o004
BESIDE: Final = ("", "-wal", "-shm")
"""The ends of the names of the files that a SQLite database is made of."""


@dataclass(frozen=True, slots=True)
class Examined:
    """What was found. `revision` is that of the schema, empty where there is none; `newest` is the one of this version.

    `damage` says what is broken, `loose` which files everybody on the machine may read; `network` is the type of a network file system. Sizes are in bytes.
    """

    place: str
    newest: str = NEWEST
    revision: str = ""
    damage: str = ""
    loose: tuple[Path, ...] = ()
    network: str = ""
    size: int | None = None
    free: int | None = None
    holder: int | None = None
    """The process of the worker that has a SQLite database open."""


def examined(url: str, *, quickly: bool = False) -> Examined:
    """Look at the database at a URL; `quickly` looks around it alone. Raises StoreMissing, StoreError, SettingsError."""
    parsed = parse(url)
    if parsed.drivername.startswith("postgresql"):
        return _postgres(parsed)
    path = Path(parsed.database or "")
    if not path.exists():
        raise StoreMissing(f"There is no database at {path} yet.")
    files = [path.with_name(path.name + end) for end in BESIDE]
    around = Examined(
        str(path),
        loose=tuple(one for one in files if one.exists() and one.stat().st_mode & OTHERS),
        network=network_type(path.parent),
        size=sum(one.stat().st_size for one in files if one.exists()),
        free=shutil.disk_usage(path.parent).free,
        holder=_holder(path.with_name(path.name + ".lock")),
    )
    return around if quickly else _inside(path, around)


def _inside(path: Path, around: Examined) -> Examined:
    """With what SQLite itself says of it."""
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=5.0)) as connection:
            connection.execute("PRAGMA query_only=ON")
            said = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
            has = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone()
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone() if has else None
    except sqlite3.Error as wrong:
        return replace(around, damage=str(wrong))
    return replace(around, revision=row[0] if row else "", damage="" if said == "ok" else said)


def _holder(lock: Path) -> int | None:
    """The process that holds the lock's file, while it lives. The lock itself is not tried, so that no worker finds it taken."""
    try:
        number = int(lock.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
    try:
        os.kill(number, 0)
    except PermissionError:
        return number  # it lives, and is somebody else's
    except OSError:
        return None
    return number


def _postgres(url: URL) -> Examined:
    engine = postgres_engine(url)
    try:
        return _asked(engine, url)
    finally:
        engine.dispose()


def _asked(engine: Engine, url: URL) -> Examined:
    """What a server says of a database. Raises StoreError."""
    place = f"{url.host or 'local'}/{url.database}"
    with translated(), engine.connect() as plain:
        connection = plain.execution_options(**reading(engine))
        size = connection.scalar(text("SELECT pg_database_size(current_database())"))
        has = inspect(connection).has_table("alembic_version")
        revision = connection.scalar(text("SELECT version_num FROM alembic_version")) if has else ""
    return Examined(place, revision=revision or "", size=size)
