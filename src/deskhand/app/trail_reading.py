"""Reading the audit trail: its newest entries, all of it, and whether it holds."""

from collections import deque
from collections.abc import Collection, Iterator
from datetime import datetime
from itertools import chain
from typing import Final

from deskhand.app.ports import Store, Transaction
from deskhand.core.trail import Checked, Entry, Head, concerns, verify

PAGE: Final = 1_000


def listed(
    store: Store, kinds: Collection[str] = (), *, since: datetime | None = None, ticket: int = 0, limit: int = 50
) -> list[Entry]:
    """The newest entries, the newest last; of some kinds, since an instant, about a ticket."""
    with store.read() as tx:
        found = (
            entry
            for entry in walk(tx, kinds)
            if (since is None or entry.at >= since) and (not ticket or concerns(entry, ticket))
        )
        return list(deque(found, maxlen=limit))


def checked(store: Store, known: Head | None = None) -> Checked:
    """Whether the whole trail holds, and holds against a head that was noted elsewhere."""
    with store.read() as tx:
        return verify(walk(tx), known)


def walk(tx: Transaction, kinds: Collection[str] = ()) -> Iterator[Entry]:
    """Every entry, in order, without holding all of them at once; those that somebody gave a number below the first too."""
    lowest = -(2**62)
    return chain.from_iterable(_pages(tx, kinds, lowest))


def _pages(tx: Transaction, kinds: Collection[str], after: int) -> Iterator[list[Entry]]:
    while page := tx.trail.entries(after, PAGE, kinds):
        yield page
        after = page[-1].seq
