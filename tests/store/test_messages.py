"""The statements about messages."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection

from deskhand.core.message import MessageState
from deskhand.store.engine import sqlite_engine
from deskhand.store.messages import SqlMessages
from deskhand.store.schema import METADATA
from tests.store.test_outbox import plans
from tests.store.values import at, message_row


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    """A SQLite database with 2,000 messages that ended, and some that did not."""
    engine = sqlite_engine(tmp_path / "a.db")
    METADATA.create_all(engine)
    with engine.begin() as opened:
        messages = SqlMessages(opened)
        messages.put(message_row(f"old-{n}", f"t-{n}", state="sent", decided=-n, settled=-n) for n in range(2_000))
        states: tuple[MessageState, ...] = ("planned", "sending", "unknown", "sent", "deferred")
        messages.put(message_row(f"new-{n}", f"n-{n}", state=states[n % 5], decided=n) for n in range(30))
        opened.exec_driver_sql("ANALYZE")
        yield opened
    engine.dispose()


def test_what_waits_is_found_without_reading_what_ended(connection: Connection) -> None:
    """However many messages were sent, no question about those that wait scans the table."""
    messages, plan = SqlMessages(connection), plans(connection)
    messages.claim(at(99), 5, at(100), ("pager",))
    messages.ready(at(99), "sent", 5)
    messages.stale(at(99))
    messages.of("t-7")
    messages.matters(["t-7", "n-7"])
    messages.find("old-7")
    messages.recent(at(-5))
    messages.joined(["t-7"], at(-5))
    messages.next_at()
    assert len(plan) >= 9
    assert [line for line in plan if line.startswith("SCAN") and "messages_due" not in line] == []
