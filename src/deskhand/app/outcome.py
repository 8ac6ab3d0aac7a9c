"""What became of a message: its row after an attempt, or after it turned out to be of no use."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from deskhand import logs
from deskhand.app.engine import Engine
from deskhand.app.ports import Transaction
from deskhand.app.post import NOT_ITS_KIND, Lane, Post
from deskhand.app.trail import sent
from deskhand.core import fallback
from deskhand.core.message import MessageRow, MessageState, Receipt, Sent
from deskhand.errors import DeskError, RateLimited, Rejected, Unknown

log = logs.get(__name__)


@dataclass(frozen=True, slots=True)
class Delivered:
    """What a turn came to, in messages."""

    sent: int = 0
    later: int = 0
    dropped: int = 0
    dead: int = 0

    def __add__(self, other: "Delivered") -> "Delivered":
        """Two parts of a turn together."""
        return Delivered(
            self.sent + other.sent, self.later + other.later, self.dropped + other.dropped, self.dead + other.dead
        )

    @property
    def moved(self) -> bool:
        """Whether anything came to an end."""
        return bool(self.sent or self.dropped or self.dead)


def taken(post: Post, row: MessageRow, receipt: Receipt, now: datetime) -> MessageRow:
    """It was taken. A page that can be read back has not come to its end yet."""
    again = row.message.verb == "page" and row.by in post.pagers and not row.joined
    return replace(
        fallback.attempted(row, now, fallback.SENT),
        state="sent",
        ref=receipt.ref,
        url=receipt.url,
        reason=row.reason if row.joined else "",
        sent_at=now,
        not_before=now + fallback.READ_BACK if again else now,
        settled_at=None if again else now,
        lease_until=None,
    )


def failed(post: Post, lane: Lane, row: MessageRow, error: DeskError, now: datetime) -> MessageRow:
    """It was not taken, or nobody knows."""
    words = f"{error}. {error.hint}".rstrip() if isinstance(error, Rejected) else str(error)
    match error:
        case Rejected():
            lane.went()
            log.error("message_refused", **facts(row), reason=str(error), hint=error.hint)
            refused = fallback.attempted(row, now, f"{fallback.REFUSED}{words}")
            if row.message.verb == "close" and now - row.message.at < fallback.GIVE_UP:
                return replace(refused, state="planned", not_before=now + fallback.CLOSE_AGAIN, lease_until=None)
            return pass_on(post, refused, now)
        case RateLimited():
            lane.asked_to_wait(now, error.retry_after, words)
            waits = replace(row, attempts=max(row.attempts - 1, 0))
            return replace(waits, state="planned", not_before=lane.free_at or now, reason=words, lease_until=None)
        case Unknown():
            lane.failed(now, words)
            return unclear(row, now, words, now + fallback.SETTLE)
        case _:
            lane.failed(now, words)
            later = max(now + fallback.wait_for_row(row.attempts), lane.free_at or now)
            tried = fallback.attempted(row, now, f"{fallback.AWAY}{words}")
            return replace(tried, state="planned", not_before=later, lease_until=None)


def unclear(row: MessageRow, now: datetime, why: str, at: datetime) -> MessageRow:
    """A row of which nobody knows whether it was sent."""
    tried = fallback.attempted(row, now, f"{fallback.UNCLEAR}{why}")
    return replace(tried, state="unknown", not_before=at, lease_until=None)


def pass_on(post: Post, row: MessageRow, now: datetime) -> MessageRow:
    """A row that its channel refused: the next channel at once, or dead. What closes a matter is for its own channel alone."""
    others = post.others(row) if row.message.verb != "close" else []
    if others:
        return fallback.moved(row, others[0], now)
    return ended(row, "dead", now, f"no channel is left; {row.reason}")


def ended(row: MessageRow, state: MessageState, now: datetime, reason: str) -> MessageRow:
    """The row at its end, without having been sent."""
    return replace(row, state=state, reason=reason, settled_at=now, lease_until=None)


def unsent(row: MessageRow) -> MessageRow:
    """A claimed row that did not leave: that was no attempt."""
    return replace(row, attempts=max(row.attempts - 1, 0))


def carried(thread: Sequence[MessageRow], channel: str) -> tuple[Sent, ...]:
    """What a channel has carried of a thread, oldest first; pages that it may have carried are without a `ref`: another one did in the end, or none had to."""
    mine = [row for row in thread if not row.joined and fallback.may_have_carried(row, channel)]
    return tuple(
        Sent(channel, row.message.verb, row.ref if _has(row, channel) else "", row.message.number)
        for row in sorted(mine, key=lambda row: (row.message.number, row.message.key))
        if _has(row, channel)
        or (row.message.verb == "page" and (row.by != channel or row.state in ("dropped", "dead")))
    )


def _has(row: MessageRow, channel: str) -> bool:
    """Whether a channel took it, and said what it calls it."""
    return row.by == channel and row.state in ("sent", "confirmed") and bool(row.ref)


def end(engine: Engine, lane: Lane, row: MessageRow) -> Delivered:
    """Commit a row as it is after its attempt, with the pace of its lane."""
    now = engine.clock.now()
    with engine.store.begin() as tx:
        write(tx, [row], now)
        lane.hold(tx, now)
        tx.trail.add(sent([row], engine.run, now))
    say(row)
    went = row.state in ("sent", "confirmed")
    return Delivered(sent=int(went), later=int(row.settled_at is None and not went), dead=int(row.state == "dead"))


def write(tx: Transaction, rows: Sequence[MessageRow], now: datetime) -> None:
    """Rows as they are now; what a ticket's people have to know of them is told in the ticket."""
    tx.messages.put(rows)
    for row in rows:
        if text := _worth_telling(row):
            tell_ticket(tx, row, text, now)


def tell_ticket(tx: Transaction, row: MessageRow, text: str, now: datetime) -> None:
    """Have the ticket's climb say something in its next note, and look at the ticket."""
    message = row.message
    for memory in tx.memories.load([message.ticket_id]).values():
        climbs = tuple(one.saying(now, text) if one.thread == message.thread else one for one in memory.climbs)
        tx.memories.save([replace(memory, climbs=climbs)])
    tx.work.wake([message.ticket_id], now)


def _worth_telling(row: MessageRow) -> str:
    """What a ticket's note says of a message: that nobody took it, or that a page came by fallback. Names of channels alone, no words of services."""
    message = row.message
    whom = f"The {message.verb} to {message.role or 'people'}"
    if row.state == "dead":
        asked = ", ".join(dict.fromkeys((*(one.channel for one in row.tried), row.by)))
        return f"{whom} reached nobody ({asked}); `deskhand outbox show {message.key}` says why."
    if row.state == "sent" and message.verb == "page" and (failed := fallback.failed_before(row)):
        return f"{whom} went by {row.by}, by fallback, because {' and '.join(failed)} did not take it."
    return ""


def facts(row: MessageRow) -> dict[str, object]:
    """What a line in the log says of a message; never its words."""
    message = row.message
    return {"message": message.key, "ticket": message.ticket_id, "verb": message.verb, "channel": row.by}


def say(row: MessageRow) -> None:
    """One line in the log for a row that moved."""
    match row.state:
        case "sent":
            log.info("message_sent", **facts(row), thread=row.message.thread, ref=row.ref)
        case "dropped":
            log.info("message_dropped", **facts(row), reason=row.reason)
        case "dead":
            log.error("message_dead", **facts(row), reason=row.reason)
        case "unknown":
            log.warning("message_unknown", **facts(row), reason=row.reason)
        case "deferred" | "held":
            log.info("message_put_off", **facts(row), reason=row.reason, at=row.not_before.isoformat())
        case "planned" if NOT_ITS_KIND in row.reason:
            log.info("message_later", **facts(row), reason=row.reason, at=row.not_before.isoformat())
        case "planned":
            log.warning("message_later", **facts(row), reason=row.reason, at=row.not_before.isoformat())
        case _:
            return
