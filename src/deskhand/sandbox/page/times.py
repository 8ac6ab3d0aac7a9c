"""The clock and what moves it, what happens next, and the faults in force."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from deskhand.sandbox.sandbox import Sandbox

STEPS = ((60, "1 minute"), (900, "15 minutes"), (3_600, "1 hour"), (86_400, "1 day"))
LONGEST = 31 * 86_400
"""Seconds that one push of a button may take."""


class CannotMove(Exception):
    """Time cannot be moved as a form asks for; the text says why, and what to do."""


def view(sandbox: "Sandbox", query: Mapping[str, str], rest: str) -> dict[str, Any]:  # noqa: ARG001 - one signature for all
    """The clock, the agenda's next entry, and the faults."""
    if rest:
        raise KeyError(rest)
    world, due = sandbox.world, sandbox.next_happening()
    rows = [(name.replace("_", " "), len(table)) for name, table in sorted(world.tables.items()) if len(table)]
    return {
        "steps": STEPS, "next": None if due is None else due.timestamp(), "agenda": len(sandbox.agenda), "faults": sandbox.faults.rows(), "problem": "",
        "rows": [("tickets", len(world.tickets)), *rows], "kept": sandbox.keep is not None,
    }  # fmt: skip


def act(sandbox: "Sandbox", given: Mapping[str, str]) -> None:
    """Do what a form asks for. Raises CannotMove."""
    if "end_faults" in given:
        sandbox.faults.clear()
        return
    if not sandbox.clock.simulated:
        raise CannotMove("This clock follows real time. Start the sandbox with --stepped to move it by hand.")
    sandbox.run_until(_target(sandbox, given))


def _target(sandbox: "Sandbox", given: Mapping[str, str]) -> datetime:
    now = sandbox.clock.now()
    try:
        if "next" in given:
            return sandbox.next_happening() or now
        if given.get("to"):
            moment = datetime.fromisoformat(given["to"])
            target = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        else:
            target = datetime.fromtimestamp(now.timestamp() + float(given["advance"]), UTC)
    except (KeyError, ValueError, OverflowError, OSError):
        raise CannotMove("That is no instant: write it as 2026-03-02T17:00.") from None
    if not 0 <= (target - now).total_seconds() <= LONGEST:
        raise CannotMove("Time moves forward, by 31 days at most at once.")
    return target
