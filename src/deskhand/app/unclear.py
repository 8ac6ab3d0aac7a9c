"""Unclear: messages of which nobody knows whether they were sent, and pages that their service has to show.

Each is settled as its channel allows: sent again where the service knows it by its key, asked about where it can be found, sent again where silence is
worse than a second page, and else left.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from deskhand import logs
from deskhand.app.engine import Engine
from deskhand.app.outcome import Delivered, carried, end, ended, facts, taken, tell_ticket
from deskhand.app.ports import Transaction
from deskhand.app.post import Lane, Post
from deskhand.core import fallback
from deskhand.core.message import MessageRow, Sent
from deskhand.errors import DeskError, RateLimited, Rejected

log = logs.get(__name__)

MOST: Final = 1_000
NOT_SHOWN: Final = "messages not shown"
"""The name under which it is counted how many pages their services did not show."""


def settle_unclear(engine: Engine, post: Post, lane: Lane) -> Delivered:
    """Unclear rows of a lane, each as its channel allows: sent again, asked about, or left."""
    now = engine.clock.now()
    with engine.store.read() as tx:
        rows = tx.messages.ready(now, "unknown", MOST, lane.channels)
        threads = {row.message.key: tx.messages.of(row.joined or row.message.thread) for row in rows}
    total = Delivered()
    for row in rows:
        earlier = carried(threads[row.message.key], row.by)
        if fallback.is_doubted(row):
            new = _asked(post, lane, row, earlier, engine.clock.now(), known_to=engine.known_to or now)
        else:
            new = _settled(post, lane, row, earlier, engine.clock.now())
        total += end(engine, lane, new)
    return total


def _settled(post: Post, lane: Lane, row: MessageRow, earlier: Sequence[Sent], now: datetime) -> MessageRow:
    """One unclear row, a step further."""
    channel = post.channels[row.by]
    tries = replace(row, state="planned", not_before=now)
    if channel.again == "safe":
        return tries
    if channel.again == "ask":
        asked = _ask(post, lane, row, earlier, now)
        if asked is not None:
            return asked
    urgent = row.message.verb == "page" or row.message.urgent
    if channel.again == "accept" and urgent:
        return tries
    others = post.others(row) if row.message.verb == "page" else []
    if others:
        return fallback.moved(row, others[0], now)
    return ended(row, "dropped", now, f"it may have been sent, and is not sent twice; {row.reason}")


def _asked(
    post: Post, lane: Lane, row: MessageRow, earlier: Sequence[Sent], now: datetime, *, known_to: datetime
) -> MessageRow:
    """A row that a worker of which the database knows nothing may have sent, a step further: where nobody can tell for so long that another channel would carry it, it is sent, since most likely it was not."""
    patience = fallback.URGENT if row.message.urgent else fallback.PATIENT
    if post.channels[row.by].again != "ask" or now - row.tried[-1].at > patience:
        return fallback.trusted(row, now)
    found = _ask(post, lane, row, earlier, now, since=known_to)
    return fallback.trusted(row, now) if found is None or found.state == "planned" else found


def _ask(
    post: Post, lane: Lane, row: MessageRow, earlier: Sequence[Sent], now: datetime, *, since: datetime | None = None
) -> MessageRow | None:
    """What the service has of it, also from `since` on; None where it cannot be asked about."""
    if lane.is_held(now):
        return _still_unclear(post, lane, row, lane.why, now)
    asked = replace(row.message, thread=row.joined, verb="tell") if row.joined else row.message
    asked = replace(asked, at=min(asked.at, since)) if since else asked
    try:
        found = post.channels[row.by].find(asked, earlier)
    except Rejected as error:
        log.warning("message_not_found_out", **facts(row), reason=str(error))
        return None
    except RateLimited as error:
        lane.asked_to_wait(now, error.retry_after, str(error))
        return _still_unclear(post, lane, row, str(error), now)
    except DeskError as error:
        if fallback.may_be_said_again(row):
            return replace(row, state="planned", not_before=now)
        return _still_unclear(post, lane, row, str(error), now)
    lane.went()
    return taken(post, row, found, now) if found is not None else replace(row, state="planned", not_before=now)


def _still_unclear(post: Post, lane: Lane, row: MessageRow, why: str, now: datetime) -> MessageRow:
    """Nobody could tell: a page goes by the next channel once patience is at an end, anything else is asked about again, for a day."""
    others = post.others(row) if row.message.verb == "page" else []
    if others and fallback.is_out_of_patience(row, lane.away_since, now):
        return fallback.moved(row, others[0], now)
    if fallback.is_given_up(row, now):
        return ended(row, "dead", now, f"nobody could tell for a day whether it was sent; {why}")
    doubt = f"{fallback.MAYBE}, and whether it did cannot be asked: {why}" if fallback.is_doubted(row) else row.reason
    return replace(row, not_before=now + min(fallback.wait_for_row(row.attempts), fallback.LOOK), reason=doubt)


def read_back(engine: Engine, post: Post, lane: Lane) -> Delivered:
    """Pages that were sent minutes ago and that nobody has seen at their service since: looked for once more, and then an alarm."""
    now = engine.clock.now()
    with engine.store.read() as tx:
        rows = tx.messages.ready(now, "sent", MOST, lane.channels)
        threads = {row.message.key: tx.messages.of(row.message.thread) for row in rows}
    for row in rows:
        why = ""
        try:
            found = post.channels[row.by].find(row.message, carried(threads[row.message.key], row.by))
        except DeskError as error:
            found, why = None, str(error)
        with engine.store.begin() as tx:
            if tx.messages.find(row.message.key) != row:
                continue  # somebody has seen it meanwhile
            if found is not None:
                tx.messages.put([replace(row, state="confirmed", settled_at=now)])
            else:
                _not_shown(tx, post, row, why or "it has no such page", now)
    return Delivered()


def _not_shown(tx: Transaction, post: Post, row: MessageRow, why: str, now: datetime) -> None:
    """A page that its service does not show: an alarm, and the next channel pages too, in the same thread."""
    minutes = round((now - (row.sent_at or now)).total_seconds() / 60)
    words = f"'{row.by}' does not show this page {minutes} minutes after it took it: {why}"
    tx.messages.put([replace(row, settled_at=now, reason=words)])
    others = post.others(row)
    closed = any(one.message.verb == "close" for one in tx.messages.of(row.message.thread))
    if others and not closed:
        again = replace(row.message, key=f"{row.message.key}.again", at=now)
        second = MessageRow(again, "planned", now, row.run, channel=row.channel)
        passed = fallback.attempted(second, now, f"{fallback.REFUSED}it took the page and does not show it")
        tx.messages.put([fallback.moved(passed, others[0], now)])
    tell_ticket(tx, row, f"{row.by} took the page to {row.message.role or 'people'} and does not show it.", now)
    tx.notebook.set(NOT_SHOWN, str(int(tx.notebook.get(NOT_SHOWN) or 0) + 1))
    log.error("message_not_shown", **facts(row), reason=words)


def orphan(post: Post, row: MessageRow, now: datetime) -> MessageRow:
    """An unclear row whose channel is gone: nobody can be asked, so a page goes by the next one."""
    if fallback.is_doubted(row):
        return fallback.trusted(row, now)
    others = post.others(row) if row.message.verb == "page" else []
    if others:
        return fallback.moved(row, others[0], now)
    return ended(row, "dead", now, f"{post.unusable(row)}, so nobody can tell whether it was sent; {row.reason}")
