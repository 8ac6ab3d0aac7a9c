"""What the worker costs an account, as the account counts it."""

from collections import Counter

from deskhand.app.poll import poll
from deskhand.core.condition import Compare
from deskhand.core.policy import AssignTo, Tag, WriteNote
from tests.app.places import Shop
from tests.core.builders import policy, rule


def calls(shop: Shop) -> Counter[str]:
    """Calls so far by method and path."""
    return Counter(
        {
            f"{method} {path.removeprefix('/api/v2')}": count
            for (method, path), count in shop.sandbox.calls.counts.items()
        }
    )


def test_an_idle_cycle_costs_one_call_for_each_feed() -> None:
    """However many tickets there are."""
    shop = Shop(policy())
    for _ in range(300):
        shop.ticket()
    shop.pass_time(120)
    shop.cycle()
    shop.pass_time(120)
    before = calls(shop)

    shop.cycle()

    assert calls(shop) - before == Counter({"GET /tickets": 1, "GET /incremental/tickets/cursor": 1})


def test_ten_thousand_changes_with_five_hundred_matches_cost_ten_pages_and_five_jobs() -> None:
    """The number of rules does not matter; reading back is 100 tickets a call."""
    rules = [
        rule(
            Compare("p", "priority", "is", "urgent"),
            AssignTo("Network"),
            Tag(add=("hot",)),
            WriteNote("a-note"),
            id="hit",
        ),
        *(
            rule(Compare("p", "subject", "is", f"nothing {number}"), Tag(add=("never",)), id=f"r{number}")
            for number in range(10)
        ),
    ]
    shop = Shop(policy(*rules), feeds="export")
    shop.connection.directory.reload()
    shop.connection.intend("tickets")
    shop.pass_time(600)
    tickets = [shop.ticket(priority="urgent" if number % 20 == 0 else "normal") for number in range(10_000)]
    shop.pass_time(120)
    before = calls(shop)

    shop.cycle()

    cost = calls(shop) - before
    polls = cost.pop("GET /job_statuses/{id}")
    read_back = cost.pop("GET /tickets/show_many")
    assert cost == Counter({"GET /incremental/tickets/cursor": 10, "PUT /tickets/update_many": 5})
    assert 5 <= polls <= 15
    assert read_back == 5
    assert shop.outbox() == {"done": 500}
    assert shop.show(tickets[0])["tags"] == ["hot"]


def test_a_change_is_seen_by_the_recent_list_at_once_and_by_the_export_a_minute_later() -> None:
    """Either feed alone is enough."""
    fresh, complete = Shop(policy(), feeds="recent"), Shop(policy(), feeds="export")
    for shop in (fresh, complete):
        shop.pass_time(600)
        poll(shop.engine)
        shop.ticket()
        shop.pass_time(1)

    assert (poll(fresh.engine).changed, poll(complete.engine).changed) == (1, 0)
    complete.pass_time(75)
    assert poll(complete.engine).changed == 1
