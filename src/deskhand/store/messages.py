"""Messages in the database: what is said to people, on its way, and how it fared.

The columns are what is asked for; the whole row is in the body, and only `not_before` may be newer in its column.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any, Final, get_args

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Integer,
    Select,
    bindparam,
    delete,
    exists,
    func,
    or_,
    select,
    text,
    tuple_,
    update,
)

from deskhand.core.message import Message, MessageRow, MessageState
from deskhand.store import schema
from deskhand.store.codec import message_from, pack
from deskhand.store.schema import in_states
from deskhand.store.statements import chunks, upsert

_T: Final = schema.messages
_AGE: Final = (_T.c.decided_at, _T.c.key)
_PLACE: Final = (_T.c.number, _T.c.key)
_OPEN: Final = _T.c.settled_at.is_(None)
_CLAIMING: Final = 0x6465736D
"""The number of the advisory lock that makes claims on PostgreSQL wait for each other."""


@dataclass(frozen=True, slots=True)
class SqlMessages:
    """Messages on their way, within one transaction."""

    connection: Connection

    def put(self, rows: Iterable[MessageRow]) -> None:
        """Insert or replace rows by their key; of a row given twice the last one stays."""
        values = [_columns(row) for row in sorted(rows, key=lambda row: row.message.key)]
        if values:
            self.connection.execute(upsert(self.connection, _T), values)

    def add(self, messages: Iterable[Message], now: datetime, run: str) -> list[Message]:
        """Queue those whose key is not there yet, as planned; returns them."""
        wanted = {message.key: message for message in messages}
        there = set(self.connection.scalars(_THERE, {"keys": list(wanted)})) if wanted else set()
        new = [message for key, message in wanted.items() if key not in there]
        self.put(MessageRow(message, "planned", now, run) for message in new)
        return new

    def claim(
        self, now: datetime, limit: int, lease_until: datetime, channels: Collection[str] | None = None
    ) -> list[MessageRow]:
        """Planned rows whose time has come, in each thread and channel the first; now `sending` with one attempt more.

        On PostgreSQL claims wait for each other; rows that someone is settling are passed over.
        """
        if self.connection.dialect.name == "postgresql":
            self.connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _CLAIMING})
        found = self._rows(_claimable(by=channels is not None), now=now, limit=limit, channels=sorted(channels or ()))
        rows = [replace(row, state="sending", attempts=row.attempts + 1, lease_until=lease_until) for row in found]
        self.put(rows)
        return rows

    def hold(self, channels: Collection[str], until: datetime) -> None:
        """Planned rows by these channels wait until an instant at least."""
        self.connection.execute(_HOLD, {"channels": sorted(channels), "until": until})

    def ready(
        self, now: datetime, state: MessageState, limit: int, channels: Collection[str] | None = None
    ) -> list[MessageRow]:
        """Rows in a state that have not come to their end and whose `not_before` has come, oldest first."""
        due = _ready(state, by=channels is not None)
        return self._rows(due, now=now, limit=limit, channels=sorted(channels or ()))

    def stale(self, now: datetime) -> list[MessageRow]:
        """Rows in `sending` whose lease has run out (or that never had one), oldest first."""
        return self._rows(_STALE, now=now)

    def find(self, key: str) -> MessageRow | None:
        """The row of a message, or None."""
        return next(iter(self._rows(_FIND, key=key)), None)

    def of(self, thread: str) -> list[MessageRow]:
        """All rows of a thread, by number."""
        return self._rows(_OF, threads=[thread])

    def matters(self, threads: Iterable[str]) -> dict[str, list[MessageRow]]:
        """All rows of each of these threads, by number."""
        found: dict[str, list[MessageRow]] = {thread: [] for thread in threads}
        for chunk in chunks(found):
            for row in self._rows(_OF, threads=chunk):
                found[row.message.thread].append(row)
        return found

    def open_threads(self, since: datetime) -> list[str]:
        """Threads in which a page was sent that was decided after an instant, and nothing was closed since."""
        return list(self.connection.scalars(_OPEN_THREADS, {"since": since}))

    def joined(self, threads: Iterable[str], since: datetime) -> dict[str, list[str]]:
        """Threads whose messages were told or counted in one of these, for those that were decided or sent after an instant."""
        found: dict[str, set[str]] = {thread: set() for thread in threads}
        for chunk in chunks(found):
            for thread, other in self.connection.execute(_JOINED, {"threads": chunk, "since": since}):
                found[thread].add(other)
        return {thread: sorted(others) for thread, others in found.items()}

    def recent(self, since: datetime) -> list[MessageRow]:
        """Rows whose message was decided or sent after an instant, oldest first."""
        found = [*self._rows(_DECIDED, since=since), *self._rows(_SENT, since=since)]
        return sorted(
            {row.message.key: row for row in found}.values(), key=lambda row: (row.message.at, row.message.key)
        )

    def listed(self, states: Sequence[MessageState], limit: int = 100_000) -> list[MessageRow]:
        """Rows in any of these states, oldest first."""
        return self._rows(_listed(tuple(sorted(states))), limit=limit)

    def count(self) -> dict[MessageState, int]:
        """How many rows are in each state; states without rows count 0."""
        return dict.fromkeys(get_args(MessageState), 0) | {row[0]: row[1] for row in self.connection.execute(_COUNT)}

    def next_at(self) -> datetime | None:
        """When the next row is due: one that may leave, is put off, unclear, or to be read back."""
        earliest: datetime | None = self.connection.scalar(_NEXT)
        return earliest

    def forget(self, before: datetime) -> int:
        """Drop rows that came to their end before an instant; returns how many."""
        return self.connection.execute(delete(_T).where(_T.c.settled_at < before)).rowcount

    def _rows(self, query: Select[Any], **values: object) -> list[MessageRow]:
        return [_row(body, not_before) for body, not_before in self.connection.execute(query, values)]


# ---- the statements, each built once -------------------------------------------------------------------------------------

_ROWS: Final = select(_T.c.body, _T.c.not_before)
_DUE: Final = _OPEN & (_T.c.not_before <= bindparam("now"))
_BY: Final = _T.c.channel.in_(bindparam("channels", expanding=True))
_AT_MOST: Final = bindparam("limit", type_=Integer)


def _oldest(*which: ColumnElement[bool]) -> Select[Any]:
    """So many of these, oldest first."""
    return _ROWS.where(*which).order_by(*_AGE).limit(_AT_MOST)


def _blocked() -> ColumnElement[bool]:
    """Another row of the thread has to go first, or to come to its end first."""
    other = _T.alias("other")
    here = other.c.channel == _T.c.channel
    under_way = in_states(other, "sending", "unknown")
    earlier = in_states(other, "planned") & (_place(other) < tuple_(*_PLACE))
    closing = (_T.c.verb == "close") & (other.c.verb == "page") & under_way
    return exists().where(
        other.c.thread == _T.c.thread,
        other.c.settled_at.is_(None),
        other.c.key != _T.c.key,
        or_(here & under_way, here & earlier, closing),
    )


def _place(table: FromClause) -> ColumnElement[Any]:
    return tuple_(table.c.number, table.c.key)


@cache
def _claimable(*, by: bool) -> Select[Any]:
    """Planned rows that may leave; `by` any channel, or by those that are given."""
    free = (in_states(_T, "planned"), _DUE, ~_blocked())
    return _oldest(*free, *((_BY,) if by else ())).with_for_update(skip_locked=True)


@cache
def _ready(state: str, *, by: bool) -> Select[Any]:
    return _oldest(in_states(_T, state), _DUE, *((_BY,) if by else ()))


@cache
def _listed(states: tuple[str, ...]) -> Select[Any]:
    return _oldest(in_states(_T, *states))


def _open_threads() -> Select[Any]:
    other = _T.alias("other")
    closed = exists().where(other.c.thread == _T.c.thread, other.c.verb == "close", other.c.settled_at.is_not(None))
    went = (_T.c.verb == "page") & in_states(_T, "sent", "confirmed") & (_T.c.joined == "")
    pages = select(_T.c.thread).where(went, _T.c.decided_at >= bindparam("since"), ~closed)
    return pages.distinct().order_by(_T.c.thread)


_THERE: Final = select(_T.c.key).where(_T.c.key.in_(bindparam("keys", expanding=True)))
_FIND: Final = _ROWS.where(_T.c.key == bindparam("key"))
_OF: Final = _ROWS.where(_T.c.thread.in_(bindparam("threads", expanding=True))).order_by(*_PLACE)
_STALE: Final = _ROWS.where(
    in_states(_T, "sending"), _OPEN, or_(_T.c.lease_until.is_(None), _T.c.lease_until <= bindparam("now"))
).order_by(*_AGE)
_OPEN_THREADS: Final = _open_threads()
_DECIDED: Final = _ROWS.where(_T.c.decided_at >= bindparam("since"))
_SENT: Final = _ROWS.where(_T.c.sent_at >= bindparam("since"))
_JOINED: Final = select(_T.c.joined, _T.c.thread).where(
    or_(_T.c.decided_at >= bindparam("since"), _T.c.sent_at >= bindparam("since")),
    _T.c.joined.in_(bindparam("threads", expanding=True)),
)
_COUNT: Final = select(_T.c.state, func.count()).group_by(_T.c.state)
_NEXT: Final = select(func.min(_T.c.not_before)).where(
    _OPEN, or_(in_states(_T, "deferred", "unknown", "sent"), in_states(_T, "planned") & ~_blocked())
)
_HOLD: Final = (
    update(_T)
    .where(in_states(_T, "planned"), _OPEN, _BY, _T.c.not_before < bindparam("until"))
    .values(not_before=bindparam("until"))
)


def _columns(row: MessageRow) -> dict[str, object]:
    message = row.message
    return {
        "key": message.key,
        "thread": message.thread,
        "number": message.number,
        "ticket_id": message.ticket_id,
        "verb": message.verb,
        "channel": row.by,
        "state": row.state,
        "decided_at": message.at,
        "not_before": row.not_before,
        "lease_until": row.lease_until,
        "sent_at": row.sent_at,
        "settled_at": row.settled_at,
        "joined": row.joined,
        "body": pack(row),
    }


def _row(body: bytes, not_before: datetime) -> MessageRow:
    row = message_from(body)
    return row if row.not_before == not_before else replace(row, not_before=not_before)
