"""The decisions in the database."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select

from deskhand.core.decision import Decision
from deskhand.store import schema
from deskhand.store.codec import decision_from, pack_decision


@dataclass(frozen=True, slots=True)
class SqlDecisions:
    """Decisions worth keeping, within one transaction. They come back with an empty memory."""

    connection: Connection

    def record(self, decisions: Iterable[Decision], run: str) -> None:
        """Keep these, as made by a run of the worker."""
        rows = [
            {"ticket_id": decision.ticket_id, "at": decision.at, "run": run, "body": pack_decision(decision)}
            for decision in decisions
        ]
        if rows:
            self.connection.execute(insert(schema.decisions), rows)

    def of(self, ticket_id: int, limit: int = 20) -> list[Decision]:
        """The newest decisions of a ticket, newest first."""
        table = schema.decisions
        query = select(table.c.body).where(table.c.ticket_id == ticket_id)
        newest = query.order_by(table.c.at.desc(), table.c.id.desc()).limit(limit)
        return [decision_from(body) for body in self.connection.scalars(newest)]

    def since(self, at: datetime) -> int:
        """How many were made at an instant or later."""
        table = schema.decisions
        return self.connection.scalar(select(func.count()).where(table.c.at >= at)) or 0

    def forget(self, before: datetime) -> int:
        """Drop what was decided before an instant; returns how many."""
        return self.connection.execute(delete(schema.decisions).where(schema.decisions.c.at < before)).rowcount
