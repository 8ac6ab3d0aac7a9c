"""What webhooks named is read at once, and the feeds stay the truth."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskhand.app.bell import Bell
from deskhand.app.dispatch import dispatch
from deskhand.app.evaluate import evaluate
from deskhand.app.poll import poll
from deskhand.app.wake import wake
from deskhand.errors import RateLimited, Transient
from deskhand.zendesk.pace import Budget
from tests.app.places import Shop
from tests.app.test_dispatch import ROUTE, marks, outage
from tests.app.test_evaluate import shop as on_a_ladder
from tests.core.builders import policy

SHOW = ("GET", "/api/v2/tickets/show_many")


def named(shop: Shop, *tickets: Any) -> Bell:
    """A bell that webhooks rang for these tickets."""
    bell = Bell()
    for ticket in tickets:
        bell.ring(ticket.id, shop.now())
    return bell


def work(shop: Shop, bell: Bell) -> int:
    """What a worker does when the bell rings, and until its jobs have ended."""
    news = wake(shop.engine, bell)
    for _ in range(3):
        evaluate(shop.engine)
        dispatch(shop.engine)
        shop.pass_time(3)
    return news


def reads(shop: Shop) -> int:
    """How often tickets were read by number."""
    return shop.sandbox.calls.counts[SHOW]


def test_a_ticket_that_was_named_is_acted_on_without_a_poll() -> None:
    """And no cursor moves, so that the next poll reads all that it would have read."""
    shop = Shop(policy(ROUTE))
    ticket = outage(shop)

    assert work(shop, named(shop, ticket)) == 1

    assert len(marks(shop, ticket)) == 1
    with shop.store.read() as tx:
        assert {tx.notebook.get(f"cursor {feed.name}") for feed in shop.engine.feeds} == {None}


def test_one_reading_is_enough_to_decide() -> None:
    """What was read for a webhook was read a moment ago."""
    shop = Shop(policy(ROUTE))

    wake(shop.engine, named(shop, outage(shop)))
    evaluate(shop.engine)

    assert (reads(shop), shop.outbox()) == (1, {"planned": 1})


def test_after_a_webhook_the_poll_finds_nothing_new() -> None:
    """It tells of the same ticket, and that is no news."""
    shop = Shop(policy(ROUTE))
    ticket = outage(shop)
    work(shop, named(shop, ticket))
    shop.pass_time(70)

    polled, judged, _ = shop.cycle()

    assert (polled.changed, len(judged.decisions), len(marks(shop, ticket))) == (0, 0, 1)


def test_a_webhook_that_never_came_is_found_by_the_poll() -> None:
    """S6: it was a hint and no more."""
    shop = Shop(policy(ROUTE))
    told, lost = outage(shop), outage(shop)
    work(shop, named(shop, told))

    shop.cycle()

    assert (len(marks(shop, told)), len(marks(shop, lost))) == (1, 1)


def test_the_webhook_of_our_own_write_is_no_news() -> None:
    """One reading, by which nothing is new: no ticket falls due, and no webhook follows from it."""
    shop = Shop(policy(ROUTE))
    ticket = outage(shop)
    work(shop, named(shop, ticket))
    shop.pass_time(60)
    before = reads(shop)

    news = [wake(shop.engine, named(shop, ticket)) for _ in range(2)]

    with shop.store.read() as tx:
        assert tx.work.due(shop.now(), 10) == []
    assert (news, reads(shop) - before, len(marks(shop, ticket))) == ([0, 0], 2, 1)


def test_what_somebody_has_read_since_is_not_read_again() -> None:
    """A poll, or the reading back after a write, came between the webhook and the worker."""
    shop = Shop(policy(ROUTE))
    bell = named(shop, outage(shop))
    shop.pass_time(1)
    poll(shop.engine)

    assert wake(shop.engine, bell) == 0

    assert (reads(shop), bell.waiting) == (0, 0)


def test_a_clock_that_was_put_back_hides_no_ticket() -> None:
    """R14: a reading that is yet to come is none."""
    shop = Shop(policy(ROUTE))
    ticket = outage(shop)
    shop.engine.was_read([ticket.id], shop.now() + timedelta(hours=1))

    assert wake(shop.engine, named(shop, ticket)) == 1


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"kind": "status", "status": 429, "headers": {"Retry-After": "7"}}, RateLimited),
        ({"kind": "status", "status": 503}, Transient),
    ],
)
def test_what_cannot_be_read_now_stays_named(fault: dict[str, Any], error: type[Exception]) -> None:
    """R5: and is read when the time has come."""
    shop = Shop(policy(ROUTE))
    bell = named(shop, outage(shop))
    shop.sandbox.faults.add({**fault, "path": "/api/v2/tickets/show_many"})
    with pytest.raises(error):
        wake(shop.engine, bell)
    waiting = bell.waiting
    shop.sandbox.faults.clear()

    assert (waiting, wake(shop.engine, bell), bell.waiting) == (1, 1, 0)


def test_what_zendesk_refuses_to_show_is_left_to_the_feeds(capsys: pytest.CaptureFixture[str]) -> None:
    """One number that cannot be asked for keeps no other one waiting."""
    shop = Shop(policy(ROUTE))
    ticket = outage(shop)
    bell = named(shop, ticket)
    shop.sandbox.faults.add({"kind": "status", "status": 400, "path": "/api/v2/tickets/show_many", "count": 1})

    assert (wake(shop.engine, bell), bell.waiting) == (0, 0)
    assert "named_not_read" in "".join(capsys.readouterr())
    shop.cycle()
    assert len(marks(shop, ticket)) == 1


def test_webhooks_leave_half_of_our_calls_to_the_feeds() -> None:
    """What is named waits meanwhile, and nobody waits in the worker for it."""
    shop = Shop(policy(ROUTE))
    bell = named(shop, outage(shop))
    shop.connection.pacer.budget = Budget(100, 60, shop.now() + timedelta(seconds=30))
    began = shop.now()

    seen = wake(shop.engine, bell), reads(shop), bell.waiting, shop.now() - began
    shop.pass_time(31)

    assert seen == (0, 0, 1, timedelta(0))
    assert (wake(shop.engine, bell), bell.waiting) == (1, 0)


def test_a_hundred_are_read_at_a_time() -> None:
    """One call; the rest waits for its turn."""
    shop = Shop(policy(ROUTE))
    bell = named(shop, *(shop.ticket() for _ in range(120)))

    assert (wake(shop.engine, bell), reads(shop), bell.waiting) == (100, 1, 20)
    assert (wake(shop.engine, bell), reads(shop), bell.waiting) == (20, 2, 0)


def test_a_ticket_that_there_is_not_is_nothing() -> None:
    """A hint may be wrong."""
    shop = Shop(policy(ROUTE))
    bell = Bell()
    bell.ring(987_654_321, shop.now())

    assert (wake(shop.engine, bell), bell.waiting) == (0, 0)


def test_a_ticket_that_was_deleted_is_forgotten_and_its_pages_are_closed() -> None:
    """As when a feed tells of it; and nobody is paged for what is gone."""
    made = on_a_ladder()
    (ticket,) = made.world.tickets.values()
    made.pass_time(10)
    made.world.delete_ticket(ticket, made.agent["id"])

    assert wake(made.engine, named(made, ticket)) == 1

    with made.store.read() as tx:
        verbs = [row.message.verb for row in tx.messages.listed(["planned", "unknown"])]
        assert (tx.tickets.load([ticket.id]), tx.work.next_at()) == ({}, None)
    assert "close" in verbs


@settings(max_examples=15)
@given(st.lists(st.sampled_from(["new", "change", "ring", "ring all", "poll", "minute"]), max_size=12), st.randoms())
def test_webhooks_that_are_late_lost_doubled_or_out_of_order_change_nothing_but_the_time(
    steps: list[str], chance: Any
) -> None:
    """S6: whatever came of them, after the next polls each ticket is as it is in Zendesk, and was acted on once."""
    shop = Shop(policy(ROUTE))
    bell, tickets = Bell(), [outage(shop)]
    for step in [*steps, "minute", "poll", "minute", "poll"]:
        match step:
            case "new":
                tickets.append(outage(shop))
            case "change":
                shop.change(chance.choice(tickets), subject=f"Help at {shop.now()}")
            case "ring" | "ring all":
                for ticket in tickets if step == "ring all" else [chance.choice(tickets)] * 2:
                    bell.ring(ticket.id, shop.now())
                work(shop, bell)
            case "poll":
                shop.cycle()
            case _:
                shop.pass_time(61)

    assert [len(marks(shop, ticket)) for ticket in tickets] == [1] * len(tickets)
    with shop.store.read() as tx:
        held = tx.tickets.load([ticket.id for ticket in tickets])
    assert {key: one.subject for key, one in held.items()} == {one.id: one.subject for one in tickets}
