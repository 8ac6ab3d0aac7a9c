"""Webhooks over HTTP."""

from urllib.parse import urlsplit

from deskhand.sandbox.clock import iso
from deskhand.sandbox.exchange import Answer, Row
from deskhand.sandbox.refusal import Refusal, coded, not_found
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
    "description": None,
    "status": "active",
    "subscriptions": ["conditional_ticket_events"],
    "http_method": "POST",
    "request_format": "json",
}


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
    """A webhook without its secrets."""
    access = row.get("authentication")
    if isinstance(access, dict) and isinstance(access.get("data"), dict):
        data = {name: value for name, value in access["data"].items() if name not in ("password", "token", "value")}
        return row | {"authentication": access | {"data": data}}
    return row


@route("GET", "/webhooks", role="admin", resource="webhooks")
def webhooks(ask: Ask) -> Row:
    """All webhooks."""
    rows = [
        _shown(row)
        for row in ask.world.tables["webhooks"]
        if ask.query.get("filter[name_contains]", "").lower() in row["name"].lower()
    ]
    return {"webhooks": rows, "meta": {"has_more": False}}


@route("POST", "/webhooks", role="admin", resource="webhooks")
def create(ask: Ask) -> Answer:
    """Make a webhook."""
    given = ask.envelope("webhook")
    facts = _checked(_USUAL | {name: given[name] for name in _KEYS if name in given})
    row = {
        "id": ulid(ask.world.now(), ask.world.new_id()),
        "created_at": iso(ask.world.now()),
        "created_by": str(ask.user.id),
    } | facts
    return Answer({"webhook": _shown(ask.world.tables["webhooks"].put(row))}, 201)


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
    """The deliveries of the last seven days."""
    rows = [
        {"id": item.id, "status_code": item.status, "status": _word(item), "latest_completed_at": iso(item.at)}
        for item in _of(ask, key)
    ]
    return {"invocations": rows, "meta": {"has_more": False}, "links": {"next": None}}


@route("GET", "/webhooks/{id}/invocations/{invocation}/attempts", role="admin", resource="webhooks")
def attempts(ask: Ask, key: str, name: str) -> Row:
    """What was sent."""
    item = next((item for item in _of(ask, key) if item.id == name), None)
    if item is None:
        raise not_found()
    request = {
        "headers": [{"key": key, "value": value} for key, value in item.headers.items()],
        "payload": item.payload,
    }
    row = {"id": item.id, "invocation_id": item.id, "status_code": item.status, "status": _word(item), "request": request,
           "response": {"headers": [], "payload": ""}, "completed_at": iso(item.at)}  # fmt: skip
    return {"attempts": [row]}


def _word(item: Invocation) -> str:
    return "success" if 200 <= item.status < 300 else "terminated"


@route("POST", "/webhooks/test", role="admin", resource="webhooks")
def test(ask: Ask) -> Row:
    """Deliver a payload to a webhook at once."""
    hook = ask.world.tables["webhooks"].need(ask.query.get("webhook_id", ""))
    request = ask.body.get("request")
    made = ask.sandbox.webhooks.send(hook, str((request if isinstance(request, dict) else {}).get("payload") or "{}"))
    return {"response": {"headers": [], "status_code": made.status, "payload": ""}}
