"""A reply that was changed in Zendesk, brought over paragraph by paragraph to the lines of the file that they come from."""

import html
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Final, Literal

from deskhand.core.macros.markup import LIQUID, canonical, paragraphs
from deskhand.core.macros.value import Action, json_of
from deskhand.documents.macros.rich import from_markdown
from deskhand.documents.macros.writing import entry, escaped, pretty
from deskhand.documents.node import Node

Form = Literal["markdown", "html", "text"]
Write = Callable[[str], str]
_OURS: Final = re.compile(r"<<|<%")
_MARKER: Final = re.compile(r"^(\s*(?:[-*+]|\d+[.)])\s+|\s*#{1,6}\s+|\s*>\s+)")
_WRAPPED: Final = re.compile(
    r"^(\s*(?:<(?!a|b|i|em|strong|span|code|u\b)[a-z][^>]*>)*)(.*?)((?:</[a-z0-9]+>|<br>)*\s*)$", re.DOTALL
)
_TO_MARKDOWN: Final = (
    (re.compile(r"<(?:strong|b)>(.*?)</(?:strong|b)>"), r"**\1**"),
    (re.compile(r"<(?:em|i)>(.*?)</(?:em|i)>"), r"*\1*"),
    (re.compile(r"<code>(.*?)</code>"), r"`\1`"),
    (re.compile(r'<a (?:[^>]*? )?href="([^"]*)"[^>]*>(.*?)</a>'), r"[\2](\1)"),
)


@dataclass(frozen=True, slots=True)
class Note:
    """What a person has to look at, and the line."""

    line: int
    words: str


@dataclass(slots=True)
class Lines:
    """The lines of a file and the edits to it. Places are those of the file as it was; edits do not overlap."""

    before: str
    edits: dict[tuple[int, int], list[str]] = field(default_factory=dict)

    @property
    def old(self) -> list[str]:
        """The lines as they were."""
        return self.before.split("\n")

    @property
    def text(self) -> str:
        """The file with its edits."""
        lines = self.old
        for (start, end), new in sorted(self.edits.items(), reverse=True):
            lines[start:end] = new
        return "\n".join(lines)

    def slice(self, start: int, end: int) -> list[str]:
        """Lines as they were."""
        return self.old[start:end]

    def replace(self, start: int, end: int, lines: list[str]) -> None:
        """Put these in the place of those."""
        self.edits[start, end] = [*self.edits.get((start, end), []), *lines] if start == end else lines

    def insert(self, at: int, lines: list[str]) -> None:
        """Put these before a line."""
        self.replace(at, at, lines)

    def trimmed(self, start: int, end: int) -> tuple[int, int]:
        """A stretch without the empty lines and comments at its end: those belong to what follows."""
        lines = self.old
        while end > start + 1 and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#")):
            end -= 1
        return start, end


@dataclass(frozen=True, slots=True)
class _Chunk:
    """Some lines of the source that come to some paragraphs."""

    start: int
    end: int
    source: str
    shown: tuple[str, ...]


def patch_reply(lines: Lines, node: Node, rows: tuple[Action, ...], write: Write) -> list[Note]:
    """Edit the lines of a reply so that it says what the rows say."""
    public = rows[1].value if len(rows) > 1 else None
    _visibility(lines, node, None if public is None else str(public).lower())
    raw = json_of(rows[0].value)
    return patch_text(lines, node, str(raw[-1]) if isinstance(raw, list) else str(raw), write)


def patch_text(lines: Lines, node: Node, theirs: str, write: Write) -> list[Note]:
    """Edit the lines of a reply's text so that it says the same as another one."""
    notes: list[Note] = []
    form: Form = "markdown" if "markdown" in node.mapping else "html" if "html" in node.mapping else "text"
    body = node.mapping[form]
    ours = write(str(body.value))
    if _fixed(form, ours) == _fixed("html" if form == "markdown" else form, theirs):
        return notes
    block = _block(lines, body)
    if block is None:
        return _whole(lines, body, form, theirs)
    chunks = list(_chunks(block, form, lines.old, write))
    shown = [text for chunk in chunks for text in chunk.shown]
    wanted = (
        paragraphs(theirs) if form != "text" else tuple((line, line) for line in theirs.split("\n") if line.strip())
    )
    edits = SequenceMatcher(None, shown, [text for text, _ in wanted], autojunk=False).get_opcodes()
    if all(tag == "equal" for tag, *_ in edits):
        return _whole(lines, body, form, theirs)
    _edit(lines, chunks, edits, [inner for _, inner in wanted], form=form, notes=notes)
    return notes


def _edit(
    lines: Lines,
    chunks: list[_Chunk],
    edits: Sequence[tuple[str, int, int, int, int]],
    wanted: list[str],
    *,
    form: Form,
    notes: list[Note],
) -> None:
    """Carry the differing paragraphs over to the chunks that they belong to."""
    owner = [number for number, chunk in enumerate(chunks) for _ in chunk.shown]
    starts = [sum(len(chunk.shown) for chunk in chunks[:number]) for number in range(len(chunks) + 1)]
    for tag, low, high, start, end in edits:
        if tag == "equal":
            continue
        if low == high:
            _insert(lines, chunks, owner[low - 1] if low else -1, wanted[start:end], form)
            continue
        first, last = owner[low], owner[high - 1]
        whole = starts[first] == low and starts[last + 1] == high
        one_by_one = (
            whole and high - low == end - start and all(len(chunk.shown) == 1 for chunk in chunks[first : last + 1])
        )
        if one_by_one:
            for step in range(first, last + 1):
                _put(lines, chunks[step], [wanted[start + step - first]], form, notes)
        elif first == last and len(chunks[first].shown) > 1:
            before = [inner for _, inner in paragraphs(_rendered(form, chunks[first].source))]
            offset = starts[first]
            mixed = [*before[: low - offset], *wanted[start:end], *before[high - offset :]]
            _put(lines, chunks[first], mixed, form, notes)
        else:
            _put(lines, chunks[first], wanted[start:end], form, notes)
            for chunk in chunks[first + 1 : last + 1]:
                _put(lines, chunk, [], form, notes)


def _put(lines: Lines, chunk: _Chunk, inner: list[str], form: Form, notes: list[Note]) -> None:
    """Let a chunk say something else; one with a template expression is left and told."""
    if _OURS.search(chunk.source):
        said = " / ".join(html.unescape(re.sub(r"<[^>]+>", "", one)) for one in inner) or "nothing"
        notes.append(Note(chunk.start + 1, f"holds a template expression and now says: {said[:200]}"))
        return
    if not inner:
        lines.replace(chunk.start, chunk.end, [])
        return
    old = lines.slice(chunk.start, chunk.end)
    indent = old[0][: len(old[0]) - len(old[0].lstrip())]
    made = _source(inner, form, chunk.source) if len(chunk.shown) > 1 else _each(inner, form, chunk.source)
    lines.replace(chunk.start, chunk.end, [f"{indent}{line}" if line else "" for line in made])


def _each(inner: list[str], form: Form, before: str) -> list[str]:
    """One line, item or paragraph for each; in Markdown, paragraphs are kept apart."""
    apart = [""] if form == "markdown" and not _MARKER.match(before.lstrip("\n")) else []
    return [
        line for number, one in enumerate(inner) for line in (apart if number else []) + _source([one], form, before)
    ]


def _insert(lines: Lines, chunks: list[_Chunk], after: int, inner: list[str], form: Form) -> None:
    if not chunks:
        return
    near = chunks[max(after, 0)]
    at = near.end if after >= 0 else near.start
    indent = re.match(r"\s*", lines.old[near.start])
    made: list[str] = []
    for one in inner:
        text = f"<p>{escaped(one)}</p>" if form == "html" else _source([one], form, "")[0]
        made += ["", text] if form == "markdown" and after >= 0 else [text, ""] if form == "markdown" else [text]
    lines.insert(at, [f"{indent[0] if indent else ''}{line}" if line else "" for line in made])


def _source(inner: list[str], form: Form, before: str) -> list[str]:
    """Inner HTML in the form of the file, with the markers or tags that the chunk had."""
    if form == "html":
        found = _WRAPPED.match(before.strip("\n"))
        start, end = (found[1].lstrip(), found[3]) if found else ("", "")
        return [f"{start}{escaped('<br>'.join(inner))}{end}"]
    if form == "text":
        return [escaped(one) for one in inner]
    marker = _MARKER.match(before.lstrip("\n"))
    lines = [escaped(_markdown(one)) for one in inner]
    hang = " " * len(marker[1].lstrip()) if marker else ""
    return [(marker[1].lstrip() if marker and number == 0 else hang) + line for number, line in enumerate(lines)]


def _markdown(inner: str) -> str:
    """Inner HTML as Markdown; tags that Markdown has no sign for are dropped, and the check of the whole tells."""
    held = LIQUID.findall(inner)
    count = iter(range(len(held)))
    text = LIQUID.sub(lambda _: f"\ue000{next(count)}\ue001", inner)
    for pattern, sign in _TO_MARKDOWN:
        text = pattern.sub(sign, text)
    text = html.unescape(re.sub(r"<[^>]+>", "", text)).strip()
    return re.sub("\ue000([0-9]+)\ue001", lambda found: held[int(found[1])], text)


def _chunks(block: tuple[int, int], form: Form, old: list[str], write: Write) -> Iterator[_Chunk]:
    for start, end in _stretches(block, form, old):
        source = "\n".join(
            line.strip() if form != "text" else _undented(line, old[block[0]]) for line in old[start:end]
        )
        shown = _shown(form, write(source))
        if shown:
            yield _Chunk(start, end, source, shown)


def _stretches(block: tuple[int, int], form: Form, old: list[str]) -> Iterator[tuple[int, int]]:
    """Lines that belong together: each for itself, in Markdown up to an empty line or the next item of a list."""
    start: int | None = None
    for number in range(*block):
        line = old[number]
        if form != "markdown":
            yield number, number + 1
            continue
        if start is not None and (not line.strip() or _MARKER.match(line)):
            yield start, number
            start = None
        if line.strip() and start is None:
            start = number
    if start is not None:
        yield start, block[1]


def _shown(form: Form, text: str) -> tuple[str, ...]:
    if form == "text":
        return tuple(line for line in text.split("\n") if line.strip())
    return tuple(shown for shown, _ in paragraphs(_rendered(form, text)))


def _rendered(form: Form, text: str) -> str:
    return from_markdown(text) if form == "markdown" else text


def _fixed(form: Form, text: str) -> str:
    return text.rstrip("\n") if form == "text" else canonical(_rendered(form, text))


def _block(lines: Lines, body: Node) -> tuple[int, int] | None:
    """The lines of a text that is written as a block; None for one that stands beside its key."""
    old = lines.old
    if not re.search(r"[|>][-+0-9]*\s*(#.*)?$", old[body.line - 1]):
        return None
    start = body.line
    indent = len(old[body.line - 1]) - len(old[body.line - 1].lstrip())
    end = start
    while end < len(old) and (not old[end].strip() or len(old[end]) - len(old[end].lstrip()) > indent):
        end += 1
    while end > start and not old[end - 1].strip():
        end -= 1
    return start, end


def _whole(lines: Lines, body: Node, form: Form, theirs: str) -> list[Note]:
    """A text that cannot be edited by paragraphs: all of it, unless it holds a template expression."""
    if _OURS.search(str(body.value)):
        return [
            Note(body.line, "its formatting changed in Zendesk, and it holds a template expression: compare it by hand")
        ]
    block = _block(lines, body)
    start, end = (body.line - 1, block[1]) if block else (body.line - 1, body.line)
    indent = re.match(r"[\s-]*", lines.old[start])
    name = "text" if form == "text" else "html"
    made = entry(name, theirs if form == "text" else pretty(theirs), "")
    lines.replace(
        start,
        end,
        [
            f"{(indent[0] if indent and number == 0 else ' ' * len(indent[0] if indent else ''))}{line}"
            for number, line in enumerate(made)
        ],
    )
    return []


def _visibility(lines: Lines, node: Node, public: str | None) -> None:
    """Say `public: true` or `public: false`, or no longer."""
    known = node.mapping.get("public")
    if known is None and public is not None:
        first = min(line for line, _ in node.keys.values())
        indent = re.match(r"\s*", lines.old[first - 1])
        lines.insert(first - 1, [f"{indent[0] if indent else ''}public: {public}"])
    elif known is not None and public is None:
        lines.replace(known.line - 1, known.line, [])
    elif known is not None and str(known.value).lower() != public:
        line = lines.old[known.line - 1]
        lines.replace(known.line - 1, known.line, [re.sub(r"(public:\s*)\w+", rf"\g<1>{public}", line)])


def _undented(line: str, first: str) -> str:
    return line[len(first) - len(first.lstrip()) :]
