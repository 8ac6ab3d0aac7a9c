"""A table in memory that can take back what was done to it."""

from hypothesis import given
from hypothesis import strategies as st

from deskhand.store.journal import Journal

CHANGES = st.lists(st.tuples(st.integers(0, 3), st.none() | st.integers(0, 9)))


@given(kept=CHANGES, lost=CHANGES)
def test_undo_leads_back_to_the_last_keep(
    kept: list[tuple[int, int | None]], lost: list[tuple[int, int | None]]
) -> None:
    """Whatever was put and dropped since, the rows are those that were kept."""
    journal: Journal[int, int] = Journal()
    change(journal, kept)
    journal.keep()
    before = dict(journal.rows)
    change(journal, lost)
    journal.undo()
    assert journal.rows == before
    journal.undo()
    assert journal.rows == before


def change(journal: Journal[int, int], changes: list[tuple[int, int | None]]) -> None:
    """Put values; None drops the key."""
    for key, value in changes:
        if value is None:
            journal.drop(key)
        else:
            journal.put(key, value)
