"""Patterns over many tickets: the third customer with an issue makes one."""

from datetime import timedelta

from deskhand.app.alike import count_alike
from deskhand.app.explain import explain
from deskhand.sandbox import Ticket
from tests.app.places import Shop
from tests.documents.words import QUIET, policy

PATTERN = policy(
    "rules: [{id: r, when: {alike: {by: field.issue_type, customers: {at_least: 3}, within: 7d}}, then: {add_tags: pattern},"
    f" {QUIET}}}]\n"
)


def written(shop: Shop, customer: int, issue: str = "billing") -> Ticket:
    """A ticket of one of the customers."""
    email = f"c{customer}@customer.example"
    known = [row for row in shop.world.tables["users"] if row["email"] == email]
    shop.customer = known[0] if known else shop.world.add_user(f"C{customer}", email, "end-user")
    return shop.ticket(custom_fields=[{"id": shop.issue["id"], "value": issue}])


def cycles(shop: Shop) -> None:
    """What came is seen and judged."""
    shop.pass_time(120)
    shop.cycle()


def tagged(shop: Shop, *tickets: Ticket) -> list[bool]:
    """Which of them have the tag of the pattern."""
    return ["pattern" in shop.show(one)["tags"] for one in tickets]


def test_the_third_customer_makes_a_pattern() -> None:
    """Two do not, and the second ticket of one customer does not count again."""
    shop = Shop(PATTERN)
    tickets = [written(shop, 1), written(shop, 1), written(shop, 2), written(shop, 3, "network_outage")]
    cycles(shop)
    assert tagged(shop, *tickets) == [False] * 4

    third = written(shop, 3)
    cycles(shop)
    assert tagged(shop, third) == [True]


def test_what_is_older_than_the_time_does_not_count() -> None:
    """Eight days later two of them are history."""
    shop = Shop(PATTERN)
    written(shop, 1)
    written(shop, 2)
    cycles(shop)
    shop.pass_time(8 * 86_400)

    third = written(shop, 3)
    cycles(shop)
    assert tagged(shop, third) == [False]


def test_a_ticket_that_becomes_something_else_leaves_the_pattern() -> None:
    """It counts for what it is now."""
    shop = Shop(PATTERN)
    first, _ = written(shop, 1), written(shop, 2)
    cycles(shop)
    shop.world.update_ticket(
        first, {"custom_fields": [{"id": shop.issue["id"], "value": "network_outage"}]}, author=shop.agent["id"]
    )
    cycles(shop)

    third = written(shop, 3)
    cycles(shop)
    assert tagged(shop, third) == [False]


def test_what_is_forgotten_does_not_count() -> None:
    """With a ticket goes its place in the pattern."""
    shop = Shop(PATTERN)
    first, _ = written(shop, 1), written(shop, 2)
    cycles(shop)
    with shop.store.begin() as tx:
        tx.tickets.remove([first.id])
    third = written(shop, 3)
    cycles(shop)

    assert tagged(shop, third) == [False]


def test_explain_counts_as_the_worker_does() -> None:
    """Its trace says how many there were."""
    shop = Shop(PATTERN)
    *_, last = [written(shop, number) for number in (1, 2, 3)]
    cycles(shop)
    (verdict,) = explain(shop.store, None, shop.policy, last.id, shop.now()).decision.verdicts

    assert verdict.step is not None
    assert verdict.step.says == "customers with the same field.issue_type at least 3 within 7d (were 3)"


def test_policies_without_patterns_ask_nothing() -> None:
    """And note nothing."""
    shop = Shop(policy(f"rules: [{{id: r, when: {{status: open}}, then: {{add_tags: a}}, {QUIET}}}]\n"))
    one = written(shop, 1)
    cycles(shop)

    with shop.store.begin() as tx:
        assert count_alike(tx, tx.tickets.load([one.id]).values(), (), shop.now()) == {one.id: {}}
        assert tx.alike.customers("field.issue_type", "x", shop.now() - timedelta(days=9)) == 0
