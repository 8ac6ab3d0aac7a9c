"""OAuth: tokens by client credentials, what is known about the token in use, and the clients."""

import json
from hashlib import sha256
from urllib.parse import parse_qsl

from deskhand.sandbox.api.resource import clean
from deskhand.sandbox.auth import CLIENT_ID, Client, invalid_client, invalid_scope
from deskhand.sandbox.exchange import Answer, Row
from deskhand.sandbox.paging import rows_page
from deskhand.sandbox.refusal import Refusal, invalid_field, not_found
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
    allowed = client.allowed or tuple(ask.world.options.client_scopes.split())
    if allowed and not set(scope.split()) <= set(allowed):
        raise invalid_scope()
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


@route("GET", "/oauth/tokens/{id}", role="admin")
def show_token(ask: Ask, key: str) -> Row:
    """One token; its text is shown to nobody."""
    return {"token": ask.sandbox.door.tokens[_text_of(ask, key)].row(ask.base)}


@route("DELETE", "/oauth/tokens/{id}", role="admin")
def revoke_token(ask: Ask, key: str) -> Answer:
    """Let a token be valid no more."""
    del ask.sandbox.door.tokens[_text_of(ask, key)]
    return Answer(None, 204)


def _text_of(ask: Ask, key: str) -> str:
    """The text of the token with this id. Raises Refusal (404)."""
    found = next((text for text, kept in ask.sandbox.door.tokens.items() if str(kept.id) == key), None)
    if found is None:
        raise not_found()
    return found


# Clients.


def _client_row(ask: Ask, name: str, client: Client, secret: str | None = None) -> Row:
    """A client; its secret is whole only in the answer to its making."""
    return {
        "url": f"{ask.base}/api/v2/oauth/clients/{client.id}.json", "id": client.id, "identifier": name, "name": client.name or name, "kind": "confidential",
        "user_id": client.user, "secret": secret or f"{client.secret[:3]}...", "redirect_uri": [], "company": None, "description": client.description,
        "global": False, "created_at": None, "updated_at": None, "logo_url": None,
    }  # fmt: skip


def _client(ask: Ask, key: str) -> tuple[str, Client]:
    """The client of an id, with its identifier. Raises Refusal (404)."""
    found = next((item for item in _clients(ask) if str(item[1].id) == key), None)
    if found is None:
        raise not_found()
    return found


def _clients(ask: Ask) -> list[tuple[str, Client]]:
    ask.sandbox.door.client(CLIENT_ID)
    return list(ask.sandbox.door.clients.items())


@route("GET", "/oauth/clients", role="admin")
def clients(ask: Ask) -> Row:
    """All clients."""
    return rows_page(ask, "clients", [_client_row(ask, name, client) for name, client in _clients(ask)])


@route("GET", "/oauth/clients/{id}", role="admin")
def show_client(ask: Ask, key: str) -> Row:
    """One client."""
    return {"client": _client_row(ask, *_client(ask, key))}


@route("POST", "/oauth/clients", role="admin")
def create_client(ask: Ask) -> Answer:
    """Make a client whose tokens act as whoever makes it, or as `user_id`; this answer alone shows its secret."""
    given = clean(ask.envelope("client"))
    for field in ("name", "identifier"):
        if not given.get(field):
            raise invalid_field(field, f"{field.capitalize()}: cannot be blank", "BlankValue")
    identifier = str(given["identifier"])
    if identifier in dict(_clients(ask)):
        raise invalid_field("identifier", "Identifier: has already been taken", "DuplicateValue")
    user = ask.world.tables["users"].need(given.get("user_id", ask.user.id))["id"]
    identity = ask.world.new_id()
    client = Client(_secret(ask, identity), user, identity, str(given["name"]), given.get("description"))
    ask.sandbox.door.clients[identifier] = client
    row = _client_row(ask, identifier, client, client.secret)
    return Answer({"client": row}, 201, {"location": row["url"]})


@route("PUT", "/oauth/clients/{id}", role="admin")
def update_client(ask: Ask, key: str) -> Row:
    """Change a client's name and description."""
    name, client = _client(ask, key)
    given = clean(ask.envelope("client"))
    client.name = str(given.get("name") or client.name)
    client.description = given.get("description", client.description)
    return {"client": _client_row(ask, name, client)}


@route("PUT", "/oauth/clients/{id}/generate_secret", role="admin")
def generate_secret(ask: Ask, key: str) -> Row:
    """A new secret, shown in this answer alone; the old one is valid no more."""
    name, client = _client(ask, key)
    client.secret = _secret(ask, ask.world.new_id())
    return {"client": _client_row(ask, name, client, client.secret)}


@route("DELETE", "/oauth/clients/{id}", role="admin")
def delete_client(ask: Ask, key: str) -> Answer:
    """Remove a client and all its tokens."""
    name, client = _client(ask, key)
    door = ask.sandbox.door
    del door.clients[name]
    door.tokens = {text: kept for text, kept in door.tokens.items() if kept.client != client.id}
    return Answer(None, 204)


def _secret(ask: Ask, number: int) -> str:
    return sha256(f"{ask.world.account_id}:secret:{number}".encode()).hexdigest()
