"""The few statements that the two databases spell differently, and the cutting of long lists."""

from collections.abc import Iterable, Iterator
from functools import cache
from itertools import islice
from typing import Final, TypeVar

from sqlalchemy import ColumnElement, Connection, Executable, Table, func
from sqlalchemy.dialects import postgresql, sqlite

Key = TypeVar("Key", int, str)

_CHUNK: Final = 1_000
"""Keys in one statement: SQLite takes 32,766 parameters, and longer statements are no faster."""


def upsert(connection: Connection, table: Table, *, earliest: str = "") -> Executable:
    """Insert rows, or replace those with the same key; of the column `earliest` the smaller value stays."""
    return _upsert(connection.dialect.name, table, earliest)


def chunks(ids: Iterable[Key]) -> Iterator[list[Key]]:
    """The ids, each once, in lists short enough for a statement; in order, so that two writers lock rows alike."""
    rest = iter(sorted(set(ids)))
    while chunk := list(islice(rest, _CHUNK)):
        yield chunk


@cache
def _upsert(dialect: str, table: Table, earliest: str) -> Executable:
    keys = [column.name for column in table.primary_key]
    others = [column.name for column in table.columns if column.name not in keys]
    if dialect == "postgresql":
        pg = postgresql.insert(table)
        new: dict[str, ColumnElement[object]] = {name: pg.excluded[name] for name in others}
        if earliest:
            new[earliest] = func.least(table.c[earliest], pg.excluded[earliest])
        return pg.on_conflict_do_update(index_elements=keys, set_=new)
    lite = sqlite.insert(table)
    new = {name: lite.excluded[name] for name in others}
    if earliest:
        new[earliest] = func.min(table.c[earliest], lite.excluded[earliest])
    return lite.on_conflict_do_update(index_elements=keys, set_=new)
