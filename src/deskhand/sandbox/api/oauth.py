"""OAuth: tokens by client credentials, and what is known about the token in use."""

import json
from urllib.parse import parse_qsl

from deskhand.sandbox.auth import invalid_client
from deskhand.sandbox.exchange import Answer, Row
from deskhand.sandbox.paging import rows_page
from deskhand.sandbox.refusal import Refusal, not_found
from deskhand.sandbox.route import Ask, route
from deskhand.sandbox.table import as_id

SHORTEST, LONGEST = 300, 172_800
"""Seconds that a token may live."""


@route("POST", "/oauth/tokens", role=None)
def token(ask: Ask) -> Answer:
    """A bearer token for a client that knows its secret. There is no refresh token: ask again."""
    given = _body(ask)
    client = ask.sandbox.door.client(str(given.get("client_id")))
    if client is None or client.secret != given.get("client_secret"):
        raise invalid_client()
    if given.get("grant_type") != "client_credentials":
        text = "The authorization grant type is not supported by the authorization server."
        raise Refusal(400, {"error": "unsupported_grant_type", "error_description": text})
    seconds = _life(given.get("expires_in"))
    scope = str(given.get("scope") or "read write")
    text = ask.sandbox.door.issue(client.user, tuple(scope.split()), seconds, client.id)
    body: Row = {"access_token": text, "token_type": "bearer", "scope": scope}
    return Answer(body | ({"expires_in": seconds} if seconds is not None else {}), 200, {"cache-control": "no-store"})


def _body(ask: Ask) -> Row:
    kind = ask.request.headers.get("content-type", "")
    if "form-urlencoded" in kind:
        return dict(parse_qsl(ask.request.body.decode("utf-8", "replace")))
    try:
        value = json.loads(ask.request.body or b"{}")
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise Refusal(400, {"error": "invalid_request", "error_description": "The request body is not valid"})
    return value


def _life(given: object) -> int | None:
    """How long a token lives. Raises Refusal (400) outside the bounds."""
    if given is None:
        return None
    if not SHORTEST <= (as_id(given) or 0) <= LONGEST:
        text = f"expires_in must be between {SHORTEST} and {LONGEST} seconds"
        raise Refusal(400, {"error": "invalid_request", "error_description": text})
    return int(str(given))


@route("GET", "/oauth/tokens/current", role="end-user")
def current(ask: Ask) -> Row:
    """The token in use. Raises Refusal (404) where none is."""
    if ask.user.token is None:
        raise not_found()
    return {"token": ask.user.token.row(ask.base)}


@route("DELETE", "/oauth/tokens/current", role="end-user")
def revoke(ask: Ask) -> Answer:
    """Let the token in use be valid no more."""
    door = ask.sandbox.door
    door.tokens = {text: kept for text, kept in door.tokens.items() if kept is not ask.user.token}
    return Answer(None, 204)


@route("GET", "/oauth/tokens", role="admin")
def tokens(ask: Ask) -> Row:
    """All tokens."""
    return rows_page(ask, "tokens", [kept.row(ask.base) for kept in ask.sandbox.door.tokens.values()])


@route("GET", "/oauth/clients", role="admin")
def clients(ask: Ask) -> Row:
    """All clients."""
    rows: list[Row] = [
        {
            "id": client.id,
            "identifier": name,
            "name": name,
            "kind": "confidential",
            "user_id": client.user,
            "secret": "redacted",
            "global": False,
        }
        for name, client in ask.sandbox.door.clients.items()
    ]
    return rows_page(ask, "clients", rows)
