"""The state of macros: in a database and in files, the same."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from deskhand.errors import StoreBusy, StoreError
from deskhand.store import MemoryStore, open_store
from deskhand.store.macro_states import LEASE, DatabaseStates, FileStates
from tests.core.macros.makers import bound, macro

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
A, B = (
    bound("a", 1, macro("A", ("side_conversation", ["x"]))),
    bound("b", 2, macro("B"), files=((3, "x 9f"),), retired_at="2026-01-01"),
)


@pytest.fixture(params=["memory", "database", "file"])
def states(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[DatabaseStates | FileStates]:
    """Each kind, empty."""
    match request.param:
        case "memory":
            yield DatabaseStates(MemoryStore(), lambda: NOW, "ann")
        case "database":
            with closing(open_store(f"sqlite:///{tmp_path}/a.db")) as store:
                yield DatabaseStates(store, lambda: NOW, "ann")
        case _:
            yield FileStates(tmp_path)


def test_what_is_saved_comes_back(states: DatabaseStates | FileStates) -> None:
    """By environment, with the account; what is None is forgotten."""
    assert states.load("prod").bindings == {}
    states.save("prod", "acme", {"a": A, "b": B})
    states.save("test", "acme2", {"a": B})
    states.save("prod", "acme", {"a": None})

    assert (states.load("prod").account, dict(states.load("prod").bindings)) == ("acme", {"b": B})
    assert (states.load("test").account, dict(states.load("test").bindings)) == ("acme2", {"a": B})


def test_each_change_of_a_state_in_the_database_is_told_by_the_trail() -> None:
    """S12: in whose name, in which run, which macros; a state in files has the history of its repository."""
    store = MemoryStore()
    states = DatabaseStates(store, lambda: NOW, "ann")
    with states.hold("prod", "run-1", NOW):
        states.save("prod", "acme", {"b": B, "a": None})
    with store.read() as tx:
        (entry,) = tx.trail.entries()

    assert (entry.kind, entry.by, entry.at) == ("macros", "ann", NOW)
    assert entry.told == {
        "env": "prod",
        "account": "acme",
        "run": "run-1",
        "kept": [{"key": "b", "macro": 2}],
        "forgotten": ["a"],
    }


def test_one_run_at_a_time(states: DatabaseStates | FileStates) -> None:
    """The other one is told who is at work; another environment is free."""
    with states.hold("prod", "one", NOW):
        with (
            pytest.raises(StoreBusy, match="run one is at work on the macros of prod"),
            states.hold("prod", "two", NOW),
        ):
            pass
        with states.hold("test", "two", NOW):
            pass
    with states.hold("prod", "two", NOW):
        pass


def test_a_run_that_was_killed_lets_go(tmp_path: Path) -> None:
    """In the database when its lease ends; each save makes it longer. A file's lock ends with the process."""
    store = MemoryStore()
    clock = [NOW]
    first = DatabaseStates(store, lambda: clock[0], "ann")
    held = first.hold("prod", "one", NOW)
    held.__enter__()
    clock[0] = NOW + LEASE
    first.save("prod", "acme", {"a": A})
    second = DatabaseStates(store, lambda: clock[0], "ann")

    with pytest.raises(StoreBusy), second.hold("prod", "two", NOW + LEASE + timedelta(seconds=1)):
        pass
    with second.hold("prod", "two", NOW + 2 * LEASE + timedelta(seconds=1)):
        pass


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """It is committed, so an older one is at hand."""
    (tmp_path / "prod.json").write_text("{", encoding="utf-8")
    with pytest.raises(StoreError, match=r"prod.json cannot be read") as told:
        FileStates(tmp_path).load("prod")
    assert "state rebuild" in told.value.hint
    (tmp_path / "prod.json").write_text('{"version": 9}', encoding="utf-8")
    with pytest.raises(StoreError, match="version 9"):
        FileStates(tmp_path).load("prod")


def test_a_file_is_the_same_for_the_same_state(tmp_path: Path) -> None:
    """Sorted, so that its history shows what changed."""
    FileStates(tmp_path).save("prod", "acme", {"b": B, "a": A})
    one = (tmp_path / "prod.json").read_text(encoding="utf-8")
    FileStates(tmp_path).save("prod", "acme", {"a": A})

    assert (tmp_path / "prod.json").read_text(encoding="utf-8") == one
    assert [path.name for path in tmp_path.iterdir()] == ["prod.json"]
