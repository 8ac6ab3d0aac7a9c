"""The course of a clock: when it ran, when its calendar was closed, when it stood still, and when it reached its marks."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Final, Literal

from deskhand.core.clock import Reading, plain

MARKS: Final = (50, 75, 90, 100)
"""Shares of the target in percent whose instants people ask for."""
State = Literal["running", "closed", "paused"]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time in which a clock ran, did not count since its calendar was closed, or stood still."""

    start: datetime
    end: datetime
    state: State


@dataclass(frozen=True, slots=True)
class Mark:
    """A share of the target in percent, and when it was or will be used; `at` is None where that is not known, or not to come."""

    share: int
    at: datetime | None
    past: bool


def course(reading: Reading) -> tuple[Stretch, ...]:
    """What a clock did in its present life, in order; empty where its running times are not known."""
    return tuple(_stretches(reading))


def _stretches(reading: Reading) -> Iterator[Stretch]:
    before: datetime | None = None
    for start, end in reading.spans:
        if before is not None and before < start:
            yield Stretch(before, start, "paused")
        yield from _within(reading, start, end)
        before = end
    if reading.seen.stage == "paused" and before is not None and before < reading.now:
        yield Stretch(before, reading.now, "paused")


def _within(reading: Reading, start: datetime, end: datetime) -> Iterator[Stretch]:
    """A time in which it ran, parted by its calendar."""
    at = start
    for opens, closes in reading.calendar.intervals(start, end):
        if at < opens:
            yield Stretch(at, opens, "closed")
        yield Stretch(opens, closes, "running")
        at = closes
    if at < end:
        yield Stretch(at, end, "closed")


def marks(reading: Reading) -> tuple[Mark, ...]:
    """When the clock reached, or will reach, each mark if it keeps running."""
    target = reading.seen.target
    return tuple(_mark(reading, share, target) for share in MARKS) if target else ()


def _mark(reading: Reading, share: int, target: int) -> Mark:
    wanted = plain(Fraction(target * share, 100))
    past = reading.seen.elapsed is not None and wanted <= reading.seen.elapsed
    at = reading.seen.due_at if share == 100 and reading.seen.due_at else reading.passed(wanted)
    return Mark(share, at, past or (at is not None and at <= reading.now))
