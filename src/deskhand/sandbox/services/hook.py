"""A pretended receiver of signed webhooks, under /services/hook/in: it checks the signature over the raw bytes, and knows a message by its Idempotency-Key."""

import hashlib
import hmac
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Final

from deskhand.sandbox.exchange import Row
from deskhand.sandbox.refusal import Refusal
from deskhand.sandbox.services.stand_in import Asked, StandIn, answers

if TYPE_CHECKING:
    from deskhand.sandbox.sandbox import Sandbox

SECRET: Final = "sandbox-secret"  # noqa: S105 - a pretended one
KEYS: Final = frozenset(
    {"id", "type", "occurred_at", "ticket", "incident", "severity", "rung", "text", "links", "drill"}
)


class Hook(StandIn):
    """One receiver. `secrets` are those that it takes; `status`, where it is none of the 200s, is what it answers to all."""

    name = "hook"
    settings: ClassVar = {"DESKHAND_WEBHOOK_URL": "/in", "DESKHAND_WEBHOOK_SECRET": SECRET}
    usual_limits: ClassVar = {"calls": (600, 60)}

    def __init__(self, sandbox: "Sandbox") -> None:
        super().__init__(sandbox)
        self.secrets: list[str] = [SECRET]
        self.status = 200
        self.seen: dict[str, str] = {}
        """The hash of the body that each Idempotency-Key came with first."""

    def told(self, order: Row) -> None:
        """`secrets` and `status`. Raises ValueError."""
        if not set(order) <= {"secrets", "status"}:
            raise ValueError(f"hook takes secrets and status, and got {', '.join(order)}")
        for name, value in order.items():
            setattr(self, name, value)

    @answers("POST", "/in")
    def take(self, asked: Asked) -> Row:
        """Take a message; the same one again changes nothing."""
        if self.spend("calls").over:
            raise Refusal(429, {"error": "too many"}, {"retry-after": "5"})
        if not self._signed(asked):
            raise Refusal(401, {"error": "bad signature"})
        if self.status >= 300:
            raise Refusal(self.status, {"error": "as told"})
        key, body = asked.headers.get("idempotency-key", ""), asked.body
        if not key or key != body.get("id") or set(body) != KEYS or not _instant(body["occurred_at"]):
            raise Refusal(400, {"error": "this is no such envelope"})
        digest = hashlib.sha256(asked.request.body).hexdigest()
        if self.seen.setdefault(key, digest) != digest:
            raise Refusal(422, {"error": "another body under the same Idempotency-Key"})
        if key in {one.key for one in self.of("taken")}:
            self.did("repeated", key)
        else:
            self.did("taken", key, **{name: body[name] for name in sorted(KEYS - {"id"})})
        return {"id": f"evt_{list(self.seen).index(key) + 1}"}

    def _signed(self, asked: Asked) -> bool:
        """Whether one of the signatures is that of a secret that is known here."""
        given = [one.strip() for one in asked.headers.get("x-signature", "").split(",")]
        due = ["v1=" + hmac.new(one.encode(), asked.request.body, hashlib.sha256).hexdigest() for one in self.secrets]
        return any(hmac.compare_digest(one.encode(), other.encode()) for one in given for other in due)


def _instant(value: object) -> bool:
    try:
        return isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False
