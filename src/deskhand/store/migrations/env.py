"""What Alembic runs to apply the steps: on the connection handed over by `store.migrate`, within its transaction."""

from alembic import context
from sqlalchemy import Connection

from deskhand.store.schema import METADATA

connection: Connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=METADATA,
    render_as_batch=connection.dialect.name == "sqlite",
)
with context.begin_transaction():
    context.run_migrations()
