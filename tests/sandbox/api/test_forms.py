"""Ticket forms beside their CRUD."""

from tests.sandbox.builders import Account


def test_a_form_is_copied_and_put_in_order(account: Account) -> None:
    """A copy has the fields of its original, is no default, and can be put in front of it."""
    first = account.world.default_id("ticket_forms")
    copy = account.call("POST", f"/ticket_forms/{first}/clone.json").json()["ticket_form"]
    original = account.get(f"/ticket_forms/{first}.json")["ticket_form"]

    assert (copy["ticket_field_ids"], copy["default"]) == (original["ticket_field_ids"], False)
    assert copy["id"] != first
    account.put("/ticket_forms/reorder.json", {"ticket_form_ids": [copy["id"], first]})
    rows = account.get(f"/ticket_forms/show_many.json?ids={first},{copy['id']},7")["ticket_forms"]
    assert [row["id"] for row in rows] == [copy["id"], first]


def test_a_form_names_the_statuses_it_allows(account: Account) -> None:
    """Statuses are allowed once each, are listed for the form and for all, and are taken away one by one or all together."""
    form = account.world.default_id("ticket_forms")
    statuses = [row["id"] for row in account.world.tables["custom_statuses"]]
    path = f"/ticket_forms/{form}/ticket_form_statuses"
    made = account.call(
        "POST", f"{path}.json", {"ticket_form_status": [{"custom_status_id": key} for key in statuses[:3]]}
    ).json()
    again = account.call("POST", f"{path}.json", {"ticket_form_status": {"custom_status_id": statuses[0]}}).json()

    first = made["ticket_form_statuses"][0]
    assert again["ticket_form_statuses"] == [first]
    assert set(first) == {"id", "ticket_form_id", "custom_status_id"}
    assert account.get("/ticket_form_statuses.json")["count"] == 3
    assert account.get(f"/ticket_form_statuses/show_many.json?ids={first['id']}")["count"] == 1
    assert account.call("DELETE", f"{path}/{first['id']}.json").status == 204
    assert account.get(f"{path}.json")["count"] == 2
    assert account.call("DELETE", f"{path}.json").status == 204
    assert account.get(f"{path}.json")["count"] == 0
    assert account.call("POST", f"{path}.json", {"ticket_form_status": [1]}).status == 400
