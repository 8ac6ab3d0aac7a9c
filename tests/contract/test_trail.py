"""What every store promises of the audit trail: in order, in one chain, and only as a part of what was committed."""

import pytest

from deskhand.app.ports import Store
from deskhand.core.trail import Head, verify
from tests.contract.picture import fill
from tests.store.values import at, draft


def test_entries_come_back_as_they_were_sealed_and_hold_together(store: Store) -> None:
    """S12: over several transactions, with whatever words are in them, they are one chain."""
    made = []
    for number in range(1, 6):
        with store.begin() as tx:
            made += tx.trail.add([draft(number), draft(number, "released")])

    with store.read() as tx:
        found, last = tx.trail.entries(), tx.trail.last()

    assert found == made
    assert [entry.seq for entry in found] == list(range(1, 11))
    assert last == made[-1]
    checked = verify(found, made[4].head)
    assert (checked.count, checked.last, checked.broken) == (10, last, None)


def test_what_was_rolled_back_left_no_entry(store: Store) -> None:
    """S12: the trail tells of nothing that did not happen, and the next entry takes the number that became free."""
    with store.begin() as tx:
        tx.trail.add([draft(1)])
        before = tx.trail.last()

    def fail() -> None:
        with store.begin() as tx:
            fill(tx, 2)
            assert [entry.seq for entry in tx.trail.add([draft(3)])] == [3]
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()

    with store.begin() as tx:
        assert tx.trail.last() == before
        assert [entry.seq for entry in tx.trail.add([draft(4)])] == [2]
        assert verify(tx.trail.entries()).broken is None


def test_entries_are_read_page_by_page_and_by_kind(store: Store) -> None:
    """After a number, at most so many, of some kinds."""
    with store.begin() as tx:
        assert tx.trail.last() is None
        assert tx.trail.entries() == tx.trail.add([]) == []
        tx.trail.add(draft(number, "wrote" if number % 2 else "policy") for number in range(1, 8))
        assert [entry.seq for entry in tx.trail.entries(2, 3)] == [3, 4, 5]
        assert [entry.seq for entry in tx.trail.entries(2, 2, ("policy", "sent"))] == [4, 6]
        assert tx.trail.entries(7) == []


def test_the_trail_outlives_what_it_tells_of(store: Store) -> None:
    """S12: retention and the end of a ticket leave it as it is."""
    with store.begin() as tx:
        fill(tx, 1)
        head = tx.trail.last()
        assert head is not None
        tx.tickets.remove([1])
        tx.decisions.forget(at(999))
        tx.outbox.forget(at(999))
        tx.messages.forget(at(999))

    with store.read() as tx:
        assert verify(tx.trail.entries(), Head(1, head.digest)).broken is None
        assert tx.trail.last() == head
