"""From nodes to a checked document: pydantic's complaints, each at its place and in words for people."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from types import UnionType
from typing import Annotated, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from deskhand.documents.models import LEVEL_KEYS, Document
from deskhand.documents.models_escalation import KEY_SUFFIX, LABEL
from deskhand.documents.models_time import YEARS
from deskhand.documents.node import Node, Path
from deskhand.documents.problems import CHECKS, Problem, near

_KINDS = {
    "string_type": "a text",
    "bool_type": "true or false",
    "int_type": "a whole number",
    "float_type": "a number",
    "list_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
}
_SHAPES = {
    KEY_SUFFIX: "in capitals, digits and underscores, as the ending of its setting: NETWORK for DESKHAND_SLACK_TOKEN_NETWORK",
    YEARS: "two years, such as 2010-2045",
    LABEL: "without blanks and quotation marks",
}
"""What is written in a form of its own, in words."""
_NAMED = {
    "groups": "group",
    "calendars": "calendar",
    "clocks": "clock",
    "roles": "role",
    "notes": "note",
    "requires": "requires",
    "channels": "channel",
    "ladders": "ladder",
    "announcements": "announcement",
    "severities": "severity",
    "severity_levels": "severity",
    "severity_policy": "severity",
}


@dataclass(frozen=True, slots=True)
class Checked:
    """What of a file is good: the document without its broken parts, with its own node; and what was left out, by path."""

    document: Document
    node: Node
    problems: tuple[Problem, ...]
    dropped: tuple[Path, ...] = ()


SECTIONS = frozenset({*_NAMED, "severity", "zendesk_calendar", "guards"})
"""Keys whose loss leaves names unknown that other files may use."""


def validate(top: Node) -> Checked:
    """Check a file's top node. Broken tests, actions, rules and declarations are left out, so that the rest can be judged too."""
    if not top.mapping:
        empty = Node(top.file, top.line, top.column, {})
        return Checked(Document(), empty, (top.problem(f"a policy file is a mapping, not {top.kind}", "bad-value"),))
    problems: tuple[Problem, ...] = ()
    dropped: set[Path] = set()
    for unit in (_part, _entry, _section):
        node = _without(top, dropped)
        try:
            return Checked(Document.model_validate(node.plain), node, problems, tuple(sorted(dropped, key=str)))
        except ValidationError as error:
            details = error.errors(include_url=False, include_input=False)
            problems = problems or tuple(_merged(_problem(top, detail) for detail in details))
            # Paths are of the node that was validated; only the first pass saw every entry of every list.
            dropped = (
                {unit(_path(detail, top)) for detail in details}
                if not dropped
                else dropped | {unit(_restored(_path(detail, node), dropped)) for detail in details}
            )
    return Checked(Document(), Node(top.file, top.line, top.column, {}), problems, tuple((key,) for key in top.mapping))


def _path(detail: ErrorDetails, node: Node) -> Path:
    """Where an error is, down to a key that does not belong there."""
    found = tuple(_known(node, detail["loc"]))
    return found or tuple(detail["loc"][:1])


def _restored(path: Path, dropped: set[Path]) -> Path:
    """A path of a pruned node as a path of the whole one: indexes move up past the entries that were left out before them."""
    out: Path = ()
    for step in path:
        if isinstance(step, int):
            gone = sorted(int(one[-1]) for one in dropped if one[:-1] == out and isinstance(one[-1], int))
            for index in gone:
                step += index <= step  # noqa: PLW2901
        out = (*out, step)
    return out


def _part(path: Path) -> Path:
    """The smallest part that can be left out: one test or action of a rule, else as `_entry`."""
    entry = _entry(path)
    inner = path[len(entry) : len(entry) + 2]
    in_rule = len(entry) > 1 and isinstance(entry[-1], int) and entry[-2] == "rules"
    if in_rule and len(inner) == 2 and inner[0] in ("tests", "then") and isinstance(inner[1], int):
        return (*entry, *inner)
    return entry


def _entry(path: Path) -> Path:
    """One rule, one group, or one named declaration."""
    if path[0] == "groups" and len(path) >= 4 and path[2] == "rules":
        return path[:4]
    return path[:2] if path[0] in ("rules", *_NAMED) else path[:1]


def _section(path: Path) -> Path:
    return path[:1]


def _without(node: Node, dropped: Iterable[Path]) -> Node:
    """The node without what stands at some paths below it."""
    if not dropped:
        return node
    gone = {path[0] for path in dropped if len(path) == 1}
    below: dict[str | int, set[Path]] = {}
    for path in dropped:
        if len(path) > 1 and path[0] not in gone:
            below.setdefault(path[0], set()).add(path[1:])
    if node.items:
        kept = (_without(item, below.get(n, ())) for n, item in enumerate(node.items) if n not in gone)
        return replace(node, value=tuple(kept))
    entries = {key: _without(child, below.get(key, ())) for key, child in node.mapping.items() if key not in gone}
    return replace(node, value=entries) if node.mapping else node


def lost_names(path: Path) -> Iterator[tuple[str, str]]:
    """Names whose declaration was left out, as (kind, name)."""
    if len(path) == 2 and path[0] in _NAMED:
        yield _NAMED[str(path[0])], str(path[1])
    elif path[0] in LEVEL_KEYS:
        yield "severity", str(path[0])


def subject(top: Node, path: Path) -> str:
    """Whose business a path is, as messages begin: `rule 'network-outage': `; empty at the top of a file."""
    for depth in range(len(path), 0, -1):
        step, above = path[depth - 1], path[depth - 2] if depth > 1 else ""
        if isinstance(step, int) and above in ("rules", "groups"):
            id_node = top.at(path[:depth]).mapping.get("id")
            word = "rule" if above == "rules" else "group"
            return f"{word} {id_node.kind}: " if id_node and id_node.scalar else f"a {word} without an id: "
        if isinstance(step, str) and above in _NAMED and depth == 2:
            return f"{_NAMED[str(above)]} '{step}': "
        if depth == 1 and step in LEVEL_KEYS:
            return f"severity '{step}': "
    return ""


def _merged(problems: Iterable[Problem]) -> list[Problem]:
    """What several members of a union say of one value, in one sentence."""
    found: dict[tuple[str, int, int], Problem] = {}
    for problem in problems:
        before = found.get((problem.check, problem.line, problem.column))
        if before and problem.check == "bad-value" and before.message != problem.message:
            choices = problem.message.partition(" should be ")[2]
            problem = replace(before, message=f"{before.message} or {choices}" if choices else before.message)  # noqa: PLW2901
        elif before and before.message != problem.message:
            found[problem.message, problem.line, problem.column] = before
        found[problem.check, problem.line, problem.column] = problem
    return list(found.values())


def complaints(top: Node, error: ValidationError, model: type[BaseModel]) -> tuple[Problem, ...]:
    """What is wrong with a file of another shape than a policy's, each at its place."""
    details = error.errors(include_url=False, include_input=False)
    return tuple(_merged(_problem(top, detail, model) for detail in details))


def _problem(top: Node, error: ErrorDetails, model: type[BaseModel] = Document) -> Problem:
    path = tuple(_known(top, error["loc"]))
    whose, node, kind = subject(top, path) if model is Document else "", top.at(path), error["type"]
    last = str(error["loc"][-1]) if error["loc"] else ""
    if kind == "extra_forbidden":
        known = _keys(model, path[:-1])
        hint = near(last, known) or (f"there are: {', '.join(known)}" if len(known) <= 14 else "")
        return top.at(path[:-1]).key(last).problem(f"{whose}unknown key '{last}'", "unknown-key", hint)
    if kind == "missing":
        return node.problem(f"{whose}'{last}' is missing", "missing-key")
    if last == "[key]":
        node = node.key(str(error["loc"][-2]))
    about = "" if last == "[key]" else _at(path)
    if kind in CHECKS:
        return node.problem(f"{whose}{about}{error['msg']}", kind)
    message, hint = _sentence(node, error)
    if message.endswith("a mapping"):
        hint = _with_keys(_keys(model, path))
    return node.problem(f"{whose}{about}{message}", "bad-value", hint)


def _with_keys(known: Sequence[str]) -> str:
    """What a mapping is made of, as a hint; nothing where it has no keys of its own, or too many to be told."""
    return f"write {{{known[0]}: ...}}; its keys are {', '.join(known)}" if 1 <= len(known) <= 10 else ""


def _at(path: Path) -> str:
    """The key that a message about a value begins with; none for a whole rule or group, which is named already."""
    words = [step for step in path if isinstance(step, str)]
    whole = not words or (isinstance(path[-1], int) and words[-1] in ("rules", "groups"))
    return "" if whole else f"'{words[-1]}': "


def _known(top: Node, loc: tuple[int | str, ...]) -> Iterator[str | int]:
    """The steps of pydantic's path that lead somewhere; names of union members and of what is missing fall out, but for the last."""
    node = top
    for number, step in enumerate(loc):
        below = node.at((step,))
        if below is not node:
            node = below
            yield step
        elif number == len(loc) - 1 and step in node.keys:
            yield step


def _sentence(node: Node, error: ErrorDetails) -> tuple[str, str]:
    """What is wrong with a value, and a hint."""
    kind, facts = error["type"], error.get("ctx", {})
    if kind in _KINDS:
        return f"{node.kind} should be {_KINDS[kind]}", ""
    if kind == "literal_error":
        expected = str(facts.get("expected", ""))
        words = [word.strip("'") for word in expected.replace(" or ", ", ").split(", ")]
        return f"{node.kind} should be {expected}", near(str(node.value), words) if node.scalar else ""
    if kind == "greater_than":
        return f"{node.kind} should be more than {facts['gt']:g}", ""
    if kind in ("too_short", "string_too_short"):
        return "it is empty", ""
    if kind == "string_pattern_mismatch":
        return f"{node.kind} is not written as it should be", _SHAPES.get(
            str(facts["pattern"]), f"its pattern is {facts['pattern']}"
        )
    if kind in ("greater_than_equal", "less_than_equal"):
        limit, bound = ("at least", facts.get("ge")) if kind == "greater_than_equal" else ("at most", facts.get("le"))
        return f"{node.kind} should be {limit} {bound:g}", ""
    return error["msg"][0].lower() + error["msg"][1:], ""


def _keys(model: object, path: Path) -> tuple[str, ...]:
    """The keys that the mapping at a path may have."""
    for step in path:
        model = _below(model, step)
    found = _model_of(model)
    return tuple(info.alias or name for name, info in found.model_fields.items()) if found else ()


def _below(kind: object, step: str | int) -> object:
    """The type of what stands under a key or an index."""
    model = _model_of(kind)
    if model and isinstance(step, str):
        fields = {info.alias or name: info for name, info in model.model_fields.items()}
        return fields[step].annotation if step in fields else None
    for one in _options(kind):
        if isinstance(step, int) and get_origin(one) is list:
            return get_args(one)[0]
        if isinstance(step, str) and get_origin(one) is dict:
            return get_args(one)[1]
        if isinstance(step, str) and get_origin(one) is list and (inner := _model_of(get_args(one)[0])):
            return _below(inner, step)  # one value where a list may stand
    return None


def _model_of(kind: object) -> type[BaseModel] | None:
    for one in _options(kind):
        if isinstance(one, type) and issubclass(one, BaseModel):
            return one
        if get_origin(one) is list and (inner := _model_of(get_args(one)[0])):
            return inner
    return None


def _options(kind: object) -> Iterator[object]:
    """The types of a union, without what annotates them."""
    if get_origin(kind) is Annotated:
        yield from _options(get_args(kind)[0])
    elif get_origin(kind) in (Union, UnionType):
        for one in get_args(kind):
            yield from _options(one)
    else:
        yield kind
