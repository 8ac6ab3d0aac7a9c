"""Who may ask, and for what."""

import json

import pytest

from deskhand.sandbox import Options, Request, Response
from tests.sandbox.builders import Account

CLIENT = {"grant_type": "client_credentials", "client_id": "sandbox-client", "client_secret": "sandbox-secret"}


def oauth(account: Account, **facts: object) -> Response:
    """The answer of the token endpoint to the standing client, with other facts where given."""
    body = json.dumps(CLIENT | facts).encode()
    headers = {"content-type": "application/json"}
    return account.sandbox.handle(Request.of("POST", f"{account.sandbox.url}/oauth/tokens", headers=headers, body=body))


def test_client_credentials_give_a_token_that_works_until_it_expires(account: Account) -> None:
    """A token lives as long as asked, then it is answered with 401 invalid_token."""
    made = oauth(account, expires_in=300, scope="read write").json()
    assert (made["token_type"], made["expires_in"], "refresh_token" in made) == ("bearer", 300, False)
    bearer = made["access_token"]
    assert account.call("GET", "/users/me.json", token=bearer).json()["user"]["email"] == "admin@example.com"
    assert account.get("/oauth/tokens/current.json", token=bearer)["token"]["expires_at"] == "2026-03-02T08:05:00Z"
    account.wait(300)
    refused = account.call("GET", "/tickets.json", token=bearer)
    assert (refused.status, refused.json()["error"]) == (401, "invalid_token")


@pytest.mark.parametrize("facts", [{"client_secret": "wrong"}, {"client_id": "nobody"}])
def test_a_wrong_client_is_refused(account: Account, facts: dict[str, str]) -> None:
    """An unknown client or a wrong secret answers 401 invalid_client."""
    response = oauth(account, **facts)
    assert (response.status, response.json()["error"]) == (401, "invalid_client")


@pytest.mark.parametrize("seconds", [299, 172_801, "soon"])
def test_a_life_out_of_bounds_is_refused(account: Account, seconds: object) -> None:
    """expires_in must be from 300 to 172,800."""
    assert oauth(account, expires_in=seconds).status == 400


def test_scopes_bound_what_a_token_may_do(account: Account) -> None:
    """A tickets:read token reads tickets, but neither audits nor writes; a misspelt scope may nothing."""
    ticket = account.ticket()
    bearer = oauth(account, scope="tickets:read").json()["access_token"]
    assert account.call("GET", f"/tickets/{ticket.id}.json", token=bearer).status == 200
    audits = account.call("GET", f"/tickets/{ticket.id}/audits.json", token=bearer)
    assert audits.status == 403
    assert "read" in audits.json()["description"]
    assert account.call("PUT", f"/tickets/{ticket.id}.json", {"ticket": {"tags": ["x"]}}, token=bearer).status == 403
    odd = oauth(account, scope="raed").json()["access_token"]
    assert account.call("GET", "/tickets.json", token=odd).status == 403


def test_wrong_credentials_are_refused(account: Account) -> None:
    """Nobody, an unknown user and a password answer 401."""
    path = f"{account.sandbox.url}/api/v2/tickets.json"
    headers: list[dict[str, str]] = [
        {},
        {"authorization": "Basic eDp5"},
        {"authorization": "Basic !!"},
        {"authorization": "Bearer no"},
    ]
    assert [account.sandbox.handle(Request.of("GET", path, headers=sent)).status for sent in headers] == [401] * 4
    assert account.call("GET", "/tickets.json", user="nobody@example.com").json() == {
        "error": "Couldn't authenticate you"
    }


@pytest.mark.parametrize("anonymous", [True, False])
def test_me_without_credentials_follows_the_option(anonymous: bool) -> None:
    """users/me shows an anonymous user, or answers 401."""
    account = Account(Options(anonymous_me=anonymous))
    response = account.sandbox.handle(Request.of("GET", f"{account.sandbox.url}/api/v2/users/me.json"))
    assert response.status == (200 if anonymous else 401)


def test_customers_see_only_their_own_tickets(account: Account) -> None:
    """An end user reads their own ticket, not another's, and no list."""
    mine = account.ticket()
    other = account.world.create_ticket({"comment": {"body": "x"}}, author=account.agent)
    user = "cleo@customer.example"
    assert account.call("GET", f"/tickets/{mine.id}.json", user=user).status == 200
    assert account.call("GET", f"/tickets/{other.id}.json", user=user).status == 403
    assert account.call("GET", "/tickets.json", user=user).status == 403


@pytest.mark.parametrize("way", ["404", "redirect"])
def test_another_accounts_host_is_not_answered(way: str) -> None:
    """A wrong subdomain answers 404, or redirects away."""
    account = Account(Options(unknown_subdomain="404" if way == "404" else "redirect"))
    response = account.sandbox.handle(Request.of("GET", "https://other.zendesk.com/api/v2/users/me.json"))
    assert response.status == (404 if way == "404" else 302)


@pytest.mark.parametrize("path", ["/nothing.json", "/tickets/1/nothing", "/../etc", "/tickets/1/2/3/4/5"])
def test_unknown_paths_are_invalid_endpoints(account: Account, path: str) -> None:
    """A path that does not exist answers 404 InvalidEndpoint."""
    response = account.call("GET", path)
    assert (response.status, response.json()["error"]) == (404, "InvalidEndpoint")
