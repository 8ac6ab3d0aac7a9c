"""A database looked at from outside."""

import os
from pathlib import Path

import pytest

from deskhand.errors import StoreError, StoreMissing
from deskhand.store import open_store
from deskhand.store.examined import examined
from deskhand.store.migrate import NEWEST


def test_a_database_tells_its_version_on_either_kind(url: str) -> None:
    """Also while a worker has it open, and without a lock of its own."""
    empty = examined(url).revision if url.startswith("postgresql") else ""
    store = open_store(url)

    found = examined(url)

    store.close()
    assert (empty, found.revision, found.newest, found.damage) == ("", NEWEST, NEWEST, "")
    assert (found.size or 0) > 0
    again = open_store(url)
    again.close()


def test_the_worker_that_holds_it_is_known_by_its_process(tmp_path: Path) -> None:
    """A process that is gone holds nothing, however it went."""
    url = f"sqlite:///{tmp_path}/a.db"
    store = open_store(url)
    assert examined(url, quickly=True).holder == os.getpid()
    store.close()
    assert examined(url).holder is None
    (tmp_path / "a.db.lock").write_text("999999999\n")
    assert examined(url).holder is None


def test_a_quick_look_stays_outside(tmp_path: Path) -> None:
    """Space, size, modes and holder need no connection."""
    (tmp_path / "a.db").write_bytes(b"no database" * 1000)
    (tmp_path / "a.db").chmod(0o604)
    url = f"sqlite:///{tmp_path}/a.db"

    found = examined(url, quickly=True)

    assert (found.revision, found.damage, found.size) == ("", "", 11_000)
    assert found.loose == (tmp_path / "a.db",)
    assert (found.free or 0) > 0
    assert "not a database" in examined(url).damage


def test_a_database_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    """Nor is a server waited for that does not answer."""
    with pytest.raises(StoreMissing):
        examined(f"sqlite:///{tmp_path}/a.db")
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(StoreError, match="PostgreSQL did not do what was asked"):
        examined("postgresql://127.0.0.1:1/none")
