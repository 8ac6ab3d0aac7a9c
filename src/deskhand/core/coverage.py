"""Coverage: who of some shifts is on call at an instant, and when nobody is."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final

from deskhand.core.calendar import Calendar
from deskhand.core.message import Shift

SLIGHT: Final = timedelta(minutes=1)
"""A gap shorter than this is a matter of rounding."""

Stretch = tuple[datetime, datetime]


def on_duty(shifts: Iterable[Shift], now: datetime) -> tuple[str, ...]:
    """Who is on call at an instant, each once."""
    return tuple(dict.fromkeys(shift.person for shift in shifts if _holds(shift, now)))


def gaps(shifts: Iterable[Shift], since: datetime, until: datetime, hours: Calendar | None = None) -> list[Stretch]:
    """When nobody is on call between two instants, in order; with `hours`, only while they are open."""
    wanted = hours.intervals(since, until) if hours else ((since, until),)
    taken = _merged(shifts, since, until)
    return [gap for one in wanted for gap in _without(one, taken) if gap[1] - gap[0] >= SLIGHT]


def _holds(shift: Shift, now: datetime) -> bool:
    return (shift.start is None or shift.start <= now) and (shift.end is None or now < shift.end)


def _merged(shifts: Iterable[Shift], since: datetime, until: datetime) -> list[Stretch]:
    """The shifts as stretches without overlap, in order, within the two instants."""
    cut = sorted((max(shift.start or since, since), min(shift.end or until, until)) for shift in shifts)
    merged: list[Stretch] = []
    for start, end in cut:
        if start >= end:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def _without(one: Stretch, taken: Iterable[Stretch]) -> Iterator[Stretch]:
    """What is left of a stretch."""
    at, stop = one
    for start, end in taken:
        if end <= at or start >= stop:
            continue
        if start > at:
            yield at, start
        at = end
    if at < stop:
        yield at, stop
