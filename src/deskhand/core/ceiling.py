"""The ceiling of a rule: how often it fired lately, and whether what it wants now is too much."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from deskhand.core.guards import Ceiling

HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Wanted:
    """How many tickets a rule wants to change; `old` of them are older than an hour.

    New tickets arrive by the dozen on a busy morning and all want routing; the old ones do not come to match all at once unless something is wrong.
    """

    all: int = 0
    old: int = 0

    def __add__(self, other: "Wanted") -> "Wanted":
        """Two counts together."""
        return Wanted(self.all + other.all, self.old + other.old)


@dataclass(frozen=True, slots=True)
class Tally:
    """What a rule changed within the last hour, by minute: (minutes since 1970, all, old)."""

    minutes: tuple[tuple[int, int, int], ...] = ()

    def add(self, now: datetime, wanted: Wanted) -> "Tally":
        """The tally with so many more; what is over an hour old is let go."""
        minute = _minute(now)
        before = dict.fromkeys([minute], Wanted()) | {at: Wanted(every, old) for at, every, old in self.minutes}
        before[minute] += wanted
        kept = sorted((at, one.all, one.old) for at, one in before.items() if at > minute - 60)
        return Tally(tuple(kept))

    def within_the_hour(self, now: datetime) -> Wanted:
        """All of the last hour together."""
        since = _minute(now) - 60
        recent = [one for one in self.minutes if one[0] > since]
        return Wanted(sum(one[1] for one in recent), sum(one[2] for one in recent))

    def text(self) -> str:
        """To be noted."""
        return " ".join(f"{at}:{every}:{old}" for at, every, old in self.minutes)

    @classmethod
    def parse(cls, text: str | None) -> "Tally":
        """What `text` wrote."""
        parts = [tuple(map(int, one.split(":"))) for one in (text or "").split()]
        return cls(tuple((part[0], part[1], part[2]) for part in parts))


def excess(ceiling: Ceiling, cycle: Wanted, hour: Wanted, live: int) -> str:
    """Why what a rule wants to change in this cycle, and within the hour, is too much; empty if it is not.

    `live` is the number of live tickets that are known.
    """
    if ceiling.per_cycle is not None and cycle.all > ceiling.per_cycle:
        return f"{cycle.all} tickets in one cycle, and its ceiling is {ceiling.per_cycle}"
    if ceiling.per_hour is not None and hour.all > ceiling.per_hour:
        return f"{hour.all} tickets within an hour, and its ceiling is {ceiling.per_hour}"
    if ceiling.share is not None and hour.old > ceiling.floor and hour.old > ceiling.share * live:
        return f"{hour.old} of {live} live tickets, over its ceiling of {float(ceiling.share):.0%}"
    return ""


def is_old(created_at: datetime, now: datetime) -> bool:
    """Whether a ticket counts towards the share."""
    return now - created_at > HOUR


def _minute(now: datetime) -> int:
    return int(now.timestamp()) // 60
