"""Reading what changed, over pages that are not as they should be."""

import pytest

from deskhand.app.evaluate import evaluate
from deskhand.app.poll import poll
from tests.app.places import Shop
from tests.app.test_dispatch import ROUTE, marks, outage
from tests.app.test_evaluate import shop as on_a_ladder
from tests.core.builders import policy

EXPORT = "/api/v2/incremental/tickets/cursor"


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        ("duplicate_page", "/api/v2/tickets"),
        ("duplicate_page", EXPORT),
        ("empty_middle_page", "/api/v2/tickets"),
        ("offhost_next", "/api/v2/tickets"),
        ("offhost_next", EXPORT),
        ("stuck_cursor", "/api/v2/tickets"),
    ],
)
def test_pages_that_are_wrong_for_a_while_lose_no_ticket_and_decide_none_twice(kind: str, path: str) -> None:
    """R7: what one page lacks comes with the next reading, or by the other feed; what comes twice is the same ticket."""
    shop = Shop(policy(ROUTE))
    shop.sandbox.faults.add({"kind": kind, "path": path, "count": 3})
    tickets = [outage(shop) for _ in range(5)]
    for _ in range(6):
        shop.pass_time(70)
        shop.cycle(rounds=2)
    tickets.append(outage(shop))
    for _ in range(4):
        shop.pass_time(70)
        shop.cycle(rounds=2)

    assert [len(marks(shop, ticket)) for ticket in tickets] == [1] * 6


def test_a_ticket_that_the_export_calls_deleted_closes_its_pages() -> None:
    """Nobody is paged for what is gone, whoever tells of it first."""
    made = on_a_ladder()
    (ticket,) = made.world.tickets.values()
    made.world.delete_ticket(ticket, made.agent["id"])
    made.pass_time(70)

    poll(made.engine)

    with made.store.read() as tx:
        verbs = [row.message.verb for row in tx.messages.listed(["planned", "unknown"])]
        assert tx.tickets.load([ticket.id]) == {}
    assert "close" in verbs


def test_a_deleted_ticket_stops_no_other() -> None:
    """R7: the export still tells of it."""
    shop = Shop(policy(ROUTE))
    gone, kept = outage(shop), outage(shop)
    shop.pass_time(5)
    poll(shop.engine)
    evaluate(shop.engine)
    shop.world.delete_ticket(gone, shop.agent["id"])

    shop.cycle()
    shop.pass_time(70)
    shop.cycle()

    assert len(marks(shop, kept)) == 1
    assert shop.outbox().get("done") == 1
