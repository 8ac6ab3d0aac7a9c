"""The list of requirements: whole, and held by tests that are there."""

from tests.requirements.asked import ROWS, named


def test_the_list_is_whole() -> None:
    """Sections A to E, and H: every number once, most of them ours."""
    assert [row.number for row in ROWS] == [*range(1, 56), *range(82, 89)]
    assert [row.number for row in ROWS if not row.ours] == [42, 50]


def test_every_row_that_is_ours_is_held_by_a_test() -> None:
    """A row without one is missing, whatever the files say of it."""
    assert [row.number for row in ROWS if row.ours and not named().get(row.number)] == []


def test_no_test_names_a_requirement_that_there_is_not() -> None:
    """A slip of the pen would hold nothing. Numbers of later sections may be held already."""
    assert [number for number in named() if not 1 <= number <= 108] == []
