"""What the tests of requirements share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from deskhand.store import MemoryStore
from tests.requirements.shipped import Firm


@pytest.fixture
def firm(tmp_path: Path) -> Iterator[Firm]:
    """An account, and the worker on it, with what it keeps in memory: a database takes as long as all else together."""
    made = Firm(tmp_path, MemoryStore())
    yield made
    made.close()
