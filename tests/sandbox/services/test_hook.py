"""The pretended receiver of signed webhooks."""

import hashlib
import hmac
import json
from typing import Any

import pytest

from deskhand.sandbox import Sandbox
from deskhand.sandbox.exchange import Request, Response
from deskhand.sandbox.services.hook import SECRET

ENVELOPE = {
    "id": "k1", "type": "page", "occurred_at": "2026-11-21T03:04:05+00:00", "ticket": 7, "incident": "zd:acme:7:e1", "severity": "p1", "rung": 1,
    "text": "P1", "links": [], "drill": False,
}  # fmt: skip


def _send(
    sandbox: Sandbox, body: object = ENVELOPE, *, secret: str = SECRET, key: str = "k1", extra: str = ""
) -> Response:
    raw = json.dumps(body).encode()
    signed = "v1=" + hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()
    headers = {"X-Signature": extra + signed, "Idempotency-Key": key}
    return sandbox.handle(Request.of("POST", sandbox.services.hook.url + "/in", headers=headers, body=raw))


def test_a_message_is_taken_once() -> None:
    """The same one again changes nothing and gets the same answer; another body under its key is refused."""
    sandbox = Sandbox()

    answers = [_send(sandbox), _send(sandbox)]

    assert [one.json() for one in answers] == [{"id": "evt_1"}] * 2
    assert [(one.kind, one.key) for one in sandbox.services.hook.log] == [("taken", "k1"), ("repeated", "k1")]
    assert _send(sandbox, ENVELOPE | {"text": "P2"}).status == 422


def test_only_what_is_signed_is_taken() -> None:
    """By any of the secrets that are known here, over the raw bytes."""
    sandbox = Sandbox()

    assert _send(sandbox, secret="other").status == 401
    assert _send(sandbox, extra="v1=00,").status == 200
    sandbox.services.hook.told({"secrets": ["other"]})
    assert _send(sandbox, secret="other").status == 200
    with pytest.raises(ValueError, match="takes secrets and status"):
        sandbox.services.hook.told({"moon": 1})


@pytest.mark.parametrize(
    "change",
    [{"id": "k2"}, {"occurred_at": "now"}, {"occurred_at": "2026-11-21T03:04:05"}, {"more": 1}, {"occurred_at": 7}],
)
def test_what_is_no_such_envelope_is_refused(change: dict[str, Any]) -> None:
    """All ten keys, no other, an instant with its zone, and the key of the header."""
    assert _send(Sandbox(), ENVELOPE | change).status == 400


def test_it_answers_what_it_is_told_to() -> None:
    """For drills, and so many a minute."""
    sandbox = Sandbox()
    sandbox.services.hook.told({"status": 503})

    assert _send(sandbox).status == 503
    assert _send(sandbox, key="").status == 503
    sandbox.services.hook.limits["calls"] = (0, 60)
    sandbox.services.hook.limits["calls"] = (1, 60)
    sandbox.services.hook.told({"status": 200})
    assert _send(sandbox).status == 429
    assert sandbox.services.hook.log == []
