"""Macros, bindings and items as JSON, and back: the form of plans, states and backups."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any, cast

from deskhand.core.macros.compare import Change
from deskhand.core.macros.plan import Item
from deskhand.core.macros.record import Binding
from deskhand.core.macros.value import Action, Macro, Restriction, json_of, value_of

Json = dict[str, Any]


def plain(value: object) -> Any:  # noqa: ANN401 - JSON
    """One of our values as JSON."""
    if isinstance(value, Action):
        return {"field": value.field, "value": json_of(value.value)}
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, Mapping):
        return {str(name): plain(one) for name, one in value.items()}
    return value


def macro_of(raw: Json | None) -> Macro | None:
    """A macro from its JSON."""
    if raw is None:
        return None
    who = raw.get("restriction")
    return Macro(
        title=str(raw["title"]),
        actions=tuple(Action(str(one["field"]), value_of(one["value"])) for one in raw["actions"]),
        active=bool(raw["active"]),
        description=str(raw["description"]),
        restriction=Restriction(who["kind"], tuple(map(str, who["ids"]))) if who else None,
        attachments=tuple(map(str, raw["attachments"])),
        content=_pairs(raw["content"]),
    )


def binding_of(raw: Json | None) -> Binding | None:
    """A binding from its JSON."""
    if raw is None:
        return None
    known = {one.name for one in fields(Binding)}
    given = {name: value for name, value in raw.items() if name in known}
    return Binding(
        **given
        | {
            "wanted": macro_of(raw.get("wanted")),
            "seen": macro_of(raw.get("seen")),
            "inputs": _pairs(raw.get("inputs") or ()),
            "files": tuple((int(number), str(name)) for number, name in raw.get("files") or ()),
        }
    )


def item_of(raw: Json) -> Item:
    """An item from its JSON."""
    return Item(
        **raw
        | {
            "want": macro_of(raw["want"]),
            "live": macro_of(raw["live"]),
            "after": macro_of(raw["after"]),
            "changes": tuple(Change(**one) for one in raw["changes"]),
            "causes": tuple(raw["causes"]),
            "inputs": _pairs(raw["inputs"]),
            "owned": cast("Any", tuple(raw["owned"])),
            "uploads": _pairs(raw["uploads"]),
            "rebind": binding_of(raw["rebind"]),
        }
    )


def _pairs(raw: Any) -> tuple[tuple[str, str], ...]:  # noqa: ANN401 - JSON
    return tuple((str(name), str(value)) for name, value in raw)
