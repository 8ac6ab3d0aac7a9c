"""Is a webhook Zendesk's own? Its signature is `base64(HMAC-SHA256(secret, stamp + body))`, of the stamp as it was sent and of the very bytes of the body.

Pure: headers, body, secrets and the instant in, an answer out. A header that is missing, that is there twice, or that could not be what it should be is
refused before anything is computed.
"""

import base64
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

SIGNATURE: Final = b"x-zendesk-webhook-signature"
STAMP: Final = b"x-zendesk-webhook-signature-timestamp"
WINDOW: Final = timedelta(minutes=5)
"""So far may a stamp be from the worker's clock, to either side; exactly so far is near enough."""
_SIGNATURE: Final = re.compile(rb"[A-Za-z0-9+/]{43}=")
_STAMP: Final = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)")


@dataclass(frozen=True, slots=True)
class Seal:
    """What a webhook proves itself with: its signature, and its stamp, as it was sent and as the instant that it says."""

    signature: bytes
    stamp: bytes
    at: datetime


def seal_of(headers: Iterable[tuple[bytes, bytes]]) -> Seal | Literal["unsigned", "malformed"]:
    """The seal, from headers with names in small letters; or why there is none."""
    listed = list(headers)
    signatures = [value for name, value in listed if name == SIGNATURE]
    stamps = [value for name, value in listed if name == STAMP]
    if len(signatures) != 1 or len(stamps) != 1:
        return "unsigned"
    at = _instant(stamps[0])
    if at is None or not _SIGNATURE.fullmatch(signatures[0]):
        return "malformed"
    return Seal(signatures[0], stamps[0], at)


def timely(seal: Seal, now: datetime) -> bool:
    """Whether it was signed just now, as far as clocks agree."""
    return abs(now - seal.at) <= WINDOW


def genuine(seal: Seal, body: bytes, secrets: Iterable[bytes]) -> bool:
    """Whether one of the secrets signed this very body. All are tried, each in constant time: how long it takes tells nothing."""
    held = False
    for secret in secrets:
        digest = hmac.digest(secret, seal.stamp + body, "sha256")
        held |= hmac.compare_digest(base64.b64encode(digest), seal.signature)
    return held


def _instant(stamp: bytes) -> datetime | None:
    """The instant of an ISO 8601 stamp with its offset; None for anything else."""
    if not _STAMP.fullmatch(stamp):
        return None
    try:
        return datetime.fromisoformat(stamp.decode("ascii"))
    except ValueError:
        return None
