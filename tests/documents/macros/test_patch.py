"""Changes made in Zendesk, brought over to the YAML."""

import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskhand.core.macros.value import FIELDS, Action, Macro, Restriction, canonical, same
from deskhand.documents.macros import writing
from deskhand.documents.macros.compile import compile_folder, recompiled
from deskhand.documents.macros.folder import Folder, Source
from deskhand.documents.macros.models import MacroModel
from deskhand.documents.macros.patch import Patch, patch
from deskhand.documents.yaml_reader import read_bytes
from tests.core.macros.makers import MACROS
from tests.documents.macros.places import ACCOUNT, folder
from tests.documents.macros.test_writing import EMPTY

FILE = """\
# a macro
key: a  # the key
title: Close it  # a title
# about actions
actions:
  - status: pending  # wait
  - group: Billing
  # the reply
  - reply:
      public: true
      markdown: |
        Hello {{ticket.requester.name}},

        first paragraph.
        second line

        * one
        * two **b**

        << vars.company >> is great

        Bye
  - add_tags: [a, b]
# the end
purpose: other
"""


def pulled(path: Path, change: Callable[[Macro], Macro], text: str = FILE) -> tuple[Patch, Macro, Macro]:
    """The patch for a change, the macro in Zendesk, and what the patched file comes to."""
    found = folder(path, {"a.yaml": text})
    made = compile_folder(found, "", ACCOUNT.number)
    assert made.problems == ()
    before = made.wants[0].macro
    live = change(before)
    fields = [name for name in FIELDS if canonical(live)[name] != canonical(before)[name]]
    done = patch(found, found.sources[0], live, fields, env="", account=ACCOUNT)
    again = recompiled(found, found.sources[0], done.after, "", ACCOUNT.number)
    assert again.problems == ()
    return done, live, again.wants[0].macro


def said(change: Callable[[str], str]) -> Callable[[Macro], Macro]:
    """A change of the reply's text."""

    def changed(macro: Macro) -> Macro:
        rows = (
            replace(row, value=change(str(row.value))) if "comment_value" in row.field else row for row in macro.actions
        )
        return replace(macro, actions=tuple(rows))

    return changed


def edits(done: Patch) -> list[str]:
    """The lines that a patch takes away and adds."""
    return [line for line in done.diff.splitlines()[3:] if line[0] in "+-"]


@pytest.mark.parametrize(
    ("change", "lines"),
    [
        (lambda m: replace(m, title="Now: closed"), ["-title: Close it  # a title", '+title: "Now: closed"  # a title']),
        (lambda m: replace(m, active=False), ["+active: false"]),
        (lambda m: replace(m, description="x"), ["+description: x"]),
        (lambda m: replace(m, restriction=Restriction("Group", ("6",))), ["+restriction:", "+  groups: [Network]"]),
        (lambda m: replace(m, actions=(*m.actions, Action("priority", "high"))), ["+  - priority: high"]),
        (lambda m: replace(m, actions=(Action("priority", "high"), *m.actions)), ["+  - priority: high"]),
        (lambda m: replace(m, actions=m.actions[1:]), ["-  - status: pending  # wait"]),
        (lambda m: replace(m, actions=(Action("status", "solved"), *m.actions[1:])), ["-  - status: pending  # wait", "+  - status: solved  # wait"]),
        (lambda m: replace(m, actions=(*m.actions[:1], Action("group_id", "6"), *m.actions[2:])), ["-  - group: Billing", "+  - group: Network"]),
        (
            lambda m: replace(m, actions=(*m.actions[:3], Action("comment_mode_is_public", "false"), *m.actions[4:])),
            ["-      public: true", "+      public: false"],
        ),
        (said(lambda text: text.replace("<p>Bye</p>", "<p>See <strong>you</strong></p>")), ["-        Bye", "+        See **you**"]),
        (said(lambda text: text.replace("<p>Bye</p>", "")), ["-        Bye"]),
        (said(lambda text: text.replace("first paragraph", "1st {{ticket.id}}")), ["-        first paragraph.", "+        1st {{ticket.id}}."]),
        (said(lambda text: text + '<p><a href="https://a.example">l</a></p>'), ["+", "+        [l](https://a.example)"]),
        (said(lambda text: text.replace("<li>one</li>", "<li>uno</li><li>new</li>")), ["-        * one", "+        * uno", "+        * new"]),
    ],
)  # fmt: skip
def test_only_what_changed_changes(tmp_path: Path, change: Callable[[Macro], Macro], lines: list[str]) -> None:
    """Comments, order and template expressions stay, and the file says what Zendesk says."""
    done, live, again = pulled(tmp_path, change)

    assert edits(done) == lines
    assert done.notes == ()
    assert same(again, live)


def test_a_template_expression_is_left_and_told(tmp_path: Path) -> None:
    """A person decides whether the variable or the text is meant; all else is brought over."""
    change = said(lambda text: text.replace("Acme is great", "ACME is great").replace("Bye", "Ciao"))
    done, _, _ = pulled(tmp_path, change)

    assert "<< vars.company >> is great" in done.after
    assert "        Ciao" in done.after
    assert len(done.notes) == 1
    assert "line 20: holds a template expression and now says: ACME is great" in done.notes[0]


def test_several_changes_at_once_are_all_brought_over(tmp_path: Path) -> None:
    """Each at its own place."""
    done, live, again = pulled(
        tmp_path,
        lambda m: replace(
            said(lambda text: text.replace("Bye", "Ciao"))(m),
            title="New",
            actions=(
                Action("status", "open"),
                Action("custom_fields_9", "x"),
                *said(lambda text: text.replace("Bye", "Ciao"))(m).actions[2:4],
                Action("priority", "low"),
            ),
        ),
    )

    assert same(again, live)
    assert "# the reply" in done.after
    assert "# the end" in done.after


HTML = """\
key: a
title: T
actions:
  - reply:
      html: |-
        <p>one</p>
        <p class="x">two</p>
"""


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (lambda text: text.replace("two", "2"), '+        <p class="x">2</p>'),
        (lambda text: text.replace("two", "<em>two</em>"), '+        <p class="x"><em>two</em></p>'),
        (lambda text: text + "<p>three</p>", "+        <p>three</p>"),
    ],
)
def test_html_is_edited_line_by_line(tmp_path: Path, change: Callable[[str], str], line: str) -> None:
    """Changes of words, of formatting, and new paragraphs."""
    done, live, again = pulled(tmp_path, said(change), HTML)

    assert line in edits(done)
    assert same(again, live)


def test_a_patch_can_be_applied_by_git(tmp_path: Path) -> None:
    """It names the file on both sides."""
    done, _, _ = pulled(tmp_path, lambda m: replace(m, title="New"))

    assert done.diff.splitlines()[0].startswith("--- a/")
    assert done.diff.splitlines()[1].startswith("+++ b/")


@given(st.tuples(MACROS, MACROS))
@settings(max_examples=40)
def test_any_change_is_brought_over_or_told(pair: tuple[Macro, Macro]) -> None:
    """The patched file says what Zendesk says, or a note sends a person there; it can always be read."""
    ours, theirs = pair
    text = writing.page(ours, "k", ACCOUNT.name)
    top = read_bytes(text.encode(), "k.yaml").node
    assert top is not None
    source = Source(MacroModel.model_validate(top.plain), top, "k.yaml", "")
    work = _patched(EMPTY, source, text, theirs)
    again = recompiled(EMPTY, source, work.after, "", ACCOUNT.number)

    assert again.problems == (), work.after
    assert work.notes or same(again.wants[0].macro, theirs)


def _patched(found: Folder, source: Source, text: str, live: Macro) -> Patch:
    with tempfile.TemporaryDirectory() as place:
        (Path(place) / "k.yaml").write_text(text, encoding="utf-8")
        return patch(replace(found, path=Path(place)), source, live, FIELDS, env="", account=ACCOUNT)


TRANSLATED = """\
key: a
title: T
actions:
  - reply:
      public: true
      markdown: |
        Hello

        Bye
locales:
  de:
    reply:
      markdown: |
        Hallo

        Tschau
"""


def test_translations_that_were_changed_are_brought_over(tmp_path: Path) -> None:
    """Each to its own place in the file."""
    found = folder(tmp_path, {"a.yaml": TRANSLATED}, "installation: acme\nlocales: [de]\n")
    before = compile_folder(found, "", ACCOUNT.number).wants[0].macro
    live = replace(before, content=(("en-US", "<p>Hi</p><p>Bye</p>"), ("de", "<p>Hallo</p><p>Servus</p>")))

    done = patch(found, found.sources[0], live, ["content"], env="", account=ACCOUNT)

    assert edits(done) == ["-        Hello", "+        Hi", "-        Tschau", "+        Servus"]
    assert done.notes == ()
