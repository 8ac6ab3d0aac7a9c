"""Webhooks over HTTP."""

import base64
import binascii
from email.utils import formatdate
from urllib.parse import urlsplit

from deskhand.sandbox.clock import iso
from deskhand.sandbox.exchange import Answer, Row
from deskhand.sandbox.paging import SIZE
from deskhand.sandbox.refusal import Refusal, bad_page, coded, not_found
from deskhand.sandbox.route import Ask, route
from deskhand.sandbox.webhooks import Invocation, ulid

_KEYS = (
    "name",
    "description",
    "status",
    "subscriptions",
    "endpoint",
    "http_method",
    "request_format",
    "authentication",
    "custom_headers",
)
_USUAL: Row = {
    "status": "active",
    "subscriptions": ["conditional_ticket_events"],
    "http_method": "POST",
    "request_format": "json",
}


_SHOWN = (
    "id", "name", "description", "status", "subscriptions", "created_at", "created_by", "updated_at", "updated_by", "endpoint", "http_method",
    "request_format", "authentication", "custom_headers",
)  # fmt: skip


def _checked(given: Row) -> Row:
    """Raise Refusal (400) where an endpoint, a method or the subscriptions cannot be."""
    parts = urlsplit(str(given.get("endpoint") or ""))
    if not given.get("name") or parts.scheme not in ("http", "https") or not parts.netloc:
        raise _bad("name and a valid endpoint are required")
    if given.get("http_method") not in ("GET", "POST", "PUT", "PATCH", "DELETE") or given.get("request_format") not in (
        "json",
        "xml",
        "form_encoded",
    ):
        raise _bad("http_method or request_format is invalid")
    names = given.get("subscriptions")
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise _bad("subscriptions must be a list")
    if "conditional_ticket_events" in names and len(names) > 1:
        raise _bad("a webhook is either subscribed to events or used by triggers")
    return given


def _bad(title: str) -> Refusal:
    return coded("InvalidWebhook", title)


def _shown(row: Row) -> Row:
    """A webhook in the order of real answers, without its secrets and without what was not given."""
    shown = {name: row[name] for name in _SHOWN if row.get(name) is not None}
    access = row.get("authentication")
    if isinstance(access, dict):
        data = access.get("data") if isinstance(access.get("data"), dict) else {}
        plain = {name: value for name, value in (data or {}).items() if name not in ("password", "token", "value")}
        rest = {"data": plain} if plain else {}
        shown["authentication"] = {
            "type": access.get("type"),
            **rest,
            "add_position": access.get("add_position", "header"),
        }
    return shown


@route("GET", "/webhooks", role="admin", resource="webhooks")
def webhooks(ask: Ask) -> Row:
    """All webhooks, newest first."""
    rows = [
        _shown(row)
        for row in sorted(ask.world.tables["webhooks"], key=lambda row: str(row["id"]), reverse=True)
        if ask.query.get("filter[name_contains]", "").lower() in row["name"].lower()
    ]
    return {"webhooks": rows, "meta": {"has_more": False}}


@route("POST", "/webhooks", role="admin", resource="webhooks")
def create(ask: Ask) -> Answer:
    """Make a webhook, or a copy of the one named by `clone_webhook_id`."""
    given = _copied(ask, ask.query["clone_webhook_id"]) if "clone_webhook_id" in ask.query else ask.envelope("webhook")
    facts = _checked(_USUAL | {name: given[name] for name in _KEYS if name in given})
    row = {
        "id": ulid(ask.world.now(), ask.world.new_id()),
        "created_at": iso(ask.world.now()),
        "created_by": str(ask.user.id),
    } | facts
    return Answer({"webhook": _shown(ask.world.tables["webhooks"].put(row))}, 201)


def _copied(ask: Ask, key: str) -> Row:
    row = ask.world.tables["webhooks"].need(key)
    return {name: row[name] for name in _KEYS if name in row} | {"name": f"{row['name']} (copy)"}


@route("GET", "/webhooks/{id}", role="admin", resource="webhooks")
def show(ask: Ask, key: str) -> Row:
    """One webhook."""
    return {"webhook": _shown(ask.world.tables["webhooks"].need(key))}


def _change(ask: Ask, key: str, start: Row) -> Answer:
    row, given = ask.world.tables["webhooks"].need(key), ask.envelope("webhook")
    facts = _checked(
        {name: row.get(name) for name in _KEYS if name in row}
        | start
        | {name: given[name] for name in _KEYS if name in given}
    )
    if ("conditional_ticket_events" in facts["subscriptions"]) != ("conditional_ticket_events" in row["subscriptions"]):
        raise _bad("the connection method of a webhook cannot be changed")
    row.update(facts, updated_at=iso(ask.world.now()), updated_by=str(ask.user.id))
    return Answer(None, 204)


@route("PUT", "/webhooks/{id}", role="admin", resource="webhooks")
def replace(ask: Ask, key: str) -> Answer:
    """Change a webhook as a whole."""
    return _change(ask, key, {})


@route("PATCH", "/webhooks/{id}", role="admin", resource="webhooks")
def patch(ask: Ask, key: str) -> Answer:
    """Change some of a webhook."""
    return _change(ask, key, {})


@route("DELETE", "/webhooks/{id}", role="admin", resource="webhooks")
def delete(ask: Ask, key: str) -> Answer:
    """Remove a webhook."""
    ask.world.tables["webhooks"].drop(key)
    return Answer(None, 204)


@route("GET", "/webhooks/{id}/signing_secret", role="admin", resource="webhooks")
def secret(ask: Ask, key: str) -> Row:
    """The secret that signs the deliveries."""
    return {
        "signing_secret": {
            "secret": ask.sandbox.webhooks.secret(ask.world.tables["webhooks"].need(key)["id"]),
            "algorithm": "SHA256",
        }
    }


@route("POST", "/webhooks/{id}/signing_secret", role="admin", resource="webhooks")
def new_secret(ask: Ask, key: str) -> Answer:
    """Another secret; the old one is good no more."""
    text = ask.sandbox.webhooks.secret(ask.world.tables["webhooks"].need(key)["id"], reset=True)
    return Answer({"signing_secret": {"secret": text, "algorithm": "SHA256"}}, 201)


def _of(ask: Ask, key: str) -> list[Invocation]:
    webhook = ask.world.tables["webhooks"].need(key)["id"]
    return [item for item in ask.sandbox.webhooks.invocations if item.webhook == webhook][::-1]


@route("GET", "/webhooks/{id}/invocations", role="admin", resource="webhooks")
def invocations(ask: Ask, key: str) -> Row:
    """The deliveries of the last seven days, newest first, by cursor."""
    wanted = ask.query.get("filter[status]")
    items = [item for item in _of(ask, key) if wanted is None or item.word == wanted]
    start, end = _span(ask, [item.id for item in items])
    meta: Row = {"has_more": end < len(items)}
    links: Row = {}
    for name, link, at, there in (
        ("before_cursor", "prev", start, 0 < start < len(items)),
        ("after_cursor", "next", end - 1, end < len(items)),
    ):
        if there:
            meta[name] = base64.b64encode(f"{items[at].id},desc".encode()).decode()
            links[link] = f"{ask.base}{ask.request.path}?page[{name.removesuffix('_cursor')}]={meta[name]}"
    return {"meta": meta, "links": links, "invocations": [_short(item) for item in items[start:end]]}


def _span(ask: Ask, ids: list[str]) -> tuple[int, int]:
    """Where the page asked for begins and ends. Raises Refusal (400)."""
    size = min(SIZE, max(1, ask.number("page[size]", SIZE)))
    after, before = ask.query.get("page[after]"), ask.query.get("page[before]")
    if after is not None:
        start = sum(name >= _at(after) for name in ids)
        return start, min(len(ids), start + size)
    end = sum(name > _at(before) for name in ids) if before is not None else min(len(ids), size)
    return max(0, end - size), end


def _at(cursor: str) -> str:
    try:
        return base64.b64decode(cursor, validate=True).decode().partition(",")[0]
    except (binascii.Error, ValueError):
        raise bad_page("page cursor is not valid") from None


def _short(item: Invocation) -> Row:
    code = {} if item.status is None else {"status_code": item.status}
    return {"id": item.id, **code, "status": item.word, "latest_completed_at": iso(item.at)}


@route("GET", "/webhooks/{id}/invocations/{invocation}/attempts", role="admin", resource="webhooks")
def attempts(ask: Ask, key: str, name: str) -> Row:
    """What was sent; nothing where it was held back."""
    item = next((item for item in _of(ask, key) if item.id == name), None)
    if item is None:
        raise not_found()
    row: Row = {"id": item.webhook, "invocation_id": item.id}
    if item.status is not None:
        sent = [{"key": key, "value": value} for key, value in item.headers.items()]
        row |= {
            "status_code": item.status, "status": item.word, "request": {"headers": sent, "payload": item.payload},
            "response": {"headers": _received(ask), "payload": ""}, "completed_at": iso(item.at),
        }  # fmt: skip
        return {"attempts": [row]}
    return {"attempts": [row | {"status": item.word, "completed_at": iso(item.at)}]}


def _received(ask: Ask) -> list[Row]:
    """The headers of a receiver's answer."""
    return [{"key": "Date", "value": formatdate(ask.at, usegmt=True)}, {"key": "Content-Length", "value": "0"}]


@route("POST", "/webhooks/test", role="admin", resource="webhooks")
def test(ask: Ask) -> Row:
    """Deliver a payload at once: to a webhook, to what the request says, or to the one with changes from the other."""
    given = ask.envelope("request")
    key = ask.query.get("webhook_id")
    hook: Row = ask.world.tables["webhooks"].need(key) if key else {"id": "test", "name": "test", **_USUAL}
    hook = _checked(hook | {name: given[name] for name in _KEYS if name in given})
    status = ask.sandbox.webhooks.deliver(hook, str(given.get("payload") or "{}"))
    return {"response": {"headers": _received(ask), "status_code": status, "payload": ""}}
