"""Which tickets may be one pattern, so that customers with the same issue can be counted."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Make their table."""
    op.create_table(
        "alike",
        sa.Column("ticket_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("pattern", NAME, primary_key=True),
        sa.Column("value", NAME, primary_key=True),
        sa.Column("customer", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
    op.create_index("alike_value", "alike", ["pattern", "value", "at"])
