"""Delivery against the sandbox: conflicts, unclear ends, lost jobs, refusals."""

from dataclasses import replace
from typing import Any

import pytest

from deskhand.app.dispatch import dispatch
from deskhand.app.evaluate import evaluate
from deskhand.app.poll import poll
from deskhand.core.condition import Compare
from deskhand.core.policy import AssignTo, SetTo, Tag, WriteNote
from deskhand.errors import Rejected
from deskhand.sandbox import API
from tests.app.places import Shop
from tests.core.builders import policy, rule

OUTAGE = Compare("p", "field.issue_type", "is", "network_outage")
ROUTE = rule(OUTAGE, AssignTo("Network"), Tag(add=("routed",)), WriteNote("a-note"))


def outage(shop: Shop) -> Any:
    """A ticket that the rule is about."""
    return shop.ticket(custom_fields=[{"id": shop.issue["id"], "value": "network_outage"}])


def marks(shop: Shop, ticket: Any) -> list[str]:
    """Our marks in a ticket's audits."""
    customs = [audit["metadata"]["custom"] for audit in shop.audits(ticket)]
    return [custom["deskhand"]["op"] for custom in customs if "deskhand" in custom]


def test_a_decision_reaches_the_ticket_once() -> None:
    """Group, tag and an internal note, in one marked audit; looking again does nothing more."""
    shop = Shop(policy(ROUTE))
    ticket = outage(shop)

    shop.cycle()
    shop.cycle()

    shown = shop.show(ticket)
    assert shown["group_id"] == shop.groups["Network"]["id"]
    assert "routed" in shown["tags"]
    assert len(marks(shop, ticket)) == 1
    notes = [event for audit in shop.audits(ticket) for event in audit["events"] if event["type"] == "Comment"]
    assert [note["public"] for note in notes] == [True, False]
    assert shop.outbox() == {"done": 1}


def test_an_observing_worker_sends_nothing() -> None:
    """Decided and recorded; and had it tried, the transport would have refused."""
    shop = Shop(policy(ROUTE, mode="observe"), read_only=True)
    ticket = outage(shop)

    _, judged, sent = shop.cycle()

    assert [bool(decision.effects) for decision in judged.decisions] == [True]
    assert not sent.moved
    assert {method for (method, path) in shop.sandbox.calls.counts if path.startswith("/api")} == {"GET"}
    assert marks(shop, ticket) == []
    with pytest.raises(Rejected, match="only observes"):
        shop.connection.gateway.put("tickets/update_many", {"tickets": []})


def test_a_ticket_changed_meanwhile_is_judged_again_on_its_new_state() -> None:
    """R15 and promise 4: the reason may be gone, and then nothing is written."""
    shop = Shop(policy(ROUTE))
    kept, gone = outage(shop), outage(shop)
    shop.pass_time(5)
    poll(shop.engine)
    evaluate(shop.engine)
    shop.pass_time(5)
    shop.change(kept, subject="changed by an agent")
    shop.change(gone, custom_fields=[{"id": shop.issue["id"], "value": "billing"}])

    shop.cycle()

    assert len(marks(shop, kept)) == 1
    assert shop.show(kept)["subject"] == "changed by an agent"
    assert marks(shop, gone) == []
    assert shop.show(gone)["group_id"] != shop.groups["Network"]["id"]


@pytest.mark.parametrize("kind", ["timeout_after_commit", "timeout_before_commit", "reset"])
def test_a_write_without_an_answer_is_settled_from_the_audits(kind: str) -> None:
    """R4: done is found done, not done is sent again, and either way it stands there once."""
    shop = Shop(policy(ROUTE))
    ticket = outage(shop)
    shop.pass_time(2)
    shop.sandbox.faults.add({"kind": kind, "method": "PUT", "path": "/api/v2/tickets/update_many", "count": 1})

    shop.cycle(rounds=12)

    assert len(marks(shop, ticket)) == 1
    assert shop.outbox() == {"done": 1}


def test_a_lost_job_is_settled_from_the_audits() -> None:
    """R8: its page is gone, its work was done."""
    shop = Shop(policy(ROUTE))
    ticket = outage(shop)
    shop.pass_time(2)
    shop.sandbox.faults.add({"kind": "lost_job", "path": "/api/v2/job_statuses/*", "count": 1})

    shop.cycle(rounds=12)

    assert len(marks(shop, ticket)) == 1
    assert shop.outbox() == {"done": 1}


def test_a_refusal_ends_one_row_with_its_reason_and_blocks_no_other() -> None:
    """A closed ticket cannot be changed; the next one can."""
    closing = rule(OUTAGE, SetTo("type", "incident"))
    shop = Shop(policy(closing))
    bad, good = outage(shop), outage(shop)
    shop.pass_time(2)
    poll(shop.engine)
    evaluate(shop.engine)
    write = next(decision.write for decision in shop.decisions if decision.ticket_id == bad.id)
    assert write is not None
    with shop.store.begin() as tx:
        row = tx.outbox.find(write.op_id)
        assert row is not None
        tx.outbox.put([replace(row, write=replace(write, group="Nobody knows"))])

    shop.cycle()

    assert shop.outbox() == {"done": 1, "dead": 1}
    with shop.store.begin() as tx:
        dead = tx.outbox.find(write.op_id)
    assert dead is not None
    assert "no group 'Nobody knows'" in dead.reason
    assert shop.show(good)["type"] == "incident"


def test_a_worker_that_died_while_sending_leaves_nothing_undone_or_doubled() -> None:
    """The next one finds the row, waits for its claim to end, reads the audits and finishes."""
    shop = Shop(policy(ROUTE))
    ticket = outage(shop)
    shop.pass_time(2)
    poll(shop.engine)
    evaluate(shop.engine)
    with shop.store.begin() as tx:
        tx.outbox.claim(shop.now(), 100, shop.now() + shop.engine.limits.lease)

    shop.start()
    assert not dispatch(shop.engine).moved
    shop.pass_time(301)
    shop.cycle(rounds=12)

    assert len(marks(shop, ticket)) == 1
    assert shop.outbox() == {"done": 1}


def dead(shop: Shop) -> list[str]:
    """Why writes died."""
    with shop.store.begin() as tx:
        return [row.reason for row in tx.outbox.listed(("dead",))]


def close(shop: Shop, ticket: Any) -> None:
    """The account closes a ticket behind the worker's back, without a new stamp."""
    ticket.status = "closed"


def leave_group(shop: Shop, ticket: Any) -> None:
    """The agent is taken out of the group."""
    shop.world.members[shop.groups["Network"]["id"]].clear()


def demand_a_field(shop: Shop, ticket: Any) -> None:
    """A field is required from now on."""
    shop.state["required"] = True


@pytest.mark.parametrize(
    ("action", "happens", "words"),
    [
        (Tag(add=("x",)), close, "the ticket is closed and cannot be changed any more"),
        (AssignTo("Network", "ann@acme.example"), leave_group, "mend the rule or the membership"),
        (SetTo("status", "solved"), demand_a_field, "a field must be filled in first"),
    ],
)
def test_a_row_of_a_job_that_is_refused_dies_with_what_to_do_and_blocks_no_other(
    action: Any, happens: Any, words: str
) -> None:
    """422 by kind, in a completed job whose other rows are done."""
    shop = Shop(
        policy(rule(OUTAGE, action), rule(Compare("p", "priority", "is", "low"), Tag(add=("low",)), id="other"))
    )
    bad, good = outage(shop), shop.ticket(priority="low")
    if isinstance(action, SetTo):
        shop.world.update_ticket(bad, {"assignee_id": shop.agent["id"]}, author=shop.agent["id"], via=API)
        shop.pass_time(30)
    poll(shop.engine)
    evaluate(shop.engine)
    happens(shop, bad)

    shop.cycle()

    assert "low" in shop.show(good)["tags"]
    assert [words in reason for reason in dead(shop)] == [True]
    assert shop.outbox() == {"done": 1, "dead": 1}


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (409, {"error": "DatabaseConflict", "description": "Database collision"}),
        (409, {"error": "UpdateConflict", "description": "Safe Update prevented the update"}),
        (429, {"error": "TooManyJobs"}),
        (429, "You have exceeded the rate limit"),
        (503, {"error": "ServiceUnavailable"}),
        (500, {"error": "InternalError"}),
        (502, "<html>Bad gateway</html>"),
        (504, "<html>Gateway time-out</html>"),
    ],
)
def test_a_call_that_cannot_be_taken_now_is_made_again(status: int, body: Any) -> None:
    """Conflicts of the database, limits, outages: nothing dies, and it is written once."""
    shop = Shop(policy(ROUTE))
    ticket = outage(shop)
    shop.pass_time(2)
    update = {"method": "PUT", "path": "/api/v2/tickets/update_many"}
    shop.sandbox.faults.add({"kind": "status", "status": status, "body": body, "count": 2, **update})

    for _ in range(8):
        shop.cycle(rounds=12)

    assert len(marks(shop, ticket)) == 1
    assert shop.outbox() == {"done": 1}


def test_an_outage_of_hours_costs_no_write_its_attempts() -> None:
    """R12: what nobody took was not tried, so it does not die of it."""
    shop = Shop(policy(ROUTE))
    ticket = outage(shop)
    shop.pass_time(2)
    away = {"kind": "status", "method": "PUT", "path": "/api/v2/tickets/update_many", "status": 503}
    shop.sandbox.faults.add({**away, "until": shop.sandbox.clock.epoch() + 6 * 3600})

    for _ in range(200):
        shop.pass_time(120)
        dispatch(shop.engine)
        evaluate(shop.engine)
    shop.cycle()

    assert len(marks(shop, ticket)) == 1
    assert {"planned", "dead", "unknown"} & shop.outbox().keys() == set()


def test_a_job_older_than_a_day_is_settled_from_the_audits() -> None:
    """R8: the worker was away, its job's page is gone, the audits are not."""
    shop = Shop(policy(ROUTE))
    ticket = outage(shop)
    shop.pass_time(2)
    poll(shop.engine)
    evaluate(shop.engine)
    dispatch(shop.engine)
    assert shop.outbox() == {"sending": 1}
    shop.pass_time(25 * 3600)

    shop.start()
    shop.cycle(rounds=12)

    assert len(marks(shop, ticket)) == 1
    assert shop.outbox() == {"done": 1}


def test_a_job_that_never_ends_is_settled_from_the_audits() -> None:
    """R8: after ten minutes nobody waits for it any more; what it did late is refused by the stamp or found."""
    shop = Shop(policy(ROUTE))
    ticket = outage(shop)
    shop.pass_time(2)
    shop.sandbox.faults.add({"kind": "slow_job", "path": "/api/v2/job_statuses/*", "count": 1000})
    for _ in range(8):
        shop.cycle(rounds=4)
        shop.pass_time(120)

    shop.sandbox.faults.clear()
    shop.cycle(rounds=12)

    assert len(marks(shop, ticket)) == 1
    assert shop.outbox() == {"done": 1}


def test_one_row_that_spoils_the_whole_call_is_found_by_halves(monkeypatch: pytest.MonkeyPatch) -> None:
    """The other rows are written; the one to blame dies with Zendesk's words."""
    shop = Shop(policy(ROUTE))
    tickets = [outage(shop) for _ in range(7)]
    shop.pass_time(2)
    poll(shop.engine)
    evaluate(shop.engine)
    spoilt = shop.decisions[3].write
    assert spoilt is not None
    with shop.store.begin() as tx:
        row = tx.outbox.find(spoilt.op_id)
        assert row is not None
        tx.outbox.put([replace(row, write=replace(spoilt, stamp=""))])
    submit = shop.engine.desk.submit

    def refuse(writes: Any) -> str:
        if any(not write.stamp for write in writes):
            raise Rejected("PUT /api/v2/tickets/update_many: 400 BadRequest: updated_stamp is no date", status=400)
        return submit(writes)

    monkeypatch.setattr(shop.engine.desk, "submit", refuse)
    shop.cycle(rounds=12)

    assert shop.outbox() == {"done": 6, "dead": 1}
    assert "updated_stamp is no date" in dead(shop)[0]
    assert sum(len(marks(shop, ticket)) for ticket in tickets) == 6
