"""Credentials: fetched once, renewed in time, never shown."""

import json
from datetime import timedelta

import pytest
import requests

from deskhand.errors import AccessRefused, Transient
from deskhand.zendesk.auth import ApiToken, ClientCredentials, Secret, sign
from tests.http.canned import HOME, Canned, answer, session
from tests.zendesk.places import Told

CLIENT = ClientCredentials("the-client", Secret("canary-secret"))


def token(name: str) -> tuple[int, bytes, dict[str, str]]:
    """A token for an hour."""
    return answer(200, {"access_token": name, "expires_in": 3600})


def test_a_token_is_fetched_once_and_renewed_before_it_ends() -> None:
    """Five minutes before, not after."""
    clock, canned = Told(), Canned([token("one"), answer(), answer(), token("two"), answer()])
    talking = session(canned)
    sign(talking, CLIENT, clock.now)

    for minutes in (0, 54, 2):
        clock.at += timedelta(minutes=minutes)
        talking.get(f"{HOME}/api/v2/users/me")

    signed = [request.headers.get("Authorization") for request in canned.asked if request.method == "GET"]
    assert signed == ["Bearer one", "Bearer one", "Bearer two"]
    assert canned.lines.count("POST /oauth/tokens") == 2


def test_a_refused_client_is_named_and_its_secret_is_not() -> None:
    """S1: the error says which setting to mend."""
    canned = Canned([answer(401, {"error": "invalid_client", "error_description": "Client authentication failed"})])
    talking = session(canned)
    sign(talking, CLIENT, Told().now)

    with pytest.raises(AccessRefused, match="OAuth client 'the-client'") as caught:
        talking.get(f"{HOME}/api/v2/users/me")

    assert "DESKHAND_CLIENT_SECRET" in caught.value.hint
    assert "canary" not in f"{caught.value!r} {caught.value}"


def test_an_api_token_signs_as_zendesk_wants_it() -> None:
    """Basic, with `/token` after the address."""
    canned = Canned([answer()])
    talking = session(canned)
    sign(talking, ApiToken("ann@acme.example", Secret("t")), Told().now)

    talking.get(f"{HOME}/api/v2/users/me")

    assert canned.asked[0].headers["Authorization"] == "Basic YW5uQGFjbWUuZXhhbXBsZS90b2tlbjp0"


def test_secrets_are_never_shown() -> None:
    """In no form."""
    shown = f"{CLIENT!r} {CLIENT} {Secret('canary')!r} {Secret('canary')} {[Secret('canary')]}"

    assert "canary" not in shown


REFUSED = answer(
    400, {"error": "invalid_scope", "error_description": "The requested scope is invalid, unknown, or malformed."}
)


def asked(canned: Canned) -> list[str]:
    """The scopes that tokens were asked for with."""
    return [json.loads(request.body or b"{}")["scope"] for request in canned.asked if "/oauth/" in str(request.url)]


def test_leave_to_write_is_asked_for_when_something_is_written() -> None:
    """S7: a process that only reads never holds it, and one that writes holds it for what it writes alone."""
    clock, canned = (
        Told(),
        Canned([token("reads"), answer(), token("writes"), answer(), answer(), token("again"), answer()]),
    )
    talking = session(canned)
    sign(talking, CLIENT, clock.now)

    talking.get(f"{HOME}/api/v2/tickets/5")
    talking.put(f"{HOME}/api/v2/tickets/update_many.json", json={})
    talking.get(f"{HOME}/api/v2/tickets/5")
    clock.at += timedelta(hours=1)
    talking.get(f"{HOME}/api/v2/tickets/5")

    assert asked(canned) == ["read", "read tickets:write", "read tickets:write"]


def test_a_client_of_old_that_may_write_everything_still_does() -> None:
    """Where the narrow scope is not among those allowed and the whole `write` is, that one is used."""
    wide = answer(200, {"access_token": "wide", "expires_in": 3600, "scope": "read write"})
    canned = Canned([REFUSED, wide, answer(), answer()])
    talking = session(canned)
    sign(talking, CLIENT, Told().now)

    talking.put(f"{HOME}/api/v2/tickets/update_many", json={})
    talking.post(f"{HOME}/api/v2/macros", json={})

    assert asked(canned) == ["read tickets:write", "read write"]


def test_a_scope_that_the_client_may_not_have_is_named() -> None:
    """S7: the one that is missing, not all that were asked for, and where to allow it. The write was not sent."""
    canned = Canned([REFUSED, REFUSED, token("reads"), REFUSED])
    talking = session(canned)
    sign(talking, CLIENT, Told().now)

    with pytest.raises(
        AccessRefused, match=r"'the-client' is not allowed to ask for the scope macros:write$"
    ) as caught:
        talking.put(f"{HOME}/api/v2/macros/5", json={})

    assert "Admin Center > Apps and integrations > APIs > OAuth clients" in caught.value.hint
    assert asked(canned) == ["read macros:write", "read write", "read", "macros:write"]
    assert {request.method for request in canned.asked} == {"POST"}


def test_a_token_whose_answer_was_lost_leaves_nothing_unclear() -> None:
    """The write that it was for was not sent, so it may simply be tried again."""
    canned = Canned([requests.ReadTimeout()])
    talking = session(canned)
    sign(talking, CLIENT, Told().now)

    with pytest.raises(Transient, match="no token came"):
        talking.put(f"{HOME}/api/v2/tickets/update_many", json={})


def test_a_token_that_was_revoked_is_not_used_again() -> None:
    """The call fails, and the next one brings another token."""
    canned = Canned([token("old"), answer(401, {"error": "invalid_token"}), token("new"), answer()])
    talking = session(canned)
    sign(talking, CLIENT, Told().now)

    with pytest.raises(AccessRefused):
        talking.get(f"{HOME}/api/v2/tickets/5")
    talking.get(f"{HOME}/api/v2/tickets/5")

    assert canned.asked[-1].headers["Authorization"] == "Bearer new"
