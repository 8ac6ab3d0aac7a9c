"""The store in memory, beyond the contract."""

from deskhand.store import MemoryStore
from tests.store.values import NOON, at, row, ticket


def test_what_a_reader_writes_is_taken_back() -> None:
    """A transaction that only looks leaves nothing behind."""
    store = MemoryStore()
    with store.begin() as tx:
        tx.tickets.save([ticket(1)])
    with store.read() as tx:
        assert tx.tickets.load([1]) == {1: ticket(1)}
        tx.tickets.remove([1])
        tx.outbox.put([row("op", 1)])
    with store.read() as tx:
        assert tx.tickets.count() == {"open": 1}
        assert tx.outbox.find("op") is None


def test_ended_rows_do_not_slow_a_claim() -> None:
    """Rows that came to an end stand apart from the open ones."""
    store = MemoryStore()
    with store.begin() as tx:
        tx.outbox.put(row(f"op-{n}", n, "done") for n in range(500))
        tx.outbox.put([row("last", 1)])
        assert len(tx.outbox.shelves.open.rows) == 1
        assert [row.op_id for row in tx.outbox.claim(NOON, 9, at(5))] == ["last"]
