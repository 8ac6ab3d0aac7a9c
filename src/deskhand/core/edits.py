"""Edits of targets and hours while clocks run: that they moved what was due is said once, in the decision that finds it.

A running clock is due at the same instant for as long as nothing happens to its ticket. Where it is not, the policies were edited, or the hours behind
one of their calendars.
"""

from collections.abc import Mapping
from dataclasses import replace

from deskhand.core.clock import Reading
from deskhand.core.memory import Memory, Promised


def promised(readings: Mapping[str, Reading], memory: Memory) -> Promised:
    """When our own running clocks are due, as of all that is known of the ticket."""
    seen = [reading.seen for reading in readings.values() if reading.seen.source == "own"]
    due = {one.clock: one.due_at for one in seen if one.stage == "running" and one.due_at}
    return Promised(len(memory.history), memory.exact_to, due)


def told(readings: Mapping[str, Reading], memory: Memory) -> dict[str, Reading]:
    """The readings, with a word where a clock is due at another instant although nothing happened to the ticket."""
    before = memory.promised
    if before is None or (before.known, before.exact_to) != (len(memory.history), memory.exact_to):
        return dict(readings)
    return {name: _told(reading, before) for name, reading in readings.items()}


def _told(reading: Reading, before: Promised) -> Reading:
    seen = reading.seen
    was = before.due.get(seen.clock) if seen.source == "own" else None
    if was is None or seen.stage not in ("running", "idle") or seen.due_at == was:
        return reading
    now = f"{seen.due_at:%Y-%m-%d %H:%M:%S} UTC now" if seen.due_at else "never now"
    words = f"the policies or their hours were edited: it was due at {was:%Y-%m-%d %H:%M:%S} UTC, and is {now}"
    return replace(reading, seen=replace(seen, note="; ".join(filter(None, (seen.note, words)))))
