"""The audit trail in the database, and in memory. Entries are added in the transaction of what they tell, or not at all."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from itertools import islice
from typing import Any, Final

from sqlalchemy import BigInteger, Connection, Integer, Row, Select, bindparam, insert, select, text, type_coerce

from deskhand.core.trail import Draft, Entry, chained
from deskhand.store import schema
from deskhand.store.journal import Journal

_T: Final = schema.trail
_ROWS: Final = select(_T.c.seq, type_coerce(_T.c.at, BigInteger).label("at"), *list(_T.c)[2:])
_LAST: Final = _ROWS.order_by(_T.c.seq.desc()).limit(1)
_ADDING: Final = 0x6465736E
"""The number of the advisory lock that makes those who add on PostgreSQL wait for each other's commit."""


@dataclass(frozen=True, slots=True)
class SqlTrail:
    """The trail, within one transaction."""

    connection: Connection

    def add(self, drafts: Iterable[Draft]) -> list[Entry]:
        """Put entries behind the last one. Nobody else can add before this transaction ends, so call it last in a transaction."""
        drafts = list(drafts)
        if not drafts:
            return []
        if self.connection.dialect.name == "postgresql":
            self.connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADDING})
        entries = chained(drafts, self.last())
        self.connection.execute(insert(_T), [_columns(entry) for entry in entries])
        return entries

    def entries(self, after: int = 0, limit: int = 1_000, kinds: Collection[str] = ()) -> list[Entry]:
        """Entries with higher numbers, in order, at most so many; of some kinds only, where any are given."""
        query = _entries(by_kind=bool(kinds))
        found = self.connection.execute(query, {"after": after, "limit": limit, "kinds": sorted(kinds)})
        return [_entry(row) for row in found]

    def last(self) -> Entry | None:
        """The newest entry."""
        found = self.connection.execute(_LAST).first()
        return _entry(found) if found else None


@cache
def _entries(*, by_kind: bool) -> Select[Any]:
    query = _ROWS.where(_T.c.seq > bindparam("after"))
    if by_kind:
        query = query.where(_T.c.kind.in_(bindparam("kinds", expanding=True)))
    return query.order_by(_T.c.seq).limit(bindparam("limit", type_=Integer))


def _entry(row: Row[Any]) -> Entry:
    """An entry as it stands there. What cannot be one, since somebody put it there, becomes one whose digest is wrong."""
    try:
        at = schema.EPOCH + timedelta(microseconds=row.at)
    except (TypeError, OverflowError):
        at = schema.EPOCH
    return Entry(row.seq, at, *map(_text, row[2:]))


def _text(value: object) -> str:
    """SQLite keeps what it is given, whatever the column is for."""
    return value if isinstance(value, str) else repr(value)


def _columns(entry: Entry) -> dict[str, object]:
    return {name: getattr(entry, name) for name in _T.c.keys()}  # noqa: SIM118 - of columns, not of a dictionary


@dataclass(frozen=True, slots=True)
class MemoryTrail:
    """The trail, as long as the process lives."""

    rows: Journal[int, Entry]

    def add(self, drafts: Iterable[Draft]) -> list[Entry]:
        """Put entries behind the last one."""
        entries = chained(drafts, self.last())
        for entry in entries:
            self.rows.put(entry.seq, entry)
        return entries

    def entries(self, after: int = 0, limit: int = 1_000, kinds: Collection[str] = ()) -> list[Entry]:
        """Entries with higher numbers, in order, at most so many; of some kinds only, where any are given."""
        rest = (self.rows.rows[seq] for seq in range(max(after, 0) + 1, len(self.rows.rows) + 1))
        return list(islice((entry for entry in rest if not kinds or entry.kind in kinds), limit))

    def last(self) -> Entry | None:
        """The newest entry."""
        return self.rows.rows.get(len(self.rows.rows))
