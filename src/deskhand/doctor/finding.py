"""What a check found."""

from dataclasses import dataclass, field
from typing import Literal

Level = Literal["ok", "warn", "fail", "skip"]
"""skip: it could not be looked at, for a reason that is a finding of its own."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows that say more than a sentence, under their heads."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report: what was looked at, what was found, and what to do about it."""

    level: Level
    about: str
    found: str
    todo: str = ""
    table: Table | None = field(default=None, kw_only=True)


def ok(about: str, found: str, *, table: Table | None = None) -> Finding:
    """As it should be."""
    return Finding("ok", about, found, table=table)


def warn(about: str, found: str, todo: str = "", *, table: Table | None = None) -> Finding:
    """It works, and should be otherwise."""
    return Finding("warn", about, found, todo, table=table)


def fail(about: str, found: str, todo: str = "", *, table: Table | None = None) -> Finding:
    """It does not work."""
    return Finding("fail", about, found, todo, table=table)


def skip(about: str, found: str) -> Finding:
    """Not looked at."""
    return Finding("skip", about, found)
