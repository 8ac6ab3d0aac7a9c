"""Audits as JSON: what an update changed in the ticket's SLA targets."""

from typing import Any

from tests.sandbox.builders import Account


def changed(account: Account, key: int) -> list[list[tuple[str, Any, Any]]]:
    """Field, value before and after of the changes of SLA targets, audit by audit."""
    audits = account.get(f"/tickets/{key}/audits.json")["audits"]
    return [
        [
            (row["field_name"], row["previous_value"], row["value"])
            for row in audit["events"]
            if row.get("via", {}).get("source", {}).get("rel") == "sla_target_change"
        ]
        for audit in audits
    ]


def test_an_audit_tells_which_targets_changed(account: Account) -> None:
    """The policy by its title, each target in minutes and kind of hours, null where it comes or goes; nothing where it stays."""
    targets = [
        ("high", "first_reply_time", 60, False),
        ("low", "first_reply_time", 90, True),
        ("low", "agent_work_time", 5, False),
    ]
    gold = [{"field": "current_tags", "operator": "includes", "value": "gold"}]
    account.world.add_sla_policy("Gold", targets, gold)
    ticket = account.ticket(priority="high", tags=["gold"])
    updates: list[dict[str, Any]] = [{"priority": "low"}, {"subject": "x"}, {"tags": []}]
    for facts in updates:
        account.world.update_ticket(ticket, facts, author=account.agent)
    hour, longer, short = ({"minutes": m, "in_business_hours": b} for m, b in ((60, False), (90, True), (5, False)))
    assert changed(account, ticket.id) == [
        [("sla_policy", None, "Gold"), ("first_reply_time", None, hour)],
        [("agent_work_time", None, short), ("first_reply_time", hour, longer)],
        [],
        [("sla_policy", "Gold", None), ("agent_work_time", short, None), ("first_reply_time", longer, None)],
    ]


def test_the_export_of_events_tells_them_too(account: Account) -> None:
    """As child events with the field as a key of its own, under ids that no other event has."""
    account.world.add_sla_policy("All", [("high", "first_reply_time", 60)])
    account.ticket(priority="high")
    account.wait(61)
    (row,) = account.get("/incremental/ticket_events.json?start_time=0")["ticket_events"]
    told = [child for child in row["child_events"] if "first_reply_time" in child]
    assert [child["first_reply_time"] for child in told] == [{"minutes": 60, "in_business_hours": False}]
    assert len({child["id"] for child in row["child_events"]}) == len(row["child_events"])
