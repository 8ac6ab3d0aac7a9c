"""A database seen from outside the store."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, event, inspect, text

from deskhand.store.engine import parse, postgres_engine, sqlite_engine


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    """A connection of our own, committed at the end."""
    parsed = parse(url)
    database = parsed.database or ""
    engine = sqlite_engine(Path(database)) if parsed.drivername == "sqlite" else postgres_engine(parsed)
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def structure(connection: Connection) -> dict[str, object]:
    """Every table with its columns and indexes, spelled as the database itself spells them."""
    found = inspect(connection)
    tables = sorted(set(found.get_table_names()) - {"alembic_version"})
    shape: dict[str, object] = {
        table: [
            (
                column["name"],
                repr(column["type"]),
                column["nullable"],
                column.get("autoincrement"),
                column["default"] or "",
            )
            for column in found.get_columns(table)
        ]
        for table in tables
    }
    keys = {f"key of {table}": found.get_pk_constraint(table)["constrained_columns"] for table in tables}
    return shape | keys | {"indexes": _indexes(connection)}


def _indexes(connection: Connection) -> list[str]:
    """The statements that would make the indexes again, partial conditions included."""
    if connection.dialect.name == "sqlite":
        query = "SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    else:
        query = (
            "SELECT replace(indexdef, current_schema() || '.', '') FROM pg_indexes"
            " WHERE schemaname = current_schema() AND tablename <> 'alembic_version'"
        )
    return sorted(connection.scalars(text(query)))


def killed_at(number: int, doing: Callable[[], None]) -> bool:
    """Do something in a child process that is killed by SIGKILL before its nth statement; whether it came that far."""
    child = os.fork()
    if child == 0:
        count = 0

        def kill(*_: object) -> None:
            nonlocal count
            count += 1
            if count == number:
                os.kill(os.getpid(), signal.SIGKILL)

        event.listen(Engine, "before_cursor_execute", kill)
        try:
            doing()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)
