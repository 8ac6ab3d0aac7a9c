"""The outbox's statements."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event

from deskhand.core.delivery import State
from deskhand.store.engine import sqlite_engine
from deskhand.store.outbox import SqlOutbox
from deskhand.store.schema import METADATA
from tests.store.values import NOON, at, row


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    """A SQLite database with 3,000 ended rows, and some that are open."""
    engine = sqlite_engine(tmp_path / "a.db")
    METADATA.create_all(engine)
    with engine.begin() as opened:
        outbox = SqlOutbox(opened)
        outbox.put(row(f"old-{n}", n % 100, "done") for n in range(3_000))
        states: tuple[State, ...] = ("planned", "sending", "unknown")
        outbox.put(row(f"new-{n}", n, states[n % 3], created=n) for n in range(30))
        opened.exec_driver_sql("ANALYZE")
        yield opened
    engine.dispose()


def plans(connection: Connection) -> list[str]:
    """Fills up with how SQLite carries out each statement from now on."""
    found: list[str] = []

    def explain(conn: Connection, _cursor: object, statement: str, values: Any, *_: object) -> None:
        if statement.startswith("SELECT"):
            raw = conn.connection.cursor().execute(f"EXPLAIN QUERY PLAN {statement}", values)
            found.extend(line[3] for line in raw.fetchall())

    event.listen(connection, "before_cursor_execute", explain)
    return found


def test_open_rows_are_found_without_reading_the_ended_ones(connection: Connection) -> None:
    """However many rows have ended, no question about open rows scans the table or sorts."""
    outbox, plan = SqlOutbox(connection), plans(connection)
    outbox.claim(at(99), 5, at(100))
    outbox.ready(at(99), "unknown", 5)
    outbox.held(range(10))
    outbox.next_at()
    outbox.stale(at(99))
    outbox.find("old-7")
    assert len(plan) >= 6
    assert [line for line in plan if line.startswith("SCAN") and "outbox_waiting" not in line] == []
    assert any("outbox_open" in line for line in plan)
    assert any("outbox_state" in line for line in plan)


def test_a_claim_of_many_rows_of_one_ticket_still_fills_up(connection: Connection) -> None:
    """A ticket with a thousand planned rows does not crowd the others out of a claim."""
    outbox = SqlOutbox(connection)
    outbox.put(row(f"flood-{n:04}", 500, created=-9) for n in range(1_000))
    assert [row.op_id for row in outbox.claim(NOON, 3, at(5))] == ["flood-0000", "new-0", "new-3"]
