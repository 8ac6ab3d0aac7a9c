"""Credentials: fetched once, renewed in time, never shown."""

from datetime import timedelta

import pytest

from deskhand.errors import AccessRefused
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
