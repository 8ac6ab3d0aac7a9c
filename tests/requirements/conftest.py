"""What the tests of requirements share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.requirements.shipped import Firm


@pytest.fixture
def firm(tmp_path: Path) -> Iterator[Firm]:
    """An account, and the worker on it."""
    made = Firm(tmp_path)
    yield made
    made.close()
