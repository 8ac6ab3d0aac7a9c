"""SLA policies on tickets: which applies, when its metrics are due, and the events they make."""

from typing import Any

import pytest

from deskhand.sandbox import API, Options
from deskhand.sandbox.clock import iso
from tests.sandbox.builders import Account

WEEKDAYS = [(day * 1_440 + 540, day * 1_440 + 1_020) for day in range(1, 6)]
"""09:00 to 17:00, Monday to Friday."""


def metrics(account: Account, key: int) -> dict[str, Any]:
    """The `slas` sideload of a ticket by metric."""
    rows = account.get(f"/tickets/{key}.json?include=slas")["ticket"]["slas"]["policy_metrics"]
    return {row["metric"]: row for row in rows}


def reply(account: Account, key: int, **changes: Any) -> None:
    """The agent answers in public."""
    account.world.update_ticket(key, changes, author=account.agent, comment={"body": "hello", "public": True})


def ask(account: Account, key: int, **changes: Any) -> None:
    """The customer writes."""
    account.world.update_ticket(key, changes, author=account.customer, comment="and now?")


def test_the_first_policy_that_matches_applies(account: Account) -> None:
    """Of two policies that match, the one before the other gives the targets."""
    gold = [{"field": "current_tags", "operator": "includes", "value": "gold"}]
    account.world.add_sla_policy("Gold", [("high", "first_reply_time", 10)], gold)
    account.world.add_sla_policy("All", [("high", "first_reply_time", 60)])
    plain, golden = account.ticket(priority="high"), account.ticket(priority="high", tags=["gold"])
    due = account.world.now()
    assert metrics(account, plain.id)["first_reply_time"]["breach_at"] == iso(due + 3_600)
    assert metrics(account, golden.id)["first_reply_time"]["breach_at"] == iso(due + 600)


def test_a_ticket_without_priority_has_no_target(account: Account) -> None:
    """No priority, no metric."""
    account.world.add_sla_policy("All", [("high", "first_reply_time", 60)])
    assert metrics(account, account.ticket().id) == {}


def test_first_and_next_reply_follow_each_other(account: Account) -> None:
    """An answer ends the first reply; the customer's next word starts the next reply; more words do not restart it."""
    account.world.add_sla_policy("All", [("high", "first_reply_time", 60), ("high", "next_reply_time", 30)])
    ticket = account.ticket(priority="high")
    account.wait(60)
    reply(account, ticket.id)
    assert metrics(account, ticket.id) == {}
    account.wait(60)
    ask(account, ticket.id)
    due = iso(account.world.now() + 1_800)
    account.wait(60)
    ask(account, ticket.id)
    assert metrics(account, ticket.id)["next_reply_time"]["breach_at"] == due


def test_an_internal_note_is_no_reply(account: Account) -> None:
    """A note that is not public leaves the reply clock running."""
    account.world.add_sla_policy("All", [("high", "first_reply_time", 60)])
    ticket = account.ticket(priority="high")
    account.world.update_ticket(ticket, {}, author=account.agent, comment={"body": "note", "public": False})
    assert metrics(account, ticket.id)["first_reply_time"]["stage"] == "active"


def test_a_ticket_made_by_an_agent_waits_for_no_first_reply(account: Account) -> None:
    """On a ticket that an agent made for a customer, the reply clock starts with the customer's first word."""
    account.world.add_sla_policy("All", [("high", "first_reply_time", 60), ("high", "next_reply_time", 30)])
    ticket = account.world.create_ticket(
        {"requester_id": account.customer, "priority": "high", "comment": {"body": "we saw"}},
        author=account.agent,
        via=API,
    )
    assert metrics(account, ticket.id) == {}
    ask(account, ticket.id)
    assert list(metrics(account, ticket.id)) == ["next_reply_time"]


@pytest.mark.parametrize(
    ("metric", "paused_in"),
    [("requester_wait_time", {"pending"}), ("agent_work_time", {"pending", "hold"}), ("total_resolution_time", set())],
)
def test_clocks_pause_where_their_metric_says(account: Account, metric: str, paused_in: set[str]) -> None:
    """A clock stands still in its pausing statuses and goes on with what is left; the deadline moves by the pause."""
    account.world.add_sla_policy("All", [("high", metric, 60)])
    for status in ("pending", "hold"):
        ticket = account.ticket(priority="high")
        made = account.world.now()
        account.wait(600)
        account.world.update_ticket(ticket, {"status": status}, author=account.agent)
        row = metrics(account, ticket.id)[metric]
        assert row["stage"] == ("paused" if status in paused_in else "active")
        assert (row["breach_at"] is None) == (status in paused_in)
        account.wait(1_200)
        account.world.update_ticket(ticket, {"status": "open"}, author=account.agent)
        pause = 1_200 if status in paused_in else 0
        assert metrics(account, ticket.id)[metric]["breach_at"] == iso(made + 3_600 + pause)


def test_solving_ends_and_reopening_goes_on(account: Account) -> None:
    """Resolution ends with solved and goes on where it was when the ticket is opened again."""
    account.world.add_sla_policy("All", [("high", "total_resolution_time", 60)])
    ticket = account.ticket(priority="high")
    account.wait(600)
    account.world.update_ticket(ticket, {"status": "solved"}, author=account.agent)
    assert metrics(account, ticket.id) == {}
    account.wait(3_600)
    account.world.update_ticket(ticket, {"status": "open"}, author=account.agent)
    assert metrics(account, ticket.id)["total_resolution_time"]["breach_at"] == iso(account.world.now() + 3_000)


@pytest.mark.parametrize(
    ("metric", "status", "stage"),
    [("periodic_update_time", "pending", "active"), ("pausable_update_time", "pending", "paused")],
)
def test_updates_restart_with_each_answer(account: Account, metric: str, status: str, stage: str) -> None:
    """Periodic and pausable update start anew with each public answer; only the pausable one pauses in pending."""
    account.world.add_sla_policy("All", [("high", metric, 60)])
    ticket = account.ticket(priority="high")
    assert metrics(account, ticket.id) == {}
    for _ in range(2):
        account.wait(600)
        reply(account, ticket.id)
        assert metrics(account, ticket.id)[metric]["breach_at"] == iso(account.world.now() + 3_600)
    account.world.update_ticket(ticket, {"status": status}, author=account.agent)
    assert metrics(account, ticket.id)[metric]["stage"] == stage


def test_business_hours_count_by_the_schedule(account: Account) -> None:
    """A target in business hours is due within them: 60 minutes from Monday 16:30 end Tuesday 09:30."""
    account.world.add_schedule("Office", "UTC", WEEKDAYS)
    account.world.add_sla_policy("All", [("high", "first_reply_time", 60, True)])
    account.wait(8 * 3_600 + 1_800)
    ticket = account.ticket(priority="high")
    assert metrics(account, ticket.id)["first_reply_time"]["breach_at"] == "2026-03-03T09:30:00Z"
    (office,) = account.world.tables["schedules"].where(name="Office")
    account.world.add_holiday(office["id"], "Carnival", "2026-03-03")
    assert metrics(account, ticket.id)["first_reply_time"]["breach_at"] == "2026-03-04T09:30:00Z"


def test_a_new_priority_gives_a_new_target(account: Account) -> None:
    """A change of priority retargets the clock, counted from its start."""
    account.world.add_sla_policy("All", [("low", "first_reply_time", 120), ("urgent", "first_reply_time", 10)])
    ticket = account.ticket(priority="low")
    made = account.world.now()
    account.wait(1_800)
    account.world.update_ticket(ticket, {"priority": "urgent"}, author=account.agent)
    row = metrics(account, ticket.id)["first_reply_time"]
    assert (row["breach_at"], row["minutes"]) == (iso(made + 600), -20)


def test_a_policy_edit_reaches_a_ticket_with_its_next_update(account: Account) -> None:
    """A changed target applies to a ticket when that ticket is next updated."""
    policy = account.world.add_sla_policy("All", [("high", "first_reply_time", 60)])
    ticket = account.ticket(priority="high")
    made = account.world.now()
    body = {
        "sla_policy": {
            "policy_metrics": [{"priority": "high", "metric": "first_reply_time", "target": 5, "business_hours": False}]
        }
    }
    account.put(f"/slas/policies/{policy['id']}.json", body)
    assert metrics(account, ticket.id)["first_reply_time"]["breach_at"] == iso(made + 3_600)
    account.world.update_ticket(ticket, {"subject": "x"}, author=account.agent)
    assert metrics(account, ticket.id)["first_reply_time"]["breach_at"] == iso(made + 300)


def events(account: Account, key: int, metric: str) -> list[tuple[str, int]]:
    """Type and instance of a metric's events."""
    found = account.get(f"/tickets/{key}.json?include=metric_events")["ticket"]["metric_events"]
    return [(row["type"], row["instance_id"]) for row in found[metric] if not row["deleted"]]


def test_metric_events_tell_the_life_of_a_metric(account: Account) -> None:
    """A reply that is answered and asked again makes measure, activate, apply_sla, fulfill, update_status, activate."""
    account.world.add_sla_policy("All", [("high", "first_reply_time", 60)])
    ticket = account.ticket(priority="high")
    account.wait(60)
    reply(account, ticket.id)
    account.wait(60)
    ask(account, ticket.id)
    assert events(account, ticket.id, "reply_time") == [
        ("measure", 0), ("activate", 1), ("apply_sla", 1), ("fulfill", 1), ("update_status", 1), ("activate", 2),
    ]  # fmt: skip


def test_a_breach_is_written_ahead_and_deleted_when_answered(account: Account) -> None:
    """A running target has a breach in the future; answering in time marks it deleted; a late answer leaves it."""
    account.world.add_sla_policy("All", [("high", "first_reply_time", 60)])
    ticket, late = account.ticket(priority="high"), account.ticket(priority="high")
    made = account.world.now()

    def breaches(key: int) -> list[tuple[str, bool]]:
        rows = account.get(f"/tickets/{key}.json?include=metric_events")["ticket"]["metric_events"]["reply_time"]
        return [(row["time"], row["deleted"]) for row in rows if row["type"] == "breach"]

    assert breaches(ticket.id) == [(iso(made + 3_600), False)]
    account.wait(60)
    reply(account, ticket.id)
    account.wait(7_200)
    reply(account, late.id)
    assert breaches(ticket.id) == [(iso(made + 3_600), True)]
    assert breaches(late.id) == [(iso(made + 3_600), False)]


def test_a_target_already_missed_breaches_at_the_update(account: Account) -> None:
    """A policy that comes when time is already up writes apply_sla and breach at the same instant."""
    ticket = account.ticket()
    account.world.add_sla_policy("All", [("high", "first_reply_time", 10)])
    account.wait(3_600)
    account.world.update_ticket(ticket, {"priority": "high"}, author=account.agent)
    rows = account.get(f"/tickets/{ticket.id}.json?include=metric_events")["ticket"]["metric_events"]["reply_time"]
    assert {row["type"]: row["time"] for row in rows if row["type"] in ("apply_sla", "breach")} == {
        "apply_sla": iso(account.world.now()), "breach": iso(account.world.now()),
    }  # fmt: skip


@pytest.mark.parametrize("status", [403, 404])
def test_an_account_without_slas_refuses_and_shows_none(status: Any) -> None:
    """Without SLAs in the plan, policies are refused and tickets carry no slas."""
    account = Account(Options(plan_has_slas=False, no_slas_status=status))
    assert account.call("GET", "/slas/policies.json").status == status
    assert "slas" not in account.get(f"/tickets/{account.ticket().id}.json?include=slas")["ticket"]
