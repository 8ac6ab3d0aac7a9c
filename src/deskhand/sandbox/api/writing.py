"""Writing single tickets: create, update, tags, deletion and what belongs to it."""

import hashlib
import json
from typing import Any

from deskhand.sandbox.clock import iso
from deskhand.sandbox.exchange import Answer, Raw, Response, Row, encode
from deskhand.sandbox.paging import rows_page
from deskhand.sandbox.records import Audit, Ticket
from deskhand.sandbox.refusal import (
    Refusal,
    bad_parameter,
    conflict,
    missing_parameter,
    not_found,
    too_many_users,
    too_many_values,
)
from deskhand.sandbox.render import audit_row
from deskhand.sandbox.route import Ask, route
from deskhand.sandbox.sideloads import beside, made_text, ticket_text
from deskhand.sandbox.table import as_id
from deskhand.sandbox.text import tag_list

KEY_LIFE = 2 * 3_600
"""Seconds for which an Idempotency-Key is remembered."""


@route("POST", "/tickets", role="end-user", resource="tickets")
def create(ask: Ask) -> Answer:
    """Make a ticket. The same Idempotency-Key with the same body within two hours gives the same answer again."""
    key = ask.request.headers.get("idempotency-key")
    if not key:
        return _create(ask)
    digest, now = hashlib.sha256(ask.request.body).hexdigest(), ask.at
    kept = ask.sandbox.answered.get(key)
    if kept is not None and now < kept[0] + KEY_LIFE:
        return _again(kept[1] == digest, kept[2])
    answer = _create(ask)
    answer.headers["x-idempotency-lookup"] = "miss"
    ask.sandbox.answered[key] = (now, digest, Response(answer.status, dict(answer.headers), encode(answer.body)))
    return answer


def _again(same: bool, before: Response) -> Answer:  # noqa: FBT001 - the one question here
    if not same:
        text = "The request parameters do not match those of the first request with this idempotency key"
        raise Refusal(400, {"error": "IdempotentRequestError", "description": text})
    body = {key: Raw(json.dumps(value)) for key, value in json.loads(before.body).items()}
    return Answer(body, before.status, before.headers | {"x-idempotency-lookup": "hit"})


def _create(ask: Ask) -> Answer:
    facts = ask.envelope("ticket")
    if ask.query.get("async") == "true":
        return Answer({"job_status": create_job(ask, [facts], "Create Ticket")}, 202)
    ticket = make(ask, facts)
    headers = {"location": f"{ask.base}/api/v2/tickets/{ticket.id}.json"}
    return Answer(
        {"ticket": made_text(ask, ticket), "audit": audit_row(ticket.audits[0], ticket)} | beside(ask, [ticket]),
        201,
        headers,
    )


def make(ask: Ask, facts: Row) -> Ticket:
    """A new ticket from the body of a creation by whoever asks. Raises Refusal (422)."""
    if ask.user.role == "end-user":
        facts = {
            key: value
            for key, value in facts.items()
            if key in ("subject", "comment", "description", "custom_fields", "type", "priority")
        }
    return ask.world.create_ticket(facts, author=_submitter(ask, facts), metadata=custom(facts), client=agent_of(ask))


def create_job(ask: Ask, rows: list[Row], kind: str) -> Row:
    """A job that makes tickets."""
    world, author, account = ask.world, ask.user.id, ask.world.account_id
    client = agent_of(ask)

    def work(number: int) -> Row:
        try:
            ticket = world.create_ticket(rows[number], author=author, metadata=custom(rows[number]), client=client)
        except Refusal as refusal:
            return {"index": number, "error": "TicketCreateFailed", "details": details(refusal)}
        return {"index": number, "id": ticket.id, "account_id": account}

    return ask.sandbox.jobs.row(ask.sandbox.jobs.start(kind, "Creating ticket", len(rows), work), ask.base)


def _submitter(ask: Ask, facts: Row) -> int:
    """Who submits: an agent may do it for somebody else."""
    row = ask.world.tables["users"].get(facts.get("submitter_id")) if ask.user.role != "end-user" else None
    return int(row["id"]) if row else ask.user.id


def agent_of(ask: Ask) -> str:
    """The client's name, which audits show."""
    return ask.request.headers.get("user-agent", "unknown")


def custom(facts: Row) -> Row | None:
    """The metadata that a body attaches to its audit."""
    value = facts.get("metadata")
    return value if isinstance(value, dict) and value else None


def details(refusal: Refusal) -> str:
    """A refusal in one line, as results of jobs show it."""
    body = refusal.body
    if isinstance(body, dict) and isinstance(body.get("details"), dict):
        return " ".join(str(item["description"]) for rows in body["details"].values() for item in rows)
    return str(body.get("description") or body.get("error")) if isinstance(body, dict) else body


@route("POST", "/tickets/create_many", resource="tickets")
def create_many(ask: Ask) -> Row:
    """Make up to 100 tickets by a job."""
    return {"job_status": create_job(ask, rows_of(ask, "tickets"), "Bulk Create Ticket")}


def rows_of(ask: Ask, name: str) -> list[Row]:
    """The list of objects under `name` in the body. Raises Refusal (400)."""
    rows = ask.body.get(name)
    if not isinstance(rows, list) or not rows:
        raise missing_parameter(name)
    if len(rows) > 100:
        raise too_many_users() if name == "users" and ask.request.method == "POST" else too_many_values()
    if not all(isinstance(row, dict) for row in rows):
        raise bad_parameter(f"{name} must be a list of objects")
    return rows


@route("PUT", "/tickets/{id}", role="light_agent", resource="tickets")
def update(ask: Ask, key: str) -> Row:
    """Change a ticket."""
    facts = ask.envelope("ticket")
    ticket = ask.world.ticket(key)
    count_update(ask)
    count_ticket(ask, ticket)
    audit = change(ask, ticket, facts)
    warn(ask, facts)
    return {"ticket": ticket_text(ask, ticket), "audit": audit_row(audit, ticket)} | beside(ask, [ticket])


def change(ask: Ask, ticket: Ticket, facts: Row, stamp: int | None = None) -> Audit:
    """Carry out an update's body. `stamp` stands in for a missing updated_stamp of a bulk job. Raises Refusal (409, 422)."""
    guard(ticket, facts, stamp)
    ask.user.require("light_agent")
    changes = {
        key: value for key, value in facts.items() if key not in ("id", "metadata", "additional_tags", "remove_tags")
    }
    if ask.user.role == "light_agent":
        changes = {key: value for key, value in changes.items() if key == "comment"}
    return ask.world.update_ticket(ticket, changes, author=ask.user.id, metadata=custom(facts), client=agent_of(ask))


def guard(ticket: Ticket, facts: Row, stamp: int | None = None) -> None:
    """Refuse an update whose stamp is outdated. A `safe_update` of false counts as true, as with Zendesk. Raises Refusal (400, 409)."""
    asked = "safe_update" in facts or stamp is not None
    if not asked:
        return
    given = facts.get("updated_stamp")
    if given is None and stamp is None:
        raise bad_parameter("updated_stamp is required when safe_update is set")
    expected = given if given is not None else iso(stamp or 0)
    if given is not None and str(expected) != iso(ticket.updated):
        raise conflict()
    if given is None and stamp is not None and ticket.updated > stamp:
        raise conflict()


def count_update(ask: Ask) -> None:
    """Count an update towards the account's limit. Raises Refusal (429)."""
    limits = ask.sandbox.meter.limits
    total = 20 if limits.tickets_update and ask.world.options.updates_limit == "trial" else limits.tickets_update
    ask.headers |= ask.sandbox.meter.endpoint("tickets-update", total, ask.at, headers=ask.headers)


def count_ticket(ask: Ask, ticket: Ticket) -> None:
    """Count an update towards the ticket's own limit. Raises Refusal (429)."""
    total = ask.sandbox.meter.limits.per_ticket_updates
    ask.headers |= ask.sandbox.meter.endpoint(
        "per-ticket-updates", total, ask.at, (ask.user.id, ticket.id), headers=ask.headers
    )


_WARNED = (
    "id",
    "url",
    "created_at",
    "updated_at",
    "generated_timestamp",
    "via",
    "satisfaction_rating",
    "description",
    "raw_subject",
    "is_public",
    "has_incidents",
)


def warn(ask: Ask, facts: Row) -> None:
    """Name the keys of a body that have no effect."""
    keys = [
        f"ticket.{key}"
        for key in facts
        if key in ("id", "url", "created_at", "updated_at", "generated_timestamp", "has_incidents")
    ]
    if keys:
        text = ", ".join(f'"{key}"' for key in keys)
        ask.headers["x-zendesk-api-warn"] = (
            f'{{:allowed_parameters=>{{:controller=>"tickets", :action=>"update", :unpermitted_keys=>[{text}], :invalid_values=>[]}}}}'
        )


# Tags.


@route("GET", "/tickets/{id}/tags", resource="tickets")
def tags(ask: Ask, key: str) -> Row:
    """A ticket's tags."""
    return {"tags": list(ask.world.ticket(key).tags)}


@route("PUT", "/tickets/{id}/tags", resource="tickets")
def add_tags(ask: Ask, key: str) -> Row:
    """Add tags."""
    return _retag(ask, key, "additional_tags")


@route("POST", "/tickets/{id}/tags", resource="tickets")
def set_tags(ask: Ask, key: str) -> Answer:
    """Replace the tags."""
    return Answer(_retag(ask, key, "tags"), 201)


@route("DELETE", "/tickets/{id}/tags", resource="tickets")
def remove_tags(ask: Ask, key: str) -> Row:
    """Take tags away."""
    return _retag(ask, key, "remove_tags")


def _retag(ask: Ask, key: str, how: str) -> Row:
    ticket = ask.world.ticket(key)
    given: Any = ask.body.get("tags", ask.query.get("tags", []))
    if not isinstance(given, str | list):
        raise bad_parameter("tags must be an array")
    safe = str(ask.body.get("safe_update", "")) != "" or "updated_stamp" in ask.body
    if safe:
        guard(ticket, {"safe_update": True, "updated_stamp": ask.body.get("updated_stamp")})
    count_ticket(ask, ticket)
    ask.world.update_ticket(ticket, {how: tag_list(given)}, author=ask.user.id, client=agent_of(ask))
    return {"tags": list(ticket.tags)}


# Deletion.


@route("DELETE", "/tickets/{id}", resource="tickets")
def delete(ask: Ask, key: str) -> Answer:
    """Put a ticket among the deleted ones."""
    ticket = ask.world.ticket(key)
    ask.user.require("agent")
    ask.world.delete_ticket(ticket, ask.user.id)
    return Answer(None, 204)


def _spam(ask: Ask, ticket: Ticket) -> None:
    """Delete a ticket and suspend whoever sent it."""
    person = ask.world.tables["users"].get(ticket.requester_id)
    if person is not None and person["role"] == "end-user":
        person["suspended"] = True
    ask.world.delete_ticket(ticket, ask.user.id)


@route("PUT", "/tickets/{id}/mark_as_spam", resource="tickets")
def mark_as_spam(ask: Ask, key: str) -> Row:
    """Take a ticket for spam."""
    _spam(ask, ask.world.ticket(key))
    return {}


@route("PUT", "/tickets/mark_many_as_spam", resource="tickets")
def mark_many_as_spam(ask: Ask) -> Row:
    """Take several tickets for spam, by a job."""
    ids = ask.ids()
    if not ids:
        raise missing_parameter("ids")

    def work(number: int) -> Row:
        try:
            _spam(ask, ask.world.ticket(ids[number]))
        except Refusal as refusal:
            return {
                "index": number,
                "id": as_id(ids[number]),
                "error": "TicketUpdateFailed",
                "details": details(refusal),
            }
        return {"id": as_id(ids[number]), "action": "mark_as_spam", "status": "Updated", "success": True}

    jobs = ask.sandbox.jobs
    return {"job_status": jobs.row(jobs.start("Bulk Mark As Spam", "Updating ticket", len(ids), work), ask.base)}


@route("GET", "/deleted_tickets", resource="tickets")
def deleted(ask: Ask) -> Row:
    """The deleted tickets."""
    ids = [key for _, key in ask.world.generated.after(0)]
    rows = [
        _deleted_row(ask, ticket)
        for key in ids
        if (ticket := ask.world.tickets[key]).deleted and ticket.before_deletion is not None
    ]
    return rows_page(ask, "deleted_tickets", rows)


def _deleted_row(ask: Ask, ticket: Ticket) -> Row:
    last = ticket.audits[-1]
    actor = ask.world.tables["users"].get(last.author) or {}
    return {
        "id": ticket.id, "subject": ticket.subject, "description": ticket.description, "actor": {"id": last.author, "name": actor.get("name")},
        "deleted_at": iso(last.at), "previous_state": ticket.before_deletion,
    }  # fmt: skip


@route("PUT", "/deleted_tickets/{id}/restore", resource="tickets")
def restore(ask: Ask, key: str) -> Row:
    """Bring a deleted ticket back."""
    ask.world.restore_ticket(_gone(ask, key), ask.user.id)
    return {}


@route("PUT", "/deleted_tickets/restore_many", resource="tickets")
def restore_many(ask: Ask) -> Row:
    """Bring several back."""
    for key in ask.ids():
        ask.world.restore_ticket(_gone(ask, key), ask.user.id)
    return {}


def _gone(ask: Ask, key: str) -> Ticket:
    ticket = ask.world.find(key)
    if ticket is None or not ticket.deleted or ticket.before_deletion is None:
        raise not_found()
    return ticket


@route("DELETE", "/deleted_tickets/{id}", role="admin", resource="tickets")
def erase(ask: Ask, key: str) -> Row:
    """Delete for good, by a job: the text goes, the row stays in the exports."""
    return _erase(ask, [_gone(ask, key)])


@route("DELETE", "/deleted_tickets/destroy_many", role="admin", resource="tickets")
def erase_many(ask: Ask) -> Row:
    """Delete several for good."""
    return _erase(ask, [_gone(ask, key) for key in ask.ids()])


def _erase(ask: Ask, tickets: list[Ticket]) -> Row:
    def work(number: int) -> Row:
        ticket = tickets[number]
        ticket.subject, ticket.description, ticket.before_deletion = "SCRUBBED", "SCRUBBED", None
        ticket.tags, ticket.fields = (), {}
        ask.world.touch(ticket)
        return {"index": number, "id": ticket.id, "success": True}

    return {
        "job_status": ask.sandbox.jobs.row(
            ask.sandbox.jobs.start("Bulk Delete Ticket", "Deleting ticket", len(tickets), work, counted=False), ask.base
        )
    }
