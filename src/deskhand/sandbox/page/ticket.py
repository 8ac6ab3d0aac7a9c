"""One ticket: its facts, its clocks, what happened to it update by update, and its metric events."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from deskhand.sandbox import promises
from deskhand.sandbox.life import MetricEvent
from deskhand.sandbox.page.clocks import clocks
from deskhand.sandbox.page.pages import portion
from deskhand.sandbox.page.words import changed, name_of, noted, span
from deskhand.sandbox.records import Audit, Change, Comment, Ticket
from deskhand.sandbox.refusal import not_found
from deskhand.sandbox.render import comment_body

if TYPE_CHECKING:
    from deskhand.sandbox.sandbox import Sandbox
    from deskhand.sandbox.world import World

UPDATES, EVENTS = 50, 60


def view(sandbox: "Sandbox", query: Mapping[str, str], rest: str) -> dict[str, Any]:
    """A ticket, deleted or not. Raises Refusal (404)."""
    world = sandbox.world
    found = world.find(rest)
    if found is None:
        raise not_found()
    now = int(sandbox.clock.epoch())
    audits, pages = portion(found.audits, query, UPDATES, newest_first=True)
    events, event_pages = portion(promises.metric_events(world, found), query, EVENTS, "events", newest_first=True)
    return {
        "ticket": found, "facts": _facts(world, found), "fields": _fields(world, found), "clocks": clocks(world, found, now),
        "audits": [_audit(world, audit) for audit in audits], "pages": pages, "event_pages": event_pages,
        "events": [(event, _more(event)) for _, event in events], "today": now,
        "macros": [row for row in world.tables["macros"] if row["active"]][:50],
    }  # fmt: skip


def _facts(world: "World", ticket: Ticket) -> list[tuple[str, str]]:
    return [
        ("Requester", name_of(world, "users", ticket.requester_id)),
        ("Organization", name_of(world, "organizations", ticket.organization_id)),
        ("Group", name_of(world, "groups", ticket.group_id)),
        ("Assignee", name_of(world, "users", ticket.assignee_id)),
        ("Type", ticket.type or "none"),
        ("Brand", name_of(world, "brands", ticket.brand_id)),
        ("Form", name_of(world, "ticket_forms", ticket.form_id)),
        ("Came by", ticket.via.channel),
        ("External id", ticket.external_id or "none"),
        ("Followers", ", ".join(name_of(world, "users", key) for key in ticket.follower_ids) or "none"),
    ]


def _fields(world: "World", ticket: Ticket) -> list[tuple[str, str]]:
    """The custom fields that hold something."""
    held = ((key, ticket.fields.get(key)) for key in world.custom_fields())
    return [
        (name_of(world, "ticket_fields", key), " ".join(map(str, value)) if isinstance(value, list) else str(value))
        for key, value in held
        if value not in (None, "", [])
    ]


def _more(event: MetricEvent) -> str:
    """What a metric event carries beyond its kind: a target, or the minutes that passed."""
    rest = event.rest or {}
    if rest.get("sla"):
        kind = ", in business hours" if rest["sla"]["business_hours"] else ""
        return f"target {span(rest['sla']['target_in_seconds'])}{kind}"
    if rest.get("status"):
        passed = {kind: span(60 * minutes) for kind, minutes in rest["status"].items()}
        return f"{passed['calendar']}, of these {passed['business']} in business hours"
    return ""


def _audit(world: "World", audit: Audit) -> dict[str, Any]:
    """An update in words: who, when, by what way, what was said, what was changed."""
    said, happened = [], []
    for event in audit.events:
        if isinstance(event, Comment):
            shown = comment_body(event)
            said.append(
                {
                    "author": name_of(world, "users", event.author), "public": event.public, "body": shown["plain_body"] or shown["body"],
                    "files": [str(row["file_name"]) for row in event.files],
                }
            )  # fmt: skip
        elif isinstance(event, Change):
            happened.append(changed(world, event))
        else:
            happened.append(noted(world, event))
    return {
        "id": audit.id, "at": audit.at, "author": name_of(world, "users", audit.author), "via": audit.via.title or audit.via.channel,
        "client": audit.client, "said": said, "changes": [one for one in happened if not one.started or one.after != "none"],
        "created": any(one.started for one in happened), "staff": audit.author in world.staff,
    }  # fmt: skip
