"""The JSON Schema for editors."""

import json
from pathlib import Path

import pytest

from deskhand.documents.macros.folder import read_folder
from deskhand.documents.macros.models import MacroModel
from deskhand.documents.macros.schema import schema
from deskhand.documents.macros.words import WORDS
from tests.documents.json_schema import faults
from tests.source import ROOT


def test_every_shipped_macro_fits_the_schema() -> None:
    """What loads is what editors accept."""
    made = schema()

    for source in read_folder(ROOT / "macros").sources:
        assert list(faults(source.node.plain, made, made)) == [], source.file


@pytest.mark.parametrize(
    "item", [{"stauts": "open"}, {"status": "closed"}, {"status": "open", "group": "x"}, {"reply": {"pubic": True}}]
)
def test_a_wrong_action_does_not_fit(item: object) -> None:
    """Editors underline it."""
    made = schema()

    assert list(faults({"key": "a", "title": "t", "actions": [item]}, made, made))


def test_every_key_and_word_is_in_the_schema() -> None:
    """It is drawn from the same tables."""
    made = schema()

    assert set(made["properties"]) == set(MacroModel.model_fields)
    assert {next(iter(one["properties"])) for one in made["$defs"]["Action"]["anyOf"]} == set(WORDS)


def test_the_shipped_schema_is_the_present_one() -> None:
    """`deskhand macros schema > macros/macros.schema.json` writes it."""
    shipped = Path(ROOT / "macros/macros.schema.json").read_text(encoding="utf-8")

    assert json.loads(shipped) == schema()
