"""Conditions: data that judge facts. Each verdict comes as a step of the trace, with the instant at which time alone can turn it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Final, Literal

from deskhand.core.alike import Likeness
from deskhand.core.calendar import Calendar
from deskhand.core.clock import Reading, plain
from deskhand.core.facts import Facts
from deskhand.core.severity import LEVELS
from deskhand.core.ticket import PRIORITIES, Scalar, Value
from deskhand.core.trace import Step

Op = Literal[
    "is",
    "is_not",
    "in",
    "not_in",
    "present",
    "contains",
    "not_contains",
    "less_than",
    "greater_than",
    "at_least",
    "at_most",
]
Bound = Literal["above", "at_least", "below", "at_most"]

_ORDERS: Final = {"severity": tuple(reversed(LEVELS)), "priority": PRIORITIES}
"""Fields whose words have an order, least first: `severity: {at_least: p2}` means p2 or p1."""


@dataclass(frozen=True, slots=True)
class Compare:
    """One field against one value, or several for `in` and `not_in`."""

    place: str
    field: str
    op: Op
    value: Scalar | tuple[Scalar, ...]

    def judge(self, facts: Facts) -> Step:
        """Time alone never turns it."""
        seen = facts.get(self.field)
        says = f"{self.field} {_OP_WORDS.get(self.op, self.op)} {_show(self.value)} (was {_show(seen)})"
        if self.op == "present":
            says = f"{self.field} is {'filled in' if self.value else 'empty'} (was {_show(seen)})"
        return Step(self.place, says, self._holds(seen))

    def clocks(self) -> frozenset[str]:
        """No clock."""
        return frozenset()

    def _holds(self, seen: Value) -> bool:
        match self.op:
            case "is":
                return _same(seen, self.value)
            case "is_not":
                return not _same(seen, self.value)
            case "in" | "not_in":
                assert isinstance(self.value, tuple)
                return any(_same(seen, one) for one in self.value) == (self.op == "in")
            case "present":
                return (seen not in (None, "", ())) == bool(self.value)
            case "contains":
                return _contains(seen, self.value)
            case "not_contains":
                return not _contains(seen, self.value)
            case _:
                return self._ordered(seen)

    def _ordered(self, seen: Value) -> bool:
        left, right = _rank(self.field, seen), _rank(self.field, self.value)
        if left is None or right is None:
            return False
        match self.op:
            case "less_than":
                return left < right
            case "greater_than":
                return left > right
            case "at_least":
                return left >= right
            case _:
                return left <= right


@dataclass(frozen=True, slots=True)
class Tags:
    """Which tags the ticket has: `all`, `any` or `none` of these."""

    place: str
    want: Literal["all", "any", "none"]
    tags: tuple[str, ...]

    def judge(self, facts: Facts) -> Step:
        """Time alone never turns it."""
        found = [tag for tag in self.tags if tag in facts.ticket.tags]
        held = {"all": len(found) == len(self.tags), "any": bool(found), "none": not found}[self.want]
        return Step(self.place, f"tags: {self.want} of {_show(self.tags)} (has {_show(tuple(found))})", held)

    def clocks(self) -> frozenset[str]:
        """No clock."""
        return frozenset()


@dataclass(frozen=True, slots=True)
class Limit:
    """A bound on something that grows by the second. `amount` is seconds."""

    bound: Bound
    amount: Fraction

    def holds(self, grown: float) -> bool:
        """Whether so many seconds satisfy it."""
        match self.bound:
            case "above":
                return grown > self.amount
            case "at_least":
                return grown >= self.amount
            case "below":
                return grown < self.amount
            case _:
                return grown <= self.amount

    @property
    def turning(self) -> int:
        """The first whole second at which the verdict differs from before."""
        return math.floor(self.amount) + 1 if self.bound in ("above", "at_most") else math.ceil(self.amount)


@dataclass(frozen=True, slots=True)
class Burn:
    """How much of a clock's target is used up, against a share (Fraction of 1)."""

    place: str
    clock: str
    bound: Bound
    share: Fraction

    def judge(self, facts: Facts) -> Step:
        """Turns at the second in which the share is reached."""
        return _clock_step(self, facts, f"burn {_BOUND_WORDS[self.bound]} {_percent(self.share)}")

    def limit(self, reading: Reading) -> Limit:
        """The share as seconds of a clock's target."""
        return Limit(self.bound, self.share * (reading.seen.target or 0))

    def show(self, reading: Reading) -> str:
        """The burn as seen."""
        return _percent(Fraction(reading.seen.elapsed or 0) / (reading.seen.target or 1))

    def clocks(self) -> frozenset[str]:
        """The clock it asks."""
        return frozenset({self.clock})


_FLIPPED: Final[Mapping[Bound, Bound]] = {
    "above": "below",
    "at_least": "at_most",
    "below": "above",
    "at_most": "at_least",
}


@dataclass(frozen=True, slots=True)
class Remaining:
    """How many seconds of a clock's target are left; negative once it is used up."""

    place: str
    clock: str
    bound: Bound
    seconds: int

    def judge(self, facts: Facts) -> Step:
        """Turns at the second in which so much is left."""
        return _clock_step(self, facts, f"remaining {_BOUND_WORDS[self.bound]} {_span(self.seconds)}")

    def limit(self, reading: Reading) -> Limit:
        """The bound on what is left, as the opposite bound on what is used."""
        return Limit(_FLIPPED[self.bound], Fraction((reading.seen.target or 0) - self.seconds))

    def show(self, reading: Reading) -> str:
        """What is left, as seen."""
        return _span((reading.seen.target or 0) - (reading.seen.elapsed or 0))

    def clocks(self) -> frozenset[str]:
        """The clock it asks."""
        return frozenset({self.clock})


@dataclass(frozen=True, slots=True)
class ClockIs:
    """Whether a clock is running, paused, met, idle or breached."""

    place: str
    clock: str
    state: Literal["running", "paused", "met", "idle", "breached"]

    def judge(self, facts: Facts) -> Step:
        """`breached` turns at the instant the target is used up; the others turn only when something happens."""
        readings = facts.clocks(self.clock)
        held = [r for r in readings if (r.breached if self.state == "breached" else r.seen.stage == self.state)]
        turns: datetime | None = None
        if self.state == "breached" and not held:
            turns = _earliest([r.seen.due_at for r in readings if r.seen.stage == "running" and r.seen.due_at])
        seen = (
            ", ".join(f"{r.seen.clock} {'breached' if r.breached else r.seen.stage}" for r in readings)
            or "no such clock"
        )
        return Step(self.place, f"clock {self.clock} is {self.state} ({seen})", bool(held), turns)

    def clocks(self) -> frozenset[str]:
        """The clock it asks."""
        return frozenset({self.clock})


@dataclass(frozen=True, slots=True)
class Since:
    """How long ago an instant was, in a calendar. False while the instant has not come or is unknown."""

    place: str
    instant: str
    limit: Limit
    calendar: Calendar

    def judge(self, facts: Facts) -> Step:
        """Turns at the second in which the time has passed."""
        at = facts.instant(self.instant)
        asks = f"time since {self.instant} {_BOUND_WORDS[self.limit.bound]} {_span(self.limit.amount)}"
        if at is None:
            return Step(self.place, f"{asks} (never happened)", held=False)
        passed = plain(Fraction(self.calendar.elapsed(at, facts.now)))
        turning = self.limit.turning
        turns = self.calendar.after(facts.now, turning - passed) if passed < turning else None
        return Step(self.place, f"{asks} (was {_span(passed)})", self.limit.holds(passed), turns)

    def clocks(self) -> frozenset[str]:
        """No clock."""
        return frozenset()


@dataclass(frozen=True, slots=True)
class Shared:
    """How many customers have the same issue: tickets that are alike, this one's own customer among them."""

    place: str
    likeness: Likeness
    limit: Limit

    def judge(self, facts: Facts) -> Step:
        """Asked when something changes; time alone never turns it. What was not counted does not hold."""
        seen = facts.alike.get(self.likeness)
        amount = int(self.limit.amount)
        asks = f"customers with the same {self.likeness.by} {_BOUND_WORDS[self.limit.bound]} {amount} within {_span(self.likeness.within)}"
        if seen is None:
            return Step(self.place, f"{asks} (not counted)", held=False)
        return Step(self.place, f"{asks} (were {seen})", self.limit.holds(seen))

    def clocks(self) -> frozenset[str]:
        """No clock."""
        return frozenset()


@dataclass(frozen=True, slots=True)
class Both:
    """`all` or `any` of several conditions. Each is judged, so that the trace shows them all."""

    place: str
    join: Literal["all", "any"]
    parts: tuple["Condition", ...]

    def judge(self, facts: Facts) -> Step:
        """Turns no earlier than its parts allow: the last missing part of an `all`, the first one of an `any`."""
        steps = tuple(part.judge(facts) for part in self.parts)
        held = all(step.held for step in steps) if self.join == "all" else any(step.held for step in steps)
        return Step(self.place, self.join, held, _joint_turn(self.join, steps, held=held), steps, self.join)

    def clocks(self) -> frozenset[str]:
        """The clocks of all parts."""
        return frozenset().union(*(part.clocks() for part in self.parts))


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite of a condition."""

    place: str
    part: "Condition"

    def judge(self, facts: Facts) -> Step:
        """Turns when its part does."""
        step = self.part.judge(facts)
        return Step(self.place, "not", not step.held, step.turns_at, (step,), "not")

    def clocks(self) -> frozenset[str]:
        """The clocks of its part."""
        return self.part.clocks()


Condition = Compare | Tags | Burn | Remaining | ClockIs | Since | Shared | Both | Not


def _joint_turn(join: str, steps: tuple[Step, ...], *, held: bool) -> datetime | None:
    """The earliest instant at which a group can turn.

    A false `all` needs every false part to turn, so not before the latest of them, and never if one of them cannot; a true one may turn
    with its first part. `any` is the mirror image.
    """
    if held == (join == "all"):
        return _earliest([step.turns_at for step in steps if step.turns_at])
    needed = [step.turns_at for step in steps if step.held == (join == "any")]
    return None if any(turn is None for turn in needed) else max((turn for turn in needed if turn), default=None)


def _clock_step(asks: Burn | Remaining, facts: Facts, words: str) -> Step:
    """A threshold on a clock: held if any of the clocks meant holds, turning at the first of their next turns."""
    readings = facts.clocks(asks.clock)
    known = [reading for reading in readings if reading.measurable]
    held = False
    turns: list[datetime] = []
    for reading in known:
        limit = asks.limit(reading)
        held = held or limit.holds(reading.seen.elapsed or 0)
        turn = reading.reaches(limit.turning)
        turns += [turn] if turn else []
    shown = [f"{r.seen.clock} {asks.show(r)}, {r.seen.stage}" for r in known]
    shown += [f"{r.seen.clock} unknown, {r.seen.note or r.seen.stage}" for r in readings if not r.measurable]
    says = f"{asks.clock} {words} ({'; '.join(shown) or 'no such clock runs'})"
    return Step(asks.place, says, held, _earliest(turns))


def _earliest(instants: list[datetime | None] | list[datetime]) -> datetime | None:
    return min((instant for instant in instants if instant), default=None)


def _same(seen: Value, value: Value | tuple[Scalar, ...]) -> bool:
    """Equality as people mean it: an unticked checkbox is false, and true is not the number one."""
    if isinstance(value, bool):
        return seen is True if value else seen is None or seen is False
    return not isinstance(seen, bool) and seen == value


def _contains(seen: Value, value: Scalar | tuple[Scalar, ...]) -> bool:
    """A multiselect or list contains an option; a text contains words, whatever the case."""
    if isinstance(seen, tuple):
        return value in seen
    return isinstance(seen, str) and isinstance(value, str) and value.casefold() in seen.casefold()


def _rank(field: str, value: object) -> float | None:
    order = _ORDERS.get(field)
    if order is not None:
        return float(order.index(value)) if isinstance(value, str) and value in order else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value)


_BOUND_WORDS: Final = {"above": "above", "at_least": "at least", "below": "below", "at_most": "at most"}
_OP_WORDS: Final = {
    "is_not": "is not",
    "not_in": "not in",
    "not_contains": "does not contain",
    "at_least": "at least",
    "at_most": "at most",
    "less_than": "less than",
    "greater_than": "greater than",
}


def _show(value: object) -> str:
    """A value as people write it in YAML."""
    match value:
        case None:
            return "empty"
        case bool():
            return "true" if value else "false"
        case tuple():
            return f"[{', '.join(map(_show, value))}]"
        case str() if len(value) > 80:
            return repr(value[:77] + "...")
        case _:
            return str(value)


def _percent(share: Fraction) -> str:
    """A share in per cent, to a hundredth, cut and never rounded up over a threshold."""
    hundredths = math.floor(share * 10000)
    whole, rest = divmod(hundredths, 100)
    return f"{whole}%" if not rest else f"{whole}.{rest:02d}%"


def _span(seconds: float | Fraction) -> str:
    """A duration as people say it: `2d 4h`, `1h 30m`, `45s`."""
    left = abs(int(float(seconds)))
    parts: list[str] = []
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60), ("s", 1)):
        count, left = divmod(left, size)
        parts += [f"{count}{unit}"] if count else []
    return ("-" if seconds < 0 else "") + (" ".join(parts[:3]) or "0s")


def describe_span(span: timedelta) -> str:
    """A duration as people say it, for reports."""
    return _span(span.total_seconds())
