"""The texts of policies that were signed, so that they stay in force while the files hold others; and who signed is found in the trail without reading all of it."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the table of texts, and the index."""
    op.create_table(
        "texts",
        sa.Column("digest", NAME, primary_key=True),
        sa.Column("kept_at", sa.BigInteger, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_index("trail_kind", "trail", ["kind", "seq"])
