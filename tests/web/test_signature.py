"""Whose webhook it is: the signature, the stamp, and nothing that comes near them."""

import ast
import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskhand.web.signature import SIGNATURE, STAMP, WINDOW, Seal, genuine, seal_of, timely
from tests.source import tree

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SECRET = b"HRkRd4BeOAoUkfZr-mhauJT64rvBASlJRoIyPsd3zeA="
TEXT = b"2026-03-02T09:00:00Z"
BODY = b'{"ticket_id": 25}'
BY_OPENSSL = b"irvihu1BGhZ3EMyt434oiclB5FA1lji550d8UyNfBXQ="
"""The same, signed by another program."""


def signed(body: bytes, stamp: bytes = TEXT, secret: bytes = SECRET) -> bytes:
    """The signature as Zendesk makes it."""
    return base64.b64encode(hmac.new(secret, stamp + body, hashlib.sha256).digest())


def sealed(signature: bytes, stamp: bytes = TEXT) -> Seal | str:
    """The seal of two headers."""
    return seal_of([(b"host", b"x"), (SIGNATURE, signature), (STAMP, stamp)])


def accepted(signature: bytes, stamp: bytes, body: bytes, *secrets: bytes) -> bool:
    """Whether a webhook would be taken at NOW."""
    seal = sealed(signature, stamp)
    return isinstance(seal, Seal) and timely(seal, NOW) and genuine(seal, body, secrets or (SECRET,))


def test_a_webhook_as_zendesk_signs_it_is_genuine() -> None:
    """S6: stamp and body, in this order, with nothing between them; an empty body too."""
    assert signed(BODY) == BY_OPENSSL
    assert accepted(BY_OPENSSL, TEXT, BODY)
    assert accepted(signed(b""), TEXT, b"")


def test_any_of_the_secrets_may_have_signed_it() -> None:
    """S6: so that a secret can be changed without a gap; without a secret nothing is genuine."""
    for secrets in ((b"the-next-secret", SECRET), (SECRET, b"the-secret-before")):
        assert accepted(signed(BODY), TEXT, BODY, *secrets)
    assert not accepted(signed(BODY), TEXT, BODY, b"another-secret-it-is")
    seal = sealed(signed(BODY))
    assert isinstance(seal, Seal)
    assert not genuine(seal, BODY, ())


@given(body=st.binary(max_size=60), bit=st.integers(min_value=0), part=st.sampled_from(["body", "stamp", "signature"]))
def test_one_bit_that_is_another_is_refused(body: bytes, bit: int, part: str) -> None:
    """S6: any bit of the body, of the stamp or of the signature."""
    parts = {"body": body or b"x", "stamp": TEXT}
    parts["signature"] = signed(parts["body"])
    assert accepted(parts["signature"], parts["stamp"], parts["body"])
    raw = bytearray(parts[part])
    raw[bit // 8 % len(raw)] ^= 1 << bit % 8

    parts[part] = bytes(raw)

    assert not accepted(parts["signature"], parts["stamp"], parts["body"])


def test_every_single_bit_of_a_webhook_counts() -> None:
    """S6: those of the last letter of the signature too, of which base64 uses only some."""
    right = {"body": BODY, "stamp": TEXT, "signature": signed(BODY)}
    for part, value in right.items():
        for place in range(len(value) * 8):
            raw = bytearray(value)
            raw[place // 8] ^= 1 << place % 8
            wrong = right | {part: bytes(raw)}
            assert not accepted(wrong["signature"], wrong["stamp"], wrong["body"]), (part, place)


@given(st.binary(max_size=80), st.binary(max_size=60), st.binary(max_size=40))
def test_whatever_comes_is_refused_without_an_error(signature: bytes, stamp: bytes, body: bytes) -> None:
    """S6: no bytes in a header make it fail."""
    assert not accepted(signature, stamp, body)
    assert not accepted(signed(body), stamp, body)


@pytest.mark.parametrize(
    ("stamp", "at"),
    [
        (b"2026-03-02T09:00:00Z", NOW),
        (b"2026-03-02T09:00:00+00:00", NOW),
        (b"2026-03-02T14:30:00+05:30", NOW),
        (b"2026-03-02T09:00:00.250Z", NOW + timedelta(milliseconds=250)),
        (b"2026-03-02T09:00:00.123456789Z", NOW + timedelta(microseconds=123456)),
    ],
)
def test_a_stamp_is_an_instant_with_its_offset(stamp: bytes, at: datetime) -> None:
    """S6: it is signed as it was sent, and compared as the instant that it says."""
    seal = sealed(signed(BODY, stamp), stamp)

    assert isinstance(seal, Seal)
    assert (seal.at, seal.stamp) == (at, stamp)
    assert genuine(seal, BODY, (SECRET,))


@pytest.mark.parametrize(
    "stamp",
    [
        b"2026-03-02T09:00:00",
        b"2026-03-02 09:00:00Z",
        b"2026-03-02T09:00Z",
        b"2026-13-02T09:00:00Z",
        b"2026-03-02T09:00:60Z",
        b"2026-03-02T09:00:00+24:00",
        b"2026-W10-1T09:00:00Z",
        b"1772442000",
        b"now",
        b"",
        "٢٠٢٦-03-02T09:00:00Z".encode(),
        b"2026-03-02T09:00:00Z\n",
        b"2026-03-02T09:00:00Z" * 1000,
    ],
)
def test_what_is_no_such_stamp_is_refused_though_it_was_signed(stamp: bytes) -> None:
    """S6: never guessed at."""
    assert sealed(signed(BODY, stamp), stamp) == "malformed"


@pytest.mark.parametrize(
    "near", [WINDOW, -WINDOW, timedelta(0), WINDOW - timedelta(microseconds=1)], ids=["old", "ahead", "now", "nearly"]
)
def test_five_minutes_to_either_side_are_near_enough(near: timedelta) -> None:
    """S6: the bounds themselves count, and a microsecond more does not."""
    seal = Seal(signed(BODY), TEXT, NOW)
    further = timedelta(microseconds=1 if near >= timedelta(0) else -1)

    assert timely(seal, NOW + near)
    assert timely(seal, (NOW + near).astimezone(timezone(timedelta(hours=9))))
    assert timely(seal, NOW + near + further) == (abs(near) < WINDOW)


def test_signatures_are_compared_in_constant_time_and_by_no_other_way() -> None:
    """S6: `compare_digest` alone, of every secret, with no way out of the loop."""
    (verifier,) = (node for node in tree("web/signature.py").body if isinstance(node, ast.FunctionDef) and node.name == "genuine")  # fmt: skip
    calls = {ast.unparse(node.func) for node in ast.walk(verifier) if isinstance(node, ast.Call)}
    loops = [node for node in ast.walk(verifier) if isinstance(node, ast.For)]

    assert "hmac.compare_digest" in calls
    assert [node for node in ast.walk(verifier) if isinstance(node, ast.Compare)] == []
    assert [node for loop in loops for node in ast.walk(loop) if isinstance(node, ast.Break | ast.Return | ast.If | ast.BoolOp)] == []  # fmt: skip
