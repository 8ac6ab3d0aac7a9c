"""The JSON Schema for editors: today's, and of one mind with the loader."""

import json
import re
from typing import Any

import pytest

from deskhand.documents import load_text, schema
from deskhand.documents.vocabulary import CONDITION_WORDS
from deskhand.documents.yaml_reader import read_bytes
from tests.documents.json_schema import faults
from tests.documents.words import LEVELS, SHIPPED

SCHEMA = schema()
RULE = "rules: [{{id: r, when: {when}, then: {then}}}]"


def found(text: str) -> list[str]:
    """How a document breaks the schema."""
    read = read_bytes(text.encode(), "a.yaml")
    assert read.node is not None
    return list(faults(read.node.plain, SCHEMA, SCHEMA))


def test_the_schema_beside_the_policies_is_todays() -> None:
    """Written anew by `deskhand schema > policies/policies.schema.json`."""
    assert json.loads((SHIPPED / "policies.schema.json").read_text(encoding="utf-8")) == SCHEMA


def test_the_schema_is_of_the_stated_draft_and_whole() -> None:
    """Every reference leads somewhere, and no placeholder is left."""
    text = json.dumps(SCHEMA)

    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert set(re.findall(r"#/\$defs/(\w+)", text)) == set(SCHEMA["$defs"])
    assert "x-definition" not in text


@pytest.mark.parametrize("name", sorted(path.name for path in SHIPPED.glob("*.yaml")))
def test_every_shipped_file_fits_the_schema(name: str) -> None:
    """As an editor would see it."""
    assert found((SHIPPED / name).read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("word", CONDITION_WORDS)
def test_every_word_of_conditions_is_described(word: str) -> None:
    """The table of fields is where the schema has them from."""
    mapping: dict[str, Any] = SCHEMA["$defs"]["Condition"]["anyOf"][1]

    assert mapping["properties"][word]["description"]


GOOD = [
    "{status: open}", "always", "{severity: SEV-1, tags: [a, b]}", "{field.x: {is_not: a, present: true}}", "{field.x: [a, 1]}",
    "{burn: {clock: any, above: 50%}}", "{remaining: {clock: c, below: -30m}}", "{since: {instant: field.x, at_least: 1h30m, calendar: c}}",
    "{clock: {name: next_reply_time, is: [running, paused]}}", "{not: {any: [{tags: {any: [a], none: b}}]}}", "{priority: null}",
]  # fmt: skip
BAD = [
    "{statu: open}", "{status: opn}", "[]", "{}", "{all: []}", "{burn: {above: 50%}}", "{burn: {clock: any, above: 50}}",
    "{burn: {clock: any}}", "{tags: A b}", "{clock: {name: any, is: breeched}}", "{field.x: {foo: 1}}", "{field.x: {present: 1}}",
    "{field.x: {}}", "{since: {instant: creatd, above: 1h}}", "{status: {at_least: open}}", "{foo.x: 1}",
]  # fmt: skip


@pytest.mark.parametrize("when", GOOD)
def test_what_loads_fits(when: str) -> None:
    """Conditions of every form."""
    assert found(RULE.format(when=when, then="{add_tags: a}")) == []


@pytest.mark.parametrize("when", BAD)
def test_what_does_not_load_is_marked_by_the_editor_too(when: str) -> None:
    """Both refuse it."""
    text = RULE.format(when=when, then="{add_tags: a}")

    assert found(text) != []
    assert load_text({"a.yaml": text, "b.yaml": LEVELS}).policy is None


@pytest.mark.parametrize(
    "text",
    [
        "ruls: []", "rules: [{id: A, when: always, then: {add_tags: a}}]", "rules: [{id: a, then: {add_tags: a}}]",
        RULE.format(when="always", then="{}") + "\nfoo: 1", RULE.format(when="always", then="{set: {group: x}}"),
        RULE.format(when="always", then="{raise_severity: {by: 9, reason: r}}"), RULE.format(when="always", then="{public_comment: x}"),
        "p1: {definition: d}", LEVELS.replace("daily", "5", 1), LEVELS.replace("response_minutes: 15", "response_minutes: 0"),
        "calendars: {c: {hour: {}}}", "clocks: {c: {starts: created, stops: solved, targets: {p1: 5}}}", "notes: {n: ''}",
        "groups: [{id: g, match: any, rules: []}]",
    ],
)  # fmt: skip
def test_other_mistakes_are_marked_by_the_editor_too(text: str) -> None:
    """Keys, ids, actions, severities, clocks."""
    assert found(text) != []
    assert load_text({"a.yaml": text}).policy is None


def test_single_values_may_stand_where_lists_may() -> None:
    """As the loader takes them."""
    text = "rules: {id: r}"
    assert found(text) != []
    assert found(RULE.format(when="always", then="{add_tags: a}")) == []
    assert found(RULE.format(when="always", then="[{add_tags: [a]}, {remove_tags: b}]")) == []
