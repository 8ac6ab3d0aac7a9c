"""Texts in several languages."""

from tests.sandbox.builders import Account


def test_an_item_has_one_text_a_language_and_one_default(account: Account) -> None:
    """Variants have addresses, are unique by language, change the default, and the default cannot be removed."""
    item = account.call("POST", "/dynamic_content/items.json", {"item": {"name": "Hello", "content": "Hello"}}).json()[
        "item"
    ]
    path = f"/dynamic_content/items/{item['id']}/variants"
    made = account.call(
        "POST", f"{path}.json", {"variant": {"locale_id": 8, "content": "Hallo", "default": True}}
    ).json()["variant"]
    rows = {row["content"]: row for row in account.get(f"{path}.json")["variants"]}

    assert [rows[text]["default"] for text in ("Hello", "Hallo")] == [False, True]
    assert made["url"].endswith(f"{path}/{made['id']}.json")
    assert account.get(f"/dynamic_content/items/{item['id']}.json")["item"]["variants"][1] == made
    assert account.call("POST", f"{path}.json", {"variant": {"locale_id": 8, "content": "x"}}).status == 422
    assert account.call("DELETE", f"{path}/{made['id']}.json").status == 422
    assert account.put(f"{path}/{made['id']}.json", {"variant": {"content": "Moin"}})["variant"]["content"] == "Moin"
    many = account.put(f"{path}/update_many.json", {"variants": [{"id": rows["Hello"]["id"], "default": True}]})
    assert many["variants"][0]["default"] is True
    assert account.call("DELETE", f"{path}/{made['id']}.json").status == 204
    assert (
        account.call("POST", f"{path}/create_many.json", {"variants": [{"locale_id": 9, "content": "Ola"}]}).status
        == 201
    )
    assert account.get("/dynamic_content/items/show_many.json?identifiers=dc.hello")["count"] == 1
