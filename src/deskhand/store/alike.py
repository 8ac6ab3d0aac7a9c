"""Tickets that may be one pattern, in the database."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, delete, func, select

from deskhand.core.alike import Alike
from deskhand.store import schema
from deskhand.store.statements import chunks, upsert

_T: Final = schema.alike
_DROP: Final = delete(_T).where(_T.c.ticket_id.in_(bindparam("ids", expanding=True)))
_CUSTOMERS: Final = select(func.count(func.distinct(_T.c.customer))).where(
    _T.c.pattern == bindparam("key"), _T.c.value == bindparam("value"), _T.c.at >= bindparam("since")
)


@dataclass(frozen=True, slots=True)
class SqlAlike:
    """Which tickets may be one pattern, within one transaction."""

    connection: Connection

    def put(self, ids: Iterable[int], places: Iterable[Alike]) -> None:
        """These are all the places of these tickets, in place of what was noted."""
        for chunk in chunks(ids):
            self.connection.execute(_DROP, {"ids": chunk})
        rows = [
            {"ticket_id": one.ticket_id, "pattern": one.key, "value": one.value, "customer": one.customer, "at": one.at}
            for one in sorted(places, key=lambda one: (one.ticket_id, one.key, one.value))
        ]
        if rows:
            self.connection.execute(upsert(self.connection, _T), rows)

    def customers(self, key: str, value: str, since: datetime) -> int:
        """How many customers have a ticket there that was created at an instant or later."""
        return self.connection.scalar(_CUSTOMERS, {"key": key, "value": value, "since": since}) or 0
