"""Identities: the addresses of a person, of which one is the main one."""

from deskhand.sandbox.api.resource import clean
from deskhand.sandbox.clock import iso
from deskhand.sandbox.exchange import Answer, Row
from deskhand.sandbox.paging import rows_page
from deskhand.sandbox.refusal import invalid_field, not_found
from deskhand.sandbox.render import with_url
from deskhand.sandbox.route import Ask, route

_FAR = 1_000_000_000_000
"""How far the id of a main identity, which is stored only when there is a reason to, is from that of its person."""

_TYPES = ("email", "phone_number", "twitter", "google", "facebook", "agent_forwarding")


def _main(user: Row) -> Row:
    """The identity of an address that a person was made with."""
    return {
        "id": user["id"] + _FAR, "user_id": user["id"], "type": "email", "value": user["email"], "verified": user["verified"], "primary": True,
        "created_at": user["created_at"], "updated_at": user["updated_at"], "undeliverable_count": 0, "deliverable_state": "deliverable",
        "verified_at": None, "verification_method": "none",
    }  # fmt: skip


def identities_of(ask: Ask, user: Row) -> list[Row]:
    """A person's addresses, the main one first."""
    rows = ask.world.tables["identities"].where(user_id=user["id"])
    main = next((row for row in rows if row["primary"]), None)
    if main is not None:
        main["value"] = user["email"]
        return [main, *(row for row in rows if row is not main)]
    return ([_main(user)] if user["email"] else []) + rows


def _one(ask: Ask, key: str, number: str) -> tuple[Row, Row]:
    """A person and one of their addresses, which is stored from now on. Raises Refusal (404)."""
    user = ask.world.tables["users"].need(key)
    row = next((row for row in identities_of(ask, user) if str(row["id"]) == number), None)
    if row is None:
        raise not_found()
    return user, ask.world.tables["identities"].put(row)


def _shown(ask: Ask, row: Row) -> Row:
    return with_url(ask.base, f"users/{row['user_id']}/identities", row)


def _listed(ask: Ask, user: Row) -> Row:
    return rows_page(ask, "identities", [_shown(ask, row) for row in identities_of(ask, user)])


@route("GET", "/users/{id}/identities", resource="users")
def identities(ask: Ask, key: str) -> Row:
    """A person's addresses."""
    return _listed(ask, ask.world.tables["users"].need(key))


@route("GET", "/users/{id}/identities/{identity}", resource="users")
def identity(ask: Ask, key: str, number: str) -> Row:
    """One address."""
    return {"identity": _shown(ask, _one(ask, key, number)[1])}


@route("POST", "/users/{id}/identities", resource="users")
def add(ask: Ask, key: str) -> Answer:
    """Add an address."""
    user, given = ask.world.tables["users"].need(key), clean(ask.envelope("identity"))
    value = str(given.get("value") or "")
    if given.get("type") not in _TYPES or not value:
        raise invalid_field("value", "Value: is invalid")
    _free(ask, value)
    facts = {"type": given["type"], "value": value, "verified": bool(given.get("verified")), "primary": False}
    row = ask.world.make("identities", _main(user) | facts, {"id": ask.world.new_id()})
    if given["type"] == "email":
        ask.world.emails[value.lower()] = user["id"]
    return Answer({"identity": _shown(ask, row)}, 201)


def _free(ask: Ask, value: str) -> None:
    """Raise Refusal (422) for an address that somebody has."""
    if value.lower() in ask.world.emails:
        raise invalid_field("value", f"Email: {value} is already being used by another user", "DuplicateValue")


@route("PUT", "/users/{id}/identities/{identity}", resource="users")
def change(ask: Ask, key: str, number: str) -> Row:
    """Another value, or that it is verified."""
    user, row = _one(ask, key, number)
    given = clean(ask.envelope("identity"))
    value = str(given.get("value") or row["value"])
    if value.lower() != str(row["value"]).lower():
        _free(ask, value)
        if row["type"] == "email":
            ask.world.emails.pop(str(row["value"]).lower(), None)
            ask.world.emails[value.lower()] = user["id"]
        if row["primary"]:
            user["email"] = value
    verified = bool(given.get("verified", row["verified"]))
    row |= {"value": value, "verified": verified, "updated_at": iso(ask.world.now())}
    return {"identity": _shown(ask, row)}


@route("PUT", "/users/{id}/identities/{identity}/verify", resource="users")
def verify(ask: Ask, key: str, number: str) -> Row:
    """Take an address for verified."""
    _, row = _one(ask, key, number)
    row |= {"verified": True, "updated_at": iso(ask.world.now())}
    return {"identity": _shown(ask, row)}


@route("PUT", "/users/{id}/identities/{identity}/request_verification", resource="users")
def request_verification(ask: Ask, key: str, number: str) -> Row:
    """Write to an address; nothing is sent here."""
    _one(ask, key, number)
    return {}


@route("PUT", "/users/{id}/identities/{identity}/make_primary", resource="users")
def make_primary(ask: Ask, key: str, number: str) -> Row:
    """Let another e-mail address be the main one."""
    user, row = _one(ask, key, number)
    if row["type"] != "email":
        raise invalid_field("primary", "Primary: only an e-mail address can be the main one")
    for other in identities_of(ask, user):
        ask.world.tables["identities"].put(other)["primary"] = other is row
    user |= {"email": row["value"], "updated_at": iso(ask.world.now())}
    return _listed(ask, user)


@route("DELETE", "/users/{id}/identities/{identity}", resource="users")
def drop(ask: Ask, key: str, number: str) -> Answer:
    """Remove an address; the main one stays."""
    _, row = _one(ask, key, number)
    if row["primary"]:
        raise invalid_field("base", "Identity: the primary one cannot be deleted")
    ask.world.tables["identities"].drop(row["id"])
    ask.world.emails.pop(str(row["value"]).lower(), None)
    return Answer(None, 204)
