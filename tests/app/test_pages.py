"""How much paging weighs on people, from the store."""

from deskhand.app.pages import pages
from deskhand.store import MemoryStore
from tests.core.builders import at
from tests.core.messages import message, sent


def test_the_last_weeks_are_counted() -> None:
    """What was sent before them is not."""
    store, now = MemoryStore(), at(20 * 1440)
    with store.begin() as tx:
        tx.messages.put([sent(message(1)), sent(message(2, 14 * 1440)), sent(message(3, 15 * 1440))])

    assert [one.pages for one in pages(store, now, 1, "UTC")] == [2]
    assert sum(one.pages for one in pages(store, now, 4, "UTC")) == 3
