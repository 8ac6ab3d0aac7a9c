"""Where webhooks come in: who is let in, and that all others learn nothing."""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from deskhand import logs
from deskhand.app.bell import Bell
from deskhand.app.vitals import Vitals
from deskhand.web.door import AT_ONCE, LARGEST, Door
from deskhand.web.health import application
from deskhand.web.replay import Taken

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
FIT = Vitals(at=NOW, alive=True, ailments=(), mode="enforce", policy="", run="")
SECRET, BEFORE = b"canary-of-the-webhooks-secret", b"canary-of-the-one-before-it"
STAMP = b"2026-03-02T09:00:00Z"
EVENT = {"type": "zen:event-type:ticket.created", "account_id": 9, "subject": "zen:ticket:25", "detail": {"id": "25"}}
BODY = json.dumps(EVENT).encode()
TICK = timedelta(microseconds=1)
Headers = list[tuple[bytes, bytes]]
Sent = list[dict[str, Any]]


def signature(stamp: bytes = STAMP, body: bytes = BODY, secret: bytes = SECRET) -> bytes:
    """As Zendesk makes it."""
    return base64.b64encode(hmac.new(secret, stamp + body, hashlib.sha256).digest())


def named(*signatures: bytes, stamps: Sequence[bytes] = (STAMP,), more: Iterable[tuple[bytes, bytes]] = ()) -> Headers:
    """The headers with these signatures and stamps."""
    return [
        *((b"x-zendesk-webhook-signature", one) for one in signatures),
        *((b"x-zendesk-webhook-signature-timestamp", one) for one in stamps),
        *more,
    ]


def door(**facts: Any) -> Door:
    """A door of account 9 at NOW."""
    bell = Bell()
    bell.hang()
    usual: dict[str, Any] = {"secrets": (SECRET, BEFORE), "bell": bell, "now": lambda: NOW, "account": 9}
    return Door(**(usual | facts))


async def sent(to: Door, headers: Headers, chunks: AsyncIterator[bytes], method: str = "POST") -> Sent:
    """What is answered, as it is handed to the server; the other pages ask for a token."""
    told: Sent = []
    scope = {"type": "http", "method": method, "path": "/zendesk/events", "query_string": b"", "headers": headers}

    async def receive() -> dict[str, Any]:
        try:
            return {"type": "http.request", "body": await anext(chunks), "more_body": True}
        except StopAsyncIteration:
            return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        told.append(message)

    await application(lambda: FIT, "a-token", to)(scope, receive, send)
    return told


async def whole(*chunks: bytes) -> AsyncIterator[bytes]:
    """A body that comes in pieces."""
    for chunk in chunks:
        yield chunk


async def never() -> AsyncIterator[bytes]:
    """A body that does not come."""
    yield b"{"
    await asyncio.Event().wait()


def knock(to: Door, headers: Headers, body: bytes = BODY, method: str = "POST") -> Sent:
    """Send a webhook."""
    return asyncio.run(sent(to, headers, whole(body), method))


def status(told: Sent) -> int:
    """The status of an answer."""
    return int(told[0]["status"])


def came(to: Door) -> dict[str, int]:
    """What became of webhooks, as far as any came."""
    return {name: count for name, count in to.bell.came.items() if count}


GOOD = named(signature())
NO = [
    {"type": "http.response.start", "status": 401, "headers": [(b"connection", b"close"), (b"content-length", b"0")]},
    {"type": "http.response.body", "body": b""},
]
"""What everybody is told who is refused."""

OTHER = json.dumps(EVENT | {"account_id": 10}).encode()
AHEAD, OLD = b"2026-03-02T09:05:00.000001Z", b"2026-03-02T08:54:59.999999Z"
REFUSED = [
    ("the signature is missing", named(), BODY, "unsigned"),
    ("the stamp is missing", named(signature(), stamps=()), BODY, "unsigned"),
    ("both are missing", [], BODY, "unsigned"),
    ("the right signature is there twice", named(signature(), signature()), BODY, "unsigned"),
    ("a wrong signature stands before the right one", named(b"A" * 43 + b"=", signature()), BODY, "unsigned"),
    ("the stamp is there twice", named(signature(), stamps=(STAMP, STAMP)), BODY, "unsigned"),
    ("the signature is empty", named(b""), BODY, "malformed"),
    ("the signature is in hex", named(hmac.new(SECRET, STAMP + BODY, "sha256").hexdigest().encode()), BODY, "malformed"),
    ("the signature is no base64", named(b"*" * 43 + b"="), BODY, "malformed"),
    ("the signature is not ASCII", named(b"\xc3\xa9" * 21 + b"A="), BODY, "malformed"),
    ("the signature lacks its last letter", named(signature()[:-1]), BODY, "malformed"),
    ("something follows the signature", named(signature() + b","), BODY, "malformed"),
    ("the signature is ten thousand letters long", named(b"A" * 10_000), BODY, "malformed"),
    ("the stamp has no offset", named(signature(STAMP[:-1]), stamps=(STAMP[:-1],)), BODY, "malformed"),
    ("the stamp is a number of seconds", named(signature(b"1772442000"), stamps=(b"1772442000",)), BODY, "malformed"),
    ("the stamp is not ASCII", named(signature(b"\xff"), stamps=(b"\xff",)), BODY, "malformed"),
    ("the stamp is older than five minutes", named(signature(OLD), stamps=(OLD,)), BODY, "untimely"),
    ("the stamp is more than five minutes ahead", named(signature(AHEAD), stamps=(AHEAD,)), BODY, "untimely"),
    ("the stamp is another than was signed", named(signature(), stamps=(b"2026-03-02T09:00:01Z",)), BODY, "forged"),
    ("the body is another than was signed", named(signature()), BODY + b" ", "forged"),
    ("there is no body", named(signature()), b"", "forged"),
    ("the body was signed before the stamp", named(signature(BODY, STAMP)), BODY, "forged"),
    ("the body alone was signed", named(signature(b"")), BODY, "forged"),
    ("another secret signed it", named(signature(secret=b"secret")), BODY, "forged"),
    ("an empty secret signed it", named(signature(secret=b"")), BODY, "forged"),
    ("both secrets together signed it", named(signature(secret=SECRET + b" " + BEFORE)), BODY, "forged"),
    ("its body names another account", named(signature(body=OTHER)), OTHER, "foreign"),
    ("its header names another account", named(signature(), more=[(b"x-zendesk-account-id", b"10")]), BODY, "foreign"),
]  # fmt: skip
"""What is wrong, the headers, the body, and what it is counted as."""


@pytest.mark.parametrize(("headers", "body", "why"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_whoever_is_refused_learns_nothing_and_wakes_nobody(headers: Headers, body: bytes, why: str) -> None:
    """S6: byte for byte the same empty 401, whatever is wrong; only the count tells them apart."""
    closed = door()

    assert knock(closed, headers, body) == NO
    assert (came(closed), closed.bell.waiting, len(closed.taken)) == ({why: 1}, 0, 0)


def test_the_table_of_refusals_has_its_twenty_rows() -> None:
    """S6: and each kind of refusal at the gate is in it."""
    assert len(REFUSED) >= 20
    assert {row[3] for row in REFUSED} == {"unsigned", "malformed", "untimely", "forged", "foreign"}


def test_a_webhook_that_comes_again_is_refused_like_a_forged_one() -> None:
    """S6: the first is taken, and named its ticket; the others say nothing new, and are told nothing, as long as their stamp is good."""
    instant = [NOW - timedelta(minutes=5)]
    to = door(now=lambda: instant[0])

    assert status(knock(to, GOOD)) == 200
    for minutes in (-5, 0, 5):
        instant[0] = NOW + timedelta(minutes=minutes)
        assert knock(to, GOOD) == NO
    assert (came(to), list(to.bell.named(9))) == ({"taken": 1, "replayed": 3}, [25])


ACCEPTED = [
    ("exactly five minutes old", named(signature(b"2026-03-02T08:55:00Z"), stamps=(b"2026-03-02T08:55:00Z",))),
    ("exactly five minutes ahead", named(signature(b"2026-03-02T09:05:00Z"), stamps=(b"2026-03-02T09:05:00Z",))),
    ("signed with the other secret", named(signature(secret=BEFORE))),
    ("with the account's number", named(signature(), more=[(b"x-zendesk-account-id", b"9")])),
    ("said to be XML", named(signature(), more=[(b"content-type", b"text/xml")])),
    ("with a wrong token", named(signature(), more=[(b"authorization", b"Bearer wrong")])),
]


@pytest.mark.parametrize("headers", [row[1] for row in ACCEPTED], ids=[row[0] for row in ACCEPTED])
def test_what_zendesk_signed_is_taken(headers: Headers) -> None:
    """S6: by its signature alone: neither the token of the pages nor a content type is asked for."""
    to = door()

    assert status(knock(to, headers)) == 200
    assert (came(to), list(to.bell.named(9)), to.bell.last) == ({"taken": 1}, [25], NOW)


def test_what_names_no_ticket_is_taken_and_leads_to_nothing() -> None:
    """So that Zendesk does not send it again and again; it is counted."""
    to, body = door(), b'{"subject": "zen:user:25"}'

    assert status(knock(to, named(signature(body=body)), body)) == 200
    assert (came(to), to.bell.waiting) == ({"unknown": 1}, 0)


def test_an_account_that_is_not_known_keeps_nobody_out() -> None:
    """The secret is the account's own."""
    to = door(account=None)

    assert status(knock(to, named(signature(), more=[(b"x-zendesk-account-id", b"10")]))) == 200


def test_what_was_refused_may_still_come_rightly() -> None:
    """S6: only what was taken is remembered, so that nobody can spoil a webhook by sending it first."""
    to = door()
    knock(to, named(signature(), more=[(b"x-zendesk-account-id", b"10")]))
    knock(to, GOOD, BODY + b" ")

    assert status(knock(to, GOOD)) == 200


def test_where_no_more_can_be_remembered_it_is_asked_to_come_again() -> None:
    """S6: within a minute, as Zendesk does then; it is not taken, and nothing that still counts is forgotten."""
    instant = [NOW]
    to = door(taken=Taken(most=1), now=lambda: instant[0])
    knock(to, named(signature(b"2026-03-02T08:59:59Z"), stamps=(b"2026-03-02T08:59:59Z",)))

    first = knock(to, GOOD)
    instant[0] = NOW + timedelta(minutes=5)
    again = knock(to, GOOD)

    assert (status(first), dict(first[0]["headers"])[b"retry-after"]) == (503, b"30")
    assert (status(again), came(to)) == (200, {"taken": 2, "full": 1})


@pytest.mark.parametrize("declared", [str(LARGEST + 1), "9" * 5000, ""])
def test_a_body_that_is_too_large_is_not_read_to_its_end(declared: str) -> None:
    """S6: at once where it says how large it is, else with the piece that is too much."""
    read: list[int] = []

    async def endless() -> AsyncIterator[bytes]:
        while True:
            read.append(1)
            yield b"x" * 65536

    length = [(b"content-length", declared.encode())] if declared else []
    to = door()

    told = asyncio.run(sent(to, named(signature(), more=length), endless()))

    assert (status(told), came(to)) == (413, {"large": 1})
    assert len(read) == (0 if declared else LARGEST // 65536 + 1)


def test_a_body_of_just_the_size_is_read() -> None:
    """In as many pieces as it comes."""
    body = BODY + b" " * (LARGEST - len(BODY))
    to = door()

    told = asyncio.run(sent(to, named(signature(body=body)), whole(body[:100], b"", body[100:])))

    assert (status(told), came(to)) == (200, {"taken": 1})


def test_a_body_that_does_not_come_is_not_waited_for() -> None:
    """S6: a deadline for the whole of it."""
    to = door(patience=0.05)

    assert status(asyncio.run(sent(to, GOOD, never()))) == 408
    assert came(to) == {"slow": 1}


def test_whoever_goes_away_is_counted() -> None:
    """Nobody is there to be answered."""
    to = door()

    async def gone() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    async def send(_message: Any) -> None:
        """Lost."""

    scope = {"type": "http", "method": "POST", "path": "/zendesk/events", "query_string": b"", "headers": GOOD}
    asyncio.run(application(lambda: FIT, "", to)(scope, gone, send))

    assert came(to) == {"broken_off": 1}


def test_only_so_many_bodies_are_read_at_a_time() -> None:
    """S6: the others are asked to come again; those without a signature are not read at all."""
    to = door(patience=0.2)

    async def crowd() -> list[Sent]:
        slow = [asyncio.create_task(sent(to, GOOD, never())) for _ in range(AT_ONCE)]
        await asyncio.sleep(0)
        more = [await sent(to, GOOD, whole(BODY)), await sent(to, [], never())]
        return [*more, *await asyncio.gather(*slow)]

    busy, unsigned, *slow = asyncio.run(crowd())

    assert (status(busy), dict(busy[0]["headers"])[b"retry-after"], unsigned) == (503, b"30", NO)
    assert {status(one) for one in slow} == {408}
    assert status(knock(to, GOOD)) == 200


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_only_post_is_answered(method: str) -> None:
    """Even where it is signed."""
    to = door()

    assert status(knock(to, GOOD, method=method)) == 405
    assert came(to) == {}


def test_without_a_secret_there_is_no_door() -> None:
    """The path is not there."""
    told: Sent = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": BODY, "more_body": False}

    async def send(message: Any) -> None:
        told.append(message)

    scope = {"type": "http", "method": "POST", "path": "/zendesk/events", "query_string": b"", "headers": GOOD}
    asyncio.run(application(lambda: FIT)(scope, receive, send))

    assert status(told) == 404


def test_refusals_are_told_in_the_log_once_a_minute_and_without_a_word_of_them(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """S6, S1: counts alone; no secret, no signature, nothing of a body."""
    instant = [NOW]
    to = door(now=lambda: instant[0])
    logs.configure("json", "DEBUG")
    bad = b"canary-of-a-body"
    for seconds in (0, 1, 2, 59, 60):
        instant[0] = NOW + timedelta(seconds=seconds)
        knock(to, named(signature(), stamps=(STAMP,)), bad)
    knock(to, [])
    knock(to, GOOD)

    told = "".join(capsys.readouterr())
    lines = [json.loads(line) for line in told.splitlines()]

    assert [one["came"] for one in lines if one["event"] == "webhooks_refused"] == [{"forged": 1}, {"forged": 4}]
    assert [one["came"] for one in lines if one["event"] == "webhook_came"] == [*["forged"] * 5, "unsigned", "taken"]
    assert "canary" not in told
    assert signature().decode() not in told
