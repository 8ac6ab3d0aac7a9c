"""The rows of reliability and security, and the tests that name them."""

from tests.requirements.rows import ALSO, NOT_YET, ROWS, named
from tests.requirements.test_edge_cases_of_time import _tests
from tests.source import ROOT


def test_every_row_is_held_by_a_test_or_said_to_be_missing() -> None:
    """A row without a test is in NOT_YET, with what is missing."""
    assert [row for row in ROWS if row not in NOT_YET and not named().get(row)] == []
    assert NOT_YET.keys() <= ROWS.keys()


def test_no_test_names_a_row_that_there_is_not() -> None:
    """A slip of the pen would hold nothing."""
    assert sorted(named().keys() - ROWS.keys()) == []


def test_tests_that_hold_a_row_unnamed_exist() -> None:
    """They are listed by hand."""
    files = [one.partition("::") for tests in ALSO.values() for one in tests]

    assert [name for file, _, name in files if name not in _tests(ROOT / file)] == []
