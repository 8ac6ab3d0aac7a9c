"""Activities: what others did to the tickets of whoever asks, told from the audits."""

from collections.abc import Iterator

from deskhand.sandbox.api.people import counted
from deskhand.sandbox.clock import iso
from deskhand.sandbox.exchange import Row
from deskhand.sandbox.paging import rows_page
from deskhand.sandbox.records import Audit, Change, Comment, Event, Ticket
from deskhand.sandbox.refusal import not_found
from deskhand.sandbox.render import with_url
from deskhand.sandbox.route import Ask, route

_TICKETS, _AUDITS = 50, 20
"""Of how many tickets, and of how many audits of each, the latest are told."""

_RAISED = ("low", "normal", "high", "urgent")


@route("GET", "/activities")
def activities(ask: Ask) -> Row:
    """What happened, newest first, with the people beside it."""
    rows = _told(ask)
    since = ask.query.get("since")
    body = rows_page(ask, "activities", [row for row in rows if since is None or row["created_at"] > since])
    shown: list[Row] = body["activities"]
    return body | {"actors": _each(row["actor"] for row in shown), "users": _each(row["user"] for row in shown)}


@route("GET", "/activities/count")
def count(ask: Ask) -> Row:
    """How much there is."""
    return counted(ask, len(_told(ask)))


@route("GET", "/activities/{id}")
def activity(ask: Ask, key: str) -> Row:
    """One of them."""
    row = next((row for row in _told(ask) if str(row["id"]) == key), None)
    if row is None:
        raise not_found()
    return {"activity": row}


def _each(people: Iterator[Row]) -> list[Row]:
    return list({row["id"]: row for row in people}.values())


def _told(ask: Ask) -> list[Row]:
    """All activities on the latest tickets assigned to whoever asks."""
    rows = []
    for number in ask.world.by["assignee_id"].ids(ask.user.id)[-_TICKETS:]:
        ticket = ask.world.tickets[number]
        for audit in ticket.audits[-_AUDITS:]:
            actor = ask.world.tables["users"].get(audit.author)
            if actor is not None and audit.author != ask.user.id:
                rows += [
                    _row(ask, audit, audit.id + 1 + place, actor, ticket, told)
                    for place, event in enumerate(audit.events)
                    if (told := _tell(ask, ticket, event)) is not None
                ]
    return sorted(rows, key=lambda row: (row["created_at"], row["id"]), reverse=True)


def _tell(ask: Ask, ticket: Ticket, event: Event) -> tuple[str, str, Row] | None:
    """The verb of an event, its words, and what it is about; None where nobody is told."""
    about: Row = {"ticket": {"id": ticket.id, "subject": ticket.subject}}
    match event:
        case Comment():
            comment = {"comment": {"value": event.body, "public": event.public}}
            return "tickets.comment", f"commented on ticket #{ticket.id}: {event.body}.", comment
        case Change(name="assignee_id", value=value) if value == ask.user.id:
            return "tickets.assignment", f"assigned ticket #{ticket.id} to you.", about
        case Change(name="priority", value=value, previous=before) if (
            _rank(value) > _rank(before) and not event.created
        ):
            return "tickets.priority_increase", f"increased the priority of ticket #{ticket.id} to {value}.", about
    return None


def _rank(priority: object) -> int:
    return _RAISED.index(priority) if priority in _RAISED else -1


def _row(ask: Ask, audit: Audit, identity: int, actor: Row, ticket: Ticket, told: tuple[str, str, Row]) -> Row:  # noqa: PLR0917 - its columns
    verb, words, about = told
    return {
        "url": f"{ask.base}/api/v2/activities/{identity}.json", "id": identity, "title": f"{actor['name']} {words}", "verb": verb, "user_id": ask.user.id,
        "actor_id": actor["id"], "updated_at": iso(audit.at), "created_at": iso(audit.at), "object": about,
        "target": {"ticket": {"id": ticket.id, "subject": ticket.subject}}, "user": with_url(ask.base, "users", ask.user.user),
        "actor": with_url(ask.base, "users", actor),
    }  # fmt: skip
