"""The notebook in the database."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, bindparam, select

from deskhand.store import schema
from deskhand.store.statements import upsert

_T: Final = schema.notebook
_GET: Final = select(_T.c.value).where(_T.c.name == bindparam("name"))


@dataclass(frozen=True, slots=True)
class SqlNotebook:
    """Small named facts, within one transaction."""

    connection: Connection

    def get(self, name: str) -> str | None:
        """The value under a name, or None."""
        return self.connection.scalar(_GET, {"name": name})

    def set(self, name: str, value: str) -> None:
        """Write a value down, in place of the one before."""
        self.connection.execute(upsert(self.connection, _T), [{"name": name, "value": value}])
