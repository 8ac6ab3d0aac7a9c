"""Flapping: something else undoes what a rule does, so that its condition comes true again and again."""

from datetime import datetime, timedelta
from typing import Final

from deskhand.core.memory import Memory

HOUR: Final = timedelta(hours=1)


def flaps(memory: Memory, rule: str, most: int | None, now: datetime) -> str:
    """Why a rule that would fire anew on this ticket is to be stopped there; empty if it is not.

    Repetitions that the rule asks for do not count: only first firings of different episodes do.
    """
    if most is None:
        return ""
    recent = [one for one in memory.ledger if one.rule == rule and one.outcome == "fired" and one.number == 1]
    count = sum(now - one.at < HOUR for one in recent)
    if count < most:
        return ""
    return f"it fired {count} times within an hour, each time anew: something undoes what it does"
