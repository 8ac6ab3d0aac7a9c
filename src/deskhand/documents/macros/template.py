"""Our own templates: `<< vars.company >>` puts a value in, `<% render 'sign_off' %>` a partial, `<% if env == 'prod' %>` decides.

The language is Liquid with other brackets, so that Zendesk's placeholders stay what they are: those are put aside before a template is read and come
back afterwards. A variable that is not there is a mistake, not a blank. `<< 'order_no' | field_ref >>` becomes the placeholder's name of that field
in the environment at hand.
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from liquid import BoundTemplate, DictLoader, Environment, StrictUndefined
from liquid.exceptions import LiquidError, TemplateNotFoundError

from deskhand.core.macros.record import Inputs
from deskhand.errors import Rejected

TAGS: Final = frozenset({"if", "unless", "case", "assign", "render", "comment", "#"})
FILTERS: Final = frozenset({"capitalize", "default", "downcase", "join", "replace", "strip", "upcase"})
_OURS: Final = re.compile(r"(<<.*?>>|<%.*?%>)", re.DOTALL)
_THEIRS: Final = re.compile(r"\{\{|\{%|\{#|#\}|%\}|\}\}")
BRACKETS: Final = {"angles": "<<", "angle_percent": "<%"}
"""Values that stand for our own brackets where a text has them: `<< angles >>`."""
_ROOTS: Final = ("vars", "env", "key", "locale", "installation")

Lookup = Callable[[str, str], str]
"""The number of a name of a kind. Raises Rejected for a name that the account lacks or has twice."""


class _Strict(Environment):
    """Liquid within limits."""

    context_depth_limit = 8
    loop_iteration_limit = 100
    output_stream_limit = 60_000


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a template: a sentence, the line within it from 1, a check, a hint."""

    message: str
    line: int = 1
    check: str = "bad-macro-template"
    hint: str = ""


class TemplateWrong(Exception):
    """A template that cannot be written out; holds the fault."""

    def __init__(self, fault: Fault) -> None:
        """Keep the fault."""
        super().__init__(fault.message)
        self.fault = fault


@dataclass(slots=True)
class Templates:
    """Writes templates out for one environment, and notes what they used."""

    values: Mapping[str, object]
    partials: Mapping[str, str]
    lookup: Lookup
    used: dict[str, str] = field(default_factory=dict)
    """What was used since it was last asked for, as name to hash."""
    referred: dict[tuple[str, str], str] = field(default_factory=dict)
    """Names that were looked up, with their numbers."""

    def write(self, source: str, **more: object) -> str:
        """The text. Raises TemplateWrong."""
        if "<<" not in source and "<%" not in source:
            return source
        _require_closed(source)
        env = self._environment()
        try:
            template = env.from_string(_shielded(source))
            self._note(template, source)
            return template.render(**{**self.values, **BRACKETS, **more})
        except LiquidError as error:
            raise TemplateWrong(_fault(error, source)) from error
        except Rejected as unknown:
            if unknown.status is not None:  # the account refused the question itself
                raise
            raise TemplateWrong(Fault(str(unknown), check="unknown-macro-name", hint=unknown.hint)) from unknown

    def number(self, kind: str, name: str) -> str:
        """The number of a name, noted. Raises Rejected. A number is written as #123."""
        if re.fullmatch(r"#[0-9]+", name):
            return name[1:]
        found = self.referred[kind, name] = self.lookup(kind, name)
        return found

    def take_used(self) -> Inputs:
        """What was used since this was last asked."""
        used, self.used = tuple(sorted(self.used.items())), {}
        return used

    def _environment(self) -> Environment:
        env = _Strict(
            tag_start_string="<%",
            tag_end_string="%>",
            statement_start_string="<<",
            statement_end_string=">>",
            strict_filters=True,
            undefined=StrictUndefined,
            loader=DictLoader({name: _shielded(text) for name, text in self.partials.items()}),
            globals=dict(self.values),
        )
        env.tags = {name: tag for name, tag in env.tags.items() if name in TAGS | {"output", "content", "illegal"}}
        env.filters = {name: call for name, call in env.filters.items() if name in FILTERS}
        env.filters["field_ref"] = lambda name: f"ticket.ticket_field_{self.number('field', str(name))}"
        return env

    def _note(self, template: BoundTemplate, source: str) -> None:
        """Remember the variables and partials that a template reads."""
        for name in _all_partials(source, self.partials):
            self.used[f"partial {name}"] = _hash(self.partials[name])
        known = self.values.get("vars")
        for use in template.analyze().globals.get("vars", ()):
            name = str(use.segments[1]) if len(use.segments) > 1 else ""
            value = known.get(name) if isinstance(known, Mapping) else None
            self.used[f"variable {name}"] = _hash(str(value))


def _all_partials(source: str, partials: Mapping[str, str]) -> set[str]:
    """The partials that a template names, and those that they name."""
    found: set[str] = set()
    todo = list(rendered_partials(source))
    while todo:
        name = todo.pop()
        if name in partials and name not in found:
            found.add(name)
            todo += rendered_partials(partials[name])
    return found


def rendered_partials(source: str) -> tuple[str, ...]:
    """The partials that a template names."""
    return tuple(re.findall(r"<%-?\s*render\s+['\"]([^'\"]+)['\"]", source))


def _require_closed(source: str) -> None:
    """Brackets that open and never close would be taken as text. Raises TemplateWrong."""
    for start, end in (("<<", ">>"), ("<%", "%>")):
        for found in re.finditer(re.escape(start), source):
            closing, again = source.find(end, found.end()), source.find(start, found.end())
            if closing < 0 or 0 <= again < closing:
                line = source.count("\n", 0, found.start()) + 1
                raise TemplateWrong(Fault(f"'{start}' is never closed with '{end}'", line))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _shielded(source: str) -> str:
    """The source with other brackets of Liquid's kind as quoted text: the lexer would take them for its own."""
    pieces = _OURS.split(source)
    return "".join(_THEIRS.sub(r"<< '\g<0>' >>", piece) if n % 2 == 0 else piece for n, piece in enumerate(pieces))


def _fault(error: LiquidError, source: str) -> Fault:
    said = str(getattr(error, "message", None) or error).splitlines()[0]
    index = getattr(error.token, "start_index", -1)
    line = source.count("\n", 0, index) + 1 if index >= 0 else 1
    if isinstance(error, TemplateNotFoundError):
        return Fault(
            f"there is no partial '{said}'", line, hint="partials are the files below partials/, without their ending"
        )
    hint = (
        f"there are {', '.join(_ROOTS)}; variables are declared in settings.yaml or env/NAME.yaml"
        if "undefined" in said
        else ""
    )
    return Fault(said, line, hint=hint)
