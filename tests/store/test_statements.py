"""Statements that the databases spell differently, and the cutting of long lists."""

from hypothesis import given
from hypothesis import strategies as st

from deskhand.store.statements import chunks


@given(ids=st.lists(st.integers(0, 5_000), max_size=4_000))
def test_chunks_hold_every_id_once_and_in_order(ids: list[int]) -> None:
    """Put together they are the sorted set of the ids, and none is longer than a statement may be or empty."""
    cut = list(chunks(iter(ids)))
    assert [number for chunk in cut for number in chunk] == sorted(set(ids))
    assert all(0 < len(chunk) <= 1_000 for chunk in cut)
