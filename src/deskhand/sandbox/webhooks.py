"""Webhooks: ticket events as signed deliveries, with their invocations kept for seven days.

A served sandbox sends them by its postman. In process nothing is sent by itself: `sandbox.deliver` is called with (endpoint, headers, body) and
returns the receiver's status. Without it, every delivery counts as answered with 200.
"""

import base64
import hashlib
import hmac
import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

from deskhand.sandbox.clock import iso
from deskhand.sandbox.exchange import Row
from deskhand.sandbox.postman import Letter, post
from deskhand.sandbox.records import CALL, Audit, Change, Comment, Note, Ticket

if TYPE_CHECKING:
    from deskhand.sandbox.sandbox import Sandbox

Deliver = Callable[[str, dict[str, str], bytes], int]
KEPT = 7 * 86_400

WINDOW, PAUSE = 300, 5
"""Seconds in which failures are counted, and for which deliveries stop after too many."""

FEWEST, WORST_SHARE, MOST_FAILURES = 100, 0.7, 1_000
"""From how many deliveries on their share of failures counts, that share, and how many failures are too many at any rate."""

_CHANGES = {
    "status": "status_changed", "priority": "priority_changed", "assignee_id": "agent_assignment_changed", "group_id": "group_assignment_changed",
    "tags": "tags_changed", "subject": "subject_changed", "type": "type_changed", "brand_id": "brand_changed", "ticket_form_id": "form_changed",
    "organization_id": "organization_changed", "requester_id": "requester_changed", "external_id": "external_id_changed",
    "custom_status_id": "custom_status_changed", "problem_id": "problem_link_changed", "due_at": "task_due_at_changed",
    "follower_ids": "followers_changed", "email_cc_ids": "email_ccs_changed",
}  # fmt: skip
"""Event types by the field that changed."""


@dataclass(slots=True)
class Invocation:
    """One delivery of one event to one webhook; `at` in seconds since 1970.

    `status` is None where it was held back, 0 where nobody has answered (yet).
    """

    id: str
    webhook: str
    at: int
    status: int | None
    headers: dict[str, str]
    payload: str

    @property
    def word(self) -> str:
        """How the API calls what came of it."""
        if self.status is None:
            return "throttled"
        if self.status == 0:
            return "failed"
        return "success" if 200 <= self.status < 300 else "terminated"


@dataclass(slots=True)
class Breaker:
    """Stops deliveries to a webhook for some seconds when most of the last five minutes' failed."""

    recent: deque[tuple[int, bool]] = field(default_factory=deque)
    failures: int = 0
    until: int = 0

    def paused(self, now: int) -> bool:
        """Whether nothing is sent now."""
        return now < self.until

    def count(self, now: int, *, failed: bool) -> None:
        """Take an outcome in."""
        self.recent.append((now, failed))
        self.failures += failed
        while self.recent[0][0] <= now - WINDOW:
            self.failures -= self.recent.popleft()[1]
        total = len(self.recent)
        if failed and (self.failures > MOST_FAILURES or (total >= FEWEST and self.failures >= WORST_SHARE * total)):
            self.until = now + PAUSE


class Webhooks:
    """Watches the tickets of a sandbox and delivers their events."""

    def __init__(self, sandbox: "Sandbox") -> None:
        self._sandbox = sandbox
        self.secrets: dict[str, str] = {}
        self.invocations: deque[Invocation] = deque()
        self.breakers: dict[str, Breaker] = {}

    def secret(self, key: str, *, reset: bool = False) -> str:
        """A webhook's signing secret; made when first asked for."""
        if reset or key not in self.secrets:
            self.secrets[key] = base64.b64encode(
                hashlib.sha256(f"{key}:{self._sandbox.world.new_id()}".encode()).digest()
            ).decode()
        return self.secrets[key]

    def watch(self, ticket: Ticket, audit: Audit) -> None:
        """Deliver the events of an update to whoever subscribed to them."""
        hooks = [row for row in self._sandbox.world.tables["webhooks"] if row["status"] == "active"]
        if not hooks:
            return
        for event in audit.events:
            if isinstance(event, Note) and event.kind == CALL:
                for hook in hooks:
                    if hook["id"] == event.rest["resource"]:
                        self.send(hook, event.rest["body"])
        for position, (kind, detail) in enumerate(_events(ticket, audit)):
            for hook in hooks:
                if any(kind == name or name in ("zen:event-type:ticket.*", "*") for name in hook["subscriptions"]):
                    self._deliver(hook, self._envelope(ticket, audit, kind, detail, position))

    def _envelope(self, ticket: Ticket, audit: Audit, kind: str, event: Row, position: int) -> Row:
        sequence = {"id": f"{audit.id:032X}", "position": position + 1}
        return {
            "type": kind, "account_id": self._sandbox.world.account_id, "id": str(UUID(int=audit.id * 1_000 + position)), "time": iso(audit.at),
            "zendesk_event_version": "2022-06-20", "subject": f"zen:ticket:{ticket.id}", "detail": _detail(ticket, audit),
            "event": event | {"meta": {"sequence": sequence}},
        }  # fmt: skip

    def _deliver(self, hook: Row, body: Row) -> None:
        payload = json.dumps(body)
        self.send(hook, payload)

    def send(self, hook: Row, payload: str) -> Invocation:
        """Sign and deliver one payload, and keep what came of it."""
        world = self._sandbox.world
        name = ulid(world.now(), world.new_id())
        headers = self._headers(hook, payload, name)
        made = Invocation(name, hook["id"], world.now(), 0, headers, payload)
        self._send(hook, made)
        while self.invocations and self.invocations[0].at <= world.now() - KEPT:
            self.invocations.popleft()
        self.invocations.append(made)
        return made

    def deliver(self, hook: Row, payload: str) -> int:
        """Sign and deliver one payload as a test, of which nothing is kept; the receiver's status."""
        world, deliver = self._sandbox.world, self._sandbox.deliver
        headers = self._headers(hook, payload, ulid(world.now(), world.new_id()))
        if self._sandbox.postman is not None:
            own = headers | _own_headers(hook)
            letter = Letter(hook.get("http_method") or "POST", hook["endpoint"], own, payload.encode(), lambda _: None)
            return post(letter)[0]
        return 200 if deliver is None else deliver(hook["endpoint"], headers, payload.encode())

    def _headers(self, hook: Row, payload: str, name: str) -> dict[str, str]:
        world = self._sandbox.world
        stamp = iso(world.now())
        digest = hmac.new(self.secret(hook["id"]).encode(), (stamp + payload).encode(), hashlib.sha256).digest()
        return {
            "X-Zendesk-Webhook-Signature": base64.b64encode(digest).decode(), "X-Zendesk-Webhook-Signature-Timestamp": stamp,
            "Content-Type": "application/json; charset=utf-8", "User-Agent": "Zendesk Webhook", "X-Zendesk-Account-Id": str(world.account_id),
            "X-Zendesk-Webhook-Id": hook["id"], "X-Zendesk-Webhook-Invocation-Id": name,
        }  # fmt: skip

    def _send(self, hook: Row, made: Invocation) -> None:
        """Hand a delivery to the receiver, unless so many failed lately that this one is held back."""
        breaker, now = self.breakers.setdefault(hook["id"], Breaker()), self._sandbox.world.now()
        if breaker.paused(now):
            made.status = None
            return

        def answered(status: int) -> None:
            made.status = status
            breaker.count(now, failed=not 200 <= status < 300)

        if self._sandbox.postman is not None:
            headers = made.headers | _own_headers(hook)
            self._sandbox.postman.send(
                Letter(hook["http_method"], hook["endpoint"], headers, made.payload.encode(), answered)
            )
            return
        deliver = self._sandbox.deliver
        answered(deliver(hook["endpoint"], made.headers, made.payload.encode()) if deliver is not None else 200)


def _own_headers(hook: Row) -> dict[str, str]:
    """The headers that a webhook was given, and those of its credentials."""
    found = {str(name): str(value) for name, value in (hook.get("custom_headers") or {}).items()}
    access = hook.get("authentication") or {}
    data = access.get("data") or {}
    match access.get("type"):
        case "bearer_token":
            found["Authorization"] = f"Bearer {data.get('token')}"
        case "basic_auth":
            pair = f"{data.get('username')}:{data.get('password')}"
            found["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        case "api_key":
            found[str(data.get("name"))] = str(data.get("value"))
        case _:
            pass
    return found


def _events(ticket: Ticket, audit: Audit) -> list[tuple[str, Row]]:
    """The events that an audit means, each with its type."""
    prefix = "zen:event-type:ticket."
    found: list[tuple[str, Row]] = [(prefix + "created", {})] if audit is ticket.audits[0] else []
    for event in audit.events:
        if isinstance(event, Comment):
            comment = {
                "id": str(audit.id + 1),
                "body": event.body,
                "is_public": event.public,
                "author": {"id": str(event.author)},
            }
            found.append((prefix + "comment_added", {"comment": comment}))
        elif isinstance(event, Change) and not event.created:
            kind = _CHANGES.get(event.name, "custom_field_changed" if event.name.isdigit() else None)
            if kind is not None:
                found.append((prefix + kind, {"current": _text(event.value), "previous": _text(event.previous)}))
    return found


def _text(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _detail(ticket: Ticket, audit: Audit) -> Row:
    ids = {"assignee_id": ticket.assignee_id, "brand_id": ticket.brand_id, "form_id": ticket.form_id, "group_id": ticket.group_id, "id": ticket.id,
           "organization_id": ticket.organization_id, "requester_id": ticket.requester_id, "submitter_id": ticket.submitter_id,
           "custom_status": ticket.custom_status_id, "actor_id": audit.author}  # fmt: skip
    return {name: None if value is None else str(value) for name, value in ids.items()} | {
        "created_at": iso(ticket.created), "updated_at": iso(ticket.updated), "description": ticket.description, "external_id": ticket.external_id,
        "is_public": ticket.is_public, "priority": (ticket.priority or "").upper() or None, "status": ticket.status.upper(), "subject": ticket.subject,
        "tags": list(ticket.tags), "type": (ticket.type or "").upper() or None, "via": {"channel": ticket.via.channel},
    }  # fmt: skip


_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def ulid(epoch: int, number: int) -> str:
    """An id of 26 letters that sorts by time."""
    value, letters = epoch * 1_000 << 80 | number, ""
    for _ in range(26):
        value, rest = divmod(value, 32)
        letters = _ALPHABET[rest] + letters
    return letters
