"""Our own templates, beside Zendesk's."""

import pytest

from deskhand.documents.macros.template import Templates, TemplateWrong, rendered_partials
from tests.documents.macros.places import ACCOUNT

PARTIALS = {"bye": "Bye, << vars.company >> {{current_user.name}}", "outer": "<% render 'bye' %>!"}


def templates() -> Templates:
    """For an environment called prod."""
    return Templates({"vars": {"company": "Acme"}, "env": "prod"}, PARTIALS, ACCOUNT.number)


@pytest.mark.parametrize(
    "text",
    [
        "{{ticket.requester.name | default: 'you'}}",
        "{% if ticket.id > 3 %}{{x}}{% endif %}",
        "a < b > c, {#, %} and }}",
        "{{'<b>'}}",
    ],
)
def test_zendesks_liquid_passes_through_untouched(text: str) -> None:
    """Also beside brackets of ours."""
    assert templates().write(text) == text
    assert templates().write(f"<< vars.company >> {text}") == f"Acme {text}"


def test_variables_partials_and_fields_are_written_out_and_noted() -> None:
    """What a text was made of is known, so that a plan can name its cause."""
    made = templates()

    assert made.write("<% render 'outer' %> {{<< 'order_no' | field_ref >>}}") == (
        "Bye, Acme {{current_user.name}}! {{ticket.ticket_field_9}}"
    )
    assert [name for name, _ in made.take_used()] == ["partial bye", "partial outer", "variable company"]
    assert made.referred == {("field", "order_no"): "9"}


def test_the_environment_decides() -> None:
    """Without a loop over anything."""
    assert templates().write("<% if env == 'prod' %>live<% else %>test<% endif %>") == "live"


@pytest.mark.parametrize(
    ("text", "words", "line"),
    [
        ("a\nb << vars.nope >>", "vars.nope is undefined", 2),
        ("<% render 'nix' %>", "there is no partial 'nix'", 1),
        ("a\n<< vars.company", "'<<' is never closed", 2),
        ("<% for x in y %><% endfor %>", "unexpected tag 'for'", 1),
        ("<< vars.company | shout >>", "unknown filter 'shout'", 1),
        ("<< 'nope' | field_ref >>", "the account has no field 'nope'", 1),
    ],
)
def test_a_mistake_is_told_with_its_line(text: str, words: str, line: int) -> None:
    """Nothing becomes a blank."""
    with pytest.raises(TemplateWrong) as wrong:
        templates().write(text)

    assert words in wrong.value.fault.message
    assert wrong.value.fault.line == line


def test_a_partial_that_names_itself_ends() -> None:
    """It is a mistake, not an endless text."""
    looped = Templates({}, {"a": "<% render 'a' %>"}, ACCOUNT.number)

    with pytest.raises(TemplateWrong):
        looped.write("<% render 'a' %>")


def test_partials_are_named_in_either_quotes() -> None:
    """With or without a hyphen in the bracket."""
    assert rendered_partials("<% render 'a' %> <%- render \"b/c\" -%>") == ("a", "b/c")
