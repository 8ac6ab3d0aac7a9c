"""For which values of a field a condition can hold at all: what tables and checks say of rules without asking a ticket."""

from deskhand.core.condition import Both, Compare, Condition, Not, Tags
from deskhand.core.severity import LEVELS
from deskhand.core.ticket import Scalar


def domain(condition: Condition, field: str) -> frozenset[Scalar] | None:
    """The values of a field for which a condition can hold at all; None where it can hold for any."""
    match condition:
        case Compare(field=name, op="is", value=value) if name == field and not isinstance(value, tuple):
            return frozenset({value})
        case Compare(field=name, op="in", value=value) if name == field and isinstance(value, tuple):
            return frozenset(value)
        case Compare(field="severity", op=op, value=str() as level) if field == "severity" and op in _RANGES:
            return frozenset(_RANGES[op](level))
        case Both(join=join, parts=parts) if parts:
            known = [domain(part, field) for part in parts]
            given = [values for values in known if values is not None]
            if join == "all":
                return frozenset.intersection(*given) if given else None
            return frozenset().union(*given) if len(given) == len(known) else None
        case _:
            return None


_RANGES = {
    "at_least": lambda level: LEVELS[: LEVELS.index(level) + 1],
    "greater_than": lambda level: LEVELS[: LEVELS.index(level)],
    "at_most": lambda level: LEVELS[LEVELS.index(level) :],
    "less_than": lambda level: LEVELS[LEVELS.index(level) + 1 :],
}
"""Levels of a comparison: P1 is the most."""


def levels(condition: Condition) -> tuple[str, ...]:
    """The severities for which a condition can hold, most severe first; all of them where it does not ask."""
    known = domain(condition, "severity")
    return tuple(level for level in LEVELS if known is None or level in known)


def fields(condition: Condition) -> frozenset[str]:
    """The fields and instants that a condition asks, wherever it does; `tags` and `clock` stand for what has no field."""
    match condition:
        case Compare(field=field):
            return frozenset({field})
        case Both(parts=parts):
            return frozenset().union(*(fields(part) for part in parts))
        case Not(part=part):
            return fields(part)
        case Tags():
            return frozenset({"tags"})
        case _:
            return frozenset({"clock"})
