"""Messages to people outside Zendesk, with how they fared."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Make their table."""
    op.create_table(
        "messages",
        sa.Column("key", NAME, primary_key=True),
        sa.Column("thread", NAME, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("ticket_id", sa.BigInteger, nullable=False),
        sa.Column("verb", sa.Text, nullable=False),
        sa.Column("channel", NAME, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("decided_at", sa.BigInteger, nullable=False),
        sa.Column("not_before", sa.BigInteger, nullable=False),
        sa.Column("lease_until", sa.BigInteger),
        sa.Column("sent_at", sa.BigInteger),
        sa.Column("settled_at", sa.BigInteger),
        sa.Column("joined", NAME, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_index("messages_thread", "messages", ["thread", "number", "key"])
    op.create_index("messages_state", "messages", ["state", "decided_at", "key"])
    op.create_index("messages_decided", "messages", ["decided_at"])
    op.create_index("messages_sent", "messages", ["sent_at"])
    _unsettled("messages_open", "thread")
    _unsettled("messages_due", "not_before")


def _unsettled(name: str, column: str) -> None:
    where = sa.text("settled_at IS NULL")
    op.create_index(name, "messages", [column], sqlite_where=where, postgresql_where=where)
