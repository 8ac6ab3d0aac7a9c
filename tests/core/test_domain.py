"""What a condition can hold for, without asking a ticket."""

import pytest

from deskhand.core.domain import domain, fields, levels
from tests.documents.words import condition


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("{severity: p2}", ("p2",)),
        ("{severity: [p1, p3]}", ("p1", "p3")),
        ("{severity: {at_least: p2}}", ("p1", "p2")),
        ("{severity: {greater_than: p2}}", ("p1",)),
        ("{severity: {at_most: p3}}", ("p3", "p4")),
        ("{severity: {less_than: p3}}", ("p4",)),
        ("{severity: {at_least: p3}, field.x: true, not: {tags: a}}", ("p1", "p2", "p3")),
        ("{any: [{severity: p1}, {severity: p4}]}", ("p1", "p4")),
        ("{any: [{severity: p1}, {status: open}]}", ("p1", "p2", "p3", "p4")),
        ("{all: [{severity: p1}, {severity: p2}]}", ()),
        ("always", ("p1", "p2", "p3", "p4")),
    ],
)
def test_severities_for_which_a_condition_can_hold(when: str, expected: tuple[str, ...]) -> None:
    """Most severe first; all of them where it does not ask."""
    assert levels(condition(when)) == expected


def test_a_field_that_is_not_asked_can_have_any_value() -> None:
    """None says so; one that is asked has those that were written."""
    assert domain(condition("{status: open}"), "group") is None
    assert domain(condition("{group: [A, B], status: open}"), "group") == frozenset({"A", "B"})


def test_fields_are_found_wherever_they_stand() -> None:
    """Below `not` and `any` too; tags and time have no field."""
    when = "{not: {field.a: 1}, any: [{status: open}, {tags: x}], since: {instant: created, above: 1h}}"

    assert fields(condition(when)) == {"field.a", "status", "tags", "clock"}
    assert fields(condition("always")) == frozenset()
