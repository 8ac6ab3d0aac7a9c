"""Comparisons: every operator, every kind of value, and values that a field can never have."""

import pytest

from deskhand.core.condition import Both, Compare
from tests.documents.words import about, condition, policy


@pytest.mark.parametrize(
    ("when", "op", "value"),
    [
        ("{field.x: a}", "is", "a"),
        ("{field.x: [a, 1, true]}", "in", ("a", 1, True)),
        ("{field.x: {is_not: a}}", "is_not", "a"),
        ("{field.x: {not_in: [a, b]}}", "not_in", ("a", "b")),
        ("{field.x: {present: false}}", "present", False),
        ("{field.x: {contains: a}}", "contains", "a"),
        ("{field.x: {not_contains: a}}", "not_contains", "a"),
        ("{field.x: {less_than: 5}}", "less_than", 5),
        ("{field.x: {at_least: 0.5}}", "at_least", 0.5),
        ("{field.x: null}", "is", None),
        ("{field.x: 'true'}", "is", "true"),
        ("{priority: {greater_than: normal}}", "greater_than", "normal"),
        ("{severity: SEV-1}", "is", "p1"),
        ("{severity: [Critical, sev2]}", "in", ("p1", "p2")),
        ("{severity: {at_most: Medium}}", "at_most", "p3"),
        ("{problem_id: {present: true}}", "present", True),
        ("{is_public: false}", "is", False),
    ],
)
def test_a_comparison_is_read(when: str, op: str, value: object) -> None:
    """A scalar means is, a list means in, a mapping names the operator; severities by any of their names."""
    found = condition(when)

    assert isinstance(found, Compare)
    assert (found.op, found.value) == (op, value)
    assert type(found.value) is type(value)


def test_two_operators_must_both_hold() -> None:
    """A range of a number."""
    found = condition("{field.seats: {at_least: 5, less_than: 10}}")

    assert isinstance(found, Both)
    assert [part.op for part in found.parts if isinstance(part, Compare)] == ["at_least", "less_than"]


@pytest.mark.parametrize(
    ("when", "message"),
    [
        ("{status: pendng}", "'status' is never 'pendng' (did you mean 'pending'?) [bad-condition]"),
        ("{priority: 5}", "'priority' is never 5 (it is low, normal, high or urgent) [bad-condition]"),
        ("{is_public: 3}", "'is_public' is never 3 (it is true or false) [bad-condition]"),
        ("{problem_id: x}", "'problem_id' is never 'x' (it is a number) [bad-condition]"),
        ("{subject: 5}", "'subject' is never 5 (it is a text) [bad-condition]"),
        ("{severity: p7}", "unknown severity 'p7' (levels are p1, p2, p3, p4) [unknown-severity]"),
        ("{field.x: {is_nt: 1}}", "unknown comparison 'is_nt' (did you mean 'is_not'?) [bad-condition]"),
        ("{status: {at_least: open}}", "'status' cannot be asked 'at_least' (use is, is_not, in, not_in or present) [bad-condition]"),
        ("{field.x: {less_than: abc}}", "'abc' is no number, so nothing is more or less than it [bad-condition]"),
        ("{field.x: {less_than: true}}", "true is no number, so nothing is more or less than it [bad-condition]"),
        ("{field.x: {present: 1}}", "'present' is true or false, not 1 [bad-condition]"),
        ("{field.x: {in: a}}", "'in' needs a list of values [bad-condition]"),
        ("{field.x: {is: [a]}}", "'is' needs one value, not a list (use in for several) [bad-condition]"),
        ("{field.x: {}}", "'field.x' is compared with an empty mapping [bad-condition]"),
        ("{field.x: [[a]]}", "a list is no value [bad-condition]"),
    ],
)  # fmt: skip
def test_what_can_never_hold_is_refused(when: str, message: str) -> None:
    """A comparison that is surely a mistake does not load."""
    assert about(when) == [message]


def test_the_account_must_have_what_conditions_name() -> None:
    """Groups, agents, fields, options and the fields of people are collected by kind."""
    text = """
        rules:
        - id: r
          when:
            group: Billing
            assignee: [a@b.example]
            field.area: {in: [api, web], is_not: 5}
            organization.tier: gold
            organization.name: Acme
            requester.vip: true
            brand: Acme
            form: Incident
            custom_status: Waiting
          then: {add_tags: a}
          ignore: [no-tests, no-description]
        """

    assert policy(text).names == {
        "groups": {"Billing"}, "agents": {"a@b.example"}, "fields": {"area"}, "options": {"area=api", "area=web"},
        "organization_fields": {"tier"}, "user_fields": {"vip"}, "brands": {"Acme"}, "forms": {"Incident"}, "statuses": {"Waiting"},
    }  # fmt: skip
