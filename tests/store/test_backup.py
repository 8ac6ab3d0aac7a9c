"""A copy of a SQLite database."""

from pathlib import Path

import pytest

from deskhand.errors import StoreError
from deskhand.store import backup, open_store
from tests.store.values import row, ticket


def test_a_backup_holds_what_was_committed(tmp_path: Path) -> None:
    """It is taken while the worker has the database open, is private, and opens as a database of its own."""
    url, copy = f"sqlite:///{tmp_path}/a.db", tmp_path / "copy.db"
    store = open_store(url)
    with store.begin() as tx:
        tx.tickets.save([ticket(1)])
        tx.outbox.put([row("op-1", 1)])
    backup(url, copy)
    with store.begin() as tx:
        tx.tickets.remove([1])
    store.close()
    assert copy.stat().st_mode & 0o777 == 0o600
    restored = open_store(f"sqlite:///{copy}")
    with restored.begin() as tx:
        assert tx.tickets.load([1]) == {1: ticket(1)}
        assert tx.outbox.find("op-1") == row("op-1", 1)
    restored.close()


def test_a_backup_that_fails_leaves_the_older_one(tmp_path: Path) -> None:
    """Where the source is missing or damaged the copy from before stays as it was, and nothing half-made lies about."""
    copy = tmp_path / "copy.db"
    copy.write_text("older")
    (tmp_path / "bad.db").write_bytes(b"not a database" * 1_000)
    for name in ("none.db", "bad.db"):
        with pytest.raises(StoreError, match="not made"):
            backup(f"sqlite:///{tmp_path}/{name}", copy)
    assert copy.read_text() == "older"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad.db", "copy.db"]


def test_postgres_has_its_own_tools(tmp_path: Path) -> None:
    """The error says which."""
    with pytest.raises(StoreError) as refused:
        backup("postgresql://host/name", tmp_path / "copy")
    assert "pg_dump" in refused.value.hint
