"""The part of JSON Schema that our schema uses, to hold documents against it without another library."""

import re
from collections.abc import Iterator
from typing import Any

KINDS = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}
UNDERSTOOD = {
    "$defs", "$ref", "$schema", "additionalProperties", "anyOf", "const", "default", "description", "enum", "examples", "exclusiveMinimum",
    "items", "maxItems", "maxLength", "maxProperties", "maximum", "minItems", "minLength", "minProperties", "minimum", "pattern", "patternProperties",
    "properties", "propertyNames", "required", "title", "type",
}  # fmt: skip
"""Every keyword that `faults` looks at, or that says nothing about what is valid."""


def faults(value: Any, schema: dict[str, Any], top: dict[str, Any], path: str = "") -> Iterator[str]:
    """Where a value breaks a schema; `top` holds the definitions."""
    assert set(schema) <= UNDERSTOOD, set(schema) - UNDERSTOOD
    if "$ref" in schema:
        yield from faults(value, top["$defs"][schema["$ref"].rpartition("/")[2]], top, path)
    if "anyOf" in schema and not any(not list(faults(value, one, top, path)) for one in schema["anyOf"]):
        yield f"{path}: fits none of the choices"
    if "type" in schema and not any(_is(value, kind) for kind in _listed(schema["type"])):
        yield f"{path}: is no {schema['type']}"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{path}: is none of {schema['enum']}"
    if "const" in schema and value != schema["const"]:
        yield f"{path}: is not {schema['const']}"
    match value:
        case dict():
            yield from _mapping(value, schema, top, path)
        case list():
            yield from _list(value, schema, top, path)
        case str():
            yield from _text(value, schema, path)
        case int() | float() if not isinstance(value, bool):
            yield from _number(value, schema, path)


def _is(value: Any, kind: str) -> bool:
    if kind in ("number", "integer"):
        return isinstance(value, int if kind == "integer" else int | float) and not isinstance(value, bool)
    return isinstance(value, KINDS[kind])


def _listed(kinds: str | list[str]) -> list[str]:
    return kinds if isinstance(kinds, list) else [kinds]


def _mapping(value: dict[str, Any], schema: dict[str, Any], top: dict[str, Any], path: str) -> Iterator[str]:
    known, patterns = schema.get("properties", {}), schema.get("patternProperties", {})
    yield from (f"{path}: lacks {key}" for key in schema.get("required", ()) if key not in value)
    if not schema.get("minProperties", 0) <= len(value) <= schema.get("maxProperties", len(value)):
        yield f"{path}: has {len(value)} keys"
    for key, item in value.items():
        yield from faults(key, schema.get("propertyNames", {}), top, f"{path}.{key}")
        fitting = (
            [known[key]] if key in known else [one for pattern, one in patterns.items() if re.search(pattern, key)]
        )
        rest = schema.get("additionalProperties", {})
        if not fitting and rest is False:
            yield f"{path}.{key}: unknown key"
        for one in fitting or ([rest] if isinstance(rest, dict) else []):
            yield from faults(item, one, top, f"{path}.{key}")


def _list(value: list[Any], schema: dict[str, Any], top: dict[str, Any], path: str) -> Iterator[str]:
    if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
        yield f"{path}: has {len(value)} entries"
    for number, item in enumerate(value):
        yield from faults(item, schema.get("items", {}), top, f"{path}[{number}]")


def _text(value: str, schema: dict[str, Any], path: str) -> Iterator[str]:
    if not re.search(schema.get("pattern", ""), value):
        yield f"{path}: does not match"
    if not schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value)):
        yield f"{path}: has {len(value)} characters"


def _number(value: float, schema: dict[str, Any], path: str) -> Iterator[str]:
    if value <= schema.get("exclusiveMinimum", float("-inf")):
        yield f"{path}: too small"
    if not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        yield f"{path}: out of range"
