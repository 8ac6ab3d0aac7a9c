"""Which of a person's groups or organizations is the first; and what an organization has to do with others."""

from deskhand.sandbox.api.extras import JOINED
from deskhand.sandbox.api.people import MEMBERSHIPS, ORGANIZATIONS
from deskhand.sandbox.api.resource import Kind, answered, change, listing, make
from deskhand.sandbox.clock import iso
from deskhand.sandbox.exchange import Answer, Row
from deskhand.sandbox.refusal import not_found
from deskhand.sandbox.route import Ask, route


def _default(ask: Ask, kind: Kind, key: str, column: str, value: object) -> Row:
    """Let one of a person's memberships be the default; `column` names what it is of. Raises Refusal (404)."""
    user = ask.world.tables["users"].need(key)
    rows = ask.world.tables[kind.table].where(user_id=user["id"])
    chosen = next((row for row in rows if row[column] == value), None)
    if chosen is None:
        raise not_found()
    for row in rows:
        row["default"] = row is chosen
    chosen["updated_at"] = user["updated_at"] = iso(ask.world.now())
    user["default_group_id" if kind is MEMBERSHIPS else "organization_id"] = value
    return listing(ask, kind, rows)


def _of(ask: Ask, kind: Kind, number: str, column: str) -> object:
    return ask.world.tables[kind.table].need(number)[column]


@route("PUT", "/users/{id}/group_memberships/{membership}/make_default", role="agent")
def default_group(ask: Ask, key: str, number: str) -> Row:
    """Let one of an agent's groups be their default."""
    return _default(ask, MEMBERSHIPS, key, "group_id", _of(ask, MEMBERSHIPS, number, "group_id"))


@route("PUT", "/users/{id}/organization_memberships/{membership}/make_default", resource="organizations")
def default_membership(ask: Ask, key: str, number: str) -> Row:
    """Let one of a person's organizations be their default."""
    return _default(ask, JOINED, key, "organization_id", _of(ask, JOINED, number, "organization_id"))


@route("PUT", "/users/{id}/organizations/{organization}/make_default", resource="organizations")
def default_organization(ask: Ask, key: str, number: str) -> Row:
    """The same, by the organization."""
    return _default(ask, JOINED, key, "organization_id", ask.world.tables["organizations"].need(number)["id"])


@route("DELETE", "/users/{id}/organizations/{organization}", resource="organizations")
def leave(ask: Ask, key: str, number: str) -> Answer:
    """Take a person out of an organization."""
    user, organization = ask.world.tables["users"].need(key), ask.world.tables["organizations"].need(number)
    row = ask.world.tables["organization_memberships"].first(user_id=user["id"], organization_id=organization["id"])
    if row is None:
        raise not_found()
    JOINED.dropped(ask, row, {})
    ask.world.tables["organization_memberships"].drop(row["id"])
    return Answer(None, 204)


@route("GET", "/organizations/{id}/related", resource="organizations")
def related(ask: Ask, key: str) -> Row:
    """How many people and tickets an organization has."""
    number = ask.world.tables["organizations"].need(key)["id"]
    people = len(ask.world.tables["users"].where(organization_id=number, active=True))
    return {
        "organization_related": {
            "tickets_count": len(ask.world.by["organization_id"].ids(number)),
            "users_count": people,
        }
    }


@route("GET", "/organizations/{id}/organization_memberships", resource="organizations")
def members(ask: Ask, key: str) -> Row:
    """Who belongs to an organization."""
    number = ask.world.tables["organizations"].need(key)["id"]
    return listing(ask, JOINED, ask.world.tables["organization_memberships"].where(organization_id=number))


@route("POST", "/organizations/create_or_update", role="admin", resource="organizations")
def upsert(ask: Ask) -> Answer:
    """Change the organization with this id, external id or name, or make it."""
    given, table = ask.envelope("organization"), ask.world.tables["organizations"]
    row = table.get(given.get("id"))
    for name in ("external_id", "name"):
        if row is None and given.get(name):
            row = next((one for one in table if str(one[name]).lower() == str(given[name]).lower()), None)
    if row is None:
        return Answer(answered(ask, ORGANIZATIONS, make(ask, ORGANIZATIONS, given)), 201)
    change(ask, ORGANIZATIONS, row, given)
    return Answer(answered(ask, ORGANIZATIONS, row))
