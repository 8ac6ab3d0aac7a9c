"""The audit trail: a table to which entries are added, and in which the database itself lets none be altered or removed.

A later step must leave this table as it is: copying it to change it would be what the triggers refuse.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

SQLITE = """
CREATE TRIGGER trail_not_altered BEFORE UPDATE ON trail
BEGIN SELECT RAISE(ABORT, 'the trail is append-only'); END
;;
CREATE TRIGGER trail_not_removed BEFORE DELETE ON trail
BEGIN SELECT RAISE(ABORT, 'the trail is append-only'); END
;;
CREATE TRIGGER trail_not_replaced BEFORE INSERT ON trail
WHEN NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM trail) OR NEW."before" IN (SELECT "before" FROM trail)
BEGIN SELECT RAISE(ABORT, 'the trail is append-only'); END
"""
"""The last one because INSERT OR REPLACE removes a row without asking the one before."""
POSTGRESQL = """
CREATE FUNCTION trail_refuses() RETURNS trigger LANGUAGE plpgsql
AS $$ BEGIN RAISE EXCEPTION 'the trail is append-only'; END $$
;;
CREATE TRIGGER trail_not_altered BEFORE UPDATE OR DELETE ON trail FOR EACH ROW EXECUTE FUNCTION trail_refuses()
;;
CREATE TRIGGER trail_not_emptied BEFORE TRUNCATE ON trail FOR EACH STATEMENT EXECUTE FUNCTION trail_refuses()
"""


def upgrade() -> None:
    """Make it, and its guards."""
    op.create_table(
        "trail",
        sa.Column("seq", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("facts", sa.Text, nullable=False),
        sa.Column("before", NAME, nullable=False),
        sa.Column("digest", NAME, nullable=False),
    )
    op.create_index("trail_before", "trail", ["before"], unique=True)
    guards = SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL
    for statement in guards.split(";;"):
        op.execute(statement)
