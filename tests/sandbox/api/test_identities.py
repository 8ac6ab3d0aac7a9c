"""The addresses of a person."""

from tests.sandbox.builders import Account


def test_another_address_becomes_the_main_one(account: Account) -> None:
    """make_primary changes the person's e-mail address; the old one stays theirs, keeps its id and can then be removed."""
    path = f"/users/{account.agent}/identities"
    first = account.get(f"{path}.json")["identities"][0]
    body = {"identity": {"type": "email", "value": "two@example.com"}}
    made = account.call("POST", f"{path}.json", body).json()["identity"]
    assert set(made) == set(first)

    rows = account.put(f"{path}/{made['id']}/make_primary.json", {})["identities"]

    assert [(row["value"], row["primary"]) for row in rows] == [("two@example.com", True), ("ana@example.com", False)]
    assert rows[1]["id"] == first["id"]
    assert account.get(f"/users/{account.agent}.json")["user"]["email"] == "two@example.com"
    assert account.call("DELETE", f"{path}/{made['id']}.json").status == 422
    assert account.call("DELETE", f"{path}/{first['id']}.json").status == 204
    assert len(account.get(f"{path}.json")["identities"]) == 1


def test_an_address_is_shown_changed_and_verified(account: Account) -> None:
    """The url of an identity answers; another value signs in, the old one no more; what somebody else has is refused."""
    path = f"/users/{account.customer}/identities"
    [row] = account.get(f"{path}.json")["identities"]
    one = f"{path}/{row['id']}"

    assert account.get(f"{one}.json")["identity"] == row
    assert account.put(f"{one}.json", {"identity": {"value": "new@customer.example"}})["identity"]["verified"] is True
    assert account.call("GET", "/users/me.json", user="new@customer.example").json()["user"]["id"] == account.customer
    assert account.get("/users/me.json", user="cleo@customer.example")["user"]["id"] is None
    assert account.call("PUT", f"{one}.json", {"identity": {"value": "ana@example.com"}}).status == 422
    assert account.put(f"{one}/verify.json", {})["identity"]["verified"] is True
    assert account.put(f"{one}/request_verification.json", {}) == {}
    assert account.call("GET", f"{path}/7.json").status == 404
