"""Lint, rule by rule."""

import re
from pathlib import Path

import pytest

from deskhand.documents.macro_checks import LINT, MACRO_CHECKS
from deskhand.documents.macros.compile import compile_folder
from deskhand.documents.macros.folder import read_folder
from deskhand.documents.macros.lint import lint, source_hash
from tests.documents.macros.places import SETTINGS, folder
from tests.source import ROOT

HEAD = "key: a\ntitle: Refund::Late\ndescription: For late refunds.\n"


def reply(text: str, *more: str, public: str = "true") -> str:
    """A macro with one reply in HTML."""
    lines = [HEAD + "\n".join([*more, "actions:", "  - reply:"]), *([f"      public: {public}"] if public else [])]
    return "\n".join([*lines, "      html: |", f"        {text}"])


CASES: list[tuple[str, str]] = [
    ("no-actions", HEAD + "actions: []"),
    ("no-macro-description", "key: a\ntitle: t\nactions: [{status: open}]"),
    ("title-length", f"key: a\ntitle: {'x' * 121}\ndescription: d\nactions: [{{status: open}}]"),
    ("title-separator", 'key: a\ntitle: "A :: b"\ndescription: d\nactions: [{status: open}]'),
    ("placeholder-unknown", reply("{{ticket.requester.fist_name}}")),
    ("placeholder-unknown", reply("{{Ticket.id}}")),
    ("placeholder-doubtful", reply("{{ticket.zzzzzz}}")),
    ("liquid-syntax", reply("{% if ticket.id %}x")),
    ("liquid-filter", reply("{{ticket.id | shout}}")),
    ("internal-in-public", reply("{{ticket.comments}}")),
    ("status-not-allowed", HEAD + "actions: [{status: closed}]"),
    ("reply-undecided", reply("Hello", public="")),
    ("tags-replaced", HEAD + "actions: [{set_tags: [a]}]"),
    ("tag-form", HEAD + "actions: [{add_tags: ['two words']}]"),
    ("two-comments", HEAD + "actions: [{reply: {html: a, public: true}}, {reply: {text: b}}]"),
    ("plain-http", reply('<a href="http://acme.example">x</a>')),
    ("leftover", reply("TODO say it", public="false")),
    ("secret-in-text", reply("the password: hunter22")),
    ("personal-data", reply("write to jane.doe@company.com")),
    ("personal-data", reply("call +49 30 1234 5678")),
    ("reference-by-number", HEAD + "actions: [{group: '#5'}]"),
    ("no-next-update", reply("We are working on it.", "purpose: update")),
    ("no-next-update", reply("The next update will follow.", "purpose: update")),
    ("vague-update", reply("We'll update you soon.")),
    ("vague-update", reply("We will get back to you as soon as possible.")),
    ("vague-update", reply("We'll keep you posted shortly")),
    ("technical-words", reply("We saw intermittent 503s from the edge cache.")),
    ("technical-words", reply("HTTP 502")),
    ("technical-words", reply("web-3.internal is down")),
    ("technical-words", reply("the frobnicator failed")),
    ("hollow-apology", reply("Sorry for any inconvenience.")),
    ("hollow-apology", reply("We are sorry. Please check:<ol><li>Is it on?</li></ol>", "purpose: customer_action")),
    ("nothing-asked", reply("Your endpoint is down.", "purpose: customer_action")),
]


def checks(path: Path, files: dict[str, str], settings: str = SETTINGS) -> list[str]:
    """The checks that find something."""
    found = folder(path, files, settings)
    return [problem.check for problem in lint(found, compile_folder(found))]


@pytest.mark.parametrize(("check", "text"), CASES)
def test_each_rule_finds_what_it_is_for(tmp_path: Path, check: str, text: str) -> None:
    """One mistake, one finding."""
    settings = SETTINGS + "lint: {technical_words: [frobnicator]}\n"

    assert checks(tmp_path, {"a.yaml": text}, settings) == [check]


@pytest.mark.parametrize(
    ("check", "text"), [case for case in CASES if case[0] in LINT and case[0] != "status-not-allowed"]
)
def test_each_finding_can_be_waived_with_a_reason_or_turned_off(tmp_path: Path, check: str, text: str) -> None:
    """For one file, or for all."""
    words = "lint: {technical_words: [frobnicator]%s}\n"

    assert checks(tmp_path, {"a.yaml": f"{text}\nwaive: {{{check}: known}}"}, SETTINGS + words % "") == []
    assert checks(tmp_path, {"a.yaml": text}, SETTINGS + words % f", off: [{check}]") == []


@pytest.mark.parametrize(
    "text",
    [
        reply("Next update by 14:00 UTC.", "purpose: update"),
        reply("We will write to you again by {{ticket.due_date}}: the next update.", "purpose: update"),
        reply("Next update: by [time and time zone].", "purpose: update"),
        reply("Please check:<ol><li>Does it answer?</li></ol>", "purpose: customer_action"),
        reply("We solved 503 requests.", "purpose: update", public="false"),
        reply("Order 502 and room 404 are ready; write to support@acme.example."),
        reply("{{ticket.comments}}", public="false"),
    ],
)
def test_what_is_fine_is_not_found(tmp_path: Path, text: str) -> None:
    """Numbers are not always codes, and internal notes are for agents."""
    assert checks(tmp_path, {"a.yaml": text}) == []


def test_titles_and_categories_are_held_against_each_other(tmp_path: Path) -> None:
    """Two of one title, and categories that are almost the same."""
    one = "key: {}\ntitle: {}\ndescription: d\nactions: [{{status: open}}]"
    files = {
        f"{n}.yaml": one.format(n, title) for n, title in (("a", "Refund::x"), ("b", "refund::X"), ("c", "Refunds::y"))
    }

    assert sorted(checks(tmp_path, files)) == ["category-twin", "category-twin", "title-duplicate"]


def test_translations_are_complete_equal_and_fresh(tmp_path: Path) -> None:
    """Every locale, the same placeholders, and a hash of what was translated."""
    settings = "installation: acme\nlocales: [de, fr]\n"
    text = (
        HEAD
        + "actions: [{{reply: {{public: true, text: 'Hi {{{{ticket.id}}}}'}}}}]\nlocales: {{de: {{reply: {{text: '{}'}}, of: {}}}}}\nfallback: [{}]"
    )
    fresh = source_hash("Hi {{ticket.id}}")

    assert checks(tmp_path, {"a.yaml": text.format("Hallo {{ticket.id}}", fresh, "fr")}, settings) == []
    assert checks(tmp_path, {"a.yaml": text.format("Hallo {{ticket.id}}", fresh, "")}, settings) == ["locale-missing"]
    assert checks(tmp_path, {"a.yaml": text.format("Hallo", fresh, "fr")}, settings) == ["locale-placeholders"]
    assert checks(tmp_path, {"a.yaml": text.format("Hallo {{ticket.id}}", "abc", "fr")}, settings) == ["locale-stale"]


def test_unknown_content_and_unused_partials_are_found(tmp_path: Path) -> None:
    """What nobody makes, and what nobody uses."""
    settings = "installation: acme\nlocales: [de]\n"
    files = {
        "a.yaml": HEAD + "actions: [{reply: {public: true, text: Hi}}]\nlocales: {de: {reply: {text: Ho}}}",
        "b.yaml": "key: b\ntitle: t\ndescription: d\nfallback: [de]\nactions: [{reply: {public: true, text: '{{dc.acme_aa}}'}}]",
        "partials/lost.md": "x",
    }

    assert sorted(checks(tmp_path, files, settings)) == ["content-unknown", "unused-partial"]


def test_every_check_is_named_in_kebab_case_explained_and_tried() -> None:
    """The catalogue is neither too long nor too short."""
    source = "\n".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "src/deskhand/documents/macros").glob("*.py")
    )
    tried = Path(__file__).read_text(encoding="utf-8")
    for check, (_, about) in MACRO_CHECKS.items():
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", check)
        assert about.endswith(".")
        assert f'"{check}"' in source, check
        assert check not in LINT or f'"{check}"' in tried, check


def test_the_shipped_macros_have_no_findings() -> None:
    """They are what they ask of others."""
    found = read_folder(ROOT / "macros")
    made = compile_folder(found, "prod")

    assert [str(problem) for problem in lint(found, made)] == []
    assert {want.key for want in made.wants} == {
        "incident-first-update",
        "incident-mitigated",
        "incident-periodic-update",
        "incident-resolved",
        "incident-what-we-learned",
        "security-notice",
        "webhook-endpoint-unreachable",
    }


def test_the_readme_explains_every_check() -> None:
    """With its weight, in the words of the catalogue."""
    text = (ROOT / "macros/README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z-]+)` \| (error|warning) \| (.+) \|$", text, re.MULTILINE)

    assert {check: (weight, about) for check, weight, about in rows} == MACRO_CHECKS


def test_the_example_of_the_readme_is_in_order(tmp_path: Path) -> None:
    """Whoever copies it has a macro."""
    text = (ROOT / "macros/README.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)

    assert checks(tmp_path, {"a.yaml": example, "partials/sign_off.md": "Bye", "terms.pdf": "x"}) == []
