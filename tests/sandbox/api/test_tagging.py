"""Tags of people and organizations."""

from tests.sandbox.builders import Account


def test_tags_are_set_added_and_removed(account: Account) -> None:
    """Each answer tells the tags there are."""
    path = f"/users/{account.customer}/tags.json"
    made = account.call("POST", path, {"tags": ["b"]})
    assert (made.status, made.json()) == (201, {"tags": ["b"]})
    assert account.put(path, {"tags": ["a", "b"]}) == {"tags": ["a", "b"]}
    assert account.call("DELETE", path, {"tags": ["b"]}).json() == {"tags": ["a"]}
    assert account.get(path) == {"tags": ["a"]}
    assert account.get(f"/users/{account.customer}.json")["user"]["tags"] == ["a"]
