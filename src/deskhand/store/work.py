"""The work keys in the database: one instant for each ticket that must be looked at again."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, Integer, bindparam, delete, func, select

from deskhand.store import schema
from deskhand.store.statements import chunks, upsert

_KEY: Final = schema.work.c.ticket_id
_LOOK_AT: Final = schema.work.c.look_at
_IS_DUE: Final = bindparam("now", type_=schema.Instant) >= _LOOK_AT
_DUE: Final = select(_KEY).where(_IS_DUE).order_by(_LOOK_AT, _KEY).limit(bindparam("limit", type_=Integer))
_NEXT: Final = select(func.min(_LOOK_AT))
_OVERDUE: Final = select(func.count(), func.min(_LOOK_AT)).where(_IS_DUE)
_DROP: Final = delete(schema.work).where(_KEY.in_(bindparam("ids", expanding=True)))


@dataclass(frozen=True, slots=True)
class SqlWork:
    """Which tickets to look at, and when, within one transaction."""

    connection: Connection

    def wake(self, ids: Iterable[int], at: datetime) -> None:
        """Look at these no later than `at`: an earlier instant stays."""
        rows = [{"ticket_id": key, "look_at": at} for key in sorted(set(ids))]
        if rows:
            self.connection.execute(upsert(self.connection, schema.work, earliest="look_at"), rows)

    def settle(self, looked: Mapping[int, datetime | None]) -> None:
        """These were looked at; look again at the instant given, or not until something changes."""
        for chunk in chunks(key for key, at in looked.items() if at is None):
            self.connection.execute(_DROP, {"ids": chunk})
        rows = [{"ticket_id": key, "look_at": at} for key, at in sorted(looked.items()) if at is not None]
        if rows:
            self.connection.execute(upsert(self.connection, schema.work), rows)

    def due(self, now: datetime, limit: int) -> list[int]:
        """Tickets whose instant has come, longest overdue first."""
        return list(self.connection.scalars(_DUE, {"now": now, "limit": limit}))

    def next_at(self) -> datetime | None:
        """The earliest instant of all."""
        earliest: datetime | None = self.connection.scalar(_NEXT)
        return earliest

    def overdue(self, now: datetime) -> tuple[int, datetime | None]:
        """How many are due, and since when the oldest has been."""
        number, oldest = self.connection.execute(_OVERDUE, {"now": now}).one()
        return number, oldest
