"""Rich text as Zendesk stores it: Markdown and HTML become one line of HTML in the fixed form, and Liquid passes through untouched."""

import re
from typing import Final

from markdown_it import MarkdownIt

from deskhand.core.macros.markup import LIQUID, canonical

_MARKDOWN: Final = MarkdownIt("commonmark", {"html": False, "breaks": True, "typographer": False})
_HELD: Final = re.compile(r"zqliquid([0-9]+)qz")


def from_markdown(text: str) -> str:
    """HTML in the fixed form. HTML inside the Markdown is shown as text, not trusted; a line break in the source is a line break."""
    held: list[str] = []

    def hold(found: re.Match[str]) -> str:
        held.append(found[0])
        return f"zqliquid{len(held) - 1}qz"

    made = _MARKDOWN.render(LIQUID.sub(hold, text))
    return canonical(_HELD.sub(lambda found: held[int(found[1])], made))


def from_html(text: str) -> str:
    """HTML in the fixed form."""
    return canonical(text)
