"""What belongs to comments: uploads, attachments, redaction, privacy; and merging and importing tickets."""

import base64
import hashlib
import html
import mimetypes
import re
from typing import Any
from urllib.parse import quote

from deskhand.sandbox.api.files import file_answer
from deskhand.sandbox.api.writing import agent_of, custom, details, rows_of
from deskhand.sandbox.clock import epoch_of, iso
from deskhand.sandbox.exchange import Answer, Row
from deskhand.sandbox.records import Comment, Note, Ticket
from deskhand.sandbox.refusal import Refusal, bad_parameter, closed, invalid_field, missing_parameter, not_found
from deskhand.sandbox.render import FILE_SECRETS, audit_row, comment_rows, with_url
from deskhand.sandbox.route import Ask, route
from deskhand.sandbox.sideloads import made_text

UPLOAD_LIFE = 86_400 * 60
"""Seconds for which an upload waits to be attached."""


_ANY = {"application/octet-stream", "application/binary", "application/x-www-form-urlencoded"}
"""Types that say nothing of a file: its name tells more."""

_TYPES = mimetypes.MimeTypes()
"""What names tell, the same on every machine."""


@route("POST", "/uploads", role="end-user", resource="tickets")
def upload(ask: Ask) -> Answer:
    """Upload a file; its token attaches it to a comment."""
    identity, name = ask.world.new_id(), ask.query.get("filename") or "upload.bin"
    sent = ask.request.headers.get("content-type", "application/octet-stream")
    kind = _TYPES.guess_type(name)[0] if sent in _ANY else None
    token = ask.query.get("token") or hashlib.sha256(f"{ask.world.account_id}:{identity}".encode()).hexdigest()[:25]
    content = f"{ask.base}/attachments/token/{_content_key(ask, identity)}/?name={quote(name)}"
    row: Row = {
        "url": f"{ask.base}/api/v2/attachments/{identity}.json", "id": identity, "file_name": name, "content_url": content, "mapped_content_url": content, "content_type": kind or sent,
        "size": len(ask.request.body), "width": None, "height": None, "inline": False, "deleted": False, "malware_access_override": False,
        "malware_scan_result": "not_scanned", "thumbnails": [], "token": token, "data": base64.b64encode(ask.request.body).decode(),
    }  # fmt: skip
    ask.world.tables["attachments"].put(row)
    files = [_shown(ask, file) for file in ask.world.tables["attachments"].where(token=token)]
    body = {
        "token": token,
        "expires_at": iso(ask.world.now() + UPLOAD_LIFE),
        "attachments": files,
        "attachment": _shown(ask, row),
    }
    return Answer({"upload": body}, 201)


def _shown(ask: Ask, row: Row) -> Row:
    own = with_url(ask.base, "attachments", {"id": row["id"]})
    return own | {name: value for name, value in row.items() if name not in FILE_SECRETS | {"url"}}


def _content_key(ask: Ask, identity: int) -> str:
    """What stands for a file in the address of its content."""
    return hashlib.sha256(f"{ask.world.account_id}:content:{identity}".encode()).hexdigest()[:25]


@route("GET", "/attachments/token/{token}", role=None)
def content(ask: Ask, token: str) -> Answer:
    """The content of a file, for whoever knows its address."""
    files = (row for row in ask.world.tables["attachments"] if "data" in row)
    row = next((row for row in files if _content_key(ask, row["id"]) == token), None)
    if row is None:
        raise not_found()
    return file_answer(row, row["file_name"])


@route("DELETE", "/uploads/{token}", role="end-user", resource="tickets")
def drop_upload(ask: Ask, token: str) -> Answer:
    """Remove an upload that was not attached."""
    rows = ask.world.tables["attachments"].where(token=token)
    if not rows:
        raise not_found()
    for row in rows:
        ask.world.tables["attachments"].drop(row["id"])
    return Answer(None, 204)


@route("GET", "/attachments/{id}", resource="tickets")
def attachment(ask: Ask, key: str) -> Row:
    """One attachment."""
    row = ask.world.tables["attachments"].need(key)
    if "file_name" not in row:
        raise not_found()
    return {"attachment": _shown(ask, row)}


def _comment(ticket: Ticket, number: str) -> Comment:
    for audit in ticket.audits:
        for place, event in enumerate(audit.events):
            if isinstance(event, Comment) and str(audit.id + 1 + place) == number:
                return event
    raise not_found()


@route("PUT", "/tickets/{id}/comments/{comment}/make_private", resource="tickets")
def make_private(ask: Ask, key: str, number: str) -> Row:
    """Turn a public comment into an internal note."""
    ticket = ask.world.ticket(key)
    comment = _comment(ticket, number)
    comment.public = False
    ticket.is_public = any(row["public"] for row in comment_rows(ticket))
    ask.world.note(ticket, ask.user.id, [Note("CommentPrivacyChange", {"comment_id": int(number), "public": False})])
    return {}


def _black_out(ticket: Ticket, comment: Comment, text: str) -> None:
    black = "▇" * len(text)
    comment.body = comment.body.replace(text, black)
    comment.html = None if comment.html is None else comment.html.replace(text, black)
    ticket.description = ticket.description.replace(text, black)


@route("PUT", "/tickets/{id}/comments/{comment}/redact", resource="tickets")
def redact(ask: Ask, key: str, number: str) -> Row:
    """Black out a text in a comment for good."""
    ticket = ask.world.ticket(key)
    if ticket.status == "closed":
        raise closed()
    comment, text = _comment(ticket, number), str(ask.body.get("text") or "")
    if not text:
        raise missing_parameter("text")
    if text not in comment.body:
        raise invalid_field("text", "Text: was not found in the comment")
    _black_out(ticket, comment, text)
    ask.world.note(ticket, ask.user.id, [Note("CommentRedactionEvent", {"comment_id": int(number)})])
    return {"comment": next(row for row in comment_rows(ticket) if row["id"] == int(number))}


@route("PUT", "/tickets/{id}/comments/{comment}/attachments/{attachment}/redact", resource="tickets")
def redact_file(ask: Ask, key: str, number: str, file: str) -> Row:
    """Empty an attachment for good; the answer shows it as it was."""
    ticket = ask.world.ticket(key)
    comment = _comment(ticket, number)
    row = next((item for item in comment.files if str(item["id"]) == file), None)
    if row is None:
        raise not_found()
    before = _shown(ask, row)
    row |= {"file_name": "redacted.txt", "content_type": "text/plain", "size": 1, "data": "IA=="}
    return {"attachment": before}


@route("PUT", "/comment_redactions/{comment}", resource="tickets")
def redact_many(ask: Ask, number: str) -> Row:
    """Black out parts of a comment for good: what its HTML marks with <redact>, and attachments by their addresses."""
    ticket = ask.world.ticket(ask.body.get("ticket_id"))
    if ticket.status == "closed":
        raise closed()
    comment = _comment(ticket, number)
    for text in re.findall(r"<redact>(.*?)</redact>", str(ask.body.get("html_body") or ""), re.DOTALL):
        _black_out(ticket, comment, html.unescape(text))
    gone = ask.body.get("external_attachment_urls")
    for row in comment.files if isinstance(gone, list) else ():
        if row["content_url"] in (gone or ()):
            row |= {"file_name": "redacted.txt", "content_type": "text/plain", "size": 1, "data": "IA=="}
    ask.world.note(ticket, ask.user.id, [Note("CommentRedactionEvent", {"comment_id": int(number)})])
    return {"comment": next(row for row in comment_rows(ticket) if row["id"] == int(number))}


@route("POST", "/tickets/{id}/merge", resource="tickets")
def merge(ask: Ask, key: str) -> Row:
    """Close other tickets into this one, by a job; both sides get a comment."""
    target = ask.world.ticket(key)
    ids = ask.body.get("ids")
    if not isinstance(ids, list) or not ids:
        raise missing_parameter("ids")
    sources = [ask.world.ticket(item) for item in ids]
    if any(ticket.status == "closed" for ticket in [target, *sources]):
        raise closed()
    if target in sources:
        raise bad_parameter("A ticket cannot be merged into itself")

    def work(number: int) -> Row:
        try:
            _merge(ask, sources[number], target)
        except Refusal as refusal:
            return {"id": sources[number].id, "action": "merge", "success": False, "error": details(refusal)}
        return {"id": sources[number].id, "action": "merge", "success": True, "status": "Merged"}

    return {
        "job_status": ask.sandbox.jobs.row(
            ask.sandbox.jobs.start("Ticket Merge", "Merging ticket", len(sources), work), ask.base
        )
    }


def _merge(ask: Ask, source: Ticket, target: Ticket) -> None:
    author, body = ask.user.id, ask.body
    theirs: Any = (
        body.get("source_comment")
        or f'This request was closed and merged into request #{target.id} "{target.subject}".'
    )
    ours: Any = (
        body.get("target_comment")
        or f'Request #{source.id} "{source.subject}" was closed and merged into this request. Last comment: {source.description}'
    )
    tags = sorted({*source.tags, "closed_by_merge"})
    ask.world.update_ticket(
        source,
        {"tags": tags},
        author=author,
        comment={"body": str(theirs), "public": bool(body.get("source_comment_is_public", False))},
    )
    ask.world.update_ticket(source, {"status": "closed"}, author=author)
    ask.world.update_ticket(
        target, {"tags": sorted({*source.tags, *target.tags} - {"closed_by_merge"})}, author=author,
        comment={"body": str(ours), "public": bool(body.get("target_comment_is_public", False))},
    )  # fmt: skip


# Imports: tickets with their own times, on which no trigger runs.


@route("POST", "/imports/tickets", role="admin", resource="tickets")
def import_ticket(ask: Ask) -> Answer:
    """Make a ticket as it was elsewhere, with created_at, updated_at, solved_at and dated comments."""
    ticket = imported(ask, ask.envelope("ticket"))
    return Answer({"ticket": made_text(ask, ticket), "audit": audit_row(ticket.audits[0], ticket)}, 201)


@route("POST", "/imports/tickets/create_many", role="admin", resource="tickets")
def import_many(ask: Ask) -> Row:
    """Make up to 100 such tickets by a job."""
    rows = rows_of(ask, "tickets")

    def work(number: int) -> Row:
        try:
            return {"index": number, "id": imported(ask, rows[number]).id, "account_id": ask.world.account_id}
        except Refusal as refusal:
            return {"index": number, "error": "TicketImportFailed", "details": details(refusal)}

    return {
        "job_status": ask.sandbox.jobs.row(
            ask.sandbox.jobs.start("Bulk Import Ticket", "Importing ticket", len(rows), work), ask.base
        )
    }


def imported(ask: Ask, facts: Row) -> Ticket:
    """A ticket from an import's body. Raises Refusal (422)."""
    world, author = ask.world, ask.user.id
    comments = facts.get("comments") or (
        [facts["comment"]]
        if isinstance(facts.get("comment"), dict)
        else [{"body": str(facts.get("description") or "")}]
    )
    if not isinstance(comments, list) or not all(isinstance(row, dict) for row in comments):
        raise bad_parameter("comments must be a list of objects")
    first, *rest = comments
    ends = {key: facts[key] for key in ("status",) if facts.get("status") in ("solved", "closed")}
    start = {key: value for key, value in facts.items() if key not in ("comments", "comment", "description", *ends)}
    rules, world.rules = world.rules, None
    try:
        with world.as_of(_time(facts.get("created_at"), world.now())):
            ticket = world.create_ticket(
                start, author=author, comment=first, metadata=custom(facts), client=agent_of(ask)
            )
        for row in rest:
            with world.as_of(_time(row.get("created_at"), world.now())):
                world.update_ticket(ticket, {}, author=author, comment=row)
        if ends:
            with world.as_of(_time(facts.get("solved_at") or facts.get("updated_at"), world.now())):
                world.update_ticket(ticket, ends, author=author)
    finally:
        world.rules = rules
    return ticket


def _time(text: object, usual: int) -> int:
    try:
        return min(usual, epoch_of(str(text))) if text else usual
    except ValueError:
        raise invalid_field("created_at", f"Created at: {text} is not a date") from None
