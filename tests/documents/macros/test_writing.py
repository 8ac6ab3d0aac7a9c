"""Macros of an account as YAML."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from deskhand.core.macros.value import Action, Macro, Restriction, canonical, same, value_of
from deskhand.documents.macros import writing
from deskhand.documents.macros.compile import recompiled
from deskhand.documents.macros.folder import Folder, Source
from deskhand.documents.macros.models import MacroModel, SettingsModel
from deskhand.documents.node import Node
from tests.core.macros.makers import MACROS, macro
from tests.documents.macros.places import ACCOUNT
from tests.source import ROOT

EMPTY = Folder(Path(), ".", SettingsModel(installation="acme"), {}, (), {}, ())
ANY = Source(MacroModel(key="k", title="t"), Node("k.yaml", 1, 1, {}), "k.yaml", "")
DATA = Path(os.environ.get("DESKHAND_MACROS_DATA", ROOT.parent / "shared/data"))


def number(kind: str, name: str) -> str:
    """The number of a name."""
    return ACCOUNT.number(kind, name)


def back(made: Macro, *, verbatim: bool = False) -> Macro:
    """The macro that its YAML comes to."""
    text = writing.page(made, "k", ACCOUNT.name, verbatim=verbatim)
    again = recompiled(EMPTY, ANY, text, "", number)
    assert [str(problem) for problem in again.problems] == [], text
    return again.wants[0].macro


@given(MACROS)
@settings(max_examples=60)
def test_what_is_written_comes_to_the_same_macro(made: Macro) -> None:
    """Whatever stands in it."""
    assert same(back(made), made), canonical(made)
    assert same(back(made, verbatim=True), made), canonical(made)


def test_names_stand_where_numbers_were() -> None:
    """A number that has no name stays a number, and nothing is dropped."""
    made = macro(
        "Refund::Late", ("group_id", "5"), ("group_id", "404"), ("assignee_id", "current_user"), ("custom_fields_9", "x"), ("custom_fields_8", "z"),
        ("comment_value_html", "<p>Hello,</p><p>all</p>"), ("comment_mode_is_public", "false"), ("add_skills", ["a"]),
        restriction=Restriction("Group", ("6",)), active=False,
    )  # fmt: skip

    assert writing.page(made, "refund-late", ACCOUNT.name) == (
        """\
key: refund-late
title: "Refund::Late"
active: false
restriction:
  groups: [Network]
actions:
  - group: Billing
  - group: "#404"
  - assignee: current_user
  - field: order_no
    value: x
  - field: "#8"
    value: z
  - reply:
      public: false
      html: |-
        <p>Hello,</p>
        <p>all</p>
  - zendesk:
      field: add_skills
      value: ["a"]
"""
    )


@pytest.mark.parametrize(
    ("title", "key", "path"),
    [
        ("Refund::Late", "refund-late", "refund/refund-late.yaml"),
        ("Äpfel!", "pfel", "pfel.yaml"),
        ("::", "macro", "macro.yaml"),
        ("env::x", "env-x", "env-x.yaml"),
        ("taken", "taken-2", "taken-2.yaml"),
    ],
)
def test_a_title_gives_key_and_file(title: str, key: str, path: str) -> None:
    """The second one of a title gets a number."""
    assert writing.key_of(title, {"taken"}) == key
    assert writing.path_of(title, key) == path


@pytest.mark.parametrize(
    "word", ["yes", "on", "123", "a: b", "- x", "#1", "null", "", " a", "a\x7fb", "a\u2028b", "\ufeff", "😀"]
)
def test_texts_that_yaml_would_misread_are_quoted(word: str) -> None:
    """They come back as they were."""
    assert back(macro(f"t{word}", ("subject", word or "x"))).actions == (Action("subject", word or "x"),)


def recorded() -> list[dict[str, Any]]:
    """Every macro in the recordings of real accounts."""
    rows: list[dict[str, Any]] = json.loads((DATA / "macros/macros.json").read_text(encoding="utf-8"))
    for file in sorted((DATA / "recorded-api").glob("*macros*_20[01].json")):
        for exchange in json.loads(file.read_text(encoding="utf-8"))["interactions"]:
            body = exchange.get("response_body")
            if isinstance(body, dict):
                rows += [*(body.get("macros") or ()), *([body["macro"]] if body.get("macro") else [])]
    return rows


@pytest.mark.skipif(
    "DESKHAND_MACROS_DATA" not in os.environ and not DATA.is_dir(), reason="the recordings are not here"
)
def test_macros_of_real_accounts_come_back_whole() -> None:
    """Each one that was recorded."""
    rows = recorded()
    assert len(rows) > 40
    for row in rows:
        made = Macro(str(row["title"]), tuple(Action(one["field"], value_of(one["value"])) for one in row["actions"]))
        assert same(back(made), made)
