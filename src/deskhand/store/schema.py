"""The tables, as this version wants them. `migrations/` brings a database there; a test holds the two equal.

    tickets    what Zendesk last told us           decisions  what was decided, with its trace, compressed
    memories   history and ledger of a ticket      outbox     writes on their way, and how they ended
    work       which ticket to look at, and when   messages   what is said to people, and what became of it
    alike      which tickets may be one pattern    notebook   small named facts: cursors, the policy in force
    trail      the audit trail, append-only        texts      what the policies said that were signed

Instants are whole microseconds since 1970 UTC, so that they sort and compare alike in both databases. Bodies are bytes
(see `codec`).
"""

from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Dialect,
    FromClause,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    literal_column,
)

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_TICK: Final = timedelta(microseconds=1)


class Instant(TypeDecorator[datetime]):
    """An aware datetime as microseconds since 1970; comes back in UTC."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Python to database."""
        return None if value is None else (value - EPOCH) // _TICK

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Database to Python."""
        return None if value is None else EPOCH + value * _TICK


class Prose(TypeDecorator[str]):
    """Text that no logic depends on: what a database cannot hold (NUL, half a surrogate pair) is replaced."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Python to database."""
        return None if value is None else value.encode(errors="replace").decode().replace("\0", "\ufffd")


METADATA: Final = MetaData()

_NUMBER: Final = BigInteger().with_variant(Integer, "sqlite")
"""A ticket's number. Only INTEGER becomes SQLite's own row number, which saves an index."""
_NAME: Final = Text().with_variant(Text(collation="C"), "postgresql")
"""Text ordered by its bytes everywhere, as Python orders it."""

tickets: Final = Table(
    "tickets",
    METADATA,
    Column("id", _NUMBER, primary_key=True, autoincrement=False),
    Column("status", Text, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index("tickets_status", "status"),
)

memories: Final = Table(
    "memories",
    METADATA,
    Column("ticket_id", _NUMBER, primary_key=True, autoincrement=False),
    Column("body", LargeBinary, nullable=False),
)

work: Final = Table(
    "work",
    METADATA,
    Column("ticket_id", _NUMBER, primary_key=True, autoincrement=False),
    Column("look_at", Instant, nullable=False),
    Index("work_look_at", "look_at", "ticket_id"),
)

decisions: Final = Table(
    "decisions",
    METADATA,
    Column("id", _NUMBER, primary_key=True, autoincrement=True),
    Column("ticket_id", BigInteger, nullable=False),
    Column("at", Instant, nullable=False),
    Column("run", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index("decisions_ticket", "ticket_id", "at"),
    Index("decisions_at", "at"),
)

outbox: Final = Table(
    "outbox",
    METADATA,
    Column("op_id", _NAME, primary_key=True),
    Column("ticket_id", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("not_before", Instant, nullable=False),
    Column("run", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("job_id", Text, nullable=False),
    Column("lease_until", Instant),
    Column("reason", Prose, nullable=False),
    Column("audit_id", BigInteger),
    Column("settled_at", Instant),
    Column("write", LargeBinary, nullable=False),
)

messages: Final = Table(
    "messages",
    METADATA,
    Column("key", _NAME, primary_key=True),
    Column("thread", _NAME, nullable=False),
    Column("number", Integer, nullable=False),
    Column("ticket_id", BigInteger, nullable=False),
    Column("verb", Text, nullable=False),
    Column("channel", _NAME, nullable=False),
    Column("state", Text, nullable=False),
    Column("decided_at", Instant, nullable=False),
    Column("not_before", Instant, nullable=False),
    Column("lease_until", Instant),
    Column("sent_at", Instant),
    Column("settled_at", Instant),
    Column("joined", _NAME, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index("messages_thread", "thread", "number", "key"),
    Index("messages_state", "state", "decided_at", "key"),
    Index("messages_decided", "decided_at"),
    Index("messages_sent", "sent_at"),
)

alike: Final = Table(
    "alike",
    METADATA,
    Column("ticket_id", BigInteger, primary_key=True, autoincrement=False),
    Column("pattern", _NAME, primary_key=True),
    Column("value", _NAME, primary_key=True),
    Column("customer", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Index("alike_value", "pattern", "value", "at"),
)

notebook: Final = Table(
    "notebook",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)


trail: Final = Table(
    "trail",
    METADATA,
    Column("seq", _NUMBER, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("kind", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("facts", Text, nullable=False),
    Column("before", _NAME, nullable=False),
    Column("digest", _NAME, nullable=False),
    Index("trail_before", "before", unique=True),
    Index("trail_kind", "kind", "seq"),
)
"""No fork: one entry of each number, and one behind each digest. Triggers of the migration refuse to alter or remove any."""

texts: Final = Table(
    "texts",
    METADATA,
    Column("digest", _NAME, primary_key=True),
    Column("kept_at", Instant, nullable=False),
    Column("body", LargeBinary, nullable=False),
)


def in_states(table: FromClause, *states: str) -> ColumnElement[bool]:
    """Rows in these states, spelled out: SQLite uses a partial index only where it can read its condition."""
    return table.c.state.in_([literal_column(f"'{state}'") for state in states])


Index("outbox_state", outbox.c.state, outbox.c.created_at, outbox.c.op_id)
_OPEN: Final = in_states(outbox, "planned", "sending", "unknown")
Index("outbox_open", outbox.c.ticket_id, sqlite_where=_OPEN, postgresql_where=_OPEN)
_WAITING: Final = in_states(outbox, "planned", "unknown")
Index("outbox_waiting", outbox.c.not_before, sqlite_where=_WAITING, postgresql_where=_WAITING)
_UNSETTLED: Final = messages.c.settled_at.is_(None)
Index("messages_open", messages.c.thread, sqlite_where=_UNSETTLED, postgresql_where=_UNSETTLED)
Index("messages_due", messages.c.not_before, sqlite_where=_UNSETTLED, postgresql_where=_UNSETTLED)
