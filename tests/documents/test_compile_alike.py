"""Conditions on how many customers have the same issue."""

from fractions import Fraction

import pytest

from deskhand.core.alike import Likeness
from deskhand.core.condition import Both, Limit, Shared
from tests.documents.words import QUIET, about, condition, loaded, policy, said

WEEK = 7 * 86_400


def alike(more: str) -> str:
    """A condition with these keys."""
    return f"{{alike: {{{more}}}}}"


def test_a_pattern_by_problem_field_or_tag() -> None:
    """What is counted is part of the policy, and customers are read with the tickets."""
    text = (
        "rules: [{id: r, when: {any: [{alike: {by: problem_id, customers: {at_least: 3}, within: 7d}},"
        " {alike: {by: field.kind, customers: {above: 2}, within: 1h}},"
        " {alike: {by: tags, beginning: incident_, customers: {at_least: 3}, within: 7d}}]},"
        f" then: {{add_tags: a}}, {QUIET}}}]\n"
    )
    made = policy(text)

    assert made.alike == (
        Likeness("problem_id", WEEK),
        Likeness("field.kind", 3600),
        Likeness("tags", WEEK, "incident_"),
    )
    assert "people" in made.needs
    assert made.names["fields"] == {"kind"}
    assert isinstance(made.rules[0].when, Both)


def test_several_bounds_must_all_hold() -> None:
    """From three to nine."""
    made = condition(alike("by: problem_id, customers: {at_least: 3, below: 10}, within: 7d"))

    assert isinstance(made, Both)
    limits = [part.limit for part in made.parts if isinstance(part, Shared)]
    assert limits == [Limit("at_least", Fraction(3)), Limit("below", Fraction(10))]


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ("by: group, customers: {at_least: 3}, within: 7d", "tickets are not counted by 'group' (use problem_id, tags or field.<name>) [bad-condition]"),
        ("by: problem, customers: {at_least: 3}, within: 7d", "tickets are not counted by 'problem' (did you mean 'problem_id'?) [bad-condition]"),
        ("by: tags, customers: {at_least: 3}, within: 7d", "'alike' by tags needs 'beginning' (such as beginning: incident_) [bad-condition]"),
        ("by: problem_id, beginning: a, customers: {at_least: 3}, within: 7d", "'beginning' is for tags (write by: tags, or leave it out) [bad-condition]"),
        ("by: problem_id, customers: {at_least: 0}, within: 7d", "0 is no number of customers (a whole number from 1 on) [bad-condition]"),
        ("by: problem_id, customers: {at_least: true}, within: 7d", "true is no number of customers (a whole number from 1 on) [bad-condition]"),
        ("by: problem_id, customers: 3, within: 7d", "'customers' needs a bound (such as {at_least: 3}) [bad-condition]"),
        ("by: problem_id, customers: {atleast: 3}, within: 7d", "'customers' has no 'atleast' (did you mean 'at_least'?) [bad-condition]"),
        ("by: problem_id, customers: {at_least: 3}, within: week", "'week' is no duration; write 90s, 30m, 4h, 2d or 1h30m [bad-duration]"),
        ("by: problem_id, customers: {at_least: 3}", "'alike' needs 'within' (such as {by: field.issue_type, customers: {at_least: 3}, within: 7d}) [bad-condition]"),
        ("by: problem_id, customers: {at_least: 3}, within: 7d, with: x", "'alike' has no 'with' (did you mean 'within'?) [bad-condition]"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_in_one_sentence(more: str, message: str) -> None:
    """With what to write instead."""
    assert message in about(alike(more))


def test_a_test_says_how_many_customers_there_are() -> None:
    """None unless it says so."""
    rule = "rules: [{{id: r, description: d, when: {}, then: {{add_tags: a}}, tests: [{}]}}]\n"
    when = alike("by: problem_id, customers: {at_least: 3}, within: 7d")
    three = "{name: t, ticket: {problem_id: 1, alike: 3}, at: 2026-03-02T09:00Z, expect: {tags: {added: a}}}"
    none = "{name: u, ticket: {problem_id: 1}, at: 2026-03-02T09:00Z, expect: nothing}"

    assert loaded(rule.format(when, f"{three}, {none}")).problems == ()
    assert (
        "'many' is no number of customers (alike: 3) [bad-test]"
        in said(rule.format(when, three.replace("alike: 3", "alike: many")))[0]
    )
