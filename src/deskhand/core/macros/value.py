"""A macro as a value, its canonical form, and the hash of what it says and does.

Zendesk gives ids and truth values as texts, HTML in one line with entities, and groups of a restriction twice. All that is the same macro, so all
of it has one canonical form, and only canonical forms are compared.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, Literal

from deskhand.core.macros.markup import canonical as fixed
from deskhand.core.macros.markup import visible

Field = Literal["title", "active", "description", "restriction", "actions", "attachments", "content"]
FIELDS: Final[tuple[Field, ...]] = (
    "title",
    "active",
    "description",
    "restriction",
    "actions",
    "attachments",
    "content",
)
"""What is compared of a macro, each by itself; `actions` is one list, because the API replaces it as one."""
LEAVABLE: Final[tuple[Field, ...]] = ("active", "description", "restriction", "attachments")
"""Fields that a file may leave to the user interface."""

TAG_FIELDS: Final = frozenset({"set_tags", "current_tags", "remove_tags"})
_NOTHING: Final = frozenset({"", "__NULL__"})
Plain = Any
"""JSON."""


@dataclass(frozen=True, slots=True)
class Opaque:
    """A value that is no text: a list, an object, nothing. Kept as JSON, so that what we do not know survives."""

    json: str


Value = str | Opaque


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that a macro does, in Zendesk's own terms."""

    field: str
    value: Value


@dataclass(frozen=True, slots=True)
class Restriction:
    """Who may use a macro, where not everyone may. A macro of one user is a personal one."""

    kind: Literal["Group", "User"]
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Macro:
    """What a macro says and does. The description is without our marker.

    `attachments` are the files as `name sha256`; one that is not known here is `id:123`. `content` are the texts of its dynamic content by locale.
    """

    title: str
    actions: tuple[Action, ...] = ()
    active: bool = True
    description: str = ""
    restriction: Restriction | None = None
    attachments: tuple[str, ...] = ()
    content: tuple[tuple[str, str], ...] = ()


def value_of(raw: Plain) -> Value:
    """A value as the API gives it."""
    if isinstance(raw, str):
        return raw
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, int | float):
        return str(raw)
    return Opaque(json.dumps(raw, ensure_ascii=False, sort_keys=True))


def json_of(value: Value) -> Plain:
    """A value as the API takes it."""
    return json.loads(value.json) if isinstance(value, Opaque) else value


def canonical(macro: Macro) -> dict[Field, Plain]:
    """The macro in its one form, field by field, ready to be written as JSON."""
    who = macro.restriction
    return {
        "title": macro.title.strip(),
        "active": macro.active,
        "description": _lines(macro.description).strip(),
        "restriction": None if who is None else [who.kind, *sorted(who.ids)],
        "actions": [[one.field, canonical_value(one.field, one.value)] for one in essential(macro.actions)],
        "attachments": sorted(macro.attachments),
        "content": [[locale, _written(text)] for locale, text in sorted(macro.content)],
    }


def essential(actions: Iterable[Action]) -> tuple[Action, ...]:
    """Actions without plain texts that only repeat the rich one: Zendesk's editor stores a reply in both forms."""
    rows = tuple(actions)
    rich = {_words(visible(str(one.value))) for one in rows if one.field == "comment_value_html"}
    return tuple(one for one in rows if not (one.field == "comment_value" and _words(_plain_lines(one)) in rich))


def canonical_value(field: str, value: Value) -> Plain:
    """The value of an action in its one form."""
    raw = _texts(json_of(value))
    if isinstance(raw, str):
        return _canonical_text(field, raw)
    if field == "comment_value" and isinstance(raw, list):
        return [_lines(one) if isinstance(one, str) else one for one in raw]
    return raw


def digest(macro: Macro) -> str:
    """The hash of what a macro says and does."""
    return hashed(canonical(macro))


def hashed(plain: Plain) -> str:
    """The hash of some JSON."""
    text = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def same(one: Macro, other: Macro, fields: Iterable[Field] = FIELDS) -> bool:
    """Whether two macros are the same in these fields."""
    first, second = canonical(one), canonical(other)
    return all(first[name] == second[name] for name in fields)


def looks_same(one: Macro, other: Macro) -> bool:
    """Whether two macros do the same and read the same; how a text is formatted and spaced does not count."""
    return _looks(one) == _looks(other)


def reduced(macro: Macro, fields: Iterable[Field]) -> Macro:
    """The macro with these fields alone, and without what is kept outside of it: attachments and dynamic content."""
    kept = set(fields) - {"attachments", "content"}
    return Macro(
        title=macro.title,
        actions=macro.actions,
        active=macro.active if "active" in kept else True,
        description=macro.description if "description" in kept else "",
        restriction=macro.restriction if "restriction" in kept else None,
    )


def _looks(macro: Macro) -> str:
    plain = canonical(macro)
    rows = [
        [field, _seen(value)] if field == "comment_value_html" and isinstance(value, str) else [field, value]
        for field, value in plain["actions"]
    ]
    texts = [[locale, _seen(text)] for locale, text in plain["content"]]
    return hashed({**plain, "actions": rows, "content": texts, "description": plain["description"].split()})


def _seen(text: str) -> list[str]:
    return [" ".join(line.split()) for line in visible(text)]


def reads(macro: Macro) -> tuple[str, ...]:
    """What an agent sees of a macro, line by line, for people to compare."""
    who = macro.restriction
    lines = [f"title: {macro.title}", f"active: {'yes' if macro.active else 'no'}"]
    lines += [f"description: {line}" for line in macro.description.splitlines() if line.strip()]
    lines.append("for: everyone" if who is None else f"for: {who.kind.lower()} {', '.join(who.ids)}")
    for action in essential(macro.actions):
        lines += action_lines(action)
    lines += [f"attachment: {name.partition(' ')[0]}" for name in macro.attachments]
    for locale, text in macro.content:
        lines += [f"{locale}: {line}" for line in visible(text)]
    return tuple(lines)


def action_lines(action: Action) -> list[str]:
    """One action in lines: the paragraphs of a text, or its field and value."""
    raw = json_of(action.value)
    if action.field == "comment_value_html" and isinstance(raw, str):
        return [f"reply: {line}" for line in visible(raw)]
    if action.field == "comment_value":
        text = str(raw[-1]) if isinstance(raw, list) and raw else str(raw)
        return [f"reply (plain): {line}" for line in text.splitlines() if line.strip()]
    shown = raw if isinstance(raw, str) else json.dumps(raw, ensure_ascii=False)
    return [f"{action.field}: {shown}"]


def _canonical_text(field: str, text: str) -> str:
    if text in _NOTHING:
        return ""
    if field in TAG_FIELDS:
        return " ".join(sorted(set(text.lower().split())))
    if field == "comment_value_html":
        return fixed(text)
    return text.lower() if field == "comment_mode_is_public" else _lines(text)


def _plain_lines(row: Action) -> list[str]:
    raw = json_of(row.value)
    return [str(raw[-1])] if isinstance(raw, list) and raw and raw[0] == "channel:all" else [str(raw)]


def _words(lines: Iterable[str]) -> str:
    return " ".join(" ".join(lines).split())


def _written(text: str) -> str:
    """A text that may be HTML."""
    return fixed(text) if "<" in text and ">" in text else _lines(text)


def _texts(raw: Plain) -> Plain:
    """JSON whose leaves are all texts."""
    if isinstance(raw, list):
        return [_texts(one) for one in raw]
    if isinstance(raw, dict):
        return {str(name): _texts(one) for name, one in raw.items()}
    if isinstance(raw, bool):
        return "true" if raw else "false"
    return "" if raw is None else str(raw)


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n")
