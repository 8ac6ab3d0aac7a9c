"""A copy of a SQLite database."""

import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from deskhand.errors import StoreBusy, StoreError, StoreNewer, WrongState
from deskhand.store import backup, held, open_store, restore
from deskhand.store.sql import SqlTransaction
from tests.store.values import row, ticket

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


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


NAMES = {"last_cycle": "beat", "account": "account"}


def database(folder: Path, name: str = "a.db") -> tuple[str, Path]:
    """A database with one ticket, and a backup of it."""
    url, copy = f"sqlite:///{folder}/{name}", folder / "copy.db"
    store = open_store(url)
    with store.begin() as tx:
        tx.tickets.save([ticket(1)])
        tx.notebook.set("beat", "2026-03-02T09:00:00+00:00")
        tx.notebook.set("account", "acme")
    backup(url, copy)
    with store.begin() as tx:
        tx.tickets.save([ticket(2)])
    store.close()
    return url, copy


def note(tx: SqlTransaction) -> None:
    """What is noted of a restore."""
    tx.notebook.set("restored", "now")


def tickets(url: str) -> set[int]:
    """The tickets in a database, which is looked at without changing it."""
    store = open_store(url, exclusive=False)
    with store.read() as tx:
        found = set(tx.tickets.load(range(10)))
    store.close()
    return found


def test_a_backup_says_what_it_holds(tmp_path: Path) -> None:
    """Without being opened as a database of the worker's."""
    _, copy = database(tmp_path)
    found = held(copy, NAMES)

    assert (found.tickets, found.account, found.last_cycle) == (1, "acme", "2026-03-02T09:00:00+00:00")
    assert found.text.endswith(
        f"1 tickets, last full cycle 2026-03-02 09:00:00 UTC, account acme, schema {found.schema}"
    )
    with pytest.raises(StoreError, match="no database of deskhand's"):
        held(Path(__file__), NAMES)


def test_a_file_that_is_there_is_replaced_only_by_force(tmp_path: Path) -> None:
    """It may be the backup from before."""
    url, copy = database(tmp_path)
    with pytest.raises(WrongState, match="is there already"):
        backup(url, copy, force=False)
    assert held(copy, NAMES).tickets == 1
    backup(url, copy)
    assert held(copy, NAMES).tickets == 2


def test_a_copy_is_put_in_the_place_of_the_database(tmp_path: Path) -> None:
    """What was there is kept whole under another name, with what SQLite kept beside it, and nothing half-made lies about."""
    url, copy = database(tmp_path)
    (tmp_path / "a.db-wal").touch()

    aside = restore(url, copy, note, NOW)

    assert aside == tmp_path / "a.db.replaced-20260302T090000Z"
    assert (tmp_path / f"{aside.name}-wal").exists()
    assert tickets(url) == {1}
    assert tickets(f"sqlite:///{aside}") == {1, 2}
    store = open_store(url)
    with store.read() as tx:
        assert tx.notebook.get("restored") == "now"
    store.close()
    assert not list(tmp_path.glob("*.partial*"))


def test_a_copy_is_put_where_no_database_is(tmp_path: Path) -> None:
    """On another machine, say; the folder is made."""
    _, copy = database(tmp_path)
    url = f"sqlite:///{tmp_path}/new/b.db"

    assert restore(url, copy, note, NOW) is None
    assert tickets(url) == {1}


def test_nothing_is_put_under_a_running_worker(tmp_path: Path) -> None:
    """The error names the process; the database is as it was."""
    url, copy = database(tmp_path)
    worker = open_store(url)
    with pytest.raises(StoreBusy, match=f"process {os.getpid()}"):
        restore(url, copy, note, NOW)
    worker.close()

    assert tickets(url) == {1, 2}


def test_a_copy_that_is_damaged_newer_or_none_at_all_is_refused(tmp_path: Path) -> None:
    """And the database is as it was."""
    url, copy = database(tmp_path)
    newer, bad = tmp_path / "newer.db", tmp_path / "bad.db"
    newer.write_bytes(copy.read_bytes())
    with closing(sqlite3.connect(newer)) as changed, changed:
        changed.execute("UPDATE alembic_version SET version_num = '9999'")
    bad.write_bytes(copy.read_bytes()[:5000] + b"\xff" * 50_000)
    for file, error, words in (
        (newer, StoreNewer, "newer"),
        (bad, StoreError, "was not put"),
        (tmp_path / "none.db", StoreError, "There is no file"),
        (tmp_path / "a.db", WrongState, "is the database itself"),
    ):
        with pytest.raises(error, match=words):
            restore(url, file, note, NOW)

    assert tickets(url) == {1, 2}
    assert not list(tmp_path.glob("*.partial*"))


def test_postgres_is_restored_by_its_own_tools(tmp_path: Path) -> None:
    """The error says which, and that this is as safe."""
    with pytest.raises(StoreError) as refused:
        restore("postgresql://host/name", tmp_path / "copy", note, NOW)
    assert "pg_restore" in refused.value.hint
