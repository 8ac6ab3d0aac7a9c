"""Briefs as they are written: where the parts are kept, and the action."""

from fractions import Fraction

import pytest

from deskhand.core.brief_form import USUAL, BriefForm
from deskhand.core.policy import WriteBrief
from deskhand.documents.models_brief import PartsModel
from tests.documents.words import QUIET, loaded, policy, said


def writing(target: str) -> str:
    """A file with one rule that writes a brief."""
    return f"rules: [{{id: r, when: always, then: {{brief: {{target: {target}}}}}, {QUIET}}}]"


def test_without_a_word_the_form_is_the_usual_one() -> None:
    """What the models say is what the core has."""
    usual = {part: info.default for part, info in PartsModel.model_fields.items()}

    assert policy("rules: []").brief == BriefForm()
    assert policy("brief: {}").brief == BriefForm()
    assert usual == USUAL


@pytest.mark.requirement(82)
def test_each_part_can_be_kept_elsewhere_or_nowhere() -> None:
    """The account's own fields, its own clock, its own idea of a bug."""
    form = policy("""
        brief:
          fields: {description: field.story, revenue_at_risk: false, customers: organization.name}
          clock: resolution
          at_risk: 80%
          bug: {type: problem}
    """).brief

    assert form.fields["description"] == "field.story"
    assert form.fields["customers"] == "organization.name"
    assert "revenue_at_risk" not in form.fields
    assert form.fields["needed"] == "field.help_needed"
    assert (form.clock, form.at_risk) == ("resolution", Fraction(4, 5))
    assert "problem" in repr(form.bug)


def test_a_declared_form_names_fields_that_the_account_must_have() -> None:
    """And so does the action where no form is declared, since those fields are asked for."""
    fields = {name.removeprefix("field.") for name in USUAL.values() if name.startswith("field.")}

    for text in ("brief: {}", writing("product")):
        found = loaded(text)
        assert found.policy is not None
        assert {one.name for one in found.mentions if one.kind == "fields"} == fields, text


def test_the_action_says_who_takes_the_ticket_over() -> None:
    """One of four."""
    made = policy(writing("leadership"))

    assert made.rules[0].then == (WriteBrief("Leadership"),)
    assert made.needs == {"people", "metrics"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("brief: {fields: {needed: help_needed}}", "1:26: brief: unknown field 'help_needed' (did you mean 'field.help_needed'?) [unknown-field]"),
        ("brief: {fields: {wanted: subject}}", "unknown key 'wanted'"),
        ("brief: {clock: respnse}", "1:16: brief: unknown clock 'respnse' (did you mean 'response'?) [unknown-clock]"),
        ("brief: {at_risk: 3}", "'3' is no share; write 50% [bad-percent]"),
        ("brief: {bug: {field.x: {above: 3}}}", "[bad-condition]"),
        (writing("sales"), "'sales' should be 'engineering', 'product', 'security' or 'leadership'"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_place(text: str, words: str) -> None:
    """As everywhere in the language."""
    assert words in "\n".join(said(text))
