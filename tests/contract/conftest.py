"""Stores of every kind, empty."""

from collections.abc import Iterator
from pathlib import Path
from shutil import copy

import pytest

from deskhand.app.ports import Store
from deskhand.store import MemoryStore, open_store
from tests.contract.picture import Make
from tests.store.postgres import fresh_schema, server


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a private PostgreSQL."""
    with server() as url:
        yield url


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite database of this version, to be copied: making one takes ten times as long."""
    path = tmp_path_factory.mktemp("empty") / "empty.db"
    open_store(f"sqlite:///{path}").close()
    return path


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def make(request: pytest.FixtureRequest, tmp_path: Path, empty: Path) -> Iterator[Make]:
    """A maker of new, empty stores of one kind; all are closed at the end."""
    made: list[Store] = []

    def new() -> Store:
        store: Store
        match request.param:
            case "memory":
                store = MemoryStore()
            case "sqlite":
                store = open_store(f"sqlite:///{copy(empty, tmp_path / f'{len(made)}.db')}")
            case _:
                store = open_store(fresh_schema(request.getfixturevalue("postgres")))
        made.append(store)
        return store

    yield new
    for store in made:
        store.close()


@pytest.fixture
def store(make: Make) -> Store:
    """One empty store."""
    return make()
