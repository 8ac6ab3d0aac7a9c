"""The options of fields and their order."""

from tests.sandbox.builders import Account


def test_options_are_added_changed_shown_and_removed(account: Account) -> None:
    """An option has an address of its own; a field without options has none to add to."""
    path = f"/ticket_fields/{account.tier}/options"
    made = account.call("POST", f"{path}.json", {"custom_field_option": {"name": "Bronze", "value": "bronze"}})
    row = made.json()["custom_field_option"]
    again = account.call(
        "POST", f"{path}.json", {"custom_field_option": {"id": row["id"], "name": "Tin", "value": "bronze"}}
    )

    assert (made.status, again.status) == (201, 200)
    assert account.get(f"{path}/{row['id']}.json")["custom_field_option"]["raw_name"] == "Tin"
    assert account.get(f"{path}.json")["count"] == 3
    assert account.call("DELETE", f"{path}/{row['id']}.json").status == 204
    assert account.call("GET", f"{path}/{row['id']}.json").status == 404
    assert (
        account.call(
            "POST", f"/ticket_fields/{account.order}/options.json", {"custom_field_option": {"name": "x"}}
        ).status
        == 404
    )


def test_fields_are_put_in_another_order(account: Account) -> None:
    """Fields are listed in the order of the ids that were sent last."""
    keys = [account.world.add_record_field("user_fields", name)["id"] for name in ("a", "b")]
    account.put("/user_fields/reorder.json", {"user_field_ids": keys[::-1]})

    assert [row["id"] for row in account.get("/user_fields.json")["user_fields"]] == keys[::-1]
    assert account.call("PUT", "/user_fields/reorder.json", {"user_field_ids": 1}).status == 400


def test_the_field_of_custom_statuses_names_them(account: Account) -> None:
    """System fields show what belongs to them alone: custom statuses, and which sub type they are of."""
    rows = {row["type"]: row for row in account.get("/ticket_fields.json")["ticket_fields"]}

    assert [row["agent_label"] for row in rows["custom_status"]["custom_statuses"]] == [
        "New",
        "Open",
        "Pending",
        "On-hold",
        "Solved",
    ]
    assert (rows["status"]["sub_type_id"], rows["priority"]["sub_type_id"]) == (1, 0)
    assert "sub_type_id" not in rows["text"]
