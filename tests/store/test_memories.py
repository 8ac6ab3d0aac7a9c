"""Memories in the database: two who write at once."""

import threading
from dataclasses import replace

from deskhand.core.memory import Memory
from deskhand.store import open_store
from tests.store.values import memory


def test_who_reads_a_memory_to_write_it_waits_for_who_does_so_already(url: str) -> None:
    """A person lets a ticket go while the worker judges it: the later one sees what the earlier one wrote."""
    worker = open_store(url)
    person = open_store(url, exclusive=False)
    found: list[Memory] = []
    with worker.begin() as tx:
        tx.memories.save([memory(1)])

    def let_go() -> None:
        with person.begin() as tx:
            found.extend(tx.memories.load([1]).values())

    with worker.begin() as tx:
        before = tx.memories.load([1])[1]
        thread = threading.Thread(target=let_go)
        thread.start()
        thread.join(0.3)
        tx.memories.save([replace(before, intended="S1")])
    thread.join(10)
    with person.read() as tx:
        assert tx.memories.load([1]) == {1: replace(before, intended="S1")}
    person.close()
    worker.close()

    assert found == [replace(before, intended="S1")]
