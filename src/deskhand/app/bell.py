"""The bell that webhooks ring: which tickets they named since those were last read, and what became of each webhook that came.

A webhook is a hint where to look and nothing more. What is named here is in memory alone: whatever a crash, a flood or a lost webhook takes away is found by
the next poll.
"""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

MOST: Final = 1_000
"""Tickets that may wait to be read by number; where more are named, a poll is the cheaper way to hear of them all."""
Came = Literal[
    "taken", "unknown", "unsigned", "malformed", "untimely", "forged", "foreign", "replayed", "large", "slow", "broken_off", "busy", "full"
]  # fmt: skip
CAME: Final[Mapping[Came, str]] = {
    "taken": "it named a ticket, which is read again",
    "unknown": "it was Zendesk's own, and named no ticket",
    "unsigned": "its signature or its stamp was missing, or there twice",
    "malformed": "its signature or its stamp could not be one",
    "untimely": "its stamp was more than five minutes from the worker's clock",
    "forged": "no secret made its signature",
    "foreign": "it came from another account",
    "replayed": "the very same had been taken before",
    "large": "its body was too large to be read",
    "slow": "its body did not come in time",
    "broken_off": "whoever sent it went away",
    "busy": "too many came at once; it was asked to come again",
    "full": "too many were taken lately to know it from a replay; it was asked to come again",
}
"""What may become of a webhook."""


@dataclass(frozen=True, slots=True)
class Ring:
    """A ticket was named at an instant; the number tells two rings of one instant apart."""

    at: datetime
    number: int


class Bell:
    """Keeps what was named until it was read. Any thread may ring; one reads."""

    def __init__(self, most: int = MOST) -> None:
        self._most, self._rings = most, 0
        self._named: dict[int, Ring] = {}
        self._flooded = False
        self._changed = threading.Condition()
        self.came: dict[str, int] = {}
        """How many webhooks came to what; empty where none are listened for."""
        self.last: datetime | None = None
        """When the last one was taken."""

    def hang(self) -> None:
        """From now on webhooks are listened for, so that none of a kind is a figure too."""
        self.came = dict.fromkeys(CAME, 0)

    def count(self, came: Came, at: datetime) -> None:
        """One webhook more, and what became of it."""
        with self._changed:
            self.came[came] = self.came.get(came, 0) + 1
            if came == "taken":
                self.last = at

    def ring(self, ticket: int, at: datetime) -> None:
        """A ticket was named. One that waits already is read once; where too many wait, none is kept, and a poll has to tell of them."""
        with self._changed:
            if self._flooded:
                return
            if ticket not in self._named and len(self._named) >= self._most:
                self._named.clear()
                self._flooded = True
            else:
                self._rings += 1
                self._named[ticket] = Ring(at, self._rings)
            self._changed.notify_all()

    def wait(self, seconds: float) -> bool:
        """Wait until something is to be read, no longer than so; returns whether it is."""
        with self._changed:
            return self._changed.wait_for(lambda: bool(self._named) or self._flooded, seconds)

    def named(self, limit: int) -> dict[int, Ring]:
        """Tickets that wait, those named first before the others. They stay until they are `answered`."""
        with self._changed:
            return dict(list(self._named.items())[:limit])

    def answered(self, named: Mapping[int, Ring]) -> None:
        """These were read; what was named again meanwhile stays."""
        with self._changed:
            for ticket, ring in named.items():
                if self._named.get(ticket) == ring:
                    del self._named[ticket]

    @property
    def waiting(self) -> int:
        """How many tickets wait."""
        return len(self._named)

    @property
    def flooded(self) -> bool:
        """Whether more was named than is read by number, so that a poll has to tell of it."""
        return self._flooded

    @contextmanager
    def polled(self) -> Iterator[None]:
        """A poll begins: it tells of all that was named before. What is named from here on is kept again; where the poll fails, another one is due."""
        with self._changed:
            flooded, self._flooded = self._flooded, False
        try:
            yield
        except BaseException:
            with self._changed:
                self._flooded = self._flooded or flooded
            raise
