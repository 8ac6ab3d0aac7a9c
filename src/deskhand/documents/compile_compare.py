"""Comparisons of one field: from nodes to core values, each value checked against what the field can hold."""

from collections.abc import Callable
from typing import Final, Literal, TypeVar

from deskhand.core.condition import Both, Compare, Condition, Op
from deskhand.core.ticket import Scalar
from deskhand.documents.node import Node
from deskhand.documents.problems import listed, near
from deskhand.documents.scope import Kind, View
from deskhand.documents.vocabulary import FIELDS, LISTS, OPS, ORDERS, Field, prefixed

T = TypeVar("T")

NAMED: Final[dict[str, Kind]] = {
    "group": "groups",
    "brand": "brands",
    "form": "forms",
    "custom_status": "statuses",
    "assignee": "agents",
}
"""Fields whose values are names that the account must have."""


def emptiness(node: Node) -> str:
    """What a node is, where nothing stands in it."""
    return "an empty mapping" if node.value == {} else node.kind


def joined(place: str, join: Literal["all", "any"], parts: list[Condition | None]) -> Condition | None:
    """Several conditions as one; None where one of them is wrong."""
    good = tuple(part for part in parts if part is not None)
    if len(good) < len(parts):
        return None
    return good[0] if len(good) == 1 else Both(place, join, good)


def compare(key: Node, node: Node, view: View) -> Condition | None:
    """`field: value`, `field: [values]`, or `field: {op: value}`."""
    name = str(key.value)
    use_field(name, key, view)
    field = FIELDS.get(name) or Field(name, "")
    if node.scalar:
        return _one(key, field, "is", node, view)
    if node.items:
        return _one(key, field, "in", node, view)
    if not node.mapping:
        view.problem(node, f"'{name}' is compared with {emptiness(node)}", "bad-condition")
        return None
    return joined(
        key.place, "all", [_operation(key, field, node.key(op), child, view) for op, child in node.mapping.items()]
    )


def _operation(key: Node, field: Field, op_node: Node, node: Node, view: View) -> Condition | None:
    open_field = field.name not in FIELDS
    allowed = OPS if open_field else field.ops
    for op in allowed:
        if op == op_node.value:
            return _one(key, field, op, node, view)
    known = op_node.value in OPS
    message = f"'{field.name}' cannot be asked '{op_node.value}'" if known else f"unknown comparison '{op_node.value}'"
    view.problem(op_node, message, "bad-condition", near(str(op_node.value), allowed) or f"use {listed(allowed)}")
    return None


def _one(key: Node, field: Field, op: Op, node: Node, view: View) -> Condition | None:
    """One comparison with its value checked."""
    if op in LISTS:
        values = [_value(field, item, view) for item in node.items]
        if not values:
            view.problem(node, f"'{op}' needs a list of values", "bad-condition")
            return None
        good = tuple(value[0] for value in values if value is not None)
        return Compare(key.place, field.name, op, good) if len(good) == len(values) else None
    if not node.scalar:
        view.problem(node, f"'{op}' needs one value, not {emptiness(node)}", "bad-condition", "use in for several")
        return None
    if op == "present":
        if not isinstance(node.value, bool):
            view.problem(node, f"'present' is true or false, not {node.kind}", "bad-condition")
            return None
        return Compare(key.place, field.name, op, node.value)
    if op in ORDERS and not _has_order(field, node, view):
        return None
    value = _value(field, node, view)
    return Compare(key.place, field.name, op, value[0]) if value else None


def _has_order(field: Field, node: Node, view: View) -> bool:
    """Whether less and more mean something: the severity, the priority, and numbers."""
    if field.values or (isinstance(node.value, int | float) and not isinstance(node.value, bool)):
        return True
    view.problem(node, f"{node.kind} is no number, so nothing is more or less than it", "bad-condition")
    return False


def _value(field: Field, node: Node, view: View) -> tuple[Scalar] | None:
    """A value that the field can have, in a tuple of its own since None is one."""
    value = node.value
    if not node.scalar:
        view.problem(node, f"{node.kind} is no value", "bad-condition")
        return None
    if field.name == "severity" and value is not None:
        level = view.severity(node)
        return (level,) if level else None
    if value is not None and not _fits(field, node):
        allowed = (
            listed(field.values)
            if field.values
            else "true or false"
            if field.truth
            else "a number"
            if field.whole
            else "a text"
        )
        view.problem(
            node,
            f"'{field.name}' is never {node.kind}",
            "bad-condition",
            near(str(value), field.values) or f"it is {allowed}",
        )
        return None
    _mention_value(field.name, node, view)
    assert value is None or isinstance(value, str | int | float)
    return (value,)


def _fits(field: Field, node: Node) -> bool:
    value = node.value
    if field.values:
        return value in field.values
    if field.truth:
        return isinstance(value, bool)
    if field.whole:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, str) or field.name not in FIELDS


def _mention_value(name: str, node: Node, view: View) -> None:
    """Note what the account must have for this value."""
    value, custom = node.value, prefixed(name)
    if not isinstance(value, str):
        return
    if name in NAMED:
        view.mention(NAMED[name], value, node)
    elif custom[0] == "field":
        view.mention("options", f"{custom[1]}={value}", node)


def use_field(name: str, node: Node, view: View) -> None:
    """Note that a field is asked: which name the account must have, and what tickets must carry."""
    prefix, rest = prefixed(name)
    if prefix == "field":
        view.mention("fields", rest, node)
    elif prefix:
        view.scope.needs.add("people")
        known = ("name", "email", "role", "tags") if prefix == "requester" else ("name", "tags")
        if rest not in known:
            view.mention("user_fields" if prefix == "requester" else "organization_fields", rest, node)


def read(node: Node, reader: Callable[[object], T], check: str, view: View) -> T | None:
    """What a scalar means, or None with a problem."""
    try:
        return reader(node.plain)
    except ValueError as error:
        view.problem(node, str(error), check)
        return None
