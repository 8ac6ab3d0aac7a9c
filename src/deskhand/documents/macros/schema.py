"""The JSON Schema of macro files (draft 2020-12), for editors: from the models, and from the table of words."""

from typing import Any

from deskhand.documents.macros.models import EnvModel, MacroModel, ReplyModel, SettingsModel
from deskhand.documents.macros.words import WORDS, Word

Json = dict[str, Any]
_TEXT: Json = {"type": ["string", "number", "boolean"]}


def schema() -> Json:
    """The schema of one macro file; those of settings.yaml and env/NAME.yaml stand under $defs as Settings and Environment."""
    made = MacroModel.model_json_schema(by_alias=True)
    settings, env, reply = (model.model_json_schema() for model in (SettingsModel, EnvModel, ReplyModel))
    definitions: Json = made.pop("$defs", {})
    for one in (settings, env, reply):
        definitions |= one.pop("$defs", {})
    definitions |= {"Settings": settings, "Environment": env, "Reply": reply, "Action": _action()}
    made["properties"]["actions"]["items"] = {"$ref": "#/$defs/Action"}
    found: Json = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **made,
        "title": "deskhand macro",
        "$defs": definitions,
    }
    return found


def _action() -> Json:
    rows = [
        {
            "description": word.about,
            "type": "object",
            "properties": {name: _value(word), **_beside(word)},
            "required": [name],
            "additionalProperties": False,
        }
        for name, word in WORDS.items()
    ]
    return {"description": "One thing that the macro does.", "anyOf": rows}


def _value(word: Word) -> Json:
    match word.kind:
        case "choice":
            return {"enum": list(word.choices)}
        case "tags":
            return {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
        case "reply":
            return {"$ref": "#/$defs/Reply"}
        case "zendesk":
            keys = {"field": {"type": "string"}, "value": {}}
            return {"type": "object", "properties": keys, "required": list(keys), "additionalProperties": False}
        case _:
            return {**_TEXT, "examples": [keyword for keyword, _ in word.keywords]} if word.keywords else _TEXT


def _beside(word: Word) -> Json:
    return {"option": _TEXT, "value": {}} if word.kind == "field" else {}
