"""The outbox in the database: writes on their way to Zendesk."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any, Final, get_args

from sqlalchemy import (
    ColumnElement,
    Connection,
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
from sqlalchemy import Row as SqlRow

from deskhand.core.delivery import OPEN, Row, State
from deskhand.store import schema
from deskhand.store.codec import pack, write_from
from deskhand.store.schema import in_states
from deskhand.store.statements import chunks, upsert

_T: Final = schema.outbox
_AGE: Final = (_T.c.created_at, _T.c.op_id)
_CLAIMING: Final = 0x6465736B
"""The number of the advisory lock that makes claims on PostgreSQL wait for each other."""


@dataclass(frozen=True, slots=True)
class SqlOutbox:
    """Writes on their way, within one transaction."""

    connection: Connection

    def put(self, rows: Iterable[Row]) -> None:
        """Insert or replace rows by their op_id; of a row given twice the last one stays."""
        values = [_columns(row) for row in sorted(rows, key=lambda row: row.op_id)]
        if values:
            self.connection.execute(upsert(self.connection, _T), values)

    def claim(self, now: datetime, limit: int, lease_until: datetime) -> list[Row]:
        """Planned rows whose time has come, oldest first, at most one a ticket; now `sending` with one attempt more.

        A ticket with a row in `sending` or `unknown` gives none. On PostgreSQL claims wait for each other, since two of
        them could each take another row of one ticket; rows that someone is settling are passed over.
        """
        if self.connection.dialect.name == "postgresql":
            self.connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _CLAIMING})
        found = self._rows(_CLAIMABLE, now=now, limit=limit)
        rows = [replace(row, state="sending", attempts=row.attempts + 1, lease_until=lease_until) for row in found]
        if rows:
            self.connection.execute(_TAKE, [{"op": row.op_id, "until": lease_until} for row in rows])
        return rows

    def ready(self, now: datetime, state: State, limit: int) -> list[Row]:
        """Rows in a state whose `not_before` has come, oldest first."""
        return self._rows(_ready(state), now=now, limit=limit)

    def find(self, op_id: str) -> Row | None:
        """The row of a write, or None."""
        return next(iter(self._rows(_FIND, op=op_id)), None)

    def under_way(self, ids: Iterable[int]) -> dict[int, Row]:
        """The unfinished row of each of these tickets, if it has one; the oldest where it has several."""
        found: dict[int, Row] = {}
        for chunk in chunks(ids):
            for row in self._rows(_UNDER_WAY, ids=chunk):
                found.setdefault(row.write.ticket_id, row)
        return found

    def listed(self, states: Sequence[State], limit: int = 100_000) -> list[Row]:
        """Rows in any of these states, oldest first."""
        return self._rows(_listed(tuple(sorted(states))), limit=limit)

    def count(self) -> dict[State, int]:
        """How many rows are in each state; states without rows count 0."""
        return dict.fromkeys(get_args(State), 0) | {row[0]: row[1] for row in self.connection.execute(_COUNT)}

    def next_at(self) -> datetime | None:
        """When the next planned or unknown row is due."""
        earliest: datetime | None = self.connection.scalar(_NEXT)
        return earliest

    def stale(self, now: datetime) -> list[Row]:
        """Rows in `sending` whose lease has run out (or that never had one), oldest first."""
        return self._rows(_STALE, now=now)

    def forget(self, before: datetime) -> int:
        """Drop rows that ended before an instant; returns how many. `observed` rows ended when they were made, held ones have not."""
        ended = func.coalesce(_T.c.settled_at, _T.c.created_at)
        return self.connection.execute(delete(_T).where(~in_states(_T, *OPEN, "held"), ended < before)).rowcount

    def _rows(self, query: Select[Any], **values: object) -> list[Row]:
        return [_row(row) for row in self.connection.execute(query, values)]


# ---- the statements, each built once -----------------------------------------------------------------------------------

_DUE: Final = _T.c.not_before <= bindparam("now")


def _oldest(*which: ColumnElement[bool]) -> Select[Any]:
    """So many of these, oldest first."""
    return select(_T).where(*which).order_by(*_AGE).limit(bindparam("limit", type_=Integer))


def _claimable() -> Select[Any]:
    """Planned rows that are due, where no other row of the ticket is under way, unclear, or due and older."""
    other = _T.alias("other")
    older = tuple_(other.c.created_at, other.c.op_id) < tuple_(*_AGE)
    in_the_way = or_(
        in_states(other, "sending", "unknown"),
        in_states(other, "planned") & (other.c.not_before <= bindparam("now")) & older,
    )
    blocked = exists().where(other.c.ticket_id == _T.c.ticket_id, in_states(other, *OPEN), in_the_way)
    return _oldest(in_states(_T, "planned"), _DUE, ~blocked).with_for_update(skip_locked=True)


@cache
def _ready(state: str) -> Select[Any]:
    return _oldest(in_states(_T, state), _DUE)


@cache
def _listed(states: tuple[str, ...]) -> Select[Any]:
    return _oldest(in_states(_T, *states))


_CLAIMABLE: Final = _claimable()
_FIND: Final = select(_T).where(_T.c.op_id == bindparam("op"))
_UNDER_WAY: Final = (
    select(_T).where(in_states(_T, *OPEN), _T.c.ticket_id.in_(bindparam("ids", expanding=True))).order_by(*_AGE)
)
_STALE: Final = (
    select(_T)
    .where(in_states(_T, "sending"), or_(_T.c.lease_until.is_(None), _T.c.lease_until <= bindparam("now")))
    .order_by(*_AGE)
)
_COUNT: Final = select(_T.c.state, func.count()).group_by(_T.c.state)
_NEXT: Final = select(func.min(_T.c.not_before)).where(in_states(_T, "planned", "unknown"))

_TAKE: Final = (
    update(_T)
    .where(_T.c.op_id == bindparam("op"))
    .values(state="sending", attempts=_T.c.attempts + 1, lease_until=bindparam("until"))
)


def _columns(row: Row) -> dict[str, object]:
    return {
        "op_id": row.op_id,
        "ticket_id": row.write.ticket_id,
        "state": row.state,
        "created_at": row.created_at,
        "not_before": row.not_before,
        "run": row.run,
        "attempts": row.attempts,
        "job_id": row.job_id,
        "lease_until": row.lease_until,
        "reason": row.reason,
        "audit_id": row.audit_id,
        "settled_at": row.settled_at,
        "write": pack(row.write),
    }


def _row(found: SqlRow[Any]) -> Row:
    return Row(
        write=write_from(found.write),
        state=found.state,
        created_at=found.created_at,
        not_before=found.not_before,
        run=found.run,
        attempts=found.attempts,
        job_id=found.job_id,
        lease_until=found.lease_until,
        reason=found.reason,
        audit_id=found.audit_id,
        settled_at=found.settled_at,
    )
