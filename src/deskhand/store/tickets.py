"""The tickets in the database."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, bindparam, delete, func, select

from deskhand.core.ticket import Ticket
from deskhand.store import schema
from deskhand.store.codec import pack, ticket_from
from deskhand.store.statements import chunks, upsert

_T: Final = schema.tickets
_LOAD: Final = select(_T.c.id, _T.c.body).where(_T.c.id.in_(bindparam("ids", expanding=True)))
_COUNT: Final = select(_T.c.status, func.count()).group_by(_T.c.status)


@dataclass(frozen=True, slots=True)
class SqlTickets:
    """What Zendesk last told us, within one transaction."""

    connection: Connection

    def load(self, ids: Iterable[int]) -> dict[int, Ticket]:
        """The tickets that are known, by number."""
        found: dict[int, Ticket] = {}
        for chunk in chunks(ids):
            rows = self.connection.execute(_LOAD, {"ids": chunk})
            found.update((number, ticket_from(body)) for number, body in rows)
        return found

    def save(self, tickets: Iterable[Ticket]) -> None:
        """Insert or replace; of a ticket given twice the last one stays."""
        rows = [
            {"id": ticket.id, "status": ticket.status, "updated_at": ticket.updated_at, "body": pack(ticket)}
            for ticket in sorted(tickets, key=lambda ticket: ticket.id)
        ]
        if rows:
            self.connection.execute(upsert(self.connection, _T), rows)

    def remove(self, ids: Iterable[int]) -> None:
        """Forget tickets with their memory, work, decisions and patterns (outbox rows stay)."""
        for chunk in chunks(ids):
            self.connection.execute(delete(_T).where(_T.c.id.in_(chunk)))
            for table in (schema.memories, schema.work, schema.decisions, schema.alike):
                self.connection.execute(delete(table).where(table.c.ticket_id.in_(chunk)))

    def ids(self, statuses: Iterable[str]) -> list[int]:
        """The numbers of those that have one of these statuses."""
        return list(self.connection.scalars(select(_T.c.id).where(_T.c.status.in_(sorted(statuses)))))

    def count(self) -> dict[str, int]:
        """How many tickets are held, by status."""
        return {row[0]: row[1] for row in self.connection.execute(_COUNT)}
