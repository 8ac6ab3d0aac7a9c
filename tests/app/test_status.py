"""Status: what people read beside a running worker."""

from deskhand.app.cycle import cycle
from deskhand.app.status import status
from deskhand.core.condition import Compare
from deskhand.core.policy import Tag
from tests.app.places import Shop
from tests.core.builders import policy, rule


def test_status_tells_what_is_held_and_when_a_full_cycle_was_last_completed() -> None:
    """With the reason, and nothing of it is changed by looking."""
    shop = Shop(policy(rule(Compare("p", "priority", "is", "normal"), Tag(add=("seen",)), id="all")))
    for _ in range(30):
        shop.ticket()
    shop.pass_time(3700)
    cycle(shop.engine, shop.pass_time)

    found = status(shop.store, shop.now())

    assert found.held == {"all": "rule 'all' wants to change 30 of 30 live tickets, over its ceiling of 30%"}
    assert (found.outbox, found.tickets) == ({"held": 30}, {"new": 30})
    assert found.last_cycle
    assert status(shop.store, shop.now()) == found
