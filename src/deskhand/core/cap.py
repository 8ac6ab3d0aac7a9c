"""The cap of a ticket: how often it may be written to within a day, whatever the rules."""

from datetime import datetime, timedelta
from typing import Final

from deskhand.core.memory import Memory

DAY: Final = timedelta(days=1)


def capped(memory: Memory, most: int | None, now: datetime) -> str:
    """Why a ticket is not to be written to again today; empty if it may be.

    Repetitions that a rule asks for have a limit of their own, and do not count.
    """
    if most is None:
        return ""
    recent = [one for one in memory.ledger if one.outcome == "fired" and one.number == 1 and now - one.at < DAY]
    writes = {one.op_id for one in recent if one.op_id}
    if len(writes) < most:
        return ""
    return f"the ticket was written to {len(writes)} times within a day, and its cap is {most}"
