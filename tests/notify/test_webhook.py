"""The signed webhook: one envelope, one key, and a signature over the very bytes."""

import hashlib
import hmac
import json
from datetime import timedelta
from typing import Any

import pytest
import requests

from deskhand.core.ladder import Channel
from deskhand.core.message import Link
from deskhand.core.plain import CUT
from deskhand.errors import AccessRefused, DeskError, RateLimited, Rejected, SettingsError, Transient, Unknown
from deskhand.http.service import ServiceSession
from deskhand.notify.webhook import TEXT, Webhook, envelope
from deskhand.sandbox import Sandbox
from tests.http.canned import Canned, answer
from tests.notify import spoken
from tests.notify.carried import Carrier
from tests.notify.spoken import NOW, PAGE, TICKET, page
from tests.source import ROOT


def _webhook(canned: Canned, secret: str = "s3cret") -> Webhook:
    session = ServiceSession(
        "https://relay.example/hook", setting="DESKHAND_WEBHOOK_URL", mount=canned, secret_url=True
    )
    return Webhook(Channel("relay", "webhook", key="EMEA"), session, secret, lambda: NOW)


def test_the_envelope_says_who_what_and_where() -> None:
    """Ten keys, always all of them."""
    made = envelope(PAGE)

    assert made.pop("text").startswith(
        "P1 #4711 Checkout down\n\nAcknowledge in PagerDuty by 03:09. Then Ann is asked.\n\n"
        "Severity: p1\nCustomer: Acme\nFirst reply: 160 % of 15 min\n\nESCALATION: Checkout answers 500 for every basket\n"
    )
    assert made == {
        "id": PAGE.key,
        "type": "page",
        "occurred_at": "2026-11-21T03:04:05+00:00",
        "ticket": 4711,
        "incident": "zd:acme:4711:e1",
        "severity": "p1",
        "rung": 1,
        "links": [
            {"text": "Ticket 4711", "url": TICKET},
            {"text": "Runbook: checkout", "url": "https://wiki.example/checkout"},
        ],
        "drill": False,
    }
    assert envelope(page(rung=-1, severity=None))["rung"] is None


def test_every_part_of_a_brief_is_in_the_text() -> None:
    """Requirements 82 to 88."""
    text = envelope(PAGE)["text"]

    for part in (
        "Critical",
        "Engineering",
        "40,000 EUR",
        "Press Pay",
        "HTTP 500",
        "no change",
        "We are looking",
        "Approve the rollback",
    ):
        assert part in text


def test_the_signature_is_over_the_very_bytes_that_are_sent() -> None:
    """And the key goes as a header of its own."""
    canned = Canned([answer(202)])

    receipt = _webhook(canned).send(PAGE, ())

    sent = canned.asked[0]
    raw = sent.body if isinstance(sent.body, bytes) else b""
    assert sent.headers["X-Signature"] == "v1=" + hmac.new(b"s3cret", raw, hashlib.sha256).hexdigest()
    assert sent.headers["Idempotency-Key"] == PAGE.key == receipt.ref
    assert sent.headers["Content-Type"] == "application/json"
    assert json.loads(raw) == envelope(PAGE)


def test_while_a_secret_is_changed_both_of_them_sign() -> None:
    """The receiver takes whichever it knows."""
    canned = Canned([answer(200)])

    _webhook(canned, "new old").send(PAGE, ())

    sent = canned.asked[0].body
    raw = sent if isinstance(sent, bytes) else b""
    signed = [hmac.new(secret, raw, hashlib.sha256).hexdigest() for secret in (b"new", b"old")]
    assert canned.asked[0].headers["X-Signature"] == f"v1={signed[0]},v1={signed[1]}"


@pytest.mark.parametrize("secret", ["", "  ", "a b c"])
def test_without_a_secret_nothing_is_sent(secret: str) -> None:
    """An unsigned page could be anybody's; the error names the setting."""
    with pytest.raises(SettingsError, match="DESKHAND_WEBHOOK_SECRET_EMEA"):
        _webhook(Canned(), secret)


def test_every_try_of_a_message_is_the_same_byte_for_byte() -> None:
    """Whatever came before, so that a receiver that compares bodies under one key finds no difference."""
    canned = Canned([requests.ReadTimeout("x"), answer(200)])
    hook = _webhook(canned)

    with pytest.raises(Unknown):
        hook.send(PAGE, ())
    hook.send(PAGE, ())

    assert canned.asked[0].body == canned.asked[1].body
    assert canned.asked[0].headers["Idempotency-Key"] == canned.asked[1].headers["Idempotency-Key"]
    assert envelope(page(at=NOW + timedelta(seconds=1), key="other")) != envelope(PAGE)


@pytest.mark.parametrize(
    ("status", "headers", "kind", "mend"),
    [
        (301, {}, Rejected, "DESKHAND_WEBHOOK_URL_EMEA"),
        (307, {}, Rejected, "DESKHAND_WEBHOOK_URL_EMEA"),
        (400, {}, Rejected, "DESKHAND_WEBHOOK_URL_EMEA"),
        (401, {}, AccessRefused, "DESKHAND_WEBHOOK_SECRET_EMEA"),
        (403, {}, AccessRefused, "DESKHAND_WEBHOOK_SECRET_EMEA"),
        (404, {}, Rejected, "DESKHAND_WEBHOOK_URL_EMEA"),
        (408, {}, Transient, "sent again"),
        (409, {}, Transient, "sent again"),
        (410, {}, Rejected, "DESKHAND_WEBHOOK_URL_EMEA"),
        (413, {}, Rejected, "outbox show"),
        (422, {}, Rejected, "outbox show"),
        (425, {}, Transient, "sent again"),
        (429, {"Retry-After": "9"}, RateLimited, "asked to wait"),
        (429, {}, RateLimited, "asked to wait"),
        (500, {}, Unknown, "sent again"),
        (502, {}, Unknown, "sent again"),
        (503, {}, Transient, "sent again"),
        (503, {"Retry-After": "9"}, RateLimited, "asked to wait"),
        (504, {}, Unknown, "sent again"),
    ],
)
def test_each_answer_has_a_meaning(status: int, headers: dict[str, str], kind: type[DeskError], mend: str) -> None:
    """And says what to mend, or that there is nothing to mend."""
    canned = Canned([answer(status, b"topsecret", headers)])

    with pytest.raises(DeskError) as error:
        _webhook(canned).send(PAGE, ())

    assert type(error.value) is kind
    assert mend in error.value.hint
    assert "'relay'" in str(error.value)
    assert "topsecret" not in str(error.value)
    assert len(canned.asked) == 1


def test_a_web_page_is_no_receipt() -> None:
    """A proxy that says please wait has taken nothing; what it hides is not known, and the same key makes it safe to send again."""
    with pytest.raises(Unknown, match="with a web page"):
        _webhook(Canned([answer(200, b"\n<!DOCTYPE html><html>Please wait</html>")])).send(PAGE, ())


@pytest.mark.parametrize(
    ("body", "ref"),
    [(b'{"id": "evt_1"}', "evt_1"), (b'{"id": 7}', PAGE.key), (b"ok", PAGE.key), (b"", PAGE.key), (b"[]", PAGE.key)],
)
def test_what_the_receiver_calls_it_is_kept(body: bytes, ref: str) -> None:
    """Where it says so; a success needs no body."""
    assert _webhook(Canned([answer(201, body)])).send(PAGE, ()).ref == ref


@pytest.mark.parametrize("words", spoken.HOSTILE, ids=range(len(spoken.HOSTILE)))
def test_what_people_wrote_stays_inside_the_text(words: str) -> None:
    """S2: it breaks out of no JSON, makes no header and no link, and is cut visibly."""
    canned = Canned([answer(200)])

    _webhook(canned).send(spoken.saying(words), ())

    body = json.loads(canned.asked[0].body or b"")
    assert sorted(body) == sorted(envelope(PAGE))
    assert len(body["text"]) <= TEXT
    assert {one["url"] for one in body["links"]} <= {TICKET, words}
    assert all(one["url"].startswith("https://") for one in body["links"])
    assert "X-Injected" not in canned.asked[0].headers
    json.dumps(body, ensure_ascii=False).encode()


def test_a_text_that_is_too_long_is_cut_in_a_way_that_shows() -> None:
    """At the end of the text, and of each link's words."""
    made = envelope(page(text="long " * 9_000, links=(Link("w" * 900, "https://a.example"),)))

    assert made["text"].endswith(CUT)
    assert made["links"][1]["text"].endswith(CUT)


def test_a_receiver_knows_a_message_by_its_key() -> None:
    """So it may be sent again without asking; public words are for the status page alone."""
    hook = _webhook(Canned())

    assert (hook.again, hook.find(PAGE, ()), hook.service, hook.name) == ("safe", None, "webhook", "relay")
    assert [hook.carries(page(verb=verb)) for verb in ("page", "tell", "close", "file", "publish")] == [True] * 4 + [
        False
    ]


def _carrier(sandbox: Sandbox, *faults: dict[str, Any]) -> Carrier:
    """Whoever carries messages to the pretended receiver."""
    for fault in faults:
        sandbox.faults.add({"path": "/services/hook/*", **fault})
    base = sandbox.services.settings(sandbox.url)
    session = ServiceSession(base["DESKHAND_WEBHOOK_URL"], setting="DESKHAND_WEBHOOK_URL", mount=sandbox.adapter())
    return Carrier(
        sandbox, Webhook(Channel("relay", "webhook"), session, base["DESKHAND_WEBHOOK_SECRET"], sandbox.clock.now)
    )


@pytest.mark.parametrize("verb", ["page", "tell"])
@pytest.mark.parametrize("kind", ["timeout_before_commit", "timeout_after_commit", "reset_after_commit", "late_commit"])
def test_webhook_post_timeout(kind: str, verb: str) -> None:
    """Before or after the commit: it is sent again, and the receiver takes it once."""
    sandbox = Sandbox()

    assert _carrier(sandbox, {"kind": kind, "count": 1}).carry(page(verb=verb))
    assert [effect.key for effect in sandbox.services.hook.of("taken")] == [PAGE.key]


def test_webhook_post_429() -> None:
    """It is sent when the receiver takes it again."""
    sandbox = Sandbox()
    began = sandbox.clock.now()

    assert _carrier(sandbox, {"kind": "status", "status": 429, "headers": {"retry-after": "40"}, "count": 1}).carry(
        PAGE
    )
    assert (sandbox.clock.now() - began).total_seconds() >= 40
    assert len(sandbox.services.hook.log) == 1


def test_webhook_page_never_after_its_close() -> None:
    """A page whose answer was lost is settled before the close leaves; were it sent again after it, the receiver would know it."""
    sandbox = Sandbox()
    carrier = _carrier(sandbox, {"kind": "timeout_after_commit", "count": 1})
    close = page(verb="close", key="close", number=2)

    assert carrier.carry(PAGE)
    assert carrier.carry(close)
    assert carrier.carry(PAGE)

    assert [(one.kind, one.key) for one in sandbox.services.hook.log if one.kind == "taken"] == [
        ("taken", PAGE.key),
        ("taken", "close"),
    ]


def test_webhook_post_restart_in_the_middle() -> None:
    """Another process sends the same bytes under the same key."""
    sandbox = Sandbox()
    with pytest.raises(Unknown):
        _carrier(sandbox, {"kind": "timeout_after_commit", "count": 1}).channel.send(PAGE, ())

    assert _carrier(sandbox).carry(PAGE)
    assert [one.kind for one in sandbox.services.hook.log] == ["taken", "repeated"]


def test_a_changed_secret_is_taken_by_a_receiver_that_knows_either() -> None:
    """First deskhand gets both, then the receiver the new one, then deskhand the new one alone: nothing is refused."""
    sandbox = Sandbox()
    session = ServiceSession(sandbox.services.hook.url + "/in", setting="DESKHAND_WEBHOOK_URL", mount=sandbox.adapter())

    for number, (secret, known) in enumerate([("old", "old"), ("new old", "old"), ("new old", "new"), ("new", "new")]):
        sandbox.services.hook.secrets = [known]
        hook = Webhook(Channel("relay", "webhook"), session, secret, sandbox.clock.now)
        assert hook.send(page(key=f"k{number}"), ()).ref == f"evt_{number + 1}"


def test_a_receiver_written_as_the_readme_says_knows_our_signature() -> None:
    """Its lines are run as they stand there."""
    source = (ROOT / "README.md").read_text(encoding="utf-8").partition("```python\n")[2].partition("```")[0]
    receiver: dict[str, Any] = {}
    exec(source, receiver)
    canned = Canned([answer(200)])

    _webhook(canned, "new old").send(PAGE, ())

    raw, header = canned.asked[0].body, canned.asked[0].headers["X-Signature"]
    assert [receiver["is_ours"](raw, header, secret) for secret in ("new", "old", "other")] == [True, True, False]
