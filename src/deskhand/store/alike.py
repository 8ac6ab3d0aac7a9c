"""Tickets that may be one pattern, in the database."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, select

from deskhand.core.alike import Alike
from deskhand.store import schema
from deskhand.store.statements import chunks, upsert


@dataclass(frozen=True, slots=True)
class SqlAlike:
    """Which tickets may be one pattern, within one transaction."""

    connection: Connection

    def put(self, ids: Iterable[int], places: Iterable[Alike]) -> None:
        """These are all the places of these tickets, in place of what was noted."""
        table = schema.alike
        for chunk in chunks(ids):
            self.connection.execute(delete(table).where(table.c.ticket_id.in_(chunk)))
        rows = [
            {"ticket_id": one.ticket_id, "pattern": one.key, "value": one.value, "customer": one.customer, "at": one.at}
            for one in sorted(places, key=lambda one: (one.ticket_id, one.key, one.value))
        ]
        if rows:
            self.connection.execute(upsert(self.connection, table), rows)

    def customers(self, key: str, value: str, since: datetime) -> int:
        """How many customers have a ticket there that was created at an instant or later."""
        table = schema.alike
        there = (table.c.pattern == key, table.c.value == value, table.c.at >= since)
        return self.connection.scalar(select(func.count(func.distinct(table.c.customer))).where(*there)) or 0
