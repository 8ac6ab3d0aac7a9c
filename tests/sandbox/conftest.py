"""What the sandbox's tests share."""

import pytest

from tests.sandbox.builders import Account


@pytest.fixture
def account() -> Account:
    """A small account."""
    return Account()
