"""The first tables: tickets, memories, work, decisions, outbox, notebook.

Instants are whole microseconds since 1970 UTC. A step never imports the schema of today: it must do the same for ever.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Make them."""
    _tickets_and_work()
    _decisions()
    _outbox()
    op.create_table(
        "notebook",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )


def _tickets_and_work() -> None:
    op.create_table(
        "tickets",
        sa.Column("id", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_index("tickets_status", "tickets", ["status"])
    op.create_table(
        "memories",
        sa.Column("ticket_id", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "work",
        sa.Column("ticket_id", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("look_at", sa.BigInteger, nullable=False),
    )
    op.create_index("work_look_at", "work", ["look_at", "ticket_id"])


def _decisions() -> None:
    op.create_table(
        "decisions",
        sa.Column("id", NUMBER, primary_key=True, autoincrement=True),
        sa.Column("ticket_id", sa.BigInteger, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("run", sa.Text, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_index("decisions_ticket", "decisions", ["ticket_id", "at"])
    op.create_index("decisions_at", "decisions", ["at"])


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("op_id", NAME, primary_key=True),
        sa.Column("ticket_id", sa.BigInteger, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("not_before", sa.BigInteger, nullable=False),
        sa.Column("run", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("job_id", sa.Text, nullable=False),
        sa.Column("lease_until", sa.BigInteger),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("audit_id", sa.BigInteger),
        sa.Column("settled_at", sa.BigInteger),
        sa.Column("write", sa.LargeBinary, nullable=False),
    )
    op.create_index("outbox_state", "outbox", ["state", "created_at", "op_id"])
    _partial("outbox_open", "ticket_id", "state IN ('planned', 'sending', 'unknown')")
    _partial("outbox_waiting", "not_before", "state IN ('planned', 'unknown')")


def _partial(name: str, column: str, where: str) -> None:
    op.create_index(name, "outbox", [column], sqlite_where=sa.text(where), postgresql_where=sa.text(where))
