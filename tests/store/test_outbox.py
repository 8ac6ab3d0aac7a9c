"""The outbox's statements."""

from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from sqlalchemy import Connection, event

from deskhand.core.delivery import Row, State
from deskhand.store import open_store
from deskhand.store.engine import sqlite_engine
from deskhand.store.outbox import SqlOutbox
from deskhand.store.schema import METADATA
from tests.store.postgres import fresh_schema
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
    assert any("other" in line and "outbox_open" in line for line in plan)
    outbox.ready(at(99), "unknown", 5)
    outbox.under_way(range(10))
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


def test_a_claim_waits_for_one_that_is_not_committed_yet(url: str) -> None:
    """Two workers whose clocks differ see different rows of a ticket as due: the second waits, and then leaves it alone."""
    first, second = open_store(url), open_store(url, exclusive=False)
    with first.begin() as tx:
        tx.outbox.put([row("a", 7, due=4), row("b", 7, created=1, due=0), row("c", 8, due=0, created=2)])
    claimed: list[Row] = []
    begun = Event()

    def claim_later() -> None:
        begun.set()
        with second.begin() as tx:
            claimed.extend(tx.outbox.claim(at(3), 9, at(9)))

    thread = Thread(target=claim_later)
    with first.begin() as tx:
        assert [row.op_id for row in tx.outbox.claim(at(5), 1, at(9))] == ["a"]
        thread.start()
        begun.wait(10)
        thread.join(0.2)
        assert thread.is_alive()
    thread.join()
    assert [row.op_id for row in claimed] == ["c"]
    first.close()
    second.close()


def test_a_claim_passes_over_rows_that_someone_settles(postgres: str) -> None:
    """On PostgreSQL a row that another transaction has in its hands holds no claim up."""
    url = fresh_schema(postgres)
    first, second = open_store(url), open_store(url, exclusive=False)
    with first.begin() as tx:
        tx.outbox.put([row("a", 7), row("b", 8)])
    with first.begin() as tx:
        tx.outbox.put([row("a", 7, "dead")])
        with second.begin() as other:
            assert [row.op_id for row in other.outbox.claim(NOON, 9, at(9))] == ["b"]
    first.close()
    second.close()
