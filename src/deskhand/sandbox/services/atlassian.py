"""What the stand-ins for Atlassian's services share: who asks, and queries (JQL and CQL) of clauses joined by `and`, whose order is ignored.

A text in quotes ends at the next quote that no backslash stands before, as in the real ones, so that a client that does not escape is found out.
"""

import re
from base64 import b64decode
from dataclasses import dataclass
from typing import Final

from deskhand.sandbox.services.stand_in import Asked

_TOKENS: Final = re.compile(r'\s*(?:"((?:[^"\\]|\\.)*)"|(!=|<=|>=|=|<|>|~)|([\w.-]+(?:\(\))?))', re.DOTALL)


class BadQuery(Exception):
    """A query that cannot be read."""


@dataclass(frozen=True, slots=True)
class Clause:
    """One condition: a field, an operator, a value."""

    field: str
    operator: str
    value: str


def password(asked: Asked) -> str:
    """The password of a Basic header; empty where there is none."""
    kind, _, coded = asked.headers.get("authorization", "").partition(" ")
    try:
        return b64decode(coded).decode().partition(":")[2] if kind == "Basic" else ""
    except ValueError:
        return ""


def clauses(text: str) -> list[Clause]:
    """The clauses of a query. Raises BadQuery, also for what is joined by anything but `and`."""
    words = _words(text)
    order = next((i for i, one in enumerate(words) if one.lower() == "order"), len(words))
    if order < len(words) and [one.lower() for one in words[order + 1 : order + 2]] != ["by"]:
        raise BadQuery("Expecting 'by' after 'order'.")
    wanted, found = words[:order], []
    while wanted:
        if len(wanted) < 3 or wanted[1] not in ("=", "!=", "<", ">", "<=", ">=", "~"):
            raise BadQuery(f"Error in the query near '{' '.join(wanted[:3])}'.")
        found.append(Clause(wanted[0].lower(), wanted[1], wanted[2]))
        joined, wanted = wanted[3:4], wanted[4:]
        if joined and (joined[0].lower() != "and" or not wanted):
            raise BadQuery(f"Expecting 'and' but got '{joined[0]}'.")
    return found


def _words(text: str) -> list[str]:
    found, at = [], 0
    while at < len(text.rstrip()):
        token = _TOKENS.match(text, at)
        if token is None:
            raise BadQuery(f"Error in the query at character {at}.")
        quoted, operator, word = token.groups()
        found.append(re.sub(r"\\(.)", r"\1", quoted) if quoted is not None else operator or word)
        at = token.end()
    return found
