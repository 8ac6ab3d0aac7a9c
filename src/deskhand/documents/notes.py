"""Templates of internal notes: `<< ticket.subject >>` puts a value in, `<% if clock.burn %> ... <% endif %>` decides.

The language is Liquid with other brackets, so that Zendesk's own placeholders stay what they are. What a template may use is
checked when it is loaded: names are those of `core.note`, tags and filters those listed here. What a ticket says is data;
it is put in once and never read as a template.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from liquid import BoundTemplate, Environment
from liquid.exceptions import LiquidError

from deskhand.core.condition import describe_span
from deskhand.core.note import NOTE_VALUES
from deskhand.documents.problems import near

MAX_SOURCE: Final = 20_000
MAX_OUTPUT: Final = 30_000
TAGS: Final = frozenset({"if", "unless", "case", "for", "break", "continue", "assign", "comment", "#"})
FILTERS: Final = frozenset(
    {
        "capitalize", "ceil", "default", "divided_by", "downcase", "first", "floor", "join", "last", "minus", "plus", "replace",
        "round", "size", "sort", "strip", "times", "truncate", "uniq", "upcase",
    }
)  # fmt: skip
OWN_FILTERS: Final = {
    "duration": "Seconds as people say them: 2d 4h, 1h 30m.",
    "moment": "An instant as 2026-03-02 09:00 UTC.",
}

BUILT_IN: Final[dict[str, str]] = {
    "severity-raised": """\
Severity raised from << severity.before | upcase >> to << severity.after | upcase >> (<< ask.reason >>).
<% if clock.name and clock.burn %>Clock << clock.name >>: << clock.elapsed | duration >> of << clock.target | duration >> used (<< clock.burn >>%).
<% endif %>Rule << rule.id >><% if rule.description != "" %>: << rule.description >><% endif %>""",
    "people-told": """\
For << ask.role >>: please have a look at this ticket.
Customer: << organization.name | default: "no organization" >>. Severity: << severity.now | default: "none" | upcase >>. Status: << ticket.status >>.
Rule << rule.id >><% if rule.description != "" %>: << rule.description >><% endif %>""",
    "issue-filed": """\
Filed for ticket << ticket.id >> (severity << severity.now | default: "none" | upcase >>, status << ticket.status >>).
Rule << rule.id >><% if rule.description != "" %>: << rule.description >><% endif %>""",
    "help-asked": """\
Help is asked of << ask.tier | upcase >><% if ask.area != "" %> for << ask.area >><% endif %> (<< ask.pattern >>).
Severity: << severity.now | default: "none" | upcase >>. Status: << ticket.status >>.
Rule << rule.id >><% if rule.description != "" %>: << rule.description >><% endif %>""",
    "missing-information": """\
Please fill in: << ask.missing >>.
<% if severity.now == "p1" %>It is a P1, so the escalation does not wait for it.<% else %>The escalation waits for it, and goes on by itself as soon as it is there.<% endif %>""",
}
"""Notes that every folder has unless it writes its own under these names."""


class _Environment(Environment):
    """Liquid, strict and within limits."""

    context_depth_limit = 10
    loop_iteration_limit = 1_000
    local_namespace_limit = 50_000
    output_stream_limit = MAX_OUTPUT


def _environment() -> Environment:
    env = _Environment(
        tag_start_string="<%",
        tag_end_string="%>",
        statement_start_string="<<",
        statement_end_string=">>",
        strict_filters=True,
    )
    kept = TAGS | {"output", "content", "illegal"}
    env.tags = {name: tag for name, tag in env.tags.items() if name in kept}
    env.filters = {name: call for name, call in env.filters.items() if name in FILTERS}
    env.filters |= {"duration": _duration, "moment": _moment}
    return env


def _duration(value: object) -> str:
    """Seconds in words; nothing for what is no number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return ""
    return describe_span(timedelta(seconds=value))


def _moment(value: object) -> str:
    """An ISO instant to the minute in UTC; what is no instant stays as it is."""
    try:
        found = datetime.fromisoformat(str(value or ""))
    except ValueError:
        return str(value or "")
    return found.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC") if found.tzinfo else str(value)


_ENV: Final = _environment()
_OURS: Final = re.compile(r"(<<.*?>>|<%.*?%>)", re.DOTALL)
_THEIRS: Final = re.compile(r"\{\{|\{%|\{#")


@dataclass(frozen=True, slots=True)
class Note:
    """A compiled template. `uses` are the names it reads, each as (`ticket`, `field`, `product_area`)."""

    name: str
    source: str
    uses: frozenset[tuple[str, ...]]
    _template: BoundTemplate

    @property
    def asks_people(self) -> bool:
        """Whether it speaks of the requester or the organization."""
        return any(path[0] in ("requester", "organization") for path in self.uses)

    def render(self, values: Mapping[str, object]) -> str:
        """The finished text, at most MAX_OUTPUT characters. A value that is missing is empty."""
        try:
            return self._template.render(**values).strip()
        except UnicodeError:
            return (
                f"(The note '{self.name}' could not be written out: a value holds half a character, which is no text)"
            )
        except LiquidError as error:
            return f"(The note '{self.name}' could not be written out: {_said(error)})"


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is wrong with a template: a sentence, the check it fails, and the line within the template from 1."""

    message: str
    check: str
    line: int
    hint: str = ""


Known = Mapping[str, tuple[str, ...]]
"""The names that a template may use, by root."""


def compile_note(name: str, source: str, known: Known = NOTE_VALUES) -> tuple[Note | None, tuple[Complaint, ...]]:
    """The note, or None with all complaints about its source. `known` are the names that it may use."""
    if len(source) > MAX_SOURCE:
        return None, (Complaint(f"longer than {MAX_SOURCE:,} characters", "bad-template", 1),)
    try:
        template = _ENV.from_string(_shielded(source))
        complaints = (*_unclosed(source), *_unknown(template, source, known))
    except LiquidError as error:
        return None, (Complaint(_said(error), "bad-template", _line(source, error)),)
    except RecursionError:
        return None, (Complaint("nested too deeply", "bad-template", 1),)
    if complaints:
        return None, complaints
    note = Note(name, source, frozenset(path for path, _ in _reads(template)), template)
    return (note, ()) if not (failed := _tried(template, source, known)) else (None, failed)


def _unclosed(source: str) -> Iterator[Complaint]:
    """Brackets that open and never close would be taken as text."""
    for start, end in (("<<", ">>"), ("<%", "%>")):
        for found in re.finditer(re.escape(start), source):
            closing, again = source.find(end, found.end()), source.find(start, found.end())
            if closing < 0 or 0 <= again < closing:
                line = source.count("\n", 0, found.start()) + 1
                yield Complaint(f"'{start}' is never closed with '{end}'", "bad-template", line)


def _reads(template: BoundTemplate) -> Iterator[tuple[tuple[str, ...], int]]:
    """Every name that a template reads from outside, with the index where."""
    for uses in template.analyze().globals.values():
        for use in uses:
            yield tuple(str(part) for part in use.segments), use.span.index


def _unknown(template: BoundTemplate, source: str, known: Known) -> Iterator[Complaint]:
    """Names and filters that do not exist."""
    for path, index in _reads(template):
        root, *rest = path
        parts = known.get(root)
        shown, line = ".".join(path), source.count("\n", 0, index) + 1
        if parts is None:
            hint = near(root, known) or f"there are {', '.join(known)}"
            yield Complaint(f"unknown variable '{shown}'", "unknown-variable", line, hint)
        elif rest and rest[0] not in parts:
            hint = near(rest[0], parts) or f"{root} has {', '.join(parts)}" if parts else f"{root} has no parts"
            yield Complaint(f"unknown variable '{shown}'", "unknown-variable", line, hint)
    for name, spans in template.analyze().filters.items():
        if name not in _ENV.filters:
            line = source.count("\n", 0, spans[0].index) + 1
            hint = near(name, _ENV.filters) or f"there are {', '.join(sorted(_ENV.filters))}"
            yield Complaint(f"unknown filter '{name}'", "unknown-variable", line, hint)


_SAMPLE: Final[dict[str, object]] = {
    "ticket": dict.fromkeys(NOTE_VALUES["ticket"], "1") | {"id": 1, "tags": ["1"], "field": {}},
    "clock": dict.fromkeys(NOTE_VALUES["clock"], "1") | dict.fromkeys(("elapsed", "target", "remaining", "burn"), 1),
}


def _tried(template: BoundTemplate, source: str, known: Known) -> tuple[Complaint, ...]:
    """What goes wrong when the template is written out: with plain values, and where nothing is known."""
    plain = {root: _SAMPLE.get(root, dict.fromkeys(names, "1") if names else "1") for root, names in known.items()}
    empty = {root: dict.fromkeys(names) if names else "1" for root, names in known.items()}
    for values, hint in ((plain, ""), (empty, "any value may be empty: ask for it with <% if %> first")):
        try:
            template.render(**values)
        except LiquidError as error:
            return (Complaint(_said(error), "bad-template", _line(source, error), hint),)
    return ()


def _shielded(source: str) -> str:
    """The source with other brackets of Liquid's kind as quoted text: the lexer would take them for its own."""
    pieces = _OURS.split(source)
    return "".join(_THEIRS.sub(r"<< '\g<0>' >>", piece) if n % 2 == 0 else piece for n, piece in enumerate(pieces))


def _said(error: LiquidError) -> str:
    return str(error.message if hasattr(error, "message") else error).splitlines()[0]


def _line(source: str, error: LiquidError) -> int:
    index = getattr(error.token, "start_index", -1)
    return source.count("\n", 0, index) + 1 if index >= 0 else 1
