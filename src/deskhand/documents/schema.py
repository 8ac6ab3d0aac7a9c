"""The JSON Schema of policy files (draft 2020-12), for editors: from the models, and from the table of fields."""

from typing import Any

from deskhand.documents.compile_test import EVENT_KEYS, TICKET_KEYS
from deskhand.documents.models import Document
from deskhand.documents.scalars import DURATION, INSTANT, PERCENT, TAG
from deskhand.documents.vocabulary import BOUNDS, CLOCK_STATES, CLOCK_WORDS, FIELDS, INSTANT_WORDS, LISTS, OPS, Field

Json = dict[str, Any]

_CUSTOM = r"^(field|organization|requester)\.[^.\s]+$"
_SCALAR: Json = {"type": ["string", "number", "boolean", "null"]}


def schema() -> Json:
    """The schema of one file, ready to be written as JSON; the same for the same version."""
    made = Document.model_json_schema(by_alias=True, mode="validation")
    definitions = made.setdefault("$defs", {})
    definitions |= {
        "Condition": _condition(),
        "Tags": _many({"type": "string", "pattern": TAG}),
        "TestTicket": _ticket(TICKET_KEYS, {"events": {"type": "array", "items": _ticket(EVENT_KEYS, {})}}),
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "deskhand policies",
        **_without_titles(made),
    }


def _without_titles(made: Json) -> Json:
    """Pydantic's own titles say nothing that the keys do not; what a model could not refer to itself becomes a reference."""
    return {key: _cleaned(value) for key, value in made.items() if key != "title"}


def _cleaned(value: object) -> object:
    if isinstance(value, list):
        return [_cleaned(item) for item in value]
    if isinstance(value, dict):
        kept = {key: _cleaned(item) for key, item in value.items() if not (key == "title" and isinstance(item, str))}
        name = kept.pop("x-definition", None)
        return kept if name is None else {**kept, "$ref": f"#/$defs/{name}"}
    return value


def _condition() -> Json:
    ref = {"$ref": "#/$defs/Condition"}
    several = {"type": "array", "items": ref, "minItems": 1}
    tags = {"$ref": "#/$defs/Tags"}
    properties: Json = {
        "all": {"description": "Every one of these.", **several},
        "any": {"description": "At least one of these.", **several},
        "not": {"description": "The opposite.", **ref},
        "tags": {
            "description": "Tags that the ticket has: one or a list (all of them), or all, any, none.",
            "anyOf": [
                tags,
                {
                    "type": "object",
                    "properties": dict.fromkeys(("all", "any", "none"), tags),
                    "additionalProperties": False,
                },
            ],
        },
        "alike": {
            "description": "How many customers have the same issue: the same problem, field or tag, in tickets of a time.",
            "type": "object",
            "properties": {
                "by": {
                    "anyOf": [{"enum": ["problem_id", "tags"]}, {"type": "string", "pattern": "^field\\.[^.\\s]+$"}]
                },
                "beginning": {"type": "string", "minLength": 1},
                "customers": {
                    "type": "object",
                    "properties": {bound: {"type": "integer", "minimum": 1} for bound in BOUNDS},
                    "additionalProperties": False,
                    "minProperties": 1,
                    "maxProperties": 1,
                },
                "within": {"type": "string", "pattern": DURATION},
            },
            "required": ["by", "customers", "within"],
            "additionalProperties": False,
        },
        "burn": _threshold(
            "How much of a clock's target is used up.", {"type": "string", "pattern": PERCENT}, {"clock": _clock()}
        ),
        "remaining": _threshold(
            "How much time of a clock's target is left; negative once it is past.",
            {"type": ["string", "integer"], "pattern": "^-?" + DURATION.removeprefix("^")},
            {"clock": _clock()},
        ),
        "clock": {
            "description": "Whether a clock runs, stands still, is over, has not begun, or is past its target.",
            "type": "object",
            "properties": {"name": _clock(), "is": _many({"enum": list(CLOCK_STATES)})},
            "required": ["name", "is"],
            "additionalProperties": False,
        },
        "since": _threshold(
            "How long ago something was; negative where it is still to come.",
            {"type": ["string", "integer"], "pattern": "^-?" + DURATION.removeprefix("^")},
            {
                "instant": {"anyOf": [{"enum": list(INSTANT_WORDS)}, {"type": "string", "pattern": _CUSTOM}]},
                "calendar": {"type": "string"},
            },
            required=("instant",),
        ),
        **{name: _compare(field) for name, field in FIELDS.items()},
    }
    mapping = {
        "type": "object",
        "minProperties": 1,
        "properties": properties,
        "patternProperties": {_CUSTOM: _compare(Field("", "A custom field."))},
        "additionalProperties": False,
    }
    return {"description": "When a rule holds; several keys mean all of them.", "anyOf": [{"const": "always"}, mapping]}


def _clock() -> Json:
    return {"anyOf": [{"enum": list(CLOCK_WORDS)}, {"type": "string"}]}


def _many(one: Json) -> Json:
    return {"anyOf": [one, {"type": "array", "items": one}]}


def _threshold(about: str, limit: Json, others: Json, required: tuple[str, ...] = ("clock",)) -> Json:
    return {
        "description": about,
        "type": "object",
        "properties": {**others, **dict.fromkeys(BOUNDS, limit)},
        "required": list(required),
        "minProperties": 2,
        "additionalProperties": False,
    }


def _compare(field: Field) -> Json:
    value: Json = _SCALAR if not field.values or field.name == "severity" else {"enum": [*field.values, None]}
    values = {"type": "array", "items": value, "minItems": 1}
    ops = field.ops if field.name else OPS
    operations = {op: values if op in LISTS else {"type": "boolean"} if op == "present" else value for op in ops}
    return {
        "description": field.about,
        "anyOf": [
            value,
            values,
            {"type": "object", "properties": operations, "additionalProperties": False, "minProperties": 1},
        ],
    }


def _ticket(keys: tuple[str, ...], own: Json) -> Json:
    """The ticket of a test, or what changes in one of its events."""
    instant = {"type": "string", "pattern": INSTANT}
    known: Json = {name: {} for name in keys}
    known |= {
        name: {"enum": list(FIELDS[name].values)}
        for name in keys
        if name in FIELDS and FIELDS[name].values and name != "severity"
    }
    known |= {name: instant for name in ("at", "created", "updated", "first_reply") if name in keys}
    return {
        "type": "object",
        "properties": {**known, **own},
        "patternProperties": {_CUSTOM: {}},
        "additionalProperties": False,
    }
