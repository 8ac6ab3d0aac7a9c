"""Groups with their agents, and everybody by name or address."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from deskhand.sandbox.page.pages import chosen, portion
from deskhand.sandbox.page.words import name_of

if TYPE_CHECKING:
    from deskhand.sandbox.sandbox import Sandbox

SIZE = 50
ROLES = ("admin", "agent", "end-user")


def view(sandbox: "Sandbox", query: Mapping[str, str], rest: str) -> dict[str, Any]:
    """Groups, and a page of the people asked for."""
    if rest:
        raise KeyError(rest)
    world = sandbox.world
    role, asked = chosen(query, "role", ROLES), query.get("q", "").strip().lower()
    rows = [
        row
        for row in world.tables["users"].rows.values()
        if (not role or row["role"] == role) and (not asked or asked in f"{row['name']} {row['email']}".lower())
    ]
    shown, pages = portion(rows, query, SIZE)
    groups = [
        {
            "name": row["name"], "deleted": row.get("deleted", False), "tickets": len(world.by["group_id"].ids(row["id"])),
            "members": [name_of(world, "users", key) for key in sorted(world.members.get(row["id"], {}))[:30]],
        }
        for row in list(world.tables["groups"])[:100]
    ]  # fmt: skip
    people = [
        {
            "id": row["id"], "name": row["name"], "email": row["email"] or "–", "role": row["role"],
            "organization": name_of(world, "organizations", row["organization_id"]), "tickets": len(world.by["requester_id"].ids(row["id"])),
        }
        for row in shown
    ]  # fmt: skip
    return {
        "groups": groups,
        "people": people,
        "pages": pages,
        "role": role,
        "asked": query.get("q", ""),
        "roles": ROLES,
    }
