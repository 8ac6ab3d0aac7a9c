"""Disagree: two measures of one clock of a ticket differ by more than a minute. It is told once, and counted."""

from collections.abc import Iterable
from typing import Final

from deskhand import logs
from deskhand.app.ports import Transaction
from deskhand.core.decision import Decision

log = logs.get(__name__)
COUNTED: Final = "clocks that disagreed"
"""The name under which the notebook counts them."""


def tell_disagreements(tx: Transaction, decisions: Iterable[Decision]) -> None:
    """Log and count the clocks that did not disagree at the last look. To be called before the new memories are saved."""
    off = {decision.ticket_id: decision for decision in decisions if decision.memory.off_by}
    if not off:
        return
    before = tx.memories.load(off)
    fresh = [
        (key, clock)
        for key, decision in off.items()
        for clock in decision.memory.off_by
        if key not in before or clock not in before[key].off_by
    ]
    for key, name in fresh:
        seen = next(one for one in off[key].clocks if one.clock == name)
        log.warning("clocks_disagree", ticket=key, clock=name, seconds=seen.off_by, reason=seen.note)
    if fresh:
        tx.notebook.set(COUNTED, str(int(tx.notebook.get(COUNTED) or 0) + len(fresh)))
