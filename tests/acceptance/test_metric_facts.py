"""What a real account's metric events were seen to do, and that the worker reads them rightly.

Each test names the fact. The sandbox's half of each fact stands in tests/sandbox.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Literal

import pytest

from deskhand.app.evaluate import evaluate
from deskhand.app.hear import hear
from deskhand.app.poll import poll
from deskhand.core.clock import Reading
from deskhand.core.condition import ClockIs
from deskhand.core.decide import read_facts
from deskhand.core.policy import Rule, Tag
from deskhand.sandbox import Options, Ticket
from tests.app.places import Shop
from tests.core.builders import HOUR, policy, rule

REPLIES = ("first_reply_time", "next_reply_time")
NEEDS = frozenset({"slas", "metrics"})


def account(*rules: Rule, options: Options | None = None, metrics: tuple[str, ...] = REPLIES) -> Shop:
    """An account whose normal tickets have four hours for each of these metrics and tasks have eight, and a worker that knows it."""
    found = Shop(replace(policy(*rules), needs=NEEDS), options=options)
    found.world.add_sla_policy("Gold", [("normal", name, 4 * 60) for name in metrics])
    task = {"field": "type", "operator": "is", "value": "task"}
    found.world.add_sla_policy("Tasks", [("normal", name, 8 * 60) for name in metrics], [task])
    found.pass_time(3600)
    listen(found)
    return found


def listen(found: Shop, *, every: int = 60, for_: int = 120) -> None:
    """Poll and hear, for a while."""
    for _ in range(max(1, for_ // every)):
        found.pass_time(every)
        poll(found.engine)
        hear(found.engine)


def clocks(found: Shop, ticket: Ticket) -> dict[str, Reading]:
    """The clocks of a ticket as the worker knows them."""
    with found.store.begin() as tx:
        known, memory = tx.tickets.load([ticket.id])[ticket.id], tx.memories.load([ticket.id])[ticket.id]
    return dict(read_facts(known, memory, found.policy, found.now()).readings)


def made_at(ticket: Ticket) -> datetime:
    """When a ticket was made."""
    return datetime.fromtimestamp(ticket.created, UTC)


OVERDUE = rule(ClockIs("p", "first_reply_time", "breached"), Tag(add=("overdue",)), id="overdue")


def test_a_breach_changes_nothing_that_a_feed_shows_and_is_acted_on_at_its_second() -> None:
    """Neither `updated_at` nor the metric set moves: the worker's own timer fires."""
    found = account(OVERDUE)
    ticket = found.ticket()
    listen(found)
    evaluate(found.engine)
    due = made_at(ticket) + timedelta(hours=4)
    with found.store.begin() as tx:
        assert tx.work.next_at() == due

    found.sandbox.run_until(due)

    assert [decision.at for decision in evaluate(found.engine).decisions] == [due]
    assert poll(found.engine).changed == 0


@pytest.mark.parametrize("gone", ["deleted", "gone"])
def test_a_breach_written_ahead_is_none_when_the_metric_is_fulfilled_first(gone: Literal["deleted", "gone"]) -> None:
    """Whether its row stays and is flagged, or vanishes."""
    found = account(OVERDUE, options=Options(gone_breaches=gone, slas_keep_done=True))
    ticket = found.ticket()
    listen(found)
    found.change(ticket, comment={"body": "We are on it", "public": True})
    listen(found, every=1800, for_=6 * HOUR)

    reading = clocks(found, ticket)["first_reply_time"]

    assert (reading.seen.stage, reading.breached, reading.seen.due_at) == ("met", False, None)
    assert evaluate(found.engine).decisions == []


def test_a_policy_applied_to_a_late_metric_breaches_at_that_second_and_counts_from_the_start() -> None:
    """`apply_sla` and `breach` have the same time, which is not when the target was used up."""
    found = account(metrics=("requester_wait_time",))
    ticket = found.ticket(priority="low")
    found.pass_time(6 * HOUR)
    found.change(ticket, priority="normal")
    changed = found.now()
    listen(found, for_=1200)

    seen = clocks(found, ticket)["requester_wait_time"].seen

    assert (seen.target, seen.started_at) == (4 * HOUR, made_at(ticket))
    assert seen.due_at is not None
    assert seen.due_at <= changed
    assert seen.elapsed == (found.now() - made_at(ticket)).total_seconds()
    assert seen.off_by is None


def test_creation_starts_the_clocks_of_reply_and_wait_and_its_measures_start_none() -> None:
    """Instance 0 is no life; periodic and pausable updates begin with the first answer of an agent."""
    names = (
        "first_reply_time",
        "requester_wait_time",
        "agent_work_time",
        "total_resolution_time",
        "periodic_update_time",
        "pausable_update_time",
    )
    found = account(metrics=names)
    ticket = found.ticket()
    listen(found)
    begun = {
        name: reading.seen.started_at
        for name, reading in clocks(found, ticket).items()
        if reading.seen.source == "zendesk"
    }
    assert begun == dict.fromkeys(names[:4], made_at(ticket))

    found.change(ticket, comment={"body": "We are on it", "public": True})
    answered = found.now()
    listen(found)

    later = {
        name: reading.seen.started_at for name, reading in clocks(found, ticket).items() if name.endswith("update_time")
    }
    assert later == dict.fromkeys(names[4:], answered)


@pytest.mark.parametrize("late", [12, 11 * 60, 13 * 60])
def test_events_that_come_late_are_read_with_their_original_times(late: int) -> None:
    """Until then the target is unknown, and said to be; the breach instant is known at once."""
    found = account(options=Options(metric_event_lag=late))
    ticket = found.ticket()
    listen(found, every=5, for_=10)
    early = clocks(found, ticket)["first_reply_time"].seen
    assert (early.due_at, early.target) == (made_at(ticket) + timedelta(hours=4), None)
    assert "does not say which target" in early.note

    listen(found, for_=late + 700)

    seen = clocks(found, ticket)["first_reply_time"].seen
    assert (seen.target, seen.started_at, seen.note) == (4 * HOUR, made_at(ticket), "")
