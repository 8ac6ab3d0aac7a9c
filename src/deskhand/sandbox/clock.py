"""Clocks of the sandbox: one that is moved by hand and never sleeps, one that follows the real time.

Instants at the edges are aware datetimes in UTC. Inside the world an instant is a whole number of seconds since 1970, because Zendesk's own
resolution is one second.
"""

import time
from datetime import UTC, datetime
from typing import Protocol

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
"""Where simulated time begins unless told otherwise: a Monday morning."""


class Clock(Protocol):
    """What the sandbox asks of a clock."""

    simulated: bool

    def epoch(self) -> float:
        """Seconds since 1970-01-01 UTC."""
        ...

    def now(self) -> datetime:
        """The instant, aware, in UTC."""
        ...

    def advance(self, seconds: float) -> None:
        """Let time pass. A real clock ignores this."""
        ...

    def to(self, instant: datetime) -> None:
        """Let time pass until `instant`; an instant in the past changes nothing."""
        ...


class SimClock:
    """Time that moves only when told to, and never back."""

    simulated = True

    def __init__(self, start: datetime = START) -> None:
        self._epoch = start.timestamp()

    def epoch(self) -> float:
        """Seconds since 1970-01-01 UTC."""
        return self._epoch

    def now(self) -> datetime:
        """The instant, aware, in UTC."""
        return datetime.fromtimestamp(self._epoch, UTC)

    def advance(self, seconds: float) -> None:
        """Move on by `seconds`; a negative number changes nothing."""
        self._epoch += max(0.0, seconds)

    def to(self, instant: datetime) -> None:
        """Move on to `instant`; an instant in the past changes nothing."""
        self._epoch = max(self._epoch, instant.timestamp())


class RealClock:
    """The machine's own time, or time from `start` on; run `speed` times as fast from the moment the clock was made."""

    simulated = False

    def __init__(self, speed: float = 1.0, start: datetime | None = None) -> None:
        machine = time.time()  # noqa: TID251 - the sandbox is a server of its own, with its own clock
        self._origin = machine if start is None else start.timestamp()
        self._tick = time.monotonic()
        self.speed = speed
        self.own = start is not None or speed != 1
        """Whether this time differs from the machine's."""

    def epoch(self) -> float:
        """Seconds since 1970-01-01 UTC."""
        return self._origin + (time.monotonic() - self._tick) * self.speed

    def now(self) -> datetime:
        """The instant, aware, in UTC."""
        return datetime.fromtimestamp(self.epoch(), UTC)

    def advance(self, seconds: float) -> None:
        """Nothing: real time passes by itself."""

    def to(self, instant: datetime) -> None:
        """Nothing: real time passes by itself."""


def iso(epoch: float) -> str:
    """`2026-03-02T08:00:00Z`, as Zendesk writes instants."""
    return datetime.fromtimestamp(int(epoch), UTC).isoformat()[:-6] + "Z"


def epoch_of(text: str) -> int:
    """The seconds since 1970 of an ISO instant. Raises ValueError."""
    moment = datetime.fromisoformat(text)
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
