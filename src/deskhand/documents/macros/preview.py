"""A reply as the customer would see it: placeholders filled in by Liquid, blanks named, gaps for the agent listed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from liquid import Environment
from liquid.exceptions import LiquidError

from deskhand.core.macros.markup import visible
from deskhand.core.macros.value import Macro
from deskhand.documents.macros import placeholders
from deskhand.documents.macros.lint import texts
from deskhand.documents.problems import Problem
from deskhand.documents.yaml_reader import read_file

_GAP: Final = re.compile(r"\[[^\[\]\n]{2,}\](?!\()")
_LIQUID: Final = Environment()


@dataclass(frozen=True, slots=True)
class Preview:
    """What a customer would read; `blanks` are placeholders without a value, `gaps` what the agent fills in."""

    title: str
    lines: tuple[str, ...]
    blanks: tuple[str, ...]
    gaps: tuple[str, ...]
    error: str = ""


def preview(macro: Macro, values: Mapping[str, Any]) -> Preview:
    """The first reply of a macro for a ticket. `values` are placeholders' roots, such as `ticket` and `current_user`."""
    source, rich = next(texts(macro), ("", False))
    lines, blanks, error = filled(source, values, rich=rich)
    gaps = tuple(dict.fromkeys(_GAP.findall("\n".join(lines))))
    return Preview(filled(macro.title, values, rich=False)[0][0], lines, blanks, gaps, error)


def filled(source: str, values: Mapping[str, Any], *, rich: bool) -> tuple[tuple[str, ...], tuple[str, ...], str]:
    """The lines of a text with its placeholders filled in, those that had no value, and what went wrong."""
    blanks = tuple(dict.fromkeys(name for name in placeholders.names(source) if _found(values, name) in (None, "")))
    try:
        made = _LIQUID.from_string(source).render(**values)
    except LiquidError as wrong:
        return tuple(source.splitlines()), blanks, str(wrong).splitlines()[0]
    return (visible(made) if rich else tuple(made.splitlines()) or ("",)), blanks, ""


def fixture(path: Path) -> tuple[dict[str, Any], tuple[Problem, ...]]:
    """A ticket from a file, or what is wrong with it."""
    read = read_file(path, str(path))
    plain = read.node.plain if read.node else None
    if not isinstance(plain, dict) and not read.problems:
        return {}, (Problem(str(path), 1, 1, "a fixture is a mapping such as ticket: {id: 1}", "bad-value"),)
    return (plain if isinstance(plain, dict) else {}), read.problems


def _found(values: Mapping[str, Any], name: str) -> object:
    at: object = values
    for step in name.split("."):
        if not isinstance(at, Mapping) or step not in at:
            return None
        at = at[step]
    return at
