"""Text that people wrote, made fit to be sent on: nothing unseen in it, and cut where it is too long in a way that shows.

Escaping is each service's own matter; this is what all of them need before.
"""

import re
from typing import Final

CUT: Final = "… (cut)"
"""The end of a text that was too long."""

_UNSEEN: Final = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb]"
)
"""Control characters but for tab and line feed, and those that turn or hide text without being seen."""
_BREAKS: Final = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_HALVES: Final = re.compile("[\ud800-\udfff]")
"""Halves of a surrogate pair by themselves, which are no text and cannot be sent."""


def plain(text: str) -> str:
    """The text with one kind of line break, without characters that are not seen; half a character becomes U+FFFD."""
    return _HALVES.sub("\ufffd", _UNSEEN.sub("", _BREAKS.sub("\n", text)))


def spelt_out(json: str) -> str:
    """JSON in which everything that is not seen is written as an escape, which means the same."""
    return _HALVES.sub(_escape, _UNSEEN.sub(_escape, json))


def line(text: str) -> str:
    """The text as one line: every run of spaces and breaks is one space."""
    return " ".join(plain(text).split())


def cut(text: str, most: int) -> str:
    """The text, at most so many characters of it; what is cut says so at its end. The limit counts the words that say so."""
    if len(text) <= most:
        return text
    return text[: max(most - len(CUT), 0)].rstrip() + CUT[:most]


def short(text: str, most: int, *, lines: bool = False) -> str:
    """The text as one line, or with its `lines`, at most so many characters of it. Of what is much longer only the beginning is looked at."""
    begin = text[: 8 * most + 64]
    said = plain(begin).strip() if lines else line(begin)
    if len(begin) < len(text):
        said = said[: max(most - len(CUT), 0)] + CUT
    return cut(said, most)


def _escape(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"
