"""`alike`: a condition on how many customers have the same issue."""

from fractions import Fraction
from typing import get_args

from deskhand.core.alike import Likeness
from deskhand.core.condition import Bound, Condition, Limit, Shared
from deskhand.documents import scalars
from deskhand.documents.compile_compare import joined, read, use_field
from deskhand.documents.node import Node
from deskhand.documents.problems import listed, near
from deskhand.documents.scope import View
from deskhand.documents.vocabulary import BOUNDS, prefixed

KEYS = ("by", "beginning", "customers", "within")


def alike(key: Node, node: Node, view: View) -> Condition | None:
    """`alike: {by: field.issue_type, customers: {at_least: 3}, within: 7d}`; `by` can be `problem_id`, or `tags` with their `beginning`."""
    for name in node.mapping.keys() - set(KEYS):
        hint = near(name, KEYS) or f"use {listed(KEYS)}"
        view.problem(node.key(name), f"'alike' has no '{name}'", "bad-condition", hint)
    missing = [name for name in ("by", "customers", "within") if name not in node.mapping]
    if missing:
        hint = "such as {by: field.issue_type, customers: {at_least: 3}, within: 7d}"
        view.problem(node if node.mapping else key, f"'alike' needs '{missing[0]}'", "bad-condition", hint)
        return None
    within = read(node.mapping["within"], scalars.duration, "bad-duration", view)
    beginning = _beginning(node, view)
    by = _by(node.mapping["by"], view)
    limits = [_limit(bound, at, view) for bound, at in _bounds(node.mapping["customers"], view)]
    if by is None or within is None or beginning is None or not limits:
        return None
    likeness = Likeness(by, within, beginning)
    view.scope.alike[likeness] = None
    view.scope.needs.add("people")
    return joined(key.place, "all", [Shared(key.place, likeness, limit) if limit else None for limit in limits])


def _by(node: Node, view: View) -> str | None:
    name = str(node.value)
    if prefixed(name)[0] == "field":
        use_field(name, node, view)
        return name
    if name in ("problem_id", "tags"):
        return name
    hint = near(name, ("problem_id", "tags", "field.")) or "use problem_id, tags or field.<name>"
    view.problem(node, f"tickets are not counted by {node.kind}", "bad-condition", hint)
    return None


def _beginning(node: Node, view: View) -> str | None:
    """What a shared tag begins with: without it every common tag would make a pattern."""
    given, by_tags = node.mapping.get("beginning"), node.mapping["by"].value == "tags"
    if by_tags and given is None:
        view.problem(node, "'alike' by tags needs 'beginning'", "bad-condition", "such as beginning: incident_")
        return None
    if given is None:
        return ""
    if not by_tags:
        view.problem(given, "'beginning' is for tags", "bad-condition", "write by: tags, or leave it out")
        return None
    return read(given, scalars.tag, "bad-tag", view)


def _bounds(node: Node, view: View) -> list[tuple[Bound, Node]]:
    for name in node.mapping.keys() - set(BOUNDS):
        hint = near(name, BOUNDS) or f"use {listed(BOUNDS)}"
        view.problem(node.key(name), f"'customers' has no '{name}'", "bad-condition", hint)
    found: list[tuple[Bound, Node]] = [
        (bound, node.mapping[bound]) for bound in get_args(Bound) if bound in node.mapping
    ]
    if not found:
        view.problem(node, "'customers' needs a bound", "bad-condition", "such as {at_least: 3}")
    return found


def _limit(bound: Bound, node: Node, view: View) -> Limit | None:
    value = node.value
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        view.problem(node, f"{node.kind} is no number of customers", "bad-condition", "a whole number from 1 on")
        return None
    return Limit(bound, Fraction(value))
