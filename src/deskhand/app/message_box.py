"""Message box: what a person can do about messages that wait: look, try again, drop, let go."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, get_args

from deskhand import logs
from deskhand.app.ports import Store, Transaction
from deskhand.app.trail import by_person
from deskhand.core.fallback import UNCLEAR, is_doubted
from deskhand.core.message import MessageRow, MessageState
from deskhand.errors import NotKnown, UsageError, WrongState

log = logs.get(__name__)

LISTED: Final[tuple[MessageState, ...]] = ("planned", "sending", "unknown", "deferred", "held", "dead")
"""States in which a person may want to look: not said, and not over."""
NEXT: Final[dict[MessageState, str]] = {
    "planned": "it is sent as soon as its channel takes it; when that is away for too long, by the next one",
    "sending": "its service is being told",
    "unknown": "it is found out whether it was sent, as far as its service can tell",
    "deferred": "it is asked about again when the quiet hours end",
    "held": "read it, then `deskhand outbox release`, or `deskhand outbox drop`",
    "sent": "nothing to do: its service took it",
    "confirmed": "nothing to do: its service shows it",
    "dropped": "nothing to do: it is of no use any more",
    "dead": "mend what the reason says, then `deskhand outbox retry`, or `deskhand outbox drop`",
}
"""What comes next, by state."""


@dataclass(frozen=True, slots=True)
class Messages:
    """Messages that were asked for, and how many there are in each state."""

    rows: tuple[MessageRow, ...]
    counts: Mapping[str, int]


def messages(
    store: Store, states: Sequence[MessageState], *, rule: str = "", ticket: int = 0, limit: int = 50
) -> Messages:
    """Messages in these states, oldest first; of one rule or ticket if one is given."""
    with store.read() as tx:
        rows = tx.messages.listed(states)
        counts: dict[str, int] = {state: count for state, count in tx.messages.count().items() if count}
    wanted = [row for row in rows if rule in ("", row.message.rule) and ticket in (0, row.message.ticket_id)]
    return Messages(tuple(wanted[:limit]), counts)


def message(store: Store, mark: str) -> MessageRow:
    """One message by its mark, or the beginning of it. Raises NotKnown, and UsageError where several begin so."""
    with store.read() as tx:
        return _find(tx, mark)


def is_known(store: Store, mark: str) -> bool:
    """Whether any message has this mark, or begins with it."""
    with store.read() as tx:
        rows = tx.messages.listed(get_args(MessageState))
    return any(mark and row.message.key.startswith(mark) for row in rows)


def retry(store: Store, mark: str, now: datetime, *, by: str) -> MessageRow:
    """Let a dead message be tried again by all of its channels; where it may have been sent, that is asked first."""
    with store.begin() as tx:
        row = _find(tx, mark)
        if row.state != "dead":
            raise WrongState(f"message {row.message.key} is {row.state}, and only a dead one can be tried again", hint=_hint(row))  # fmt: skip
        unclear = bool(row.tried) and row.tried[-1].came.startswith(UNCLEAR)
        again = replace(
            row,
            state="unknown" if unclear else "planned",
            channel=row.channel if unclear else 0,
            attempts=0,
            not_before=now,
            settled_at=None,
            tried=row.tried[-1:] if unclear else (),
            reason=f"tried again; {row.reason}",
        )
        tx.messages.put([again])
        tx.trail.add([by_person("retried", by, now, messages=[again])])
    log.info("outbox_changed", did="retry", messages=1, message=row.message.key)
    return again


def drop(store: Store, marks: Iterable[str], now: datetime, *, by: str) -> list[MessageRow]:
    """Give up messages by their marks: they are never sent."""
    with store.begin() as tx:
        rows = [_find(tx, mark) for mark in marks]
        for row in rows:
            if row.state not in ("planned", "deferred", "held", "dead"):
                raise WrongState(f"message {row.message.key} is {row.state}, so it cannot be dropped", hint=_hint(row))
        dropped = [replace(row, state="dropped", reason=f"dropped; {row.reason}", settled_at=now) for row in rows]
        tx.messages.put(dropped)
        tx.trail.add([by_person("dropped", by, now, messages=dropped)])
    log.info("outbox_changed", did="drop", messages=len(rows))
    return dropped


def release(store: Store, mark: str, by: str, now: datetime) -> MessageRow:
    """Let a held message go, as read by somebody."""
    with store.begin() as tx:
        row = _find(tx, mark)
        if row.state != "held":
            raise WrongState(f"message {row.message.key} is {row.state}, and only a held one can be let go", hint=_hint(row))  # fmt: skip
        state: MessageState = "unknown" if is_doubted(row) else "planned"
        free = replace(row, state=state, not_before=now, released=by, reason=f"let go by {by}")
        tx.messages.put([free])
        tx.trail.add([by_person("released", by, now, messages=[free])])
    log.info("outbox_changed", did="release", messages=1, message=row.message.key)
    return free


def _find(tx: Transaction, mark: str) -> MessageRow:
    exact = tx.messages.find(mark)
    if exact is not None:
        return exact
    rows = [row for row in tx.messages.listed(get_args(MessageState)) if mark and row.message.key.startswith(mark)]
    if not rows:
        raise NotKnown(
            f"no write and no message has the mark '{mark}'",
            hint="`deskhand outbox list` shows marks; the beginning is enough.",
        )
    if len(rows) > 1:
        raise UsageError(f"{len(rows)} messages begin with '{mark}'", hint="Give more of the mark.")
    return rows[0]


def _hint(row: MessageRow) -> str:
    return f"{NEXT[row.state][0].upper()}{NEXT[row.state][1:]}."
