"""The trail in a database: what the database itself refuses, and many who add at once."""

from threading import Barrier, Thread

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from deskhand.core.trail import Entry, verify
from deskhand.store import SqlStore, open_store
from tests.store.database import connected
from tests.store.values import draft

ALTERED = "UPDATE trail SET kind = 'released' WHERE seq = 2"
PUT_IN = 'INSERT INTO trail SELECT {seq}, "at", kind, "by", facts, {before}, digest FROM trail WHERE seq = 2'
REFUSED = {
    "altered": ALTERED,
    "removed": "DELETE FROM trail WHERE seq = 3",
    "emptied": "DELETE FROM trail",
    "forked": PUT_IN.format(seq=4, before='"before"'),
    "doubled": PUT_IN.format(seq=2, before="'x'"),
}
ONE_ONLY = {
    "sqlite": (
        PUT_IN.format(seq=3, before="'x'").replace("INSERT", "INSERT OR REPLACE"),
        PUT_IN.format(seq=4, before='"before"').replace("INSERT", "INSERT OR REPLACE"),
        PUT_IN.format(seq=9, before="'x'"),
    ),
    "postgresql": (
        "TRUNCATE trail",
        PUT_IN.format(seq=2, before="'x'") + " ON CONFLICT (seq) DO UPDATE SET kind = 'x'",
    ),
}
"""What one of the databases can do besides."""


@pytest.fixture
def filled(url: str) -> str:
    """A database of each kind with three entries."""
    store = open_store(url)
    with store.begin() as tx:
        tx.trail.add(draft(number) for number in (1, 2, 3))
    store.close()
    return url


def _refused(url: str, statement: str) -> str:
    """The words with which the database refuses a statement of somebody who goes past deskhand."""
    with connected(url) as connection, pytest.raises(DBAPIError) as refused, connection.begin_nested():
        connection.execute(text(statement))
    return str(refused.value.orig)


@pytest.mark.parametrize("what", REFUSED)
def test_the_database_lets_no_entry_be_altered_or_removed(filled: str, what: str) -> None:
    """S12: whoever does not take its triggers away first is refused, and the trail stays as it is."""
    told = _refused(filled, REFUSED[what])

    assert "append-only" in told or "unique" in told.lower()
    assert verify(_entries(filled)).count == 3


def test_what_one_database_can_do_besides_is_refused_too(filled: str) -> None:
    """S12: to replace rows, to leave a gap, and to empty a table in one go."""
    for statement in ONE_ONLY[filled.partition(":")[0]]:
        assert "append-only" in _refused(filled, statement)
    assert verify(_entries(filled)).count == 3


def test_what_is_altered_behind_the_triggers_is_found(filled: str) -> None:
    """S12: the chain breaks at the entry."""
    with connected(filled) as connection:
        where = "" if filled.startswith("sqlite") else " ON trail"
        connection.execute(text(f"DROP TRIGGER trail_not_altered{where}"))
        connection.execute(text(ALTERED))

    checked = verify(_entries(filled))

    assert checked.broken is not None
    assert (checked.broken.seq, checked.broken.found, checked.count) == (2, "altered", 1)


def test_many_who_add_at_once_make_one_chain(url: str) -> None:
    """S12: a worker and two commands beside it, each in transactions of its own, fork nothing and lose nothing."""
    stores = [open_store(url), open_store(url, exclusive=False), open_store(url, exclusive=False)]
    ready = Barrier(len(stores))

    def add(store: SqlStore) -> None:
        ready.wait()
        for number in range(1, 11):
            with store.begin() as tx:
                tx.trail.add([draft(number), draft(number)])

    threads = [Thread(target=add, args=(store,)) for store in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for store in stores:
        store.close()

    checked = verify(_entries(url))
    assert (checked.count, checked.broken) == (60, None)


def _entries(url: str) -> list[Entry]:
    store = open_store(url, exclusive=False)
    with store.read() as tx:
        found = tx.trail.entries()
    store.close()
    return found
