"""What kinds of tickets must tell before they are escalated, as it is written."""

import pytest

from deskhand.core.condition import Compare
from deskhand.documents.rule_tests import run_tests
from tests.documents.words import QUIET, loaded, policy, said


@pytest.mark.requirement(27)
def test_a_list_of_fields_stands_for_an_issue_type() -> None:
    """The name of the entry is the issue type; the account must have it, and the fields."""
    found = loaded("requires: {login: [field.request_id, field.failed_at]}")
    assert found.policy is not None
    (one,) = found.policy.requires

    assert (one.id, one.fields) == ("login", ("field.request_id", "field.failed_at"))
    assert one.when == Compare("policies/x.yaml:1:12", "field.issue_type", "is", "login")
    assert (one.template, one.tag) == ("missing-information", "escalation_needs_info")
    assert {(mention.kind, mention.name) for mention in found.mentions} == {
        ("fields", "issue_type"), ("options", "issue_type=login"), ("fields", "request_id"), ("fields", "failed_at"),
    }  # fmt: skip


def test_an_entry_can_choose_its_tickets_its_note_and_its_tag() -> None:
    """As every condition and every note."""
    (one,) = policy("""
        notes: {ask-them: "Please: << ask.missing >>"}
        requires:
          grave: {when: {severity: p2}, fields: field.region, note: ask-them, tag: needs_region}
    """).requires

    assert isinstance(one.when, Compare)
    assert (one.when.field, one.fields, one.template, one.tag) == ("severity", ("field.region",), "ask-them", "needs_region")  # fmt: skip


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("requires: {login: [request_id]}", "1:20: requires 'login': unknown field 'request_id' (did you mean 'field.request_id'?) [unknown-field]"),
        ("requires: {login: []}", "1:19: requires 'login': 'login': it is empty [bad-value]"),
        ("requires: {login: {felds: [field.x]}}", "unknown key 'felds' (did you mean 'fields'?) [unknown-key]"),
        ("requires: {login: {fields: field.x, note: nope}}", "unknown note 'nope'"),
        ("requires: {login: {fields: organization.tier}}", "unknown field 'organization.tier'"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_place(text: str, words: str) -> None:
    """As everywhere in the language."""
    assert words in "\n".join(said(text))


def test_a_test_of_a_rule_can_expect_it_to_wait() -> None:
    """With the fields that it waits for."""
    text = f"""
        requires: {{login: [field.request_id]}}
        rules:
          - id: r
            when: always
            then: {{engage: {{tier: l3}}}}
            {QUIET}
            tests:
              - {{name: waits, ticket: {{field.issue_type: login}}, at: 2026-03-02T09:00Z, expect: {{nothing: true, lacks: field.request_id}}}}
              - {{name: waits not, ticket: {{field.issue_type: bug}}, at: 2026-03-02T09:00Z, expect: {{engage: l3, lacks: field.request_id}}}}
    """

    results = run_tests(loaded(text))

    assert [result.passed for result in results] == [True, False]
    assert "fields waited for should be [field.request_id], but are []" in results[1].problems[0].message
