"""The notebook in the database."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from deskhand.store import schema
from deskhand.store.statements import upsert


@dataclass(frozen=True, slots=True)
class SqlNotebook:
    """Small named facts, within one transaction."""

    connection: Connection

    def get(self, name: str) -> str | None:
        """The value under a name, or None."""
        return self.connection.scalar(select(schema.notebook.c.value).where(schema.notebook.c.name == name))

    def set(self, name: str, value: str) -> None:
        """Write a value down, in place of the one before."""
        self.connection.execute(upsert(self.connection, schema.notebook), [{"name": name, "value": value}])
