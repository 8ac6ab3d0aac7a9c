"""Tickets, audits and comments as JSON. A ticket's text is kept until the ticket changes."""

from collections.abc import Iterable
from typing import Any

from deskhand.sandbox.clock import iso
from deskhand.sandbox.exchange import Row, dumps
from deskhand.sandbox.records import EMAIL, Applied, Audit, Change, Comment, Event, Note, Target, Ticket
from deskhand.sandbox.sla import target_of
from deskhand.sandbox.text import plain, spaced, wrapped
from deskhand.sandbox.world import World

FILE_SECRETS = {"token", "data"}
"""What is kept of a file and not shown: the token of its upload, and its content."""

_FIRST_TARGET = 320
"""The ids of changes of SLA targets begin so many behind that of their update."""

_KEPT = 4_000
"""How many tickets' texts are kept."""


class Renderer:
    """Writes the tickets of one world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._texts: dict[int, tuple[tuple[int, int, int, int], str]] = {}

    def ticket(
        self, base: str, ticket: Ticket, *, stamp: bool = False, extra: Row | None = None, slim: bool = False
    ) -> str:
        """A ticket as JSON text.

        `stamp` adds generated_timestamp, as the exports do; `extra` are embedded sideloads; `slim` leaves `fields` out, the twin of `custom_fields`, as
        the list by cursor does.
        """
        rest = self._rest(ticket)
        if slim:
            start = rest.index(',"fields":')
            rest = rest[:start] + rest[rest.index(',"followup_ids":', start) :]
        tail = f',"generated_timestamp":{ticket.generated}' if stamp else ""
        if extra:
            tail += "," + dumps(extra)[1:-1]
        return f'{{"url":"{base}/api/v2/tickets/{ticket.id}.json",{rest}{tail}}}'

    def _rest(self, ticket: Ticket) -> str:
        world = self._world
        mark = (ticket.generated, len(ticket.audits), len(ticket.followup_ids), world.revision)
        kept = self._texts.get(ticket.id)
        if kept is not None and kept[0] == mark and ticket.type != "problem":
            return kept[1]
        text = dumps(ticket_row(world, ticket))[1:-1]
        if len(self._texts) >= _KEPT:
            self._texts.pop(next(iter(self._texts)))
        self._texts[ticket.id] = mark, text
        return text


def ticket_row(world: World, ticket: Ticket) -> Row:
    """A ticket's keys in the order of real answers, without `url`."""
    values = ticket.fields
    fields = [{"id": key, "value": values.get(key)} for key in world.custom_fields()]
    return {
        "id": ticket.id, "external_id": ticket.external_id, "via": origin(world, ticket), "created_at": iso(ticket.created),
        "updated_at": iso(ticket.updated), "type": ticket.type, "subject": ticket.subject, "raw_subject": ticket.subject,
        "description": ticket.description, "priority": ticket.priority, "status": ticket.status, "recipient": ticket.recipient,
        "requester_id": ticket.requester_id, "submitter_id": ticket.submitter_id, "assignee_id": ticket.assignee_id,
        "organization_id": ticket.organization_id, "group_id": ticket.group_id, "collaborator_ids": ticket.collaborator_ids,
        "follower_ids": ticket.follower_ids, "email_cc_ids": ticket.email_cc_ids, "forum_topic_id": None, "problem_id": ticket.problem_id,
        "has_incidents": bool(ticket.type == "problem" and world.by["problem_id"].ids(ticket.id)), "is_public": ticket.is_public,
        "due_at": None if ticket.due_at is None else iso(ticket.due_at), "tags": ticket.tags, "custom_fields": fields,
        "satisfaction_rating": ticket.satisfaction, "sharing_agreement_ids": [], "custom_status_id": ticket.custom_status_id, "fields": fields,
        "followup_ids": ticket.followup_ids, "ticket_form_id": ticket.form_id, "brand_id": ticket.brand_id, "allow_channelback": False,
        "allow_attachments": True, "from_messaging_channel": False,
    }  # fmt: skip


def origin(world: World, ticket: Ticket) -> Row:
    """Through what a ticket came; one that came by mail tells from whom and to which address."""
    row = ticket.via.row()
    person = world.tables["users"].get(ticket.submitter_id) if ticket.via == EMAIL else None
    if person is not None:
        address = ticket.recipient or f"support@{world.subdomain}.zendesk.com"
        row["source"]["from"] = {"address": person["email"], "name": person["name"]}
        row["source"]["to"] = {"address": address, "name": world.subdomain.capitalize()}
    return row


def audit_row(audit: Audit, ticket: Ticket) -> Row:
    """An audit with its events."""
    return {
        "id": audit.id, "ticket_id": ticket.id, "created_at": iso(audit.at), "author_id": audit.author, "metadata": metadata(audit),
        "events": event_rows(audit, ticket), "via": audit.via.row(),
    }  # fmt: skip


def event_rows(audit: Audit, ticket: Ticket) -> list[Row]:
    """What an audit tells: its events, and what it changed in the ticket's SLA policy and targets."""
    return [event_row(audit, number, event) for number, event in enumerate(audit.events)] + _target_rows(audit, ticket)


def _target_rows(audit: Audit, ticket: Ticket) -> list[Row]:
    """Changes of the SLA policy and its targets, told from what was applied, so that audits need not hold them."""
    at = next((at for at, one in enumerate(ticket.applied) if one.audit == audit.id), None)
    if at is None:
        return []
    before, after = (ticket.applied[at - 1] if at else None), ticket.applied[at]
    names = sorted({metric for one in (before, after) if one and one.policy for _, metric in one.policy.targets})
    told = [("sla_policy", _title(before), _title(after))]
    told += [(name, _minutes(target_of(before, name)), _minutes(target_of(after, name))) for name in names]
    policy = after.policy or (before.policy if before else None)
    origin: Row = {"deleted": False, "title": policy.title, "id": policy.id} if policy else {}
    via = {"channel": "rule", "source": {"from": origin, "to": {}, "rel": "sla_target_change"}}
    return [
        {"id": audit.id + _FIRST_TARGET + number, "type": "Change", "value": new, "field_name": name, "previous_value": old, "via": via}
        for number, (name, old, new) in enumerate(one for one in told if one[1] != one[2])
    ]  # fmt: skip


def _title(applied: Applied | None) -> Any:  # noqa: ANN401 - the value of an event
    return applied.policy.title if applied is not None and applied.policy is not None else None


def _minutes(target: Target | None) -> Any:  # noqa: ANN401 - the value of an event
    return None if target is None else {"minutes": target.seconds // 60, "in_business_hours": target.business}


def metadata(audit: Audit) -> Row:
    """What is known about an update: the client that sent it, and what that client attached."""
    system: Row = {}
    if audit.client is not None:
        system = {
            "client": audit.client,
            "ip_address": "127.0.0.1",
            "location": "Loopback",
            "latitude": 0.0,
            "longitude": 0.0,
        }
    return {"system": system, "custom": audit.custom or {}}


def event_row(audit: Audit, number: int, event: Event) -> Row:
    """One event of an audit."""
    identity = audit.id + 1 + number
    row: Row
    match event:
        case Comment():
            row = {"id": identity, "type": "Comment", **comment_body(event), "audit_id": audit.id}
        case Change():
            row = {
                "id": identity,
                "type": "Create" if event.created else "Change",
                "value": shown(event.value),
                "field_name": event.name,
            }
            if not event.created:
                row["previous_value"] = shown(event.previous)
        case Note():
            row = {"id": identity, "type": event.kind, **event.rest}
    if event.via is not None:
        row["via"] = event.via.event_row()
    return row


def shown(value: Any) -> Any:  # noqa: ANN401 - values of many types
    """A value as audits show it: numbers and booleans as text."""
    if isinstance(value, bool):
        return "1" if value else "0"
    return str(value) if isinstance(value, int | float) else value


def comment_body(comment: Comment) -> Row:
    """What a comment says."""
    markup = (
        wrapped(comment.body) if comment.html is None else f'<div class="zd-comment" dir="auto">{comment.html}</div>'
    )
    text = spaced(comment.body) if comment.html is None else plain(comment.html)
    return {
        "author_id": comment.author, "body": comment.body or text, "html_body": markup, "plain_body": text, "public": comment.public,
        "attachments": [{name: value for name, value in file.items() if name not in FILE_SECRETS} for file in comment.files],
    }  # fmt: skip


def comment_rows(ticket: Ticket) -> list[Row]:
    """All comments of a ticket, oldest first."""
    return [
        {
            "id": audit.id + 1 + number, "type": "Comment", **comment_body(event), "audit_id": audit.id, "via": audit.via.row(),
            "created_at": iso(audit.at), "metadata": metadata(audit),
        }
        for audit in ticket.audits
        for number, event in enumerate(audit.events)
        if isinstance(event, Comment)
    ]  # fmt: skip


def with_url(base: str, path: str, row: Row) -> Row:
    """A row with its own address in front."""
    return {"url": f"{base}/api/v2/{path}/{row['id']}.json", **row}


def with_urls(base: str, path: str, rows: Iterable[Row]) -> list[Row]:
    """Rows with their own addresses."""
    return [with_url(base, path, row) for row in rows]
