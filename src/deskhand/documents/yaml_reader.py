"""Reading YAML strictly: a small, safe subset, every value with its place, all mistakes that can be told at once.

What is refused: anchors and aliases, explicit tags, keys given twice, keys that are not plain words, more than one document, files that are
too large, too deep or hold too much, and text that is no UTF-8. What resolves: `true` and `false`, decimal numbers, `null`; all else is text,
so `no`, `010`, `1_000` and dates stay as they were written.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import yaml

from deskhand.core.ticket import Scalar
from deskhand.documents.node import Node
from deskhand.documents.problems import Problem, ordered

MAX_BYTES: Final = 2_000_000
MAX_DEPTH: Final = 40
MAX_NODES: Final = 200_000
MAX_PROBLEMS: Final = 100
"""After so many mistakes in one file reading stops: it is no policy file."""

_PARSER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's parser where the wheel has it; the other one gives the same events, slower."""

_INT: Final = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})", re.ASCII)
_FLOAT: Final = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})\.[0-9]{1,18}(?:[eE][-+]?[0-9]{1,2})?", re.ASCII)
_WORDS: Final[dict[str, Scalar]] = {"true": True, "false": False, "null": None, "~": None, "": None}
_DOUBTFUL: Final = frozenset(
    form(word) for word in ("yes", "no", "on", "off") for form in (str.lower, str.title, str.upper)
) | {
    "True",
    "False",
    "TRUE",
    "FALSE",
}
"""Words that older YAML read as truth values, and that are texts here."""
_CONTROL: Final = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Read:
    """What came of reading a file: its top node (None for an empty or broken file), the problems, its text, and a hash of its bytes."""

    node: Node | None
    problems: tuple[Problem, ...]
    text: str = ""
    digest: str = ""


def read_file(path: Path, shown: str) -> Read:
    """Read a file that messages call `shown`. Never raises for what the file holds or lacks."""
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        return _refused(shown, 0, 0, f"cannot be read: {error.strerror or error}", "unreadable-file")
    return read_bytes(data, shown)


def read_bytes(data: bytes, shown: str) -> Read:
    """Read the bytes of a file that messages call `shown`."""
    if len(data) > MAX_BYTES:
        return _refused(
            shown, 0, 0, f"larger than {MAX_BYTES // 1_000_000} MB", "too-large", hint="split it into several"
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line, column = _position(data[: error.start].decode("utf-8", "replace"))
        return _refused(shown, line, column, "this is no UTF-8 text", "unreadable-file", hint="save the file as UTF-8")
    strange = _CONTROL.search(text)
    if strange:
        line, column = _position(text[: strange.start()])
        return _refused(shown, line, column, f"character U+{ord(strange[0]):04X} is not allowed", "yaml-syntax")
    return replace(_Builder(shown).read(text), text=data.decode(), digest=hashlib.sha256(data).hexdigest())


def _position(before: str) -> tuple[int, int]:
    """Line and column, from 1, of what comes after this text."""
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def _refused(shown: str, line: int, column: int, message: str, check: str, *, hint: str = "") -> Read:
    return Read(None, (Problem(shown, line, column, message, check, hint),))


@dataclass(slots=True)
class _Open:
    """A mapping or list whose end has not come yet."""

    line: int
    column: int
    entries: dict[str, Node] | list[Node]
    keys: dict[str, tuple[int, int]] = field(default_factory=dict)
    key: str | None = None


class _TooMuch(Exception):
    """The file passed a limit, so reading stopped; the problem is noted already."""


@dataclass(slots=True)
class _Builder:
    """Builds nodes from the parser's events in one pass, with its own stack, so that depth costs no recursion."""

    file: str
    problems: list[Problem] = field(default_factory=list)
    stack: list[_Open] = field(default_factory=list)
    top: Node | None = None
    count: int = 0
    documents: int = 0

    def read(self, text: str) -> Read:
        """All events of a text."""
        broken = False
        try:
            for event in _events(text):
                self._take(event)
        except _TooMuch:
            broken = True
        except yaml.YAMLError as error:
            broken = True
            self.problems.append(_syntax(self.file, error, text))
        return Read(None if broken else self.top, ordered(self.problems))

    def _take(self, event: yaml.Event) -> None:
        match event:
            case yaml.DocumentStartEvent():
                self._document(event)
            case yaml.AliasEvent():
                self._note(event, f"alias '*{event.anchor}' is refused", "yaml-alias", "write the value out")
                self._add(self._node(event, None))
            case yaml.ScalarEvent():
                self._refuse_marks(event)
                self._scalar(event)
            case yaml.MappingStartEvent():
                self._begin(event, {})
            case yaml.SequenceStartEvent():
                self._begin(event, [])
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                self._end()

    def _document(self, event: yaml.Event) -> None:
        self.documents += 1
        if self.documents > 1:
            self._note(event, "a second document begins here", "yaml-documents", "put it in a file of its own")
            raise _TooMuch

    def _refuse_marks(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> None:
        if event.anchor:
            self._note(
                event, f"anchor '&{event.anchor}' is refused", "yaml-alias", "write the value out where it is used"
            )
        if event.tag:
            self._note(event, f"tag '{_short(event.tag)}' is refused", "yaml-tag", "leave it out")

    def _begin(self, event: yaml.CollectionStartEvent, entries: dict[str, Node] | list[Node]) -> None:
        self._refuse_marks(event)
        self._counted(event)
        if len(self.stack) >= MAX_DEPTH:
            self._note(event, f"nested deeper than {MAX_DEPTH} levels", "too-large")
            raise _TooMuch
        if self.stack and isinstance(self.stack[-1].entries, dict) and self.stack[-1].key is None:
            self._note(event, "a key must be a word, not a mapping or list", "yaml-syntax")
            raise _TooMuch
        self.stack.append(_Open(*_mark(event), entries))

    def _end(self) -> None:
        closed = self.stack.pop()
        entries = closed.entries
        value = entries if isinstance(entries, dict) else tuple(entries)
        self._add(Node(self.file, closed.line, closed.column, value, closed.keys))

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        holder = self.stack[-1] if self.stack else None
        if holder and isinstance(holder.entries, dict) and holder.key is None:
            self._key(holder, event)
            return
        quoted = not event.implicit[0]
        if not quoted and event.value in _DOUBTFUL:
            self._note(
                event,
                f"{event.value} is read as a text",
                "doubtful-word",
                f"write true or false, or '{event.value}' in quotes",
            )
        self._add(self._node(event, event.value if quoted else _resolve(event.value), quoted=quoted))

    def _key(self, holder: _Open, event: yaml.ScalarEvent) -> None:
        self._counted(event)
        name = event.value
        if not name:
            self._note(event, "a key is empty", "yaml-syntax")
        if name in holder.keys:
            self._note(
                event, f"'{_short(name)}' is given twice (first in line {holder.keys[name][0]})", "duplicate-key"
            )
        else:
            holder.keys[name] = _mark(event)
        holder.key = name

    def _add(self, node: Node) -> None:
        if not self.stack:
            self.top = node
            return
        holder = self.stack[-1]
        if isinstance(holder.entries, list):
            holder.entries.append(node)
        elif holder.key is None:
            raise _TooMuch  # an alias as a key: noted already, and nothing sensible can follow
        else:
            holder.entries.setdefault(holder.key, node)
            holder.key = None

    def _node(self, event: yaml.Event, value: Scalar, *, quoted: bool = False) -> Node:
        self._counted(event)
        return Node(self.file, *_mark(event), value, quoted=quoted)

    def _counted(self, event: yaml.Event) -> None:
        self.count += 1
        if self.count > MAX_NODES:
            self._note(event, f"more than {MAX_NODES:,} values", "too-large", "split it into several")
            raise _TooMuch

    def _note(self, event: yaml.Event, message: str, check: str, hint: str = "") -> None:
        self.problems.append(Problem(self.file, *_mark(event), message, check, hint))
        if len(self.problems) >= MAX_PROBLEMS:
            raise _TooMuch


def _mark(event: yaml.Event) -> tuple[int, int]:
    """Line and column of an event, from 1."""
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


def _events(text: str) -> Iterator[yaml.Event]:
    yield from yaml.parse(text, Loader=_PARSER)


def _resolve(text: str) -> Scalar:
    """What an unquoted scalar means."""
    if text in _WORDS:
        return _WORDS[text]
    if _INT.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text


_ADVICE = {
    "mapping values are not allowed": "a text that holds a colon and a blank stands in quotes; else a colon is missing in the line above",
    "could not find expected ':'": "a key ends with a colon, and a text of several lines begins with |",
    "did not find expected ',' or": "a bracket is left open, or a comma is missing",
    "cannot start any token": "a text that begins with this sign stands in quotes",
    "did not find expected key": "it stands further left or right than its neighbours, or a quotation mark is left open",
    "did not find expected '-' indicator": "it stands further left or right than its neighbours",
}
"""What to do about the parser's complaints, which speak of its own work."""


def _syntax(file: str, error: yaml.YAMLError, text: str) -> Problem:
    """The parser's complaint at its place."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    said = str(getattr(error, "problem", None) or "this is no YAML")
    lines = text.splitlines()
    if mark and mark.line < len(lines) and "\t" in lines[mark.line][: mark.column + 1]:
        return Problem(file, line, column, "a tab is no indentation", "yaml-syntax", "use spaces")
    hint = next((advice for words, advice in _ADVICE.items() if words in said), "")
    return Problem(file, line, column, f"no YAML: {said}", "yaml-syntax", hint)


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."
