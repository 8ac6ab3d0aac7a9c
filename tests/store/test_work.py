"""The statements about work keys."""

from pathlib import Path

from deskhand.store.engine import sqlite_engine
from deskhand.store.schema import METADATA
from deskhand.store.work import SqlWork
from tests.store.test_outbox import plans
from tests.store.values import at


def test_an_idle_look_reads_no_keys_that_are_not_due(tmp_path: Path) -> None:
    """With 5,000 keys that sleep, asking what is due and when to wake searches the index and sorts nothing."""
    engine = sqlite_engine(tmp_path / "a.db")
    METADATA.create_all(engine)
    with engine.begin() as connection:
        work = SqlWork(connection)
        work.settle({n: at(n) for n in range(5_000)})
        connection.exec_driver_sql("ANALYZE")
        plan = plans(connection)
        assert work.due(at(-1), 9) == []
        assert work.next_at() == at(0)
        assert work.overdue(at(-1)) == (0, None)
        assert len(plan) == 3
        assert all(line.startswith("SEARCH work USING COVERING INDEX work_look_at") for line in plan), plan
    engine.dispose()
