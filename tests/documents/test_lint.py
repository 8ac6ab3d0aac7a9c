"""Checks over rules as a whole."""

import pytest

from deskhand.documents import load_text
from tests.documents.words import QUIET, said


def lines(*rules: str, match: str = "all") -> list[str]:
    """What is said of the rules of a group."""
    text = f"groups:\n- id: g\n  match: {match}\n  rules:\n" + "".join(f"  - {{{rule}, {QUIET}}}\n" for rule in rules)
    return [line.split("warning: ", 1)[-1] for line in said(text)]


def test_a_rule_has_a_description_and_tests() -> None:
    """Warnings, which the rule may silence."""
    assert said("rules: [{id: r, when: always, then: {add_tags: a}}]") == [
        "1:14: warning: rule 'r': has no description [no-description]",
        "1:14: warning: rule 'r': has no tests [no-tests]",
    ]
    assert lines("id: r, when: always, then: {add_tags: a}") == []


def test_only_warnings_that_exist_can_be_silenced() -> None:
    """An unknown id is a mistake, and an error stays one."""
    assert said(
        "rules: [{id: r, when: always, then: {add_tags: a}, ignore: [no-test, no-tests, unknown-clock, no-description]}]"
    ) == [
        "1:61: rule 'r': unknown check 'no-test' (did you mean 'no-tests'?) [unknown-check]",
        "1:80: rule 'r': check 'unknown-clock' is an error, which cannot be silenced [unknown-check]",
    ]


@pytest.mark.parametrize("earlier", ["always", "{status: new}"])
def test_a_rule_behind_one_that_always_matches_is_unreachable(earlier: str) -> None:
    """Where the first match wins; a condition that asks the same counts as well."""
    rules = (f"id: a, when: {earlier}, then: {{add_tags: a}}", "id: b, when: {status: new}, then: {add_tags: b}")

    assert lines(*rules, match="first") == [
        "rule 'b': is never reached: 'a' before it holds whenever it does [unreachable-rule]"
    ]
    assert lines(*rules, match="all") == []


@pytest.mark.parametrize("more", ["mode: off", "enforce_from: 2026-03-02T09:00Z", "statuses: hold"])
def test_a_rule_that_is_not_always_asked_hides_nothing(more: str) -> None:
    """Off, from later on, or only in some statuses."""
    first = f"id: a, when: always, then: {{add_tags: a}}, {more.replace('off', chr(34) + 'off' + chr(34))}"

    assert lines(first, "id: b, when: {status: new}, then: {add_tags: b}", match="first") == []


@pytest.mark.parametrize(
    ("when", "then", "told"),
    [
        ("{severity: p1}", "{raise_severity: {reason: r}}", True),
        ("{severity: [p1, p2]}", "{raise_severity: {to: p2, reason: r}}", True),
        ("{severity: p4}", "{lower_severity: {reason: r}}", True),
        ("{all: [{severity: [p1, p2]}, {severity: [p1, p3]}]}", "{raise_severity: {reason: r}}", True),
        ("{severity: [p1, p2]}", "{raise_severity: {reason: r}}", False),
        ("{any: [{severity: p1}, {status: new}]}", "{raise_severity: {reason: r}}", False),
        ("{not: {severity: p1}}", "{raise_severity: {reason: r}}", False),
    ],
)
def test_a_move_that_can_change_nothing_is_pointed_out(when: str, then: str, *, told: bool) -> None:
    """Raising a P1, lowering a P4."""
    assert any("[no-effect]" in line for line in lines(f"id: a, when: {when}, then: {then}")) is told


def test_rules_that_set_one_thing_differently_are_pointed_out() -> None:
    """Unless they never hold together, or only one of them can win."""
    a = "id: a, when: {status: new}, then: {assign: {group: A}}"
    b = "id: b, when: {status: [new, open]}, then: {assign: {group: B}}"
    c = "id: c, when: {status: hold}, then: {assign: {group: C}}"

    assert lines(a, b, c) == [
        "rule 'b': sets group to 'B' where 'a' before it may have set it to 'A' (put them into a group with match: first) [competing-rules]"
    ]
    assert lines(a, b, c, match="first") == []
    assert lines(a, a.replace("id: a", "id: d")) == []


def test_what_nothing_uses_is_pointed_out() -> None:
    """Notes and calendars; not while there are errors, which come first."""
    text = "notes: {n: x}\ncalendars: {c: {hours: {mon: 09:00-17:00}}}\n"

    assert said(text) == [
        "1:9: warning: note 'n' is used nowhere [unused]",
        "2:13: warning: calendar 'c' is used nowhere [unused]",
    ]
    assert said(text + "zendesk_calendar: d\n") == [
        "3:19: zendesk_calendar: unknown calendar 'd' (there are: always, c) [unknown-calendar]"
    ]


def test_a_clock_without_targets_is_a_mistake() -> None:
    """It would never burn, and nobody would notice."""
    rule = "rules: [{id: r, when: {burn: {clock: current, above: 50%}}, then: {add_tags: a}, ignore: [no-tests, no-description]}]"

    assert [str(problem) for problem in load_text({"a.yaml": rule}).problems] == [
        "a.yaml:1:23: rule 'r': clock 'current' has no target (define severities p1 to p4) [no-target]"
    ]
