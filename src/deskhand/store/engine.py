"""The connection to the database, with everything set that its promises rest on."""

from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from deskhand.errors import SettingsError

_SETTINGS: Final = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=5000")
"""`busy_timeout` is in milliseconds. FULL: what was committed survives a loss of power."""
_READING: Final = "deskhand_reading"
"""Execution option of a SQLite connection that only looks."""


def parse(url: str) -> URL:
    """The URL with the driver that we use. Raises SettingsError for a database that deskhand does not know."""
    try:
        parsed = make_url(url)
    except ArgumentError as bad:
        raise SettingsError("DESKHAND_DATABASE_URL is not a URL.", hint=_EXAMPLES) from bad
    if parsed.drivername in ("postgres", "postgresql", "postgresql+psycopg"):
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername not in ("sqlite", "sqlite+pysqlite"):
        raise SettingsError(
            f"DESKHAND_DATABASE_URL asks for {parsed.drivername}, which is not supported.", hint=_EXAMPLES
        )
    if not parsed.database or parsed.database == ":memory:" or parsed.database.startswith("file:"):
        raise SettingsError("DESKHAND_DATABASE_URL names no file for the SQLite database.", hint=_EXAMPLES)
    return parsed


_EXAMPLES: Final = "Use sqlite:///path/to/deskhand.db or postgresql://user@host/name."


def sqlite_engine(path: Path) -> Engine:
    """An engine on a SQLite file. Writing transactions take the lock first, so none fails half-way for want of it."""
    engine = create_engine(URL.create("sqlite", database=str(path)), hide_parameters=True)
    event.listen(engine, "connect", _configure)
    event.listen(engine, "begin", _begin)
    return engine


def postgres_engine(url: URL) -> Engine:
    """An engine on PostgreSQL. No prepared statements are left on the server, so a pooler between us does no harm.

    Raises SettingsError where the driver is not installed.
    """
    options = f"-c lock_timeout=5000 -c timezone=UTC {url.query.get('options', '')}"
    try:
        return _postgres(url, options.strip())
    except ModuleNotFoundError as missing:
        raise SettingsError(
            "DESKHAND_DATABASE_URL asks for PostgreSQL, whose driver is not installed.",
            hint='Install it with `pip install "deskhand[postgres]"`.',
        ) from missing


def _postgres(url: URL, options: str) -> Engine:
    return create_engine(
        url,
        hide_parameters=True,
        pool_pre_ping=True,
        connect_args={
            "connect_timeout": 5,
            "prepare_threshold": None,
            "application_name": "deskhand",
            "options": options,
        },
    )


def reading(engine: Engine) -> dict[str, Any]:
    """The execution options of a connection that only looks, and sees one state of the database as long as it does."""
    if engine.dialect.name == "postgresql":
        return {"postgresql_readonly": True, "isolation_level": "REPEATABLE READ"}
    return {_READING: True}


def _configure(connection: Any, _record: object) -> None:  # noqa: ANN401 - sqlite3's, which SQLAlchemy wraps
    """A new SQLite connection: we say BEGIN ourselves, and the settings hold for each connection alone."""
    connection.isolation_level = None
    cursor = connection.cursor()
    for setting in _SETTINGS:
        cursor.execute(f"PRAGMA {setting}")
    cursor.close()


def _begin(connection: Connection) -> None:
    """A transaction; a reading one sees one state of the database, and SQLite lets it change nothing."""
    only_looks = connection.get_execution_options().get(_READING, False)
    if connection.info.get(_READING) != only_looks:
        connection.exec_driver_sql(f"PRAGMA query_only={'ON' if only_looks else 'OFF'}")
        connection.info[_READING] = only_looks
    connection.exec_driver_sql("BEGIN" if only_looks else "BEGIN IMMEDIATE")
