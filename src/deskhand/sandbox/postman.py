"""Webhooks of a served sandbox are really sent: one at a time, in order, beside the requests that are being answered.

Zendesk waits ten seconds for an answer, and tries again where the answer says so (zendesk-api.md, webhooks).
"""

import http.client
import queue
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

PATIENCE: Final = 10.0
"""Seconds until an answer counts as 504."""
TRIES: Final = 3
AGAIN: Final = (409, 429, 503, 504)
"""Answers after which it is tried again."""
LONGEST_PAUSE: Final = 60.0


@dataclass(frozen=True, slots=True)
class Letter:
    """One delivery. `answered` is told the status in the end: the receiver's, 504 for none in time, 0 for a host that is not there."""

    method: str
    endpoint: str
    headers: Mapping[str, str]
    body: bytes
    answered: Callable[[int], None]


class Postman:
    """Sends letters in the order in which they come, in a thread of its own that ends with the process."""

    def __init__(self, pause: Callable[[float], object] | None = None) -> None:
        self._pause = pause or threading.Event().wait
        self._letters: queue.SimpleQueue[Letter] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    def send(self, letter: Letter) -> None:
        """Take a letter; it is sent soon."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="postman", daemon=True)
            self._thread.start()
        self._letters.put(letter)

    def _work(self) -> None:
        while True:
            letter = self._letters.get()
            letter.answered(self._carry(letter))

    def _carry(self, letter: Letter) -> int:
        """Send a letter until it is taken, or has been sent often enough."""
        status = 0
        for _ in range(TRIES):
            status, wait = post(letter)
            if status not in AGAIN or wait > LONGEST_PAUSE:
                break
            self._pause(wait)
        return status


def post(letter: Letter) -> tuple[int, float]:
    """Send a letter once: the status, and how long the receiver asks to be left alone."""
    parts = urlsplit(letter.endpoint)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection = kind(parts.hostname or "", parts.port, timeout=PATIENCE)
        try:
            connection.request(letter.method, path, letter.body, dict(letter.headers))
            answer = connection.getresponse()
            asked = answer.getheader("Retry-After", "")
            return answer.status, float(asked) if asked.isdigit() else 0.0
        finally:
            connection.close()
    except TimeoutError:
        return 504, 0.0
    except (
        OSError,
        http.client.HTTPException,
        ValueError,
        RuntimeError,
    ):  # the last: a guard that keeps tests off the network
        return 0, 0.0
