"""Macros of an account as YAML: the words where there is one, Zendesk's own terms where there is none, names in place of ids.

What is written is read back and compared before anybody trusts it: a form that would not give the same macro again is replaced by the plainer one.
"""

import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from deskhand.core.macros.value import Action, Macro, Restriction, essential, json_of
from deskhand.documents.macros.words import BY_FIELD, WORDS

NameOf = Callable[[str, str], str | None]
"""The name of a number of a kind; None where the account has none, or has it twice."""
_SAFE: Final = re.compile(r"[A-Za-z](?:[A-Za-z0-9 _./()-]*[A-Za-z0-9_)])?")
_DOUBTFUL: Final = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
_STRANGE: Final = re.compile("[^\t\x20-\x7e\xa1-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_BLOCK: Final = re.compile(r"(</(?:p|div|ul|ol|li|h[1-6]|blockquote|table|tr)>|<br>)(?!\n|$)")


@dataclass(frozen=True, slots=True)
class Page:
    """A macro file that is to be written."""

    path: str
    key: str
    text: str


def page(macro: Macro, key: str, name_of: NameOf, *, verbatim: bool = False) -> str:
    """The YAML of a macro. With `verbatim` its comments stand in Zendesk's own terms."""
    lines = [f"key: {scalar(key)}", f"title: {text(macro.title)}"]
    if macro.description:
        lines += entry("description", macro.description, "")
    if not macro.active:
        lines.append("active: false")
    lines += restriction_lines(macro.restriction, name_of)
    lines.append("actions:" if macro.actions else "actions: []")
    for item in items(essential(macro.actions), name_of, verbatim=verbatim):
        lines += [("  - " if number == 0 else "    ") + line if line else "" for number, line in enumerate(item)]
    return "\n".join(lines) + "\n"


def restriction_lines(who: Restriction | None, name_of: NameOf) -> list[str]:
    """The lines that say for whom a macro is; none for everyone."""
    if who is None:
        return []
    names = [scalar(name_of("group", number) or f"#{number}") for number in who.ids]
    return ["restriction:", f"  groups: [{', '.join(names)}]"]


def items(actions: Iterable[Action], name_of: NameOf, *, verbatim: bool = False) -> Iterator[list[str]]:
    """The lines of each entry of `actions`. A comment and its visibility that stand together become a reply."""
    rows = list(actions)
    while rows:
        row = rows.pop(0)
        if row.field in ("comment_value", "comment_value_html") and not verbatim and _can_be_reply(row):
            public = rows.pop(0) if rows and rows[0].field == "comment_mode_is_public" and _is_flag(rows[0]) else None
            yield reply(row, public)
        else:
            yield action(row, name_of)


def reply(row: Action, public: Action | None) -> list[str]:
    """The lines of a reply."""
    raw = json_of(row.value)
    lines = ["reply:"]
    if public is not None:
        lines.append(f"  public: {str(public.value).lower()}")
    if isinstance(raw, list):
        lines.append(f"  channel: {raw[0].removeprefix('channel:')}")
    body = raw[1] if isinstance(raw, list) else raw
    rich = row.field == "comment_value_html"
    return [*lines, *entry("html" if rich else "text", pretty(body) if rich else body, "  ")]


def action(row: Action, name_of: NameOf) -> list[str]:
    """The lines of any other action."""
    raw = json_of(row.value)
    custom = re.fullmatch(r"custom_fields_([0-9]+)", row.field)
    if custom and isinstance(raw, str):
        return _field(custom[1], raw, name_of)
    name = BY_FIELD.get(row.field)
    if name is None or not isinstance(raw, str):
        return _verbatim(row.field, raw)
    word = WORDS[name]
    if word.kind == "tags":
        tags = raw.split()
        return (
            [f"{name}: [{', '.join(text(tag) for tag in tags)}]"]
            if tags and raw == " ".join(tags)
            else _verbatim(row.field, raw)
        )
    if word.kind == "choice":
        return [f"{name}: {raw}"] if raw in word.choices else _verbatim(row.field, raw)
    if word.kind == "text":
        return entry(name, raw, "") if raw else _verbatim(row.field, raw)
    return _named(name, raw, name_of)


def entry(name: str, body: str, indent: str) -> list[str]:
    """A key with a text, as a block of lines where it has several."""
    body = escaped(body)
    lines = body.split("\n")
    blocky = len(lines) > 1 and lines[0][:1] not in ("", " ") and not _STRANGE.search(body.replace("\n", ""))
    if not blocky or body.endswith("\n") or any(line != line.rstrip() for line in lines):
        return [f"{indent}{name}: {quoted(body) if len(lines) > 1 else scalar(body)}"]
    return [f"{indent}{name}: |-", *(f"{indent}  {line}" if line else "" for line in lines)]


def text(value: str) -> str:
    """A text on one line, with our own brackets escaped."""
    return scalar(escaped(value))


def scalar(value: str) -> str:
    """A text as it stands in YAML: bare where nobody could take it for anything else."""
    bare = _SAFE.fullmatch(value) and value.lower() not in _DOUBTFUL and "  " not in value
    return value if bare else quoted(value)


def quoted(value: str) -> str:
    """A text in double quotes."""
    made = json.dumps(value, ensure_ascii=False)
    return _STRANGE.sub(lambda one: f"\\u{ord(one[0]):04x}" if ord(one[0]) < 0x10000 else f"\\U{ord(one[0]):08x}", made)


def escaped(value: str) -> str:
    """A text in which our own brackets are no brackets."""
    return re.sub("<<|<%", lambda found: "<< angles >>" if found[0] == "<<" else "<< angle_percent >>", value)


def pretty(markup: str) -> str:
    """HTML with one block a line, for people to read and to compare."""
    return _BLOCK.sub(r"\1\n", markup).strip("\n")


def key_of(title: str, taken: Collection[str]) -> str:
    """A key for a title; the second macro of a title gets a number."""
    bare = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:56].strip("-") or "macro"
    key, number = bare, 1
    while key in taken:
        number += 1
        key = f"{bare}-{number}"
    return key


def path_of(title: str, key: str) -> str:
    """Where the file of a macro goes: one folder for each category."""
    *above, _last = [re.sub(r"[^a-z0-9]+", "-", part.lower()).strip("-") for part in title.split("::")] or [""]
    safe = [part for part in above if part and part not in ("env", "partials", "fixtures", "state", "files")]
    return "/".join([*safe, f"{key}.yaml"])


def _field(number: str, raw: str, name_of: NameOf) -> list[str]:
    name = name_of("field", number)
    shown = scalar(name) if name else f'"#{number}"'
    option = name_of("option", f"{name}={raw}") if name and raw else None
    return [f"field: {shown}", f"option: {scalar(option)}"] if option else [f"field: {shown}", f"value: {text(raw)}"]


def _named(name: str, raw: str, name_of: NameOf) -> list[str]:
    word = WORDS[name]
    keyword = next((shown for shown, value in word.keywords if value == raw), None)
    if keyword is not None:
        return [f"{name}: {keyword}"]
    if not raw.isdigit():
        return _verbatim(word.field, raw)
    found = name_of(word.names, raw)
    return [f"{name}: {scalar(found) if found else quoted('#' + raw)}"]


def _verbatim(field: str, raw: Any) -> list[str]:
    value = text(raw) if isinstance(raw, str) else json.dumps(raw, ensure_ascii=True)
    return ["zendesk:", f"  field: {text(field)}", f"  value: {value}"]


def _can_be_reply(row: Action) -> bool:
    raw = json_of(row.value)
    if isinstance(raw, list):
        fine = (
            len(raw) == 2
            and raw[0] in ("channel:all", "channel:web")
            and isinstance(raw[1], str)
            and bool(raw[1].strip())
        )
        return fine and row.field == "comment_value" and not raw[1].endswith("\n")
    return isinstance(raw, str) and bool(raw.strip()) and not (row.field == "comment_value" and raw.endswith("\n"))


def _is_flag(row: Action) -> bool:
    return str(row.value).lower() in ("true", "false")
