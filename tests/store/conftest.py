"""Databases for tests of the store's parts."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.store.postgres import fresh_schema, server


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a private PostgreSQL."""
    with server() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/a.db"
    return fresh_schema(request.getfixturevalue("postgres"))
