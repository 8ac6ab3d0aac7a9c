"""OAuth clients and tokens."""

import json

from deskhand.sandbox import Options, Request
from deskhand.sandbox.auth import Client
from tests.sandbox.builders import Account


def token(account: Account, client: str, secret: str, scope: str) -> tuple[int, dict[str, str]]:
    """What the token endpoint answers."""
    body = {"grant_type": "client_credentials", "client_id": client, "client_secret": secret, "scope": scope}
    headers = {"content-type": "application/json"}
    answer = account.sandbox.handle(
        Request.of("POST", f"{account.sandbox.url}/oauth/tokens", headers=headers, body=json.dumps(body).encode())
    )
    return answer.status, answer.json()


def test_a_client_is_made_changed_and_removed(account: Account) -> None:
    """Only the answers that make a secret show it; with the client go its tokens."""
    made = account.call("POST", "/oauth/clients.json", {"client": {"name": "Tool", "identifier": "tool"}}).json()[
        "client"
    ]
    shown = account.get(f"/oauth/clients/{made['id']}.json")["client"]
    assert made["secret"] not in shown["secret"]
    assert {row["identifier"] for row in account.get("/oauth/clients.json")["clients"]} == {"sandbox-client", "tool"}
    status, body = token(account, "tool", made["secret"], "tickets:read")
    assert status == 200
    fresh = account.put(f"/oauth/clients/{made['id']}/generate_secret.json", {})["client"]["secret"]
    assert token(account, "tool", made["secret"], "read")[0] == 401
    assert token(account, "tool", fresh, "read")[0] == 200
    assert account.put(f"/oauth/clients/{made['id']}.json", {"client": {"name": "T2"}})["client"]["name"] == "T2"
    assert account.call("DELETE", f"/oauth/clients/{made['id']}.json").status == 204
    assert account.call("GET", "/tickets.json", token=body["access_token"]).status == 401
    assert account.call("GET", f"/oauth/clients/{made['id']}.json").status == 404


def test_an_identifier_is_taken_once(account: Account) -> None:
    """Without name or identifier, or with one that is taken, a client is refused with 422."""
    for client in ({"name": "x"}, {"identifier": "y"}, {"name": "x", "identifier": "sandbox-client"}):
        assert account.call("POST", "/oauth/clients.json", {"client": client}).status == 422


def test_scopes_bound_what_a_token_may(account: Account) -> None:
    """A scope of one resource reads it, and nothing else; what is missing is named."""
    _, body = token(account, "sandbox-client", "sandbox-secret", "tickets:read")
    access = body["access_token"]
    assert account.call("GET", "/tickets.json", token=access).status == 200
    refused = account.call("POST", "/tickets.json", {"ticket": {"comment": {"body": "x"}}}, token=access)
    assert (refused.status, refused.json()["description"]) == (
        403,
        "You are missing the following required scopes: tickets:write, write",
    )
    assert account.call("GET", "/macros.json", token=access).status == 403


def test_a_client_that_is_held_to_scopes_may_ask_for_those_alone(account: Account) -> None:
    """One more is answered with 400 invalid_scope, and no token is made; the option holds every client, the client's own list goes before it."""
    account.sandbox.door.clients["held"] = Client("secret", account.agent, 7, allowed=("read", "tickets:write"))
    made = len(account.sandbox.door.tokens)

    assert token(account, "held", "secret", "read tickets:write")[0] == 200
    assert token(account, "held", "secret", "tickets:write")[1]["scope"] == "tickets:write"
    for scope in ("read write", "tickets:read", "macros:write read"):
        status, body = token(account, "held", "secret", scope)
        assert (status, body["error"]) == (400, "invalid_scope")
    assert len(account.sandbox.door.tokens) == made + 2

    strict = Account(Options(client_scopes="read"))
    assert token(strict, "sandbox-client", "sandbox-secret", "read")[0] == 200
    assert token(strict, "sandbox-client", "sandbox-secret", "read write")[0] == 400


def test_macros_have_scopes_of_their_own_or_not(account: Account) -> None:
    """It differs by what is documented, so there is a switch."""
    body = {"macro": {"title": "Calm", "actions": [{"field": "status", "value": "open"}]}}
    _, mine = token(account, "sandbox-client", "sandbox-secret", "macros:write")
    assert account.call("POST", "/macros.json", body, token=mine["access_token"]).status == 201

    old = Account(Options(macro_scopes=False))
    _, mine = token(old, "sandbox-client", "sandbox-secret", "macros:write")
    refused = old.call("POST", "/macros.json", body, token=mine["access_token"])
    assert (refused.status, refused.json()["description"]) == (
        403,
        "You are missing the following required scopes: write",
    )


def test_a_token_is_revoked_by_its_id(account: Account) -> None:
    """A token is listed without its text, and once deleted it is 401."""
    _, body = token(account, "sandbox-client", "sandbox-secret", "read")
    row = account.get("/oauth/tokens.json")["tokens"][0]
    assert body["access_token"] not in str(account.get(f"/oauth/tokens/{row['id']}.json"))
    assert account.call("DELETE", f"/oauth/tokens/{row['id']}.json").status == 204
    assert account.call("GET", "/tickets.json", token=body["access_token"]).status == 401
    assert account.call("DELETE", f"/oauth/tokens/{row['id']}.json").status == 404


def test_each_client_has_an_id_of_its_own(account: Account) -> None:
    """The standing client beside one of a world is another client: removing one leaves the other's tokens."""
    account.sandbox.door.clients["world"] = Client("secret", account.agent)
    assert len({row["id"] for row in account.get("/oauth/clients.json")["clients"]}) == 2
