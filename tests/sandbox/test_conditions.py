"""Conditions on tickets: the index that a rule or a view begins with never loses a ticket."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from deskhand.sandbox.conditions import all_hold, narrowed
from tests.sandbox.builders import Account


def crowd() -> Account:
    """Tickets of every status, some deleted, with and without group and assignee."""
    account = Account()
    for status in ("new", "open", "pending", "hold", "solved", "closed") * 2:
        ticket = account.ticket()
        group = account.group if ticket.id % 2 else account.other_group
        facts = {"group_id": group} | ({"assignee_id": account.agent} if group == account.group else {})
        account.world.update_ticket(ticket, facts, author=account.agent)
        if status != "new":
            account.world.update_ticket(ticket, {"status": status}, author=account.agent)
        if ticket.id in (3, 10):
            account.world.delete_ticket(ticket, account.agent)
    return account


CROWD = crowd()
VALUES = st.sampled_from(["open", "solved", "closed", "OPEN", "", "x", str(CROWD.group), CROWD.group, CROWD.agent, CROWD.customer, None, ["open"], 1])  # fmt: skip
CONDITIONS = st.fixed_dictionaries(
    {
        "field": st.sampled_from(["status", "group_id", "assignee_id", "requester_id", "organization_id", "priority"]),
        "operator": st.sampled_from(["is", "is_not", "less_than", "greater_than", "less_than_equal", "changed", "not_changed", "not_changed_to", "value", "present", "includes", None]),
        "value": VALUES,
    }
)  # fmt: skip


@settings(max_examples=300)
@given(st.lists(CONDITIONS, max_size=3), st.lists(CONDITIONS, max_size=2))
def test_an_index_loses_no_ticket(every: list[dict[str, Any]], some: list[dict[str, Any]]) -> None:
    """Of the tickets that an index gives, the same ones meet the conditions as of all that are listed, in the same order."""
    world, conditions = CROWD.world, {"all": every, "any": some}
    by_index = [key for key in narrowed(world, conditions) if all_hold(world, world.tickets[key], conditions)]
    assert by_index == [key for key in world.live.ids if all_hold(world, world.tickets[key], conditions)]
