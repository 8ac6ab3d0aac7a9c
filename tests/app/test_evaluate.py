"""Judging tickets: what a decision is told of the world outside Zendesk, and what it queues for it."""

import pytest

from deskhand.app.evaluate import evaluate
from deskhand.app.poll import poll
from deskhand.core.condition import Compare
from deskhand.core.message import MessageRow
from deskhand.core.outside import Outside
from deskhand.core.policy import Tag, WriteNote
from deskhand.errors import DeskError
from deskhand.sandbox import Ticket
from deskhand.store import MemoryStore
from tests.app.places import Shop
from tests.core.builders import policy as rules
from tests.core.builders import rule
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


GREET = rules(
    rule(Compare("p", "priority", "is", "urgent"), Tag(add=("hot",)), WriteNote("a-note"), id="hot"),
    rule(Compare("p", "status", "is", "open"), Tag(add=("opened",)), WriteNote("a-note"), id="opened"),
)


def restored() -> tuple[Shop, Ticket]:
    """A worker whose database is the backup from before its write, and that ticket."""
    made = Shop(GREET)
    made.pass_time(600)
    ticket = made.ticket(priority="urgent")
    made.pass_time(120)
    poll(made.engine)
    store = made.store
    assert isinstance(store, MemoryStore)
    kept = store.copy()
    made.cycle()
    assert made.outbox() == {"done": 1}
    made.store = kept
    made.start()
    return made, ticket


def ours(made: Shop, ticket: Ticket) -> list[str]:
    """What fired for each write in a ticket's audits."""
    customs = [(audit["metadata"].get("custom") or {}).get("deskhand") for audit in made.audits(ticket)]
    return [custom["fired"] for custom in customs if custom]


def test_what_was_written_after_the_backup_is_read_before_anything_is_written() -> None:
    """The note is not written twice, the rule counts as fired, and nothing is left to be read."""
    made, ticket = restored()
    made.pass_time(120)
    made.cycle()

    assert (made.outbox(), ours(made, ticket)) == ({}, ["hot/e1/1"])
    with made.store.read() as tx:
        memory = tx.memories.load([ticket.id])[ticket.id]
    assert [(one.rule, one.outcome) for one in memory.ledger] == [("hot", "fired")]
    assert memory.unread is None


def test_another_combination_writes_only_what_is_new() -> None:
    """Another rule has come to hold meanwhile: the mark of the write is another, and what fired before is known by its own name."""
    made, ticket = restored()
    made.change(ticket, status="open")
    made.pass_time(120)
    made.cycle()

    assert (made.outbox(), ours(made, ticket)) == ({"done": 1}, ["hot/e1/1", "opened/e1/1"])


def test_where_the_audits_cannot_be_read_nothing_is_written() -> None:
    """The ticket stays due, and is judged once they can."""
    made, ticket = restored()
    made.change(ticket, status="open")
    made.pass_time(120)
    made.sandbox.faults.add({"kind": "status", "status": 503, "path": "/api/v2/tickets/*/audits"})
    poll(made.engine)
    with pytest.raises(DeskError):
        evaluate(made.engine)
    made.sandbox.faults.clear()
    assert made.outbox() == {}
    made.cycle()

    assert ours(made, ticket) == ["hot/e1/1", "opened/e1/1"]


def test_a_worker_that_has_seen_everything_asks_no_audits() -> None:
    """After its first minutes, and for tickets that are younger than it."""
    made = Shop(GREET)
    made.pass_time(600)
    poll(made.engine)
    made.ticket(priority="urgent")
    made.pass_time(120)
    made.cycle()

    assert made.outbox() == {"done": 1}
    assert not any(path.endswith("/audits") for _, path in made.sandbox.calls.counts)


def pages(made: Shop) -> list[tuple[str, str]]:
    """Thread and role of each page."""
    with made.store.begin() as tx:
        rows = tx.messages.listed(["planned", "unknown"])
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
        verbs = [row.message.verb for row in tx.messages.listed(["planned", "unknown"])]
    assert verbs.count("page") == 1
    assert "close" in verbs


def test_pages_of_a_worker_that_has_just_begun_are_asked_for_first() -> None:
    """A worker of which the database knows nothing may have paged; the first minutes over, it cannot have been."""
    made = shop()
    assert [row.state for row in messages(made)] == ["unknown"]
    made.pass_time(600)
    poll(made.engine)
    evaluate(made.engine)

    assert [row.state for row in messages(made)] == ["unknown", "planned"]


def messages(made: Shop) -> list[MessageRow]:
    """All that wait, oldest first."""
    with made.store.read() as tx:
        return tx.messages.listed(["planned", "unknown"])
