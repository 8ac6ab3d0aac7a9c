"""Conditions in words for people, without the values that a ticket has: for tables of rules."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from fractions import Fraction
from typing import Final

from deskhand.core.condition import (
    Both,
    Bound,
    Burn,
    ClockIs,
    Compare,
    Condition,
    Not,
    Op,
    Remaining,
    Shared,
    Since,
    Tags,
    describe_span,
)

ALWAYS: Final = "always"
NEVER: Final = "never"
_BOUNDS: Final[Mapping[Bound, str]] = {
    "above": "more than ",
    "at_least": "",
    "below": "less than ",
    "at_most": "at most ",
}
_INSTANTS: Final[Mapping[str, str]] = {
    "created": "it came",
    "updated": "its last change",
    "status": "its last change of status",
    "severity": "it got this severity",
    "assigned": "it was assigned",
    "group": "it came into its group",
    "agent_reply": "our last answer",
    "customer_reply": "the customer's last word",
    "solved": "it was solved",
}
_OPS: Final[Mapping[Op, str]] = {
    "is_not": "not",
    "not_in": "not",
    "contains": "with",
    "not_contains": "without",
    "less_than": "under",
    "greater_than": "over",
    "at_least": "at least",
    "at_most": "at most",
}


def worded(condition: Condition) -> str:
    """A condition as a phrase: `no mitigation plan, 30m after it got this severity`."""
    match condition:
        case Compare():
            return _compared(condition)
        case Tags(want=want, tags=tags):
            return {
                "all": f"tag {_joined(tags, 'and')}",
                "any": f"tag {_joined(tags)}",
                "none": f"without tag {_joined(tags)}",
            }[want]
        case Burn(clock=clock, bound=bound, share=share):
            return f"{_bounded(bound)}{_percent(share)} of {_clock(clock)} used"
        case Remaining(clock=clock, bound=bound, seconds=seconds):
            return f"{_bounded(bound)}{span(seconds)} of {_clock(clock)} left"
        case ClockIs(clock=clock, state=state):
            return f"{_clock(clock)} {state}"
        case Since(instant=instant, limit=limit, calendar=calendar):
            hours = "" if calendar.name == ALWAYS else f" in {calendar.name} hours"
            return f"{_BOUNDS[limit.bound]}{span(limit.amount)} after {_INSTANTS.get(instant) or named(instant)}{hours}"
        case Shared(likeness=likeness, limit=limit):
            what = f"tag beginning with {likeness.beginning}" if likeness.beginning else named(likeness.by)
            return f"{_bounded(limit.bound)}{int(limit.amount)} customers with the same {what} within {span(likeness.within)}"
        case Both(join=join, parts=parts):
            return _both(join, parts)
        case Not(part=part):
            return _opposite(part)


def _both(join: str, parts: tuple[Condition, ...]) -> str:
    if not parts:
        return ALWAYS if join == "all" else NEVER
    if len(parts) == 1:
        return worded(parts[0])
    phrases = [
        f"({worded(part)})" if isinstance(part, Both) and len(part.parts) > 1 else worded(part) for part in parts
    ]
    return (", " if join == "all" else " or ").join(phrases)


def _opposite(part: Condition) -> str:
    match part:
        case Compare(place=place, field=field, op="is", value=value) if not isinstance(value, tuple):
            return _compared(Compare(place, field, "is_not", value))
        case Compare(place=place, field=field, op="in", value=value):
            return _compared(Compare(place, field, "not_in", value))
        case Compare(place=place, field=field, op="present", value=value):
            return _compared(Compare(place, field, "present", not value))
        case _:
            return f"not ({worded(part)})"


def _compared(asks: Compare) -> str:
    name = named(asks.field)
    if asks.field == "severity":
        return _severity(asks)
    if asks.op == "present":
        return f"{name} known" if asks.value else f"no {name}"
    if isinstance(asks.value, bool):
        return f"{name}: {'yes' if asks.value == (asks.op == 'is') else 'no'}"
    values = asks.value if isinstance(asks.value, tuple) else (asks.value,)
    return " ".join(word for word in (name, _OPS.get(asks.op, ""), _joined(map(_value, values))) if word)


def _severity(asks: Compare) -> str:
    values = asks.value if isinstance(asks.value, tuple) else (asks.value,)
    levels = _joined(str(value).upper() for value in values)
    more = {
        "at_least": " or worse",
        "at_most": " or less",
        "greater_than": ", and worse than that",
        "less_than": ", and less than that",
    }
    return {"is_not": "not ", "not_in": "not "}.get(asks.op, "") + levels + more.get(asks.op, "")


def named(field: str) -> str:
    """A field as people say it: `mitigation plan` for `field.mitigation_plan`."""
    prefix, _, rest = field.partition(".")
    plain = (rest or prefix).replace("_", " ")
    return plain if prefix in ("field", field) else f"{prefix}'s {plain}"


def span(seconds: float | Fraction) -> str:
    """A duration as people say it."""
    return describe_span(timedelta(seconds=float(seconds)))


def _value(value: object) -> str:
    return "empty" if value is None else str(value)


def _clock(name: str) -> str:
    return {"any": "any clock", "current": "the current clock"}.get(name, name.replace("_", " "))


def _bounded(bound: Bound) -> str:
    return "at least " if bound == "at_least" else _BOUNDS[bound]


def _percent(share: Fraction) -> str:
    return f"{float(share * 100):g}%"


def _joined(words: Iterable[str], join: str = "or") -> str:
    *most, last = list(words)
    return f"{', '.join(most)} {join} {last}" if most else last
