"""The events that targets make: applied, foreseen, missed, taken back; group SLAs; opening hours that change on the way."""

from typing import Any

import pytest

from deskhand.sandbox import Limits, Options
from deskhand.sandbox.clock import epoch_of, iso
from deskhand.sandbox.promises import all_events
from tests.sandbox.builders import Account

HOUR = 3_600
WEEKDAYS = [(day * 1_440 + 540, day * 1_440 + 1_020) for day in range(1, 6)]
"""09:00 to 17:00, Monday to Friday."""


def told(account: Account, key: int, metric: str) -> list[tuple[str, int, int, bool]]:
    """Type, instance, minutes since the account's Monday 08:00 and deletedness of a metric's events."""
    rows = account.get(f"/tickets/{key}.json?include=metric_events")["ticket"]["metric_events"].get(metric, [])
    start = epoch_of("2026-03-02T08:00:00Z")
    return [(row["type"], row["instance_id"], (epoch_of(row["time"]) - start) // 60, row["deleted"]) for row in rows]


def promised(account: Account, key: int, metric: str) -> list[tuple[str, int, int, bool]]:
    """Those that targets make."""
    return [row for row in told(account, key, metric) if row[0] in ("apply_sla", "apply_group_sla", "breach")]


def group_policy(account: Account, group: int, minutes: int, **facts: Any) -> Any:
    """A group SLA policy over HTTP, for high and urgent tickets of a group."""
    rows = [
        {"priority": p, "metric": "group_ownership_time", "target": minutes, "business_hours": False}
        for p in ("high", "urgent")
    ]
    where = {"all": [{"field": "group_id", "operator": "is", "value": group}], "any": []}
    body = {"title": f"Group {group}", "filter": where, "policy_metrics": rows} | facts
    response = account.call("POST", "/group_slas/policies.json", {"group_sla_policy": body})
    assert response.status == 201, response.body
    return response.json()["group_sla_policy"]


def test_each_run_of_a_clock_foresees_a_breach(account: Account) -> None:
    """A pause takes the breach back, and going on foresees another, later by the pause; what is past stays."""
    account.world.add_sla_policy("All", [("high", "requester_wait_time", 60)])
    ticket = account.ticket(priority="high")
    for status in ("pending", "open"):
        account.wait(1_200)
        account.world.update_ticket(ticket, {"status": status}, author=account.agent)
    account.wait(4 * HOUR)
    account.world.update_ticket(ticket, {"status": "solved"}, author=account.agent)
    assert promised(account, ticket.id, "requester_wait_time") == [
        ("apply_sla", 1, 0, False), ("breach", 1, 60, True), ("breach", 1, 80, False),
    ]  # fmt: skip


def test_a_breach_under_one_target_happens_once(account: Account) -> None:
    """A clock that was late, paused and goes on makes no second breach; a new target that it has missed too does."""
    account.world.add_sla_policy("All", [("high", "requester_wait_time", 60), ("urgent", "requester_wait_time", 30)])
    ticket = account.ticket(priority="high")
    for facts in ({"status": "pending"}, {"status": "open"}, {"priority": "urgent"}):
        account.wait(2 * HOUR)
        account.world.update_ticket(ticket, facts, author=account.agent)
    assert promised(account, ticket.id, "requester_wait_time") == [
        ("apply_sla", 1, 0, False), ("breach", 1, 60, False), ("apply_sla", 1, 360, False), ("breach", 1, 360, False),
    ]  # fmt: skip


def test_an_answer_at_the_very_instant_is_in_time(account: Account) -> None:
    """A reply in the second in which the time is used up takes the breach back; one second later it does not."""
    account.world.add_sla_policy("All", [("high", "first_reply_time", 60)])
    tickets = [account.ticket(priority="high") for _ in range(2)]
    for ticket, wait in zip(tickets, (HOUR, 1), strict=True):
        account.wait(wait)
        account.world.update_ticket(ticket, {}, author=account.agent, comment={"body": "hello", "public": True})
    assert [
        row[3] for ticket in tickets for row in promised(account, ticket.id, "reply_time") if row[0] == "breach"
    ] == [True, False]


def test_a_policy_that_no_longer_matches_is_taken_away(account: Account) -> None:
    """An `apply_sla` without content tells that there is no target any more, and the breach is taken back."""
    gold = [{"field": "current_tags", "operator": "includes", "value": "gold"}]
    account.world.add_sla_policy("Gold", [("high", "first_reply_time", 60)], gold)
    ticket = account.ticket(priority="high", tags=["gold"])
    account.wait(60)
    account.world.update_ticket(ticket, {"tags": []}, author=account.agent)
    rows = account.get(f"/tickets/{ticket.id}.json?include=metric_events")["ticket"]["metric_events"]["reply_time"]
    applied = [row for row in rows if row["type"] == "apply_sla"]
    assert ["sla" in row for row in applied] == [True, False]
    assert [row["deleted"] for row in rows if row["type"] == "breach"] == [True]


def test_another_policy_with_the_same_target_is_told(account: Account) -> None:
    """A policy that takes over writes `apply_sla` though its target is the same, and a breach of what was late already; a mere edit writes none."""
    gold = [{"field": "current_tags", "operator": "includes", "value": "gold"}]
    account.world.add_sla_policy("Gold", [("high", "first_reply_time", 60)], gold)
    policy = account.world.add_sla_policy("All", [("high", "first_reply_time", 60)])
    ticket = account.ticket(priority="high")
    account.wait(2 * HOUR)
    account.put(f"/slas/policies/{policy['id']}.json", {"sla_policy": {"title": "Everybody"}})
    account.world.update_ticket(ticket, {"subject": "x"}, author=account.agent)
    account.wait(HOUR)
    account.world.update_ticket(ticket, {"tags": ["gold"]}, author=account.agent)
    assert promised(account, ticket.id, "reply_time") == [
        ("apply_sla", 1, 0, False), ("breach", 1, 60, False), ("apply_sla", 1, 180, False), ("breach", 1, 180, False),
    ]  # fmt: skip


def test_an_answer_that_comes_with_a_new_target_is_not_measured_by_it(account: Account) -> None:
    """SLAs are applied after the update: what it fulfils keeps the target it had."""
    account.world.add_sla_policy("All", [("low", "first_reply_time", 60), ("urgent", "first_reply_time", 1)])
    ticket = account.ticket(priority="low")
    account.wait(600)
    comment = {"body": "hello", "public": True}
    account.world.update_ticket(ticket, {"priority": "urgent"}, author=account.agent, comment=comment)
    assert promised(account, ticket.id, "reply_time") == [("apply_sla", 1, 0, False), ("breach", 1, 60, True)]


def test_a_group_sla_runs_while_the_group_has_the_ticket(account: Account) -> None:
    """Ownership gets the target of its group's policy, is fulfilled by the next group, and begins anew there and after a reopening."""
    group_policy(account, account.group, 60)
    ticket = account.ticket(priority="high", group_id=account.group)
    for facts in (
        {"group_id": account.other_group},
        {"group_id": account.group},
        {"status": "solved"},
        {"status": "open"},
    ):
        account.wait(1_200)
        account.world.update_ticket(ticket, facts, author=account.agent)
    assert [row[:3] for row in told(account, ticket.id, "group_ownership_time") if row[0] != "update_status" and not row[3]] == [
        ("measure", 0, 0), ("activate", 1, 0), ("apply_group_sla", 1, 0),
        ("fulfill", 1, 20), ("activate", 2, 20),
        ("fulfill", 2, 40), ("activate", 3, 40), ("apply_group_sla", 3, 40),
        ("fulfill", 3, 60), ("activate", 4, 80), ("apply_group_sla", 4, 80), ("breach", 4, 140),
    ]  # fmt: skip


def test_a_group_sla_tells_its_policy_and_how_it_stands(account: Account) -> None:
    """The event carries the policy's text id under `group_sla`, and the `group_slas` sideload the metric, apart from `slas`."""
    policy = group_policy(account, account.group, 60, description="Hand on")
    ticket = account.ticket(priority="urgent", group_id=account.group)
    row = account.get(f"/tickets/{ticket.id}.json?include=slas,group_slas,metric_events")["ticket"]
    (applied,) = [row for row in row["metric_events"]["group_ownership_time"] if row["type"] == "apply_group_sla"]
    assert applied["group_sla"] == {
        "target": 60, "business_hours": False, "policy": {"id": policy["id"], "title": policy["title"], "description": "Hand on"},
    }  # fmt: skip
    due = iso(account.world.now() + HOUR)
    assert row["group_slas"]["policy_metrics"] == [
        {"breach_at": due, "stage": "active", "metric": "group_ownership_time", "minutes": 60}
    ]
    assert row["slas"] == {"policy_metrics": []}


def test_group_slas_go_by_the_order_and_by_the_ticket(account: Account) -> None:
    """The first policy that matches counts, in the order they are put in, and none without a priority."""
    first, second = group_policy(account, account.group, 60), group_policy(account, account.group, 30)
    account.put(f"/group_slas/policies/reorder.json?group_sla_policy_ids={second['id']},{first['id']}", {})
    tickets = [account.ticket(group_id=account.group, **facts) for facts in ({"priority": "high"}, {})]
    rows = [account.get(f"/tickets/{t.id}.json?include=group_slas")["ticket"]["group_slas"] for t in tickets]
    assert [len(row["policy_metrics"]) for row in rows] == [1, 0]
    assert rows[0]["policy_metrics"][0]["minutes"] == 30


@pytest.fixture
def office() -> tuple[Account, int]:
    """An account with office hours, and the schedule's id."""
    return office_of(Options())


def office_of(options: Options) -> tuple[Account, int]:
    """An account with office hours, a first reply in eight of them, and the schedule's id."""
    account = Account(options, Limits(incremental=0))
    schedule = int(account.world.add_schedule("Office", "UTC", WEEKDAYS)["id"])
    account.world.add_sla_policy("All", [("high", "first_reply_time", 480, True)])
    return account, schedule


def breaches(account: Account, key: int) -> list[str]:
    """When the export has breaches of a ticket's first reply."""
    rows = account.get("/incremental/ticket_metric_events.json?start_time=0")["ticket_metric_events"]
    return [row["time"] for row in rows if (row["ticket_id"], row["type"]) == (key, "breach") and not row["deleted"]]


def test_an_edit_of_opening_hours_counts_from_then_on(office: tuple[Account, int]) -> None:
    """Eight hours from Monday 11:00 end Tuesday 11:00; half days from Monday noon on move that to Wednesday, and take nothing from the hour before."""
    account, schedule = office
    account.wait(3 * HOUR)
    ticket = account.ticket(priority="high")
    account.wait(HOUR)
    assert breaches(account, ticket.id) == ["2026-03-03T11:00:00Z"]
    half = [{"start_time": d * 1_440 + 540, "end_time": d * 1_440 + 780} for d in range(1, 6)]
    account.put(f"/business_hours/schedules/{schedule}/workweek.json", {"workweek": {"intervals": half}})
    assert breaches(account, ticket.id) == ["2026-03-04T11:00:00Z"]
    row = account.get(f"/tickets/{ticket.id}.json?include=slas")["ticket"]["slas"]["policy_metrics"][0]
    assert row["breach_at"] == "2026-03-04T11:00:00Z"


def test_an_edit_leaves_what_is_past(office: tuple[Account, int]) -> None:
    """A breach that came to pass, and minutes that were counted, stay what they were after the hours change."""
    account, schedule = office
    late, answered = account.ticket(priority="high"), account.ticket(priority="high")
    account.wait(4 * HOUR)
    account.world.update_ticket(answered, {"status": "solved"}, author=account.agent)
    account.wait(26 * HOUR)
    before = [all_events(account.world, ticket) for ticket in (late, answered)]
    account.put(f"/business_hours/schedules/{schedule}/workweek.json", {"workweek": {"intervals": []}})
    assert [all_events(account.world, ticket) for ticket in (late, answered)] == before


def test_an_edit_may_wait_for_the_tickets_next_update() -> None:
    """By the option, what was foreseen stays until the ticket changes."""
    account, schedule = office_of(Options(schedule_edits="next_update"))
    account.wait(2 * HOUR)
    ticket = account.ticket(priority="high")
    account.wait(HOUR)
    account.world.add_holiday(schedule, "Carnival", "2026-03-03")
    assert breaches(account, ticket.id) == ["2026-03-03T10:00:00Z"]
    account.world.update_ticket(ticket, {"subject": "x"}, author=account.agent)
    assert breaches(account, ticket.id) == ["2026-03-04T10:00:00Z"]


def test_a_ticket_without_a_schedule_follows_the_first_and_a_trigger_may_set_another(
    office: tuple[Account, int],
) -> None:
    """`set_schedule` moves the breach to the other hours; deleting that schedule lets the default's count from then on, with its later edits."""
    account, office_hours = office
    always = account.world.add_schedule("Always", "UTC", [(0, 10_080)])["id"]
    account.world.add_rule(
        "triggers", "Day and night", actions=[{"field": "set_schedule", "value": str(always)}],
        conditions={"all": [{"field": "current_tags", "operator": "includes", "value": "night"}], "any": []},
    )  # fmt: skip
    account.wait(2 * HOUR)
    ticket = account.ticket(priority="high")
    assert breaches(account, ticket.id) == ["2026-03-03T10:00:00Z"]
    account.wait(HOUR)
    account.world.update_ticket(ticket, {"tags": ["night"]}, author=account.agent)
    assert breaches(account, ticket.id) == ["2026-03-02T18:00:00Z"]
    account.wait(HOUR)
    assert account.call("DELETE", f"/business_hours/schedules/{always}.json").status == 204
    assert breaches(account, ticket.id) == ["2026-03-03T10:00:00Z"]
    account.wait(HOUR)
    account.world.add_holiday(office_hours, "Carnival", "2026-03-03")
    assert breaches(account, ticket.id) == ["2026-03-04T10:00:00Z"]


def test_events_keep_their_ids(office: tuple[Account, int]) -> None:
    """What a ticket's later life adds changes no event that was there, but for breaches taken back."""
    account, _ = office
    ticket = account.ticket(priority="high", group_id=account.group)
    seen: dict[int, tuple[Any, ...]] = {}
    for facts in (
        {"status": "pending"},
        {"status": "open"},
        {"status": "solved"},
        {"status": "open"},
        {"priority": "low"},
    ):
        account.wait(HOUR)
        account.world.update_ticket(ticket, facts, author=account.agent, comment={"body": "hm", "public": True})
        now = {key: (e.kind, e.metric, e.instance, e.at, e.rest) for key, e in all_events(account.world, ticket)}
        assert seen.items() <= now.items()
        seen = now
