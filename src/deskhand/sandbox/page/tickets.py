"""The list of tickets: by status, by a search, newest change first; never more than a page of them is looked at."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from deskhand.sandbox import search, sla
from deskhand.sandbox.page.pages import Ordered, chosen, portion
from deskhand.sandbox.page.words import name_of
from deskhand.sandbox.records import CATEGORIES, Ticket

if TYPE_CHECKING:
    from deskhand.sandbox.sandbox import Sandbox
    from deskhand.sandbox.world import World

SIZE = 40


def view(sandbox: "Sandbox", query: Mapping[str, str], rest: str) -> dict[str, Any]:
    """A page of tickets, with how many there are of each status."""
    if rest:
        raise KeyError(rest)
    world = sandbox.world
    world.archive()
    status, asked = chosen(query, "status", CATEGORIES), query.get("q", "").strip()
    ids = _ids(sandbox, status, asked)
    shown, pages = portion(ids, query, SIZE, newest_first=True)
    counts = {name: len(world.by_status.ids(name)) for name in CATEGORIES}
    return {
        "status": status, "asked": asked, "counts": counts, "pages": pages,
        "tickets": [_row(world, world.tickets[key]) for key in shown],
    }  # fmt: skip


def _ids(sandbox: "Sandbox", status: str, asked: str) -> Ordered[int]:
    """The tickets asked for, those that changed last at the end."""
    world = sandbox.world
    if asked:
        terms = search.parse(f"{asked} status:{status}" if status else asked)
        found = search.tickets(world, terms, sandbox.door.admin())
        return [ticket.id for ticket in sorted(found, key=lambda ticket: (ticket.updated, ticket.id))]
    return world.by_status.ids(status) if status else world.updated.ids()


def _row(world: "World", ticket: Ticket) -> dict[str, Any]:
    return {
        "id": ticket.id, "subject": ticket.subject or "(no subject)", "status": ticket.status, "priority": ticket.priority or "none",
        "requester": name_of(world, "users", ticket.requester_id), "group": name_of(world, "groups", ticket.group_id),
        "assignee": name_of(world, "users", ticket.assignee_id), "updated": ticket.updated, "due": sla.next_breach(world, ticket),
    }  # fmt: skip
