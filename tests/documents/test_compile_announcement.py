"""Public texts: what they may know, what they must say, and what never gets into them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskhand.core.note import NOTE_VALUES
from deskhand.documents.announcements import VALUES
from tests.documents.test_compile_ladder import PLACES
from tests.documents.words import QUIET, policy, said

WORDS = "words: {area: {field: field.product_area, values: {api: our API}, other: our service}}"


def public(text: str, more: str = f"next_update: 60m, {WORDS}", status: str = "investigating") -> str:
    """A file with one public text, and a rule that publishes it."""
    then = f"{{publish: {{channel: page, status: {status}, text: a}}}}"
    rule = f"rules: [{{id: r, when: {{status: open}}, then: {then}, {QUIET}}}]\n"
    return f"{PLACES}announcements:\n  a: {{title: Errors, text: '{text}', {more}}}\n{rule}"


def complaints(text: str) -> list[str]:
    """What is said of a file, but for what it does not use."""
    return [line.split(": ", 1)[1] for line in said(text) if not line.endswith("[unused]")]


GOOD = "Trouble with << words.area >>. Next update by << next_update | moment >>."


TEMPLATE = policy(public(GOOD)).templates["announcement a"]


def rendered(fields: dict[str, object], **ticket: object) -> str:
    """The good text for a ticket with these fields."""
    values = {"now": "2026-03-02T09:00:00+00:00", "severity": {"now": "p1"}, "ticket": {**ticket, "field": fields}}
    return TEMPLATE.render(values)


def test_a_text_has_the_words_of_an_option_and_the_instant_of_the_next_one() -> None:
    """An hour later than now."""
    assert rendered({"product_area": "api"}) == "Trouble with our API. Next update by 2026-03-02 10:00 UTC."


@pytest.mark.parametrize("value", [None, "", "secret customer words", "billing", 3, True, ("api",), ["api"]])
def test_what_is_not_listed_never_shows(value: object) -> None:
    """It is told in the words for all else."""
    assert rendered({"product_area": value}) == "Trouble with our service. Next update by 2026-03-02 10:00 UTC."


@given(st.text(), st.text(), st.dictionaries(st.text(), st.text()))
def test_nothing_of_a_ticket_reaches_the_public(subject: str, area: str, others: dict[str, str]) -> None:
    """Whatever customers write, there are two texts that the page can have: the one for the option, and the one for all else."""
    made = rendered({**others, "product_area": area}, subject=subject, tags=[subject])

    assert made in (rendered({"product_area": "api"}), rendered({}))


@pytest.mark.parametrize("root", sorted(NOTE_VALUES.keys() - VALUES.keys()))
def test_a_text_that_speaks_of_a_ticket_is_not_loaded(root: str) -> None:
    """Whatever the internal notes may use."""
    lines = complaints(public(f"<< {root}.x >> {GOOD}"))

    assert lines[0].startswith(
        f"announcement 'a': a public text holds nothing of the ticket: '{root}.x', in its line 1"
    )
    assert lines[0].endswith("(list the words for a drop-down field's options under 'words') [ticket-in-public]")


def test_the_words_stand_for_a_field_of_the_ticket() -> None:
    """Its options are looked for in the account."""
    done = policy(public(GOOD))

    assert done.names["fields"] == {"product_area"}
    assert done.names["options"] == {"product_area=api"}
    assert complaints(
        public(GOOD, "next_update: 60m, " + WORDS.replace("field.product_area", "organization.name"))
    ) == [
        "announcement 'a': public words stand for a ticket field's options (name a drop-down field as field.<name>) [ticket-in-public]"
    ]


def test_a_text_says_when_the_next_one_comes() -> None:
    """Unless it is the last one."""
    message = (
        "rule 'r': announcement 'a' does not say when the next one comes (give it 'next_update: 60m' and say"
        " << next_update | moment >> in its text) [no-next-update]"
    )

    assert complaints(public("We are looking into it.")) == [message]
    assert complaints(public(GOOD, WORDS)) == [message]
    assert complaints(public("It is over.", status="resolved")) == []


@pytest.mark.parametrize(
    ("text", "check"),
    [
        ("Intermittent 503s from the edge cache.", "technical-words"),
        ("HTTP 502 since noon.", "technical-words"),
        ("db3.internal is down.", "technical-words"),
        ("10.0.0.7 does not answer.", "technical-words"),
        ("There was a stack trace.", "technical-words"),
        ("We will update you soon.", "vague-update"),
        ("We apologize for any inconvenience.", "hollow-apology"),
        ("TODO: say something.", "leftover"),
        ("The password: hunter22.", "secret-in-text"),
    ],
)
def test_words_that_the_public_should_not_read(text: str, check: str) -> None:
    """In the text and in the title."""
    lines = complaints(public(f"{text} {GOOD}"))
    titled = complaints(public(GOOD).replace("title: Errors", f"title: '{text}'"))

    assert [line.rpartition(" ")[2] for line in lines] == [f"[{check}]"], lines
    assert [line.rpartition(" ")[2] for line in titled] == [f"[{check}]"], titled


def test_a_title_is_plain_words() -> None:
    """Nothing is put into it."""
    lines = complaints(public(GOOD).replace("title: Errors", "title: '<< words.area >> fails'"))

    assert lines == ["announcement 'a': a title is plain words (put values into the text) [bad-template]"]


def test_a_template_that_cannot_be_read_is_told_of() -> None:
    """As for notes."""
    assert complaints(public("<< words.area | shout >> << next_update >>")) == [
        "announcement 'a': unknown filter 'shout', in its line 1 (did you mean 'sort'?) [unknown-variable]"
    ]
    assert complaints(public(GOOD.replace("area", "aera")))[0].startswith(
        "announcement 'a': unknown variable 'words.aera', in its line 1 (did you mean 'area'?)"
    )
