"""Scopes: what the OAuth client may ask for, against what is needed."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from deskhand.core.wording import span
from deskhand.doctor.finding import Finding, Table, fail, ok, skip, warn
from deskhand.doctor.subject import Subject
from deskhand.errors import Rejected
from deskhand.http.failure import CLIENTS_PAGE
from deskhand.zendesk.auth import MARGIN
from deskhand.zendesk.scopes import BROAD, NEEDS, READ, WRITE, Need, spelt

HEAD: Final = ("scope", "needed by", "granted")
NONE: Final = "deskhand:nothing"
"""A scope that there is not: a client that gets a token for it is held to no scopes at all."""
LONG: Final = 86_400
"""Seconds that no token should live: ours are renewed anyway."""


def compared(subject: Subject) -> Iterator[Finding]:
    """What is granted, beside what needs it; found out by asking for each scope by itself. Raises DeskError."""
    bearer, mode = subject.connection.bearer, subject.settings.mode
    if bearer is None:
        yield skip("scopes", "an API token has none: it may do all that any agent may")
        return
    free = bearer.may(NONE)
    granted = {scope: free or bearer.may(scope) for scope in (*(need.scope for need in NEEDS), *BROAD)}
    table = Table(HEAD, tuple((need.scope, need.by, _told(need, granted, mode)) for need in NEEDS))
    missing = [need.scope for need in NEEDS if mode in need.modes and not _covered(need, granted)]
    mine = spelt(need.scope for need in NEEDS if mode in need.modes)
    if missing:
        lacks = " and ".join(missing)
        yield fail(
            "scopes",
            f"mode {mode} needs {lacks}, which the client is not allowed to ask for",
            f"Allow it under {CLIENTS_PAGE}.",
            table=table,
        )
    else:
        yield ok("scopes", f"all that mode {mode} needs: {mine}", table=table)
    yield from _too_much(granted, mine)


def _told(need: Need, granted: Mapping[str, bool], mode: str) -> str:
    """The last column: whether it is there, and what of it."""
    if granted[need.scope]:
        return f"yes, not used in mode {mode}" if need.modes and mode not in need.modes else "yes"
    if _covered(need, granted):
        return f"by {WRITE}"
    if mode in need.modes:
        return "NO"
    return f"no, needed for {' and '.join(need.modes)}" if need.modes else "no"


def _covered(need: Need, granted: Mapping[str, bool]) -> bool:
    """Whether a need is met: by its own scope, or by the whole `write`, which is asked for where the narrow one is refused."""
    return granted[need.scope] or (need.scope != READ and granted[WRITE])


def _too_much(granted: Mapping[str, bool], mine: str) -> Iterator[Finding]:
    """More than anything here needs."""
    broad = [scope for scope in BROAD if granted[scope]]
    if set(broad) == set(BROAD):
        yield warn(
            "scopes",
            "the client is held to no scopes: whoever has its secret may do all that its user may",
            f"Set its allowed scopes under {CLIENTS_PAGE}: {mine}, and what else the table says that you need.",
        )
    elif broad:
        narrow = " ".join(need.scope for need in NEEDS if need.scope != READ)
        yield warn(
            "scopes",
            f"{' and '.join(broad)} is more than anything here needs",
            f"Take it away under {CLIENTS_PAGE}, and allow in its place what is needed of: {narrow}.",
        )


def lifetime(subject: Subject) -> Iterator[Finding]:
    """How long the token in use lives. Raises DeskError."""
    if subject.connection.bearer is None:
        yield skip("token", "an API token has no end of its own")
        return
    try:
        row = subject.account.gateway.get("oauth/tokens/current", holds="token")["token"]
    except Rejected as refused:
        if refused.status not in (403, 404):
            raise
        yield ok(
            "token",
            f"Zendesk does not say how long it lives ({refused.status}); it is renewed before its end all the same",
        )
        return
    ends, begun = _instant(row.get("expires_at")), _instant(row.get("created_at"))
    if ends is None:
        yield warn(
            "token", "the account's tokens never expire", f"Let tokens of the client expire, under {CLIENTS_PAGE}."
        )
        return
    lives = (ends - (begun or subject.parts.clock.now())).total_seconds()
    words = f"lives {span(lives)}, and is renewed {span(MARGIN.total_seconds())} before its end"
    yield (
        warn("token", words, "Tokens that live longer than a day are worth more to a thief.")
        if lives > LONG
        else ok("token", words)
    )


def _instant(text: object) -> datetime | None:
    return datetime.fromisoformat(text) if isinstance(text, str) and text else None
