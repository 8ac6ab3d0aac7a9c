"""What a version would do now, before anybody signs it."""

import pytest

from deskhand.app import foresee
from deskhand.app.adopt import adopt
from deskhand.app.foresee import Foreseen
from deskhand.core.condition import Compare
from deskhand.core.policy import Policy, Tag
from tests.app.places import Shop
from tests.core.builders import policy, rule

NORMAL = Compare("p", "priority", "is", "normal")
FIRST = rule(NORMAL, Tag(add=("first",)), id="first")
SECOND = rule(NORMAL, Tag(add=("second",)), id="second")
WIDER = rule(Compare("p", "priority", "is_not", "low"), Tag(add=("first",)), id="first")


@pytest.fixture
def shop() -> Shop:
    """Three normal tickets and an urgent one, on which the first rule has acted where it holds."""
    shop = Shop(policy(FIRST))
    shop.engine.policy = adopt(shop.store, shop.policy, shop.now())
    for priority in ("normal", "normal", "normal", "urgent"):
        shop.ticket(priority=priority)
    shop.cycle()
    shop.pass_time(3600)
    return shop


def foreseen(shop: Shop, version: Policy) -> Foreseen:
    """What it would do."""
    with shop.store.read() as tx:
        return foresee.foresee(tx, version, shop.now())


def test_what_a_wider_rule_would_reach_is_counted(shop: Shop) -> None:
    """Not what it has done already; and nothing of it is kept."""
    before = shop.outbox()

    assert foreseen(shop, policy(WIDER, digest="other")) == Foreseen({"first": 1}, 4, 4)

    assert shop.outbox() == before
    assert foreseen(shop, policy(FIRST)) == Foreseen({}, 4, 4)


def test_a_new_rule_leaves_the_backlog_alone(shop: Shop) -> None:
    """As it would when it is in force; on a new database every rule counts at once, but there is nothing to judge."""
    assert foreseen(shop, policy(FIRST, SECOND, digest="other")).rules == {}
    assert foreseen(Shop(policy()), policy(FIRST)) == Foreseen({}, 0, 0)


def test_of_very_many_tickets_the_newest_are_judged(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """A person is waiting."""
    monkeypatch.setattr(foresee, "MOST", 1)

    assert foreseen(shop, policy(WIDER, digest="other")) == Foreseen({"first": 1}, 1, 4)


def test_a_ticket_that_is_left_alone_is_not_counted(shop: Shop) -> None:
    """Its tag keeps every rule off it."""
    shop.ticket(priority="urgent", tags=[policy().guards.stop_tag])
    shop.cycle()

    assert foreseen(shop, policy(WIDER, digest="other")).rules == {"first": 1}
