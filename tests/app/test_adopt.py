"""Putting a policy in force: new rules begin with what changes from now on."""

from dataclasses import replace

from deskhand.app.adopt import adopt
from deskhand.core.condition import Compare
from deskhand.core.policy import Policy, Tag
from tests.app.places import START, Shop
from tests.core.builders import policy, rule

NORMAL = Compare("p", "priority", "is", "normal")
FIRST = rule(NORMAL, Tag(add=("first",)), id="first")
SECOND = rule(NORMAL, Tag(add=("second",)), id="second")


def swap(shop: Shop, new: Policy) -> None:
    """Another policy, put in force."""
    shop.engine.policy = adopt(shop.store, new, shop.now())


def test_on_a_new_database_every_rule_counts_at_once() -> None:
    """There is no backlog to be careful with: the ceilings stand between."""
    shop = Shop(policy(FIRST))
    swap(shop, shop.policy)

    assert shop.engine.policy.added == {}


def test_a_rule_that_is_added_later_leaves_the_backlog_alone() -> None:
    """What held before it came is skipped with its reason; tickets that come or change from now on are acted on."""
    shop = Shop(policy(FIRST))
    swap(shop, shop.policy)
    old = shop.ticket()
    shop.cycle()
    shop.pass_time(3600)

    swap(shop, policy(FIRST, SECOND, digest="other"))
    shop.pass_time(60)
    new = shop.ticket()
    shop.cycle()

    assert shop.show(old)["tags"] == ["first"]
    assert sorted(shop.show(new)["tags"]) == ["first", "second"]
    skipped = [verdict for one in shop.decisions for verdict in one.verdicts if verdict.outcome == "skipped"]
    assert [verdict.rule for verdict in skipped] == ["second"]


def test_enforce_from_lets_a_new_rule_act_on_the_backlog() -> None:
    """It says so, with an instant in the past."""
    shop = Shop(policy(FIRST))
    swap(shop, shop.policy)
    old = shop.ticket()
    shop.cycle()
    shop.pass_time(3600)

    swap(shop, policy(FIRST, replace(SECOND, enforce_from=START), digest="other"))
    shop.cycle()

    assert sorted(shop.show(old)["tags"]) == ["first", "second"]


def test_the_same_policy_again_wakes_nobody() -> None:
    """A restart looks at nothing that was looked at."""
    shop = Shop(policy(FIRST))
    swap(shop, shop.policy)
    shop.ticket()
    shop.cycle()

    swap(shop, shop.policy)
    with shop.store.begin() as tx:
        assert tx.work.due(shop.now(), 9) == []
    swap(shop, policy(FIRST, digest="other"))
    with shop.store.begin() as tx:
        assert len(tx.work.due(shop.now(), 9)) == 1
