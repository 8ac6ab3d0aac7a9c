"""Bring a database to this version's schema, whole or not at all.

All steps run in the transaction of the connection given, and both databases can roll back changes of schema: a process
that dies in the middle leaves the database as it was, and the next start does it again.
"""

from typing import Final

from sqlalchemy import Connection, inspect, text

from deskhand.errors import StoreError

SCRIPTS: Final = "deskhand.store:migrations"
NEWEST: Final = "0005"
"""The last of our steps: a database that has had it misses none."""
_MIGRATING: Final = 0x6465736C
"""The number of the advisory lock under which workers that start together on PostgreSQL migrate one after the other."""


def upgrade(connection: Connection, scripts: str = SCRIPTS) -> None:
    """Apply the steps that are missing. Raises StoreNewer for a database made by a later version."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATING})
    if not is_current(connection, scripts):
        from deskhand.store import steps  # noqa: PLC0415 - most databases are current, and Alembic is large

        steps.apply(scripts, connection)


def require_current(connection: Connection) -> None:
    """Refuse to look into a database of another version: StoreNewer, or StoreError if the worker must start first."""
    if not is_current(connection):
        raise StoreError(
            "The database is empty or of an older deskhand.",
            hint="Start the worker once (`deskhand run` or `deskhand once`): it makes or upgrades the database.",
        )


def is_current(connection: Connection, scripts: str = SCRIPTS) -> bool:
    """Whether nothing is missing. Raises StoreNewer."""
    if scripts == SCRIPTS and _revisions(connection) == [NEWEST]:
        return True
    from deskhand.store import steps  # noqa: PLC0415 - as above

    return steps.none_missing(scripts, connection)


def _revisions(connection: Connection) -> list[str]:
    """What Alembic has noted in the database: none where it never came by."""
    if not inspect(connection).has_table("alembic_version"):
        return []
    return list(connection.scalars(text("SELECT version_num FROM alembic_version")))
