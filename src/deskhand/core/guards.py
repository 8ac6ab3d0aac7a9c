"""How much the worker may do before a person has looked: the figures behind the guards. `None` switches a guard off."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

HOUR: Final = 3600
DAY: Final = 24 * HOUR


@dataclass(frozen=True, slots=True)
class Ceiling:
    """How many tickets one rule may change: in an hour, in one cycle, and as a share of the live tickets that are older than an hour.

    The share counts from `floor` tickets on, so that a small account is not stopped by a handful.
    """

    per_hour: int | None = 1_000
    per_cycle: int | None = 500
    share: Fraction | None = Fraction(3, 10)
    floor: int = 10


@dataclass(frozen=True, slots=True)
class Storm:
    """So many alike matters within so many seconds are one storm: the last of them, and all that follow, join the first."""

    count: int = 3
    within: int = 600


@dataclass(frozen=True, slots=True)
class Guards:
    """Every guard with its figure. Durations are seconds."""

    ceiling: Ceiling = Ceiling()
    """For rules without a ceiling of their own."""
    per_ticket_and_day: int | None = 10
    """Writes to one ticket within 24 hours."""
    flapping: int | None = 3
    """So often may a rule fire on a ticket within an hour, each time because its condition came true anew."""
    grace: int | None = 10
    """A ticket that somebody else changed so short a time ago is left alone until then."""
    stop_tag: str | None = "deskhand_stop"
    """A ticket with this tag is not touched."""
    late_after: int | None = 600
    """A step that comes more than so long after its instant is late: then only the last one of a clock's steps tells people."""
    useful_for: int | None = 7 * DAY
    """Telling people of something that was due longer ago than this is of no use any more."""
    pages_per_hour: int | None = 5
    """So often may a role be paged within an hour; what is beyond it goes to a channel that wakes nobody. Urgent pages are counted and never held."""
    storm: Storm | None = Storm()
    """When alike matters become one."""


OFF: Final = Guards(
    Ceiling(per_hour=None, per_cycle=None, share=None),
    None,
    None,
    None,
    stop_tag=None,
    late_after=None,
    useful_for=None,
    pages_per_hour=None,
    storm=None,
)
"""No guard at all: for tests of rules, and for simulated worlds that arrive all at once."""
