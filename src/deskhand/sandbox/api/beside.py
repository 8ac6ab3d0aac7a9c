"""What can be asked for beside people, groups and audits."""

from deskhand.sandbox.api.identities import identities_of
from deskhand.sandbox.exchange import Row
from deskhand.sandbox.render import with_url
from deskhand.sandbox.route import Ask
from deskhand.sandbox.sideloads import Beside, beside, records, rows_beside, tickets_text


def _groups(ask: Ask, users: list[Row]) -> list[Row]:
    """The groups of people who are agents."""
    wanted = {row["id"] for row in users}
    return records(ask, "groups", {group for group, members in ask.world.members.items() if wanted & members.keys()})


def _identities(ask: Ask, users: list[Row]) -> list[Row]:
    """All addresses of people."""
    return [
        with_url(ask.base, f"users/{user['id']}/identities", row) for user in users for row in identities_of(ask, user)
    ]


def _open_tickets(ask: Ask, users: list[Row]) -> dict[str, int]:
    """How many unsolved tickets people have asked for, by their ids."""
    tickets, requested = ask.world.tickets, ask.world.by["requester_id"]
    return {
        str(row["id"]): sum(tickets[key].unsolved and not tickets[key].deleted for key in requested.ids(row["id"]))
        for row in users
    }


USER_SIDELOADS: dict[str, Beside] = {
    "organizations": ("organizations", "organization_id"),
    "groups": _groups,
    "identities": _identities,
    "roles": ("custom_roles", "custom_role_id"),
    "open_ticket_count": _open_tickets,
}


def with_members(ask: Ask, group: Row) -> Row:
    """A group, with the ids of its members where they are asked for."""
    return group | {"user_ids": sorted(ask.world.members.get(group["id"], {}))} if "users" in ask.include else group


def members_of(ask: Ask, groups: list[Row]) -> list[Row]:
    """The members of groups, each once."""
    return records(ask, "users", {user for group in groups for user in ask.world.members.get(group["id"], {})})


def beside_audits(ask: Ask, audits: list[Row]) -> Row:
    """Who wrote audits, and their tickets with the groups and organizations of these."""
    tickets = [ask.world.tickets[key] for key in sorted({int(row["ticket_id"]) for row in audits})]
    named = {name: value for name, value in beside(ask, tickets).items() if name in ("groups", "organizations")}
    if "tickets" in ask.include:
        named["tickets"] = tickets_text(ask, tickets)
    return named | rows_beside(ask, audits, {"users": ("users", "author_id")})
