"""HTML in one fixed form: equal texts have equal forms, however an editor or Zendesk wrote them down.

Entities become characters, attributes are sorted, tags are lower case, white space that nobody sees is gone, so that a whole text stands in one
line. Liquid passes through untouched, wherever it stands.
"""

import html
import re
from html.parser import HTMLParser
from typing import Final

LIQUID: Final = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
"""A placeholder or a tag of Zendesk's own templates."""

_BLOCKS: Final = frozenset(
    {
        "address", "article", "aside", "blockquote", "br", "dd", "div", "dl", "dt", "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header",
        "hr", "li", "ol", "p", "pre", "section", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
    }
)  # fmt: skip
"""Elements beside which white space does not show."""
_BLOCK_TAG: Final = re.compile(rf"</?(?:{'|'.join(sorted(_BLOCKS))})(?: [^>]*)?>")
_ANY_TAG: Final = re.compile(r"</?[a-z][^>]*>")
_VOID: Final = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"})
_RAW: Final = frozenset({"script", "style"})
_SPACE: Final = re.compile(r"[ \t\r\n\f]+")
_MARK: Final = re.compile("\ue000([0-9]+)\ue001")
_GAP: Final = "\ue002"
"""Stands for an edge beside which white space does not show, until the whole is written."""
_LONGEST: Final = 100_000


def canonical(markup: str) -> str:
    """The fixed form of some HTML. The fixed form of a fixed form is itself."""
    held: list[str] = []

    def hold(found: re.Match[str]) -> str:
        held.append(html.unescape(found[0]))
        return f"\ue000{len(held) - 1}\ue001"

    writer = _Writer(held)
    writer.feed(LIQUID.sub(hold, markup[:_LONGEST]))
    writer.close()
    return writer.text


def visible(markup: str) -> tuple[str, ...]:
    """The paragraphs that a reader sees, without tags; empty ones are left out."""
    return tuple(text for text, _ in paragraphs(markup))


def paragraphs(markup: str) -> tuple[tuple[str, str], ...]:
    """The paragraphs that a reader sees, each with its inner HTML."""
    parts = _BLOCK_TAG.split(canonical(markup))
    shown = ((html.unescape(_ANY_TAG.sub("", part)).replace("\xa0", " ").strip(), part) for part in parts)
    return tuple((text, part) for text, part in shown if text)


class _Writer(HTMLParser):
    """Writes what it reads in the fixed form."""

    def __init__(self, held: list[str]) -> None:
        super().__init__(convert_charrefs=True)
        self._held = held
        self._parts: list[str] = [_GAP]
        self._kept = 0
        """How deep inside elements that keep their white space."""

    @property
    def text(self) -> str:
        """All of it."""
        whole = "".join([*self._parts, _GAP])
        return re.sub(rf" ?(?:{_GAP})+ ?", "", whole.replace(f"{_GAP} {_GAP}", _GAP))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element begins."""
        plain = not any(_MARK.search(name) for name, _ in attrs)
        listed = sorted(attrs, key=lambda one: one[0]) if plain else attrs
        self._write(tag, "<" + " ".join([tag, *(self._attribute(name, value) for name, value in listed)]) + ">")
        self._kept += tag == "pre"

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element that is written as one tag."""
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        """An element ends; those that hold nothing have no end."""
        if tag in _VOID:
            return
        self._kept -= tag == "pre" and self._kept > 0
        self._write(tag, f"</{tag}>")

    def handle_data(self, data: str) -> None:
        """Text."""
        if self.cdata_elem in _RAW:
            self._parts.append(self._restored(data))
            return
        text = data if self._kept else _SPACE.sub(" ", data)
        text = text.replace("\r\n", "\n").replace(_GAP, "")
        escaped = html.escape(text, quote=False).replace("\xa0", "&nbsp;")
        self._parts.append(self._restored(escaped))

    def handle_comment(self, data: str) -> None:
        """A comment stays."""
        self._parts.append(f"<!--{self._restored(data)}-->")

    def _write(self, tag: str, written: str) -> None:
        """A tag, with an edge on both sides of a block."""
        edge = _GAP if tag in _BLOCKS and not self._kept else ""
        self._parts.append(f"{edge}{written}{edge}")

    def _attribute(self, name: str, value: str | None) -> str:
        if value is None:
            return self._restored(name)
        quoted = html.escape(self._liquid(value), quote=True).replace("\xa0", "&nbsp;")
        return f'{self._restored(name)}="{quoted}"'

    def _restored(self, text: str) -> str:
        return self._liquid(text)

    def _liquid(self, text: str) -> str:
        """The text with its Liquid put back."""
        return _MARK.sub(lambda mark: self._held[int(mark[1])] if int(mark[1]) < len(self._held) else "", text)
