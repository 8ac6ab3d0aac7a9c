"""Conditions: from the nodes under `when` to core values. Wrong ones become problems, all of them at once."""

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Literal, get_args

from deskhand.core.condition import (
    Both,
    Bound,
    Burn,
    ClockIs,
    Condition,
    Limit,
    Not,
    Remaining,
    Since,
    Tags,
)
from deskhand.documents import scalars
from deskhand.documents.compile_alike import alike
from deskhand.documents.compile_compare import compare, emptiness, joined, read, use_field
from deskhand.documents.node import Node
from deskhand.documents.problems import listed, near
from deskhand.documents.scope import View
from deskhand.documents.vocabulary import (
    BOUNDS,
    CLOCK_STATES,
    CONDITION_WORDS,
    FIELDS,
    INSTANT_WORDS,
    field_names,
    prefixed,
)

ALWAYS = "always"
"""`when: always` holds for every ticket that is asked about."""


def condition(node: Node, view: View) -> Condition | None:
    """The condition of a mapping; several keys mean all of them. None where it is wrong, with a problem noted."""
    if node.value == ALWAYS:
        return Both(node.place, "all", ())
    if not node.mapping:
        hint = "write all: [...] around a list" if node.items else "`always` holds for every ticket"
        view.problem(node, f"a condition is a mapping, not {emptiness(node)}", "bad-condition", hint)
        return None
    parts = [_entry(node.key(name), child, view) for name, child in node.mapping.items()]
    return joined(node.place, "all", parts)


def _entry(key: Node, node: Node, view: View) -> Condition | None:
    """The condition that one key asks."""
    name = str(key.value)
    if name in _SPECIAL:
        return _SPECIAL[name](key, node, view)
    if name in FIELDS or prefixed(name)[0]:
        return compare(key, node, view)
    hint = near(name, (*CONDITION_WORDS, *field_names())) or "custom fields are written field.<name>"
    view.problem(key, f"unknown field or condition '{name}'", "unknown-field", hint)
    return None


def _group(key: Node, node: Node, view: View) -> Condition | None:
    join: Literal["all", "any"] = "all" if key.value == "all" else "any"
    if not node.items:
        view.problem(node, f"'{join}' needs a list of conditions", "bad-condition")
        return None
    parts = [condition(item, view) for item in node.items]
    good = tuple(part for part in parts if part is not None)
    return Both(key.place, join, good) if len(good) == len(parts) else None


def _not(key: Node, node: Node, view: View) -> Condition | None:
    part = condition(node, view)
    return Not(key.place, part) if part else None


def _tags(key: Node, node: Node, view: View) -> Condition | None:
    """`tags: vip`, `tags: [a, b]` (all of them), `tags: {all: [..], any: [..], none: [..]}`."""
    if not node.mapping:
        return _tag_list(key, "all", node, view)
    parts: list[Condition | None] = []
    for name, child in node.mapping.items():
        want = _WANTS.get(name)
        if want:
            parts.append(_tag_list(node.key(name), want, child, view))
        else:
            view.problem(node.key(name), f"tags have no '{name}'", "bad-condition", "use all, any or none")
            parts.append(None)
    return joined(key.place, "all", parts)


Want = Literal["all", "any", "none"]
_WANTS: dict[str, Want] = {"all": "all", "any": "any", "none": "none"}


def _tag_list(key: Node, want: Want, node: Node, view: View) -> Condition | None:
    entries = node.items or (node,)
    found = [read(entry, scalars.tag, "bad-tag", view) for entry in entries]
    tags = tuple(tag for tag in found if tag is not None)
    return Tags(key.place, want, tags) if len(tags) == len(found) else None


def _burn(key: Node, node: Node, view: View) -> Condition | None:
    """`burn: {clock: any, above: 50%}`."""

    def make(bound: Bound, limit: Node) -> Condition | None:
        share = read(limit, scalars.share, "bad-percent", view)
        return Burn(key.place, clock, bound, share) if share is not None else None

    clock = _clock_name(key, node, view)
    return _bounded(key, node, view, {"clock"}, make)


def _remaining(key: Node, node: Node, view: View) -> Condition | None:
    """`remaining: {clock: resolution, below: 30m}`; `-30m` is half an hour past due."""

    def make(bound: Bound, limit: Node) -> Condition | None:
        seconds = read(limit, _signed, "bad-duration", view)
        return Remaining(key.place, clock, bound, seconds) if seconds is not None else None

    clock = _clock_name(key, node, view)
    return _bounded(key, node, view, {"clock"}, make)


def _signed(value: object) -> int:
    if value == 0:
        return 0
    late = isinstance(value, str) and value.startswith("-")
    return -scalars.duration(str(value)[1:]) if late else scalars.duration(value)


def _since(key: Node, node: Node, view: View) -> Condition | None:
    """`since: {instant: created, at_least: 30m, calendar: office}`; `at_least: -24h` holds from a day before the instant on."""

    def make(bound: Bound, limit: Node) -> Condition | None:
        seconds = read(limit, _signed, "bad-duration", view)
        made = Limit(bound, Fraction(seconds)) if seconds is not None else None
        return Since(key.place, instant, made, calendar) if made else None

    given = node.mapping.get("calendar")
    calendar = view.calendar(given) if given else view.scope.always
    instant = _instant_name(key, node, view)
    return _bounded(key, node, view, {"instant", "calendar"}, make)


def _clock_is(key: Node, node: Node, view: View) -> Condition | None:
    """`clock: {name: first_reply_time, is: breached}`; several states mean any of them."""
    name = _clock_name(key, node, view, under="name")
    for other in node.mapping.keys() - {"name", "is"}:
        view.problem(node.key(other), f"'clock' has no '{other}'", "bad-condition", "use name and is")
    given = node.mapping.get("is")
    if given is None:
        view.problem(node, "'clock' needs 'is'", "bad-condition", f"with {listed(CLOCK_STATES)}")
        return None
    states = [_state(item, view) for item in given.items or (given,)]
    return joined(key.place, "any", [ClockIs(key.place, name, state) if state else None for state in states])


State = Literal["running", "paused", "met", "idle", "breached"]


def _state(node: Node, view: View) -> State | None:
    for state in get_args(State):
        if node.value == state:
            found: State = state
            return found
    hint = near(str(node.value), CLOCK_STATES) or f"use {listed(CLOCK_STATES)}"
    view.problem(node, f"a clock is never {node.kind}", "bad-condition", hint)
    return None


def _clock_name(key: Node, node: Node, view: View, under: str = "clock") -> str:
    given = node.mapping.get(under)
    if given is None:
        view.problem(
            node if node.mapping else key,
            f"'{key.value}' needs '{under}'",
            "bad-condition",
            "any, current, or a clock's name",
        )
        return "any"
    return view.clock(given)


def _instant_name(key: Node, node: Node, view: View) -> str:
    given = node.mapping.get("instant")
    if given is None:
        view.problem(
            node if node.mapping else key,
            "'since' needs 'instant'",
            "bad-condition",
            f"one of {', '.join(INSTANT_WORDS)} or field.<name>",
        )
        return "created"
    name = str(given.value)
    if prefixed(name)[0]:
        use_field(name, given, view)
    elif name not in INSTANT_WORDS:
        hint = near(name, INSTANT_WORDS) or f"there are {', '.join(INSTANT_WORDS)} and field.<name>"
        view.problem(given, f"unknown instant '{name}'", "bad-condition", hint)
    elif name not in ("created", "updated"):
        view.scope.needs.add("metrics")
    return name


def _bounded(
    key: Node, node: Node, view: View, others: set[str], make: Callable[[Bound, Node], Condition | None]
) -> Condition | None:
    """The bounds of a threshold, all of which must hold."""
    for name in node.mapping.keys() - {*BOUNDS, *others}:
        view.problem(
            node.key(name),
            f"'{key.value}' has no '{name}'",
            "bad-condition",
            near(name, (*BOUNDS, *others)) or f"use {listed(BOUNDS)}",
        )
    bounds: list[tuple[Bound, Node]] = [
        (bound, node.mapping[bound]) for bound in get_args(Bound) if bound in node.mapping
    ]
    if not bounds:
        view.problem(node, f"'{key.value}' needs a bound", "bad-condition", f"use {listed(BOUNDS)}")
        return None
    return joined(key.place, "all", [make(bound, limit) for bound, limit in bounds])


_SPECIAL: dict[str, Callable[[Node, Node, View], Condition | None]] = {
    "all": _group,
    "any": _group,
    "not": _not,
    "tags": _tags,
    "alike": alike,
    "burn": _burn,
    "remaining": _remaining,
    "clock": _clock_is,
    "since": _since,
}


def conditions_below(node: Node) -> Iterator[tuple[str, Node]]:
    """The conditions of a rule or group that was left out as broken, with the words that their messages begin with."""
    rules = node.mapping.get("rules")
    for rule in rules.items if rules else (node,):
        when, name = rule.mapping.get("when"), rule.mapping.get("id")
        if when is not None:
            yield f"rule {name.kind}: " if name else "a rule without an id: ", when
