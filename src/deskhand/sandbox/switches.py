"""Options and limits set by name, as the command line takes them: `hold_back=300`, `limits.account=200`."""

from collections.abc import Iterable
from dataclasses import replace
from difflib import get_close_matches
from types import NoneType, UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints

from deskhand.errors import UsageError
from deskhand.sandbox.limits import Limits
from deskhand.sandbox.options import Options

_LIMITS = "limits."
_TYPES: dict[str, Any] = get_type_hints(Options) | {
    _LIMITS + name: kind for name, kind in get_type_hints(Limits).items()
}
NAMES: tuple[str, ...] = tuple(sorted(_TYPES))
"""Everything that can be set, by name."""

_WORDS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


def switched(
    pairs: Iterable[str], options: Options | None = None, limits: Limits | None = None
) -> tuple[Options, Limits]:
    """The options and limits with each `name=value` set in them. Raises UsageError."""
    options, limits = options or Options(), limits or Limits()
    for pair in pairs:
        name, sign, text = (part.strip() for part in pair.partition("="))
        if name not in _TYPES:
            near = get_close_matches(name, NAMES, 1)
            hint = f"Did you mean {near[0]!r}?" if near else f"There are: {', '.join(NAMES)}."
            raise UsageError(f"--set {pair}: there is no option {name!r}", hint=hint)
        if not sign:
            raise UsageError(f"--set {pair}: a value is missing", hint=f"Write --set {name}=VALUE.")
        value = _value(pair, _TYPES[name], text)
        if name.startswith(_LIMITS):
            limits = replace(limits, **{name.removeprefix(_LIMITS): value})
        else:
            options = replace(options, **{name: value})
    return options, limits


def _value(pair: str, kind: Any, text: str) -> Any:  # noqa: ANN401 - as the option's own type says
    """A text as a value of a type. Raises UsageError."""
    choices = get_args(kind) if get_origin(kind) in (Literal, UnionType) else (kind,)
    if NoneType in choices and text.lower() in ("none", ""):
        return None
    if bool in choices and text.lower() in _WORDS:
        return _WORDS[text.lower()]
    for choice in choices:
        if choice in (int, float):
            try:
                number = choice(text)
            except ValueError:
                continue
            if 0 <= number < float("inf"):
                return number
        elif choice is str and text:
            return text
        elif str(choice) == text:
            return choice
    raise UsageError(f"--set {pair}: {text!r} is no value of this option", hint=f"It takes {_told(choices)}.")


def _told(choices: tuple[Any, ...]) -> str:
    words = {
        bool: "true or false",
        int: "a whole number from 0 on",
        float: "a number from 0 on",
        NoneType: "none",
        str: "a text",
    }
    return " or ".join(words.get(choice, str(choice)) for choice in choices)
