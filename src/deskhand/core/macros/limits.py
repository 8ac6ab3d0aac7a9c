"""How many changes a plan may hold before a person must name the number.

A count and a share, whichever is met first; the share is for sets of ten and more, so that it neither blocks a pilot nor vanishes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal

from deskhand.core.macros.plan import Item

Sort = Literal["update", "deactivate", "delete"]


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many, and at most this share of the managed macros."""

    count: int
    share: Fraction


LIMITS: Final[Mapping[Sort, Limit]] = {
    "update": Limit(50, Fraction(30, 100)),
    "deactivate": Limit(5, Fraction(10, 100)),
    "delete": Limit(0, Fraction(0)),
}
FLOOR: Final = 10
"""Smaller sets are held to the counts alone."""


@dataclass(frozen=True, slots=True)
class Excess:
    """A limit that is passed."""

    sort: Sort
    found: int
    managed: int
    most: int

    def __str__(self) -> str:
        """What, how many, and the override that names the number."""
        return f"{self.found} of {self.managed} managed macros would be {_DONE[self.sort]}, and {self.most} is the most (--allow-{self.sort}={self.found} permits it)"


_DONE: Final[Mapping[Sort, str]] = {"update": "updated", "deactivate": "deactivated", "delete": "deleted"}


def sort_of(item: Item) -> Sort | None:
    """What kind of change an item counts as; None for what is not limited."""
    if item.kind in ("deactivate", "delete"):
        return "deactivate" if item.kind == "deactivate" else "delete"
    if item.kind == "update" and item.live and item.after and item.live.active and not item.after.active:
        return "deactivate"
    return "update" if item.kind == "update" else None


def excesses(items: Iterable[Item], managed: int, allowed: Mapping[Sort, int] | None = None) -> tuple[Excess, ...]:
    """The limits that the items pass. `allowed` are the numbers that a person named."""
    counts: dict[Sort, int] = dict.fromkeys(LIMITS, 0)
    for sort in map(sort_of, items):
        if sort is not None:
            counts[sort] += 1
    found = []
    for sort, limit in LIMITS.items():
        most = limit.count if managed < FLOOR else min(limit.count, int(managed * limit.share))
        most = max(most, (allowed or {}).get(sort, 0))
        if counts[sort] > most:
            found.append(Excess(sort, counts[sort], managed, most))
    return tuple(found)
