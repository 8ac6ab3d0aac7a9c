"""Bring a database to this version's schema, whole or not at all.

All steps run in the transaction of the connection given, and both databases can roll back changes of schema: a process
that dies in the middle leaves the database as it was, and the next start does it again.
"""

from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from deskhand.errors import StoreError, StoreNewer

SCRIPTS: Final = "deskhand.store:migrations"
_MIGRATING: Final = 0x6465736C
"""The number of the advisory lock under which workers that start together on PostgreSQL migrate one after the other."""


def upgrade(connection: Connection, scripts: str = SCRIPTS) -> None:
    """Apply the steps that are missing. Raises StoreNewer for a database made by a later version."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATING})
    if not is_current(connection, scripts):
        command.upgrade(_config(scripts, connection), "head")


def require_current(connection: Connection) -> None:
    """Refuse to look into a database of another version: StoreNewer, or StoreError if the worker must start first."""
    if not is_current(connection):
        raise StoreError(
            "The database is empty or of an older deskhand.",
            hint="Start the worker once (`deskhand run` or `deskhand once`): it makes or upgrades the database.",
        )


def is_current(connection: Connection, scripts: str = SCRIPTS) -> bool:
    """Whether nothing is missing. Raises StoreNewer."""
    directory = ScriptDirectory.from_config(_config(scripts))
    known = {script.revision for script in directory.walk_revisions()}
    present = MigrationContext.configure(connection).get_current_heads()
    newest = directory.get_current_head()
    for revision in present:
        if revision not in known:
            raise StoreNewer(
                f"The database is at revision {revision}, made by a newer deskhand; this one knows {newest} at most."
            )
    return present == (newest,)


def _config(scripts: str, connection: Connection | None = None) -> Config:
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", scripts)
    config.set_main_option("path_separator", "os")
    return config
