"""How many tickets, users and groups there are under another record."""

from collections.abc import Iterable

from deskhand.sandbox.api.people import counted
from deskhand.sandbox.exchange import Row
from deskhand.sandbox.route import Ask, route


def _tickets(ask: Ask, ids: Iterable[int]) -> Row:
    ask.world.archive()
    tickets = [ask.world.tickets[key] for key in ids]
    return counted(ask, sum(not (ticket.deleted or ticket.archived) for ticket in tickets))


@route("GET", "/organizations/{id}/tickets/count", resource="tickets")
def tickets_of_organization(ask: Ask, key: str) -> Row:
    """How many tickets an organization has."""
    return _tickets(ask, ask.world.by["organization_id"].ids(ask.world.tables["organizations"].need(key)["id"]))


@route("GET", "/users/{id}/tickets/assigned/count", resource="tickets")
def tickets_assigned(ask: Ask, key: str) -> Row:
    """How many tickets an agent has."""
    return _tickets(ask, ask.world.by["assignee_id"].ids(ask.world.tables["users"].need(key)["id"]))


@route("GET", "/users/{id}/tickets/ccd/count", resource="tickets")
def tickets_ccd(ask: Ask, key: str) -> Row:
    """On how many tickets a person is in copy."""
    person, tickets = ask.world.tables["users"].need(key)["id"], ask.world.tickets
    return _tickets(ask, [number for number in ask.world.live.ids if person in tickets[number].email_cc_ids])


@route("GET", "/organizations/{id}/users/count", resource="users")
def users_of_organization(ask: Ask, key: str) -> Row:
    """How many people an organization has."""
    row = ask.world.tables["organizations"].need(key)
    return counted(ask, len(list(ask.world.tables["users"].where(organization_id=row["id"], active=True))))


@route("GET", "/groups/{id}/users/count", resource="users")
def users_of_group(ask: Ask, key: str) -> Row:
    """How many members a group has."""
    return counted(ask, len(ask.world.members.get(ask.world.tables["groups"].need(key)["id"], {})))


@route("GET", "/users/{id}/groups/count", resource="users")
def groups_of_user(ask: Ask, key: str) -> Row:
    """Of how many groups an agent is a member."""
    row = ask.world.tables["users"].need(key)
    return counted(ask, len(list(ask.world.tables["group_memberships"].where(user_id=row["id"]))))
