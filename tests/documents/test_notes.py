"""Note templates: what they may use, what they cannot, and that a ticket's words are only words."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskhand.core.note import NOTE_VALUES
from deskhand.documents.notes import BUILT_IN, MAX_OUTPUT, Note, compile_note

VALUES: dict[str, dict[str, object]] = {
    "ticket": {"id": 7, "subject": "Down", "status": "open", "tags": ["a", "b"], "field": {"area": "api"}},
    "clock": {"name": "response", "elapsed": 7260, "target": 14400, "burn": 50},
    "severity": {"now": "p3", "before": "p3", "after": "p2"},
    "rule": {"id": "r", "description": ""},
    "ask": {"reason": "sla_burn_50pct", "role": "csm", "tier": "l3", "area": "", "pattern": "async"},
    "organization": {"name": None},
}


def note(source: str) -> Note:
    """A compiled note."""
    made, complaints = compile_note("n", source)
    assert made is not None, complaints
    return made


def complaints(source: str) -> list[tuple[str, str, int]]:
    """What is wrong with a source: sentence, check, line."""
    made, found = compile_note("n", source)
    assert made is None
    return [(one.message, one.check, one.line) for one in found]


def render(source: str, values: Mapping[str, object] = VALUES) -> str:
    """A note written out."""
    return note(source).render(values)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("#<< ticket.id >> << ticket.subject | upcase >>", "#7 DOWN"),
        ("<< clock.elapsed | duration >> of << clock.target | duration >>", "2h 1m of 4h"),
        ("<% if clock.burn > 49 %>more<% else %>less<% endif %>", "more"),
        ("<% for tag in ticket.tags %><< tag >>;<% endfor %>", "a;b;"),
        ("<< ticket.field.area >>|<< ticket.field.none >>|<< ticket.field['a b'] >>", "api||"),
        ("<< organization.name | default: 'nobody' >>", "nobody"),
        ("<< '2026-03-02T10:00:30+01:00' | moment >>", "2026-03-02 09:00 UTC"),
        ("<< 'soon' | moment >>|<< 'x' | duration >>", "soon|"),
        ("{% if x %} costs {{ 5 }}", "{% if x %} costs {{ 5 }}"),
        ("{{<< ticket.id >>}}", "{{7}}"),
        ("<% assign a = 1 %><< a | plus: 2 >>", "3"),
    ],
)
def test_a_note_is_written_out(source: str, text: str) -> None:
    """Values, filters, decisions and loops; other brackets stay as they are."""
    assert render(source) == text


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a\n<< ticket.subjct >>", [("unknown variable 'ticket.subjct'", "unknown-variable", 2)]),
        ("<< tickt.id >>", [("unknown variable 'tickt.id'", "unknown-variable", 1)]),
        ("<< now.x >>", [("unknown variable 'now.x'", "unknown-variable", 1)]),
        ("<< ticket.id | shout >>", [("unknown filter 'shout'", "unknown-variable", 1)]),
        ("<< now | date: '%s' >>", [("unknown filter 'date'", "unknown-variable", 1)]),
        ("<< ticket.id", [("'<<' is never closed with '>>'", "bad-template", 1)]),
        ("x\n<% if ticket.id", [("'<%' is never closed with '%>'", "bad-template", 2)]),
        ("<% include 'x' %>", [("unexpected tag 'include'", "bad-template", 1)]),
        ("<% render 'x' %>", [("unexpected tag 'render'", "bad-template", 1)]),
        ("<< 1 | divided_by: 0 >>", [("divided_by: can't divide by 0", "bad-template", 1)]),
        (
            "<% if ticket.status > 5 %>x<% endif %>",
            [("'<' and '>' are not supported between 'int' and 'str'", "bad-template", 1)],
        ),
        ("x" * 20_001, [("longer than 20,000 characters", "bad-template", 1)]),
    ],
)
def test_a_mistake_is_found_when_the_note_is_loaded(source: str, expected: list[tuple[str, str, int]]) -> None:
    """Not when it is written out in the middle of the night."""
    assert complaints(source) == expected


def test_all_mistakes_of_a_note_are_told() -> None:
    """Variables and filters, each with its line."""
    assert [line for _, _, line in complaints("<< a.b >>\n<< ticket.c >>\n<< ticket.id | d >>")] == [1, 2, 3]


@pytest.mark.parametrize(
    "bomb",
    [
        "<% for a in (1..100000) %>x<% endfor %>",
        "<% for a in (1..900) %><% for b in (1..900) %>x<% endfor %><% endfor %>",
        "<% if ticket.id %>" * 500,
    ],
)
def test_a_bomb_is_refused(bomb: str) -> None:
    """Loops and nesting have limits."""
    ((_, check, _),) = complaints(bomb)
    assert check == "bad-template"


def test_output_has_a_limit_and_says_so() -> None:
    """A note of a ticket with megabytes in a field is a sentence, not a crash."""
    text = note("<< ticket.subject >>").render({"ticket": {"subject": "x" * (MAX_OUTPUT + 1)}})

    assert text == "(The note 'n' could not be written out: output stream limit reached)"


def test_half_a_character_is_a_sentence_and_not_a_crash() -> None:
    """A ticket may hold half of a surrogate pair, which no file and no service takes."""
    text = note("<< ticket.subject >>").render({"ticket": {"subject": "half \ud83d"}})

    assert text == "(The note 'n' could not be written out: a value holds half a character, which is no text)"


@given(
    st.text() | st.sampled_from(["<< rule.id >>", "{{ticket.id}}", "<% for x in (1..9) %>", "<<<<", "%>", "\x1b[31m"])
)
def test_what_a_ticket_says_is_never_a_template(words: str) -> None:
    """S2: words of a ticket come out as they went in, but for line ends, which become plain ones."""
    text = note("[<< ticket.subject >>]").render({"ticket": {"subject": words}})

    assert text == f"[{words}]".replace("\r\n", "\n").replace("\r", "\n")


def test_a_note_says_what_it_reads() -> None:
    """So that tickets carry it, and the account is asked for the fields."""
    made = note("<< ticket.field.area >><< organization.field.csm_id >><% if requester.name %>x<% endif %>")

    assert made.uses == {("ticket", "field", "area"), ("organization", "field", "csm_id"), ("requester", "name")}
    assert made.asks_people
    assert not note("<< ticket.id >>").asks_people


def test_every_value_of_the_core_can_be_used() -> None:
    """The table of names is the core's own."""
    for root, names in NOTE_VALUES.items():
        for name in names:
            assert note(f"<< {root}.{name} >>").uses == {(root, name)}


@pytest.mark.parametrize("name", BUILT_IN)
def test_the_built_in_notes_are_right(name: str) -> None:
    """Each compiles and reads well with values and without."""
    made = note(BUILT_IN[name])

    assert "\n\n" not in made.render(VALUES)
    assert made.render({}) != ""


def test_the_note_of_a_raise_reads_well() -> None:
    """Levels, reason, and the clock with its burn."""
    assert render(BUILT_IN["severity-raised"]) == (
        "Severity raised from P3 to P2 (sla_burn_50pct).\nClock response: 2h 1m of 4h used (50%).\nRule r"
    )
