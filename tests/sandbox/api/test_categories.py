"""The categories of triggers, and definitions."""

import pytest

from tests.sandbox.builders import Account


def test_categories_have_ids_as_text_and_stay_while_they_have_triggers(account: Account) -> None:
    """A category is made, renamed and removed; one with triggers is not."""
    made = account.call("POST", "/trigger_categories.json", {"trigger_category": {"name": "Mail"}})
    row = made.json()["trigger_category"]
    changed = account.call(
        "PATCH", f"/trigger_categories/{row['id']}.json", {"trigger_category": {"name": "Post"}}
    ).json()

    assert (made.status, type(row["id"]), "url" in row) == (201, str, False)
    assert changed["trigger_category"]["name"] == "Post"
    conditions = {"all": [{"field": "update_type", "operator": "is", "value": "Create"}]}
    body = {
        "title": "T",
        "conditions": conditions,
        "actions": [{"field": "priority", "value": "low"}],
        "category_id": row["id"],
    }
    trigger = account.call("POST", "/triggers.json", {"trigger": body}).json()["trigger"]
    assert trigger["category_id"] == row["id"]
    assert account.call("DELETE", f"/trigger_categories/{row['id']}.json").status == 422
    account.call("DELETE", f"/triggers/{trigger['id']}.json")
    assert account.call("DELETE", f"/trigger_categories/{row['id']}.json").status == 204


@pytest.mark.parametrize("kind", ["triggers", "automations", "views"])
def test_definitions_name_the_accounts_own_values(account: Account, kind: str) -> None:
    """What rules may ask for comes with this account's groups and fields."""
    found = account.get(f"/{kind}/definitions.json")["definitions"]
    conditions = {row["subject"]: row for row in found["conditions_all"]}

    assert "Billing" in [value["title"] for value in conditions["group_id"]["values"]]
    assert f"custom_fields_{account.tier}" in conditions
    assert ("actions" in found) == (kind != "views")
