"""How an event log is laid out."""

import json
from pathlib import Path
from typing import Any

import pytest

from deskhand.errors import SettingsError
from deskhand.sandbox import eventlog_layout
from deskhand.sandbox.eventlog_layout import BUILT_IN, HELPDESK, UCI, layout_of, read_layout, recognised
from deskhand.sandbox.records import CATEGORIES, PRIORITIES

SMALL: dict[str, Any] = {"columns": {"case": "id", "at": "time", "state": "what"}, "states": {"Open": "open"}}


def test_the_example_of_the_documentation_is_a_mapping_file(tmp_path: Path) -> None:
    """The JSON in the module's own words can be saved and used as it stands."""
    words = eventlog_layout.__doc__ or ""
    file = tmp_path / "mapping.json"
    file.write_text(words[words.index("{") : words.rindex("}\n") + 1], encoding="utf-8")

    layout = read_layout(file)

    assert layout.columns["at"] == "Complete Timestamp"
    assert "assignee" not in layout.columns
    assert layout.nulls == ("", "?")
    assert layout.states["Wait"] == "hold"


@pytest.mark.parametrize(("name", "layout"), BUILT_IN.items())
def test_built_in_layouts_keep_to_what_mapping_files_may_say(name: str, layout: eventlog_layout.Layout) -> None:
    """Their roles, statuses, priorities and kinds of field are all known, and they are recognised by their columns."""
    body = {
        one: getattr(layout, one)
        for one in ("columns", "states", "fields", "priorities", "channels", "date_format", "nulls")
    }

    assert layout_of(json.loads(json.dumps(body)), name) == layout
    assert set(layout.states.values()) <= set(CATEGORIES)
    assert set(layout.priorities.values()) <= set(PRIORITIES)
    assert recognised([*layout.columns.values(), "more"]) is layout


def test_other_columns_are_not_recognised() -> None:
    """A header that lacks one needed column of each layout is nobody's."""
    assert recognised(["number", "incident_state"]) is None
    assert UCI is not HELPDESK


@pytest.mark.parametrize(
    ("change", "words", "hint"),
    [
        ({"colums": {}}, "unknown key 'colums'", "'columns'"),
        ({"columns": {"case": "id", "at": "time"}}, "columns lacks state", "case, at and state"),
        ({"columns": {**SMALL["columns"], "asignee": "x"}}, "unknown column role 'asignee'", "'assignee'"),
        ({"states": {"Open": "opened"}}, "unknown status 'opened'", "'open'"),
        ({"priorities": {"1": "P1"}}, "unknown priority 'P1'", "low, normal"),
        ({"fields": {"x": "dropdown"}}, "unknown kind of field 'dropdown'", "text, tagger"),
    ],
)
def test_a_mistake_in_a_mapping_is_named_with_a_hint(change: dict[str, Any], words: str, hint: str) -> None:
    """What nobody knows is refused, with the nearest known name or all of them."""
    with pytest.raises(SettingsError, match=words) as raised:
        layout_of(SMALL | change, "m.json")

    assert hint in raised.value.hint
    assert str(raised.value).startswith("m.json")


@pytest.mark.parametrize(
    ("text", "words"), [("{", "is not JSON"), ("[]", "a mapping is an object"), (None, "cannot be read")]
)
def test_a_file_that_is_no_mapping_is_refused(tmp_path: Path, text: str | None, words: str) -> None:
    """Missing, broken and wrong files each say what they are."""
    file = tmp_path / "mapping.json"
    if text is not None:
        file.write_text(text, encoding="utf-8")

    with pytest.raises(SettingsError, match=words):
        read_layout(file)
