"""The memories in the database."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, bindparam, select

from deskhand.core.memory import Memory
from deskhand.store import schema
from deskhand.store.codec import memory_from, pack
from deskhand.store.statements import chunks, upsert

_T: Final = schema.memories
_READ: Final = select(_T.c.ticket_id, _T.c.body).where(_T.c.ticket_id.in_(bindparam("ids", expanding=True)))
_LOCK: Final = _READ.order_by(_T.c.ticket_id).with_for_update()


@dataclass(frozen=True, slots=True)
class SqlMemories:
    """What is remembered of each ticket, within one transaction.

    What is read to be written again is locked until the end on PostgreSQL, so that nothing that a person does from the command line meanwhile is lost. SQLite lets
    no two write at once.
    """

    connection: Connection

    def load(self, ids: Iterable[int]) -> dict[int, Memory]:
        """The memories that exist, by ticket."""
        only_looks = self.connection.get_execution_options().get("postgresql_readonly")
        found: dict[int, Memory] = {}
        for chunk in chunks(ids):
            rows = self.connection.execute(_READ if only_looks else _LOCK, {"ids": chunk})
            found.update((number, memory_from(body)) for number, body in rows)
        return found

    def save(self, memories: Iterable[Memory]) -> None:
        """Insert or replace; of a memory given twice the last one stays."""
        rows = [
            {"ticket_id": memory.ticket_id, "body": pack(memory)}
            for memory in sorted(memories, key=lambda memory: memory.ticket_id)
        ]
        if rows:
            self.connection.execute(upsert(self.connection, schema.memories), rows)
