"""Which OAuth scopes deskhand asks for, and what for: the one table of them.

A token is asked for with `read`; the scope to write is added when something of its kind is about to be written for the first time. What is known:

* Ticket audits take the whole `read`: with `tickets:read` they answer 403 (reference, "Ticket Audits"). So do the exports, fields, groups, schedules and SLA
  policies, which the reference of 2025 names no scopes for; so nothing is gained by a longer list of narrow scopes to read.
* `read` beside the scope to write one resource is a documented pair (reference, "OAuth Tokens": `organizations:write read`).
* `macros` and `dynamic_content` are resources with scopes of their own in the reference of "OAuth Tokens", though not in the shorter list under "Grant-Type
  Tokens". Where an account knows no such scopes, `read write` is asked for instead.
* A client may be held to allowed scopes (Admin Center, since August 2026). Asking for another one is answered with 400 `invalid_scope`; a client that is
  not held to any gets a token for whatever it asks for, misspelt or not, and 403 later.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

READ: Final = "read"
WRITE: Final = "write"
OWN: Final[Mapping[str, str]] = {
    "tickets": "tickets:write",
    "macros": "macros:write",
    "dynamic_content": "dynamic_content:write",
}
"""What we write, by the first part of its path after /api/v2, with its scope."""
READS: Final = frozenset({"GET", "HEAD"})


@dataclass(frozen=True, slots=True)
class Need:
    """A scope, what needs it, and the modes of the worker in which it cannot do without."""

    scope: str
    by: str
    modes: tuple[str, ...] = ()


NEEDS: Final = (
    Need(READ, "everything: tickets, audits, exports, people, fields, SLAs", ("off", "observe", "notify", "enforce")),
    Need(OWN["tickets"], "the worker in modes notify and enforce, and undo through it", ("notify", "enforce")),
    Need(OWN["macros"], "macros apply, adopt, prune --auto and revert --auto"),
    Need(OWN["dynamic_content"], "macros apply, where templates hold dynamic content"),
)  # fmt: skip
"""Every scope that deskhand can have use for."""
BROAD: Final = (WRITE, "impersonate")
"""Scopes that it has no use for, and that a client should not have."""


def needed(method: str, path: str) -> str:
    """The narrowest scope that a call takes."""
    if method in READS:
        return READ
    parts = path.split("/")
    return OWN.get(parts[3].removesuffix(".json") if len(parts) > 3 else "", WRITE)


def spelt(scopes: Iterable[str]) -> str:
    """Scopes as the token endpoint takes them, `read` first."""
    return " ".join(sorted(set(scopes), key=lambda one: (one != READ, one)))
