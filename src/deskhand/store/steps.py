"""The steps from one version's schema to the next, as Alembic knows them. Loaded only where a database may need one: most are current."""

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from deskhand.errors import StoreNewer


def apply(scripts: str, connection: Connection, to: str = "head") -> None:
    """Apply the steps that are missing, in the transaction of the connection."""
    command.upgrade(_config(scripts, connection), to)


def none_missing(scripts: str, connection: Connection) -> bool:
    """Whether a database has had every step. Raises StoreNewer where it has had one that is not known."""
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
