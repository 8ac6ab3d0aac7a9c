"""What of a sandbox is kept in its state, part by part, and what is made anew from it.

Every attribute of every part is in one of the three lists, so that a new one is not forgotten: a test compares them with a living sandbox.
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from deskhand.sandbox.actors import Cast, NewTicket
from deskhand.sandbox.auth import Client, Token
from deskhand.sandbox.calls import Call
from deskhand.sandbox.company import Company
from deskhand.sandbox.eventlog import Player, Report, State
from deskhand.sandbox.eventlog_layout import Layout
from deskhand.sandbox.eventlog_people import Known
from deskhand.sandbox.eventlog_read import Case, Log
from deskhand.sandbox.exchange import Request, Response
from deskhand.sandbox.faults import Fault, Kept
from deskhand.sandbox.generator import Drawer, Past
from deskhand.sandbox.jobs import Job
from deskhand.sandbox.records import Via
from deskhand.sandbox.seeding import Opening
from deskhand.sandbox.services import KEEPS
from deskhand.sandbox.services.stand_in import StandIn
from deskhand.sandbox.webhooks import Breaker, Invocation

if TYPE_CHECKING:
    from deskhand.sandbox.sandbox import Sandbox
    from deskhand.sandbox.world import World

_NOTHING: frozenset[str] = frozenset()

CLASSES: Mapping[type, frozenset[str]] = {
    Breaker: _NOTHING, Call: _NOTHING, Case: _NOTHING, Client: _NOTHING, Drawer: _NOTHING, Fault: _NOTHING, Invocation: _NOTHING, Kept: frozenset({"pattern"}), Known: _NOTHING,
    Layout: _NOTHING, Log: _NOTHING, NewTicket: _NOTHING, Opening: _NOTHING, Report: _NOTHING, Request: _NOTHING, Response: _NOTHING, State: _NOTHING, Token: _NOTHING,
    Via: _NOTHING, Company: _NOTHING, Player: _NOTHING,
    Cast: frozenset({"refusals", "_desks"}),
    Job: frozenset({"work"}),
    Past: frozenset({"agenda"}),
    **dict.fromkeys(KEEPS, _NOTHING),
}  # fmt: skip
"""The classes whose values a state may hold, each with the fields that are left out."""

KEPT: Mapping[str, tuple[str, ...]] = {
    "world": ("_last_id", "_last_ticket", "_closing", "random", "emails", "staff", "_kinds", "_turns", "holidays", "opening", "revision", "revisions", "applied_macros"),
    "door": ("clients", "tokens", "api_tokens", "passwords"),
    "jobs": ("_jobs",),
    "webhooks": ("secrets", "invocations", "breakers"),
    "rules": ("_ticking",),
    "meter": ("_counts",),
    "faults": ("_random", "_kept", "skew", "remembered"),
    "calls": ("counts", "statuses", "log"),
    "agenda": ("_added",),
    "sandbox": ("answered",),
}  # fmt: skip
"""The attributes of each part that are written as they are."""

OTHERWISE: Mapping[str, tuple[str, ...]] = {
    "world": ("tables", "tickets"),
    "agenda": ("_heap",),
    "meter": ("limits",),
    "sandbox": ("clock", "options", "seed", "subdomain"),
}
"""The attributes that have lines of their own, or stand in the head."""

ANEW: Mapping[str, tuple[str, ...]] = {
    "world": (
        "subdomain", "account_id", "options", "_clock", "_fixed", "_made", "_timetables", "rules", "watchers", "listeners", "members", "generated", "updated", "live",
        "by_status", "by", "written", "changed",
    ),
    "door": ("world",),
    "jobs": ("_sandbox", "_again"),
    "webhooks": ("_sandbox",),
    "rules": ("_world", "_agenda"),
    "meter": ("_spelling", "_body", "_totals", "spent"),
    "sandbox": (
        "agenda", "world", "calls", "faults", "meter", "door", "jobs", "renderer", "metric_log", "rules", "webhooks", "services", "deliver", "postman", "keep", "asking", "guarded", "_router",
    ),
}  # fmt: skip
"""The attributes that a new sandbox has, or that follow from what is kept: wiring, indexes and caches."""


def parties(sandbox: "Sandbox") -> dict[str, object]:
    """The objects that every sandbox has, by name: what is kept refers to them."""
    return {
        "sandbox": sandbox, "world": sandbox.world, "door": sandbox.door, "jobs": sandbox.jobs, "webhooks": sandbox.webhooks, "rules": sandbox.rules,
        "meter": sandbox.meter, "faults": sandbox.faults, "calls": sandbox.calls, "agenda": sandbox.agenda,
        **{f"services.{name}": stand_in for name, stand_in in sandbox.services.all.items()},
    }  # fmt: skip


def kept_of(name: str, part: object) -> tuple[str, ...]:
    """The names of the attributes of a part that are written as they are."""
    return part.kept() if isinstance(part, StandIn) else KEPT.get(name, ())


def kept(part: object, names: Iterable[str]) -> dict[str, Any]:
    """Attributes of a part, by name."""
    return {name: getattr(part, name) for name in names}


def put_back(part: object, values: Mapping[str, Any]) -> None:
    """Give a part its attributes back."""
    for name, value in values.items():
        setattr(part, name, value)


def index(world: "World") -> None:
    """Work out what follows from the rows and tickets of a world: who is in which group, and all orders of tickets."""
    for row in world.tables["group_memberships"]:
        world.members.setdefault(row["group_id"], {})[row["user_id"]] = row
    tickets = world.tickets.values()
    listed = [ticket for ticket in tickets if not ticket.deleted and not ticket.archived]
    world.generated.fill((ticket.generated, ticket.id) for ticket in tickets)
    world.updated.fill((ticket.updated, ticket.id) for ticket in listed)
    world.written.fill((audit.at, ticket.id) for ticket in tickets for audit in ticket.audits)
    for ticket in sorted(listed, key=lambda one: one.id):
        world.live.add(ticket.id)
        world.by_status.move(ticket.id, None, ticket.status)
    for ticket in sorted(tickets, key=lambda one: one.id):
        for name, group in world.by.items():
            group.move(ticket.id, None, getattr(ticket, name))
    world.changed.update(world.tickets)
