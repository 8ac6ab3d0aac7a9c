"""From files to wanted macros."""

from pathlib import Path

import pytest

from deskhand.core.macros.value import Action, Opaque, Restriction
from deskhand.documents.macros.folder import read_folder
from tests.documents.macros.places import compiled, only, told

ALL = """
key: everything
title: Refund::<< vars.company >>
description: For refunds.
restriction: {groups: [Billing, Network]}
attachments: [files/terms.txt]
leave_to_ui: [active]
prune: never
actions:
  - status: pending
  - group: Billing
  - assignee: ana@acme.example
  - assignee: current_user
  - brand: EU
  - add_tags: [a, b]
  - subject: Your order {{<< 'order_no' | field_ref >>}}
  - field: order_no
    option: late
  - field: order_no
    value: ""
  - group: none
  - group: "#77"
  - zendesk: {field: side_conversation, value: [a, [b]]}
  - reply:
      public: false
      text: plain
      channel: web
"""


def test_every_word_becomes_zendesks_own_action(tmp_path: Path) -> None:
    """Names become numbers, in the order of the file."""
    made = compiled(tmp_path, {"a.yaml": ALL, "files/terms.txt": "terms"})
    macro = only(made)

    assert macro.title == "Refund::Acme"
    assert macro.restriction == Restriction("Group", ("5", "6"))
    assert macro.actions == (
        Action("status", "pending"),
        Action("group_id", "5"),
        Action("assignee_id", "7"),
        Action("assignee_id", "current_user"),
        Action("brand_id", "11"),
        Action("current_tags", "a b"),
        Action("subject", "Your order {{ticket.ticket_field_9}}"),
        Action("custom_fields_9", "late_tag"),
        Action("custom_fields_9", ""),
        Action("group_id", ""),
        Action("group_id", "77"),
        Action("side_conversation", Opaque('["a", ["b"]]')),
        Action("comment_value", Opaque('["channel:web", "plain"]')),
        Action("comment_mode_is_public", "false"),
    )


def test_a_want_says_what_it_owns_and_what_it_was_made_of(tmp_path: Path) -> None:
    """Fields left to the user interface are not owned; file, variables and names looked up are noted."""
    (want,) = compiled(tmp_path, {"a.yaml": ALL, "files/terms.txt": "terms"}).wants

    assert "active" not in want.owned
    assert want.prune == "never"
    assert [name for name, _ in want.inputs] == ["file", "variable company"]
    assert ("group Billing", "5") in want.references
    assert want.macro.attachments[0].startswith("terms.txt ")
    assert [path for _, path in want.uploads] == ["files/terms.txt"]


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("key: Bad Key\ntitle: t", "a.yaml:1:6: 'Bad Key' is no key"),
        ("key: a", "a.yaml:1:1: 'title' is missing [missing-key]"),
        ("key: a\ntitle: t\ntitel: x", "a.yaml:3:1: unknown key 'titel' (did you mean 'title'?) [unknown-key]"),
        ("key: a\ntitle: t\nactions:\n  - stauts: open", "a.yaml:4:5: 'stauts' is no action (did you mean 'status'?)"),
        (
            "key: a\ntitle: t\nactions:\n  - status: closed",
            "a.yaml:4:13: status: 'closed' should be open, pending, hold or solved",
        ),
        ("key: a\ntitle: t\nactions:\n  - group: Biling", "a.yaml:4:12: the account has no group 'Biling'"),
        ("key: a\ntitle: t\nactions:\n  - field: order_no", "needs either 'option' or 'value'"),
        ("key: a\ntitle: t\nactions:\n  - status: open\n    group: Billing", "'group' does not belong to 'status'"),
        ("key: a\ntitle: t\nactions:\n  - reply: {text: a, html: b}", "a reply has one text"),
        (
            "key: a\ntitle: t\nactions:\n  - reply: {text: a, pubic: true}",
            "unknown key 'pubic' (did you mean 'public'?)",
        ),
        ("key: a\ntitle: t\nactions:\n  - reply: {text: a, public: maybe}", "'public' is 'maybe'"),
        (
            "key: a\ntitle: t\nactions:\n  - reply:\n      text: |\n        one\n        << vars.x >>",
            "a.yaml:7:1: vars.x is undefined",
        ),
        ("key: a\ntitle: t\nactions:\n  - zendesk: {field: x}", "'zendesk' is a mapping of field and value"),
        ("key: a\ntitle: t\nattachments: [none.pdf]", "there is no file 'none.pdf'"),
        ("key: a\ntitle: t\nattachments: [f, f, f, f, f, f]", "6 attachments; Zendesk takes 5"),
        ("key: a\ntitle: t\nattachments: [../outside]", "there is no file '../outside'"),
        ("key: a\ntitle: t\nrestriction: {groups: [Nobody]}", "the account has no group 'Nobody'"),
        ("key: a\ntitle: t\nlocales: {fr: {reply: {text: x}}}", "'fr' is no further locale of the account"),
        ("key: a\ntitle: t\nwaive: {title-lenth: x}", "no check that can be waived (did you mean 'title-length'?)"),
        ("- a", "this file is a mapping, not a list"),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, lines: str, words: str) -> None:
    """File, line and column; nothing is dropped silently."""
    made = compiled(tmp_path, {"a.yaml": lines, "f": ""})

    assert any(words in line for line in told(made, tmp_path)), told(made, tmp_path)
    assert made.wants == () or "waive" in lines


def test_two_files_with_one_key_are_both_named(tmp_path: Path) -> None:
    """So is a move that cannot be."""
    made = compiled(
        tmp_path,
        {"a.yaml": "key: x\ntitle: one", "b.yaml": "key: x\ntitle: two", "c.yaml": "key: y\ntitle: t\nmoved: x"},
    )

    assert any("b.yaml:1:6: key 'x' is taken by" in line for line in told(made, tmp_path))
    assert any("'x' is still claimed by" in line for line in told(made, tmp_path))


def test_a_folder_without_settings_says_what_to_do(tmp_path: Path) -> None:
    """And so does an environment that is not there."""
    made = compiled(tmp_path, {}, env="prdo")
    (tmp_path / "settings.yaml").unlink()

    assert any("there is no environment 'prdo'" in line for line in told(made, tmp_path))
    assert "deskhand macros init" in str(read_folder(tmp_path).problems[0])


def test_an_environment_has_its_own_variables_and_names(tmp_path: Path) -> None:
    """One template, two accounts."""
    files = {
        "a.yaml": "key: a\ntitle: << vars.company >>\nactions: [{group: Money}]",
        "env/prod.yaml": "account: acme\nvariables: {company: Acme Inc}\nnames: {group: {Money: Billing}}",
    }
    macro = only(compiled(tmp_path, files, env="prod"))

    assert (macro.title, macro.actions[0].value) == ("Acme Inc", "5")


LOCALES = "installation: acme\nlocales: [de]\n"
REPLY = "key: a-b\ntitle: T\nactions: [{reply: {public: true, markdown: Hello}}]\nlocales: {de: {reply: {markdown: Hallo}}}\n"


def test_translations_become_dynamic_content(tmp_path: Path) -> None:
    """The macro holds the placeholder, and the texts stand beside it by locale."""
    macro = only(compiled(tmp_path, {"a.yaml": REPLY}, settings=LOCALES))

    assert macro.actions[0] == Action("comment_value_html", "{{dc.acme_a_b}}")
    assert macro.content == (("en-US", "<p>Hello</p>"), ("de", "<p>Hallo</p>"))


def test_translations_may_be_macros_of_their_own(tmp_path: Path) -> None:
    """With the locale in the key and before the title."""
    made = compiled(tmp_path, {"a.yaml": REPLY + "locales_as: macros\n"}, settings=LOCALES)

    assert [(want.key, want.macro.title, want.macro.actions[0].value) for want in made.wants] == [
        ("a-b", "T", "<p>Hello</p>"),
        ("a-b@de", "de::T", "<p>Hallo</p>"),
    ]
