"""Judging tickets: what a decision is told of the world outside Zendesk, and what it queues for it."""

import pytest

from deskhand.app.evaluate import evaluate
from deskhand.core.outside import Outside
from deskhand.errors import DeskError
from tests.app.places import Shop
from tests.documents.test_compile_ladder import ladder
from tests.documents.words import policy

CLIMB = policy(
    ladder(", urgent: true", "[{name: L1, role: ann}, {name: L2, role: boss, channels: pager}]")
    .replace("executive: true", "executive: false")
    .replace("field.x: true", "field.issue_type: billing")
)


def shop() -> Shop:
    """A worker whose account is `acme`, and a P1."""
    made = Shop(CLIMB)
    made.engine.outside = lambda: Outside("acme")
    made.ticket(priority="urgent", custom_fields=[{"id": made.issue["id"], "value": "billing"}])
    made.pass_time(120)
    made.cycle()
    return made


def pages(made: Shop) -> list[tuple[str, str]]:
    """Thread and role of each page."""
    with made.store.begin() as tx:
        rows = tx.messages.listed(["planned"])
    return [(row.message.thread, row.message.role) for row in rows if row.message.verb == "page"]


def test_threads_name_the_account() -> None:
    """So that two accounts never share one at a service."""
    (page,) = pages(shop())

    assert page[0].startswith("zd:acme:")
    assert page[1] == "ann"


def test_a_look_knows_who_is_on_call_by_then() -> None:
    """The next rung is nobody's, so nobody is paged there."""
    made = shop()
    made.engine.outside = lambda: Outside("acme", on_call={"boss": ()})
    made.pass_time(600)
    evaluate(made.engine)

    assert [role for _, role in pages(made)] == ["ann"]


def test_a_step_is_queued_once_however_often_it_is_looked_at() -> None:
    """By its key."""
    made = shop()
    for _ in range(3):
        with made.store.begin() as tx:
            tx.work.wake(tx.tickets.ids(("new", "open")), made.now())
        evaluate(made.engine)

    assert len(pages(made)) == 1


AWAY = {"kind": "status", "status": 503, "path": "/api/v2/*"}
SLOW = {"kind": "slow_job", "path": "/api/v2/job_statuses/*", "count": 1000}


def written(made: Shop) -> str:
    """All that stands in the ticket."""
    (ticket,) = made.world.tickets.values()
    return "\n".join(str(event.get("body", "")) for audit in made.audits(ticket) for event in audit["events"])


def test_while_zendesk_is_away_people_are_paged_all_the_same() -> None:
    """The next rung does not wait for it; what was done is written into the ticket once it is back."""
    made = shop()
    made.sandbox.faults.add(AWAY)
    made.pass_time(600)

    with pytest.raises(DeskError):
        evaluate(made.engine)
    with pytest.raises(DeskError):
        evaluate(made.engine)

    assert [role for _, role in pages(made)] == ["ann", "boss"]
    made.sandbox.faults.clear()
    assert "Paged boss" not in written(made)
    made.cycle()
    assert written(made).count("Paged boss") == 1


def test_while_a_write_is_under_way_people_are_paged_all_the_same() -> None:
    """A job that takes its time keeps no rung waiting, and the words follow."""
    made = Shop(CLIMB)
    made.engine.outside = lambda: Outside("acme")
    made.ticket(priority="urgent", custom_fields=[{"id": made.issue["id"], "value": "billing"}])
    made.sandbox.faults.add(SLOW)
    made.pass_time(120)
    made.cycle(rounds=0)
    assert made.outbox() == {"sending": 1}
    made.pass_time(301)

    evaluate(made.engine)

    assert [role for _, role in pages(made)] == ["ann", "boss"]
    assert made.outbox() == {"sending": 1}
    made.sandbox.faults.clear()
    made.cycle(rounds=200)
    assert (written(made).count("Paged ann"), written(made).count("Paged boss")) == (1, 1)


def test_a_ticket_that_zendesk_has_no_more_closes_its_pages() -> None:
    """Nobody is paged for what is gone, and no pager rings on for it."""
    made = shop()
    (ticket,) = made.world.tickets.values()
    made.pass_time(600)
    made.world.delete_ticket(ticket, made.agent["id"])

    evaluate(made.engine)

    with made.store.begin() as tx:
        verbs = [row.message.verb for row in tx.messages.listed(["planned"])]
    assert verbs.count("page") == 1
    assert "close" in verbs
