"""What people write into the fields of a brief, read as sentences, as steps, and as what was tried."""

import re
from typing import Final

from deskhand.core.brief import Tried

_END: Final = re.compile(r"[.!?…][\"')\]»”’]*(?=\s|$)|[。！？]")
"""The end of a sentence: a stop before a space or the end, so that neither 5.2 nor acme.example ends one."""
_SHORT: Final = re.compile(
    r"\b(?i:e\.\s?g|i\.\s?e|dr|mrs?|ms)\.(?=\s)"
    r"|\b(?i:a\.\s?m|p\.\s?m|etc|vs|approx|ca|cf|no|nr|fig|incl|resp)\.(?=\s+[^A-Z\s])"
)
"""Short forms whose stop ends no sentence."""
_BULLET: Final = re.compile(r"^\s*(?:(?:step\s+)?\d{1,3}\s*[.):]|[-*•–—])\s+", re.IGNORECASE)
_ARROW: Final = re.compile(r"\s*(?:-+>|=+>|→|⇒|⟶)\s*")


def sentences(text: str) -> int:
    """How many sentences a text has. A line that ends without a stop is one too, since people write lists."""
    count = 0
    for line in text.splitlines():
        plain = _SHORT.sub("", _BULLET.sub("", line))
        pieces = [piece for piece in _END.split(plain) if any(sign.isalnum() for sign in piece)]
        count += len(pieces)
    return count


def listed(text: str) -> tuple[str, ...]:
    """The entries of a list, one a line, without their numbers or bullets; an indented line goes on with the entry before it."""
    entries: list[str] = []
    for line in text.splitlines():
        bare = _BULLET.sub("", line).strip()
        goes_on = bool(entries) and line[:1].isspace() and not _BULLET.match(line)
        if bare and goes_on:
            entries[-1] = f"{entries[-1]} {bare}"
        elif bare:
            entries.append(bare)
    return tuple(entries)


def tried(text: str) -> tuple[Tried, ...]:
    """What was tried, one a line: `action -> result`. Without an arrow the result is empty."""
    found = []
    for entry in listed(text):
        action, *results = _ARROW.split(entry, maxsplit=1)
        found.append(Tried(action, results[0] if results else ""))
    return tuple(found)
