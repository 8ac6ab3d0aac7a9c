"""The account is rebuilt while everybody works: names that rules rely on change, go away, and come."""

from functools import partial
from typing import TYPE_CHECKING

from deskhand.sandbox.actors_time import HOUR
from deskhand.sandbox.agenda import happening
from deskhand.sandbox.clock import iso
from deskhand.sandbox.company import Company, build_company
from deskhand.sandbox.records import WEB

if TYPE_CHECKING:
    from deskhand.sandbox.sandbox import Sandbox

NEW_NAME = "Network Operations"
"""How Network Specialists are called after the first hour."""


def build(sandbox: "Sandbox", seed: int, tickets: int | None) -> Company:
    """The company, and a change of its settings at each full hour after the start."""
    company = build_company(sandbox, seed=seed, tickets=400 if tickets is None else tickets)
    start = company.start.timestamp()
    changes = (_rename_group, _merge_groups, _make_group, _switch_field_off, _agent_leaves)
    for hours, change in enumerate(changes, 1):
        sandbox.at(start + hours * HOUR, partial(change, company))
    return company


@happening
def _rename_group(company: Company) -> None:
    """Network Specialists get another name; their id stays."""
    world = company.sandbox.world
    world.tables["groups"].need(company.groups["Network Specialists"]).update(
        name=NEW_NAME, updated_at=iso(world.now())
    )
    world.touched("groups")


@happening
def _merge_groups(company: Company) -> None:
    """Billing becomes part of the first line: its people and tickets move, but for closed ones, and the group is deleted."""
    world, old, new = company.sandbox.world, company.groups["Billing"], company.groups["Support L1"]
    for user in list(world.members.get(old, {})):
        if user not in world.members.get(new, {}):
            world.add_membership(user, new)
    _move_tickets(company, old, new)
    for membership in list(world.members.get(old, {}).values()):
        world.drop_membership(membership)
        person = world.tables["users"].need(membership["user_id"])
        if person["default_group_id"] == old:
            person["default_group_id"] = new
    world.tables["groups"].need(old).update(deleted=True, updated_at=iso(world.now()))
    world.touched("groups")
    company.groups["Billing"] = new


@happening
def _make_group(company: Company) -> None:
    """A new group takes over what Platform Engineering has."""
    world, old = company.sandbox.world, company.groups["Platform Engineering"]
    new = world.add_group("Customer Engineering")["id"]
    for user in list(world.members.get(old, {})):
        world.add_membership(user, new)
    _move_tickets(company, old, new)


@happening
def _switch_field_off(company: Company) -> None:
    """The field that says whether a bug is suspected is deactivated, though rules ask for it."""
    world = company.sandbox.world
    world.tables["ticket_fields"].need(company.fields["suspected_bug"]).update(
        active=False, updated_at=iso(world.now())
    )
    world.touched("ticket_fields")


@happening
def _agent_leaves(company: Company) -> None:
    """An agent of the first line becomes an end user; what is not closed of theirs is nobody's."""
    world = company.sandbox.world
    leaver = company.cast.colleagues(company.groups["Support L1"])[-1]
    for key in list(world.by["assignee_id"].ids(leaver)):
        ticket = world.tickets[key]
        if ticket.status != "closed" and not ticket.deleted:
            world.update_ticket(ticket, {"assignee_id": None}, author=company.sandbox.door.admin(), via=WEB)
    for members in list(world.members.values()):
        if leaver in members:
            world.drop_membership(members[leaver])
    row = world.tables["users"].need(leaver)
    row.update(role="end-user", default_group_id=None, updated_at=iso(world.now()))
    world.index_user(row)


def _move_tickets(company: Company, old: int, new: int) -> None:
    world = company.sandbox.world
    for key in list(world.by["group_id"].ids(old)):
        ticket = world.tickets[key]
        if ticket.status != "closed" and not ticket.deleted:
            stays = ticket.assignee_id if ticket.assignee_id in world.members.get(new, {}) else None
            world.update_ticket(
                ticket, {"group_id": new, "assignee_id": stays}, author=company.sandbox.door.admin(), via=WEB
            )
