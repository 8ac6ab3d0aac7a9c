"""A page for people as data: sections of words and tables, which every place that shows it renders and escapes for itself."""

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, a table below it, and lines below that. Rows are as long as `heads`."""

    heading: str
    text: str = ""
    heads: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """A whole page. Its title is what it is known by where it is published."""

    title: str
    sections: tuple[Section, ...]

    @property
    def digest(self) -> str:
        """What tells this content from any other."""
        return hashlib.sha256(repr(self).encode("utf-8", "surrogatepass")).hexdigest()[:16]
