"""Where Zendesk's webhooks come in: `POST /zendesk/events`. They are known by their signature alone, and wake the worker; it asks Zendesk itself.

Whoever is refused learns nothing: every refusal is the same empty 401. Why is counted, and told in the log once a minute. What is not signed at all is
refused before its body is read, and what comes too large, too slowly or too often is not waited for.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from deskhand import logs
from deskhand.app.bell import Bell, Came
from deskhand.web.hint import Hint, hint_of
from deskhand.web.replay import Taken
from deskhand.web.signature import WINDOW, Seal, genuine, seal_of, timely

log = logs.get(__name__)
PATH: Final = "/zendesk/events"
LARGEST: Final = 256 * 1024
"""Bytes of a body."""
PATIENCE: Final = 5.0
"""Seconds in which a body has to come; Zendesk itself gives up after ten."""
AT_ONCE: Final = 64
"""Bodies that are read at a time."""
LATER: Final = "30"
"""Seconds after which to come again: below a minute Zendesk does."""
MINUTE: Final = timedelta(minutes=1)
_TAKEN: Final = ("taken", "unknown")
_STATUS: Final[Mapping[Came, int]] = {
    "taken": 200,
    "unknown": 200,
    "large": 413,
    "slow": 408,
    "broken_off": 408,
    "busy": 503,
    "full": 503,
}
"""What is answered; to all that does not stand here 401."""


@dataclass(slots=True)
class Door:
    """Lets Zendesk's webhooks in. `secrets` are those that may have signed them; `account` is the only one they may come from, where it is known."""

    secrets: tuple[bytes, ...]
    bell: Bell
    now: Callable[[], datetime]
    account: int | None = None
    taken: Taken = field(default_factory=Taken)
    patience: float = PATIENCE
    _reading: int = 0
    _told: datetime | None = None
    _untold: Counter[str] = field(default_factory=Counter)

    async def answer(self, request: Request) -> Response:
        """Take one webhook, or refuse it."""
        came = await self._came(request)
        now = self.now()
        self.bell.count(came, now)
        self._tell(came, now)
        return _answer(_STATUS.get(came, 401))

    async def _came(self, request: Request) -> Came:
        """What becomes of it; the body is read only where a signature came with it."""
        seal = seal_of(request.headers.raw)
        if not isinstance(seal, Seal):
            return seal
        if self._reading >= AT_ONCE:
            return "busy"
        self._reading += 1
        try:
            async with asyncio.timeout(self.patience):
                body = await _read(request)
        except TimeoutError:
            return "slow"
        except ClientDisconnect:
            return "broken_off"
        finally:
            self._reading -= 1
        return "large" if body is None else self._judge(seal, body, request)

    def _judge(self, seal: Seal, body: bytes, request: Request) -> Came:
        """What becomes of a whole one. It is remembered only if it is taken."""
        now = self.now()
        if not timely(seal, now):
            return "untimely"
        if not genuine(seal, body, self.secrets):
            return "forged"
        hint = hint_of(body)
        if self._foreign(hint, request.headers.getlist("x-zendesk-account-id")):
            return "foreign"
        match self.taken.take(seal.signature, seal.at + WINDOW, now):
            case "again":
                return "replayed"
            case "full":
                return "full"
            case "new":
                pass
        if hint.ticket is None:
            return "unknown"
        self.bell.ring(hint.ticket, now)
        return "taken"

    def _foreign(self, hint: Hint, named: list[str]) -> bool:
        """Whether it says that it comes from another account than ours. The header is not signed, so it can only tell against it."""
        told = {str(hint.account)} if hint.account is not None else set()
        return self.account is not None and not told.union(named) <= {str(self.account)}

    def _tell(self, came: Came, now: datetime) -> None:
        """A line for those who look for a fault, and one for everybody at most once a minute; no word of what came."""
        log.debug("webhook_came", came=came)
        if came in _TAKEN:
            return
        self._untold[came] += 1
        if self._told is None or abs(now - self._told) >= MINUTE:
            log.warning("webhooks_refused", came=dict(self._untold))
            self._told = now
            self._untold.clear()


async def _read(request: Request) -> bytes | None:
    """The body, or None as soon as it is too large. Raises ClientDisconnect."""
    length = request.headers.get("content-length", "")
    if length.isdecimal() and (len(length) > 9 or int(length) > LARGEST):
        return None
    body = bytearray()
    async with aclosing(request.stream()) as chunks:
        async for chunk in chunks:
            if len(body) + len(chunk) > LARGEST:
                return None
            body += chunk
    return bytes(body)


def _answer(status: int) -> Response:
    """No body, and nothing that tells one refusal from another."""
    if status == 200:
        return Response(status_code=200)
    more = {"retry-after": LATER} if status == 503 else {}
    return Response(status_code=status, headers={"connection": "close", **more})
