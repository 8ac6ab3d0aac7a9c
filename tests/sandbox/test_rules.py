"""Triggers and automations that run."""

from datetime import timedelta
from typing import Any

import pytest

from deskhand.sandbox import Ticket
from tests.sandbox.builders import Account


def trigger(account: Account, title: str, actions: list[Any], **conditions: Any) -> Any:
    """A trigger made over HTTP."""
    body = {
        "title": title,
        "actions": actions,
        "conditions": {"all": conditions.get("all", []), "any": conditions.get("any", [])},
    }
    response = account.call("POST", "/triggers.json", {"trigger": body})
    assert response.status == 201, response.body
    return response.json()["trigger"]


def created(value: str = "Create") -> dict[str, str]:
    """A condition on the type of update."""
    return {"field": "update_type", "operator": "is", "value": value}


def test_a_trigger_runs_on_creation_and_signs_its_changes(account: Account) -> None:
    """What a trigger does is in the same audit, with the rule's id and title."""
    rule = trigger(account, "Route", [{"field": "group_id", "value": account.other_group}], all=[created()])
    ticket = account.ticket()
    assert ticket.group_id == account.other_group
    event = account.get(f"/tickets/{ticket.id}/audits.json")["audits"][0]["events"][-1]
    assert (event["field_name"], event["via"]["channel"], event["via"]["source"]["rel"]) == (
        "group_id",
        "rule",
        "trigger",
    )
    assert (event["via"]["source"]["from"]["id"], event["via"]["source"]["from"]["title"]) == (rule["id"], "Route")


def test_triggers_see_what_those_before_them_did(account: Account) -> None:
    """After a trigger fired, all others are checked again, those before it too, and each fires once."""
    trigger(
        account,
        "Second",
        [{"field": "current_tags", "value": "b"}],
        all=[{"field": "current_tags", "operator": "includes", "value": "a"}],
    )
    trigger(account, "First", [{"field": "current_tags", "value": "a"}], all=[created()])
    assert account.ticket().tags == ("a", "b")


def test_a_trigger_on_a_change_runs_only_then(account: Account) -> None:
    """`changed_to` holds only for the update that changes the field so."""
    trigger(
        account,
        "Hot",
        [{"field": "current_tags", "value": "hot"}],
        all=[{"field": "priority", "operator": "value", "value": "urgent"}],
    )
    trigger(
        account,
        "Raised",
        [{"field": "set_tags", "value": "raised"}],
        all=[{"field": "priority", "operator": "changed_to", "value": "urgent"}],
    )
    ticket = account.ticket()
    account.world.update_ticket(ticket, {"subject": "x"}, author=account.agent)
    assert not ticket.tags
    account.world.update_ticket(ticket, {"priority": "urgent"}, author=account.agent)
    assert ticket.tags == ("raised",)


def test_a_trigger_cannot_loop(account: Account) -> None:
    """Two triggers that undo each other end after one round."""
    trigger(
        account,
        "Up",
        [{"field": "priority", "value": "high"}],
        all=[{"field": "priority", "operator": "is", "value": "low"}],
    )
    trigger(
        account,
        "Down",
        [{"field": "priority", "value": "low"}],
        all=[{"field": "priority", "operator": "is", "value": "high"}],
    )
    assert account.ticket(priority="low").priority == "low"


def test_a_trigger_moves_the_stamp_of_the_same_update(account: Account) -> None:
    """A trigger's change belongs to the update that caused it, so the stamp of that update is the ticket's."""
    trigger(account, "Tag", [{"field": "current_tags", "value": "t"}], all=[created("Change")])
    ticket = account.ticket()
    body = account.put(f"/tickets/{ticket.id}.json", {"ticket": {"priority": "low"}})
    assert body["ticket"]["tags"] == ["t"]
    assert len(ticket.audits) == 2


@pytest.mark.parametrize(
    "body", [{"title": "x"}, {"title": "x", "actions": [{"field": "status", "value": "open"}]}, {"actions": []}]
)
def test_rules_without_conditions_or_actions_are_refused(account: Account, body: dict[str, object]) -> None:
    """A trigger needs a title, a condition and an action."""
    assert account.call("POST", "/triggers.json", {"trigger": body}).status == 422
    assert account.get("/triggers.json")["triggers"] == []


def close_after(account: Account, hours: str) -> Any:
    """The automation that closes solved tickets after some hours."""
    conditions = {
        "all": [
            {"field": "status", "operator": "is", "value": "solved"},
            {"field": "SOLVED", "operator": "greater_than", "value": hours},
        ]
    }
    body = {
        "automation": {"title": "Close", "actions": [{"field": "status", "value": "closed"}], "conditions": conditions}
    }
    response = account.call("POST", "/automations.json", body)
    assert response.status == 201, response.body
    return response.json()["automation"]


def solved(account: Account) -> Ticket:
    """A ticket that was solved."""
    ticket = account.ticket()
    account.world.update_ticket(ticket, {"status": "solved"}, author=account.agent)
    return ticket


def test_an_automation_acts_on_its_hourly_tick(account: Account) -> None:
    """A ticket solved for more than four hours is closed by the tick after, in an audit of the rule's own."""
    rule = close_after(account, "4")
    ticket = solved(account)
    account.sandbox.run_until(account.sandbox.clock.now() + timedelta(hours=4, minutes=59))
    assert ticket.status == "solved"
    account.sandbox.run_until(account.sandbox.clock.now() + timedelta(hours=1))
    assert ticket.status == "closed"
    assert (ticket.audits[-1].via.rule_id, ticket.audits[-1].via.rel) == (rule["id"], "automation")


def test_an_automation_on_sla_breaches_counts_whole_hours(account: Account) -> None:
    """`until_sla_next_breach_at less_than 2` holds in the last two hours before the breach."""
    account.world.add_sla_policy("All", [("high", "first_reply_time", 300)])
    conditions = {
        "all": [
            {"field": "status", "operator": "less_than", "value": "solved"},
            {"field": "until_sla_next_breach_at", "operator": "less_than", "value": "2"},
        ]
    }
    account.world.add_rule(
        "automations", "Warn", actions=[{"field": "current_tags", "value": "soon"}], conditions=conditions
    )
    ticket = account.ticket(priority="high")
    account.sandbox.run_until(account.sandbox.clock.now() + timedelta(hours=3))
    assert not ticket.tags
    account.sandbox.run_until(account.sandbox.clock.now() + timedelta(hours=1))
    assert ticket.tags == ("soon",)


def test_without_automations_nothing_is_due(account: Account) -> None:
    """The agenda stays empty, so that a simulated clock may jump."""
    account.ticket()
    assert account.sandbox.next_happening() is None


def test_an_automation_made_in_the_past_begins_in_the_present(account: Account) -> None:
    """One that is made as of a year ago ticks an hour from now, not once for each hour of that year."""
    now = account.sandbox.clock.now()
    with account.world.as_of(now.timestamp() - 365 * 86_400):
        account.world.add_rule("automations", "Old", actions=[], conditions={"all": [], "any": []})
    assert account.sandbox.next_happening() == now + timedelta(hours=1)
    assert account.sandbox.run_until(now + timedelta(hours=3)) == 3
