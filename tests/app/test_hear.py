"""What the logs tell beside the feeds: exact histories, and the targets of Zendesk's own clocks."""

from collections import Counter
from datetime import UTC, datetime, timedelta

from deskhand.app.hear import hear
from deskhand.app.poll import poll
from deskhand.core.audited import learn
from deskhand.core.clock import Reading
from deskhand.core.decide import read_facts
from deskhand.core.history import Event
from deskhand.core.memory import Memory
from deskhand.sandbox import Options, Ticket
from tests.app.places import Shop
from tests.core.builders import HOUR, policy


def shop(*needs: str, options: Options | None = None) -> Shop:
    """A sandbox with an SLA policy, and a worker whose policy needs this."""
    found = Shop(policy(needs=frozenset(needs)), options=options)
    promised = ("first_reply_time", "next_reply_time", "requester_wait_time")
    found.world.add_sla_policy("Gold", [("normal", name, 4 * 60) for name in promised])
    found.pass_time(3600)
    listen(found)
    return found


def listen(found: Shop) -> None:
    """The feeds, then the logs."""
    poll(found.engine)
    hear(found.engine)


def memory(found: Shop, ticket: Ticket) -> Memory:
    """What is remembered of a ticket."""
    with found.store.begin() as tx:
        return tx.memories.load([ticket.id])[ticket.id]


def clocks(found: Shop, ticket: Ticket) -> dict[str, Reading]:
    """The clocks of a ticket as the worker knows them."""
    with found.store.begin() as tx:
        known = tx.tickets.load([ticket.id])[ticket.id]
    return dict(read_facts(known, memory(found, ticket), found.policy, found.now()).readings)


def test_what_happened_between_two_looks_is_not_missed() -> None:
    """Pending and open again within a minute: the feeds never show it, the audits do."""
    found = shop("metrics")
    ticket = found.ticket()
    found.pass_time(200)
    listen(found)
    start = found.now()
    found.change(ticket, status="pending")
    found.pass_time(20)
    found.change(ticket, status="open")
    found.pass_time(100)
    listen(found)

    told = [event for event in memory(found, ticket).history if event.at >= start]

    assert [(event.at - start, event.value) for event in told if event.kind == "status"] == [
        (timedelta(0), "pending"),
        (timedelta(seconds=20), "open"),
    ]


def test_the_export_and_a_tickets_own_audits_tell_the_same() -> None:
    """Whatever was done to it, by whom, and in one save or in several."""
    found = shop("metrics")
    ticket = found.ticket(priority="high")
    for facts in (
        {"comment": {"body": "We look into it", "public": True}, "status": "pending", "assignee_id": found.agent["id"]},
        {"group_id": found.groups["Billing"]["id"], "priority": "urgent"},
        {"comment": {"body": "Between us", "public": False}},
        {"comment": {"body": "Done", "public": True}, "status": "solved"},
    ):
        found.pass_time(300)
        found.change(ticket, **facts)
    found.pass_time(200)
    listen(found)

    told = memory(found, ticket).history
    listed = found.connection.past().audits(ticket.id)
    alone = learn(Memory(ticket.id), listed, found.policy.binding, found.policy.watched).history

    assert told == alone
    assert Counter(event.kind for event in told) == {
        "created": 1, "severity": 2, "status": 3, "agent_reply": 2, "assigned": 1, "group": 2,
    }  # fmt: skip


def test_a_ticket_whose_audits_came_first_is_not_remembered_twice() -> None:
    """The first reading of the ticket adds nothing to what is known exactly."""
    found = shop("metrics")
    ticket = found.ticket()
    found.pass_time(200)
    found.engine.feeds, feeds = (), found.engine.feeds
    listen(found)
    before = memory(found, ticket).history
    found.engine.feeds = feeds
    listen(found)

    assert memory(found, ticket).history == before
    assert Event(before[0].at, "created") in before


def test_metric_events_bring_targets_that_the_sideload_does_not_have() -> None:
    """So burn is known, to the second."""
    found = shop("slas")
    ticket = found.ticket()
    found.pass_time(1800)
    listen(found)

    seen = clocks(found, ticket)["first_reply_time"].seen

    assert (seen.target, seen.elapsed, seen.off_by) == (4 * HOUR, 1800, None)


def test_metric_events_that_come_late_are_heard_all_the_same() -> None:
    """A quarter of an hour late, with their original times."""
    found = shop("slas", options=Options(metric_event_lag=13 * 60))
    ticket = found.ticket()
    found.pass_time(120)
    listen(found)
    assert not memory(found, ticket).events
    for _ in range(20):
        found.pass_time(60)
        listen(found)

    assert clocks(found, ticket)["first_reply_time"].seen.started_at == datetime.fromtimestamp(ticket.created, UTC)


def test_a_log_waits_for_nothing() -> None:
    """Where the calls of this minute are used up it goes on in the next one."""
    found = shop("slas", "metrics")
    for _ in range(8):
        listen(found)
    before = found.now()
    calls = found.sandbox.calls.counts.copy()

    assert hear(found.engine) == 0

    assert (found.now(), found.sandbox.calls.counts) == (before, calls)


def test_events_of_one_second_are_heard_whole() -> None:
    """More tickets in a second than a page has rows."""
    found = shop("slas")
    tickets = [found.ticket() for _ in range(1200)]
    found.pass_time(200)
    listen(found)

    assert [ticket.id for ticket in tickets if "first_reply_time" not in clocks(found, ticket)] == []
    assert {clocks(found, ticket)["first_reply_time"].seen.target for ticket in tickets} == {4 * HOUR}


def test_a_quiet_account_costs_one_call_for_each_log() -> None:
    """However many open promises there are, each with its breach written ahead."""
    found = shop("slas", "metrics")
    for _ in range(1200):
        found.ticket()
    for _ in range(3):
        found.pass_time(1300)
        listen(found)
    found.pass_time(200)
    before = Counter(found.sandbox.calls.counts)

    listen(found)

    cost = {path: count for (_, path), count in (Counter(found.sandbox.calls.counts) - before).items()}
    assert cost == {
        "/api/v2/tickets": 1,
        "/api/v2/incremental/tickets/cursor": 1,
        "/api/v2/incremental/ticket_events": 1,
        "/api/v2/incremental/ticket_metric_events": 1,
    }
