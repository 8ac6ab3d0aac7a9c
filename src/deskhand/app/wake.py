"""Wake: read the tickets that webhooks named, and take in what is new about them, as a poll does.

The feeds stay the truth: no cursor is moved here, and what is missed is found by the next poll. Only the number of a webhook is believed.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Final

from deskhand import logs
from deskhand.app.bell import Bell, Ring
from deskhand.app.engine import Engine
from deskhand.app.evaluate import bid_farewell
from deskhand.app.take_in import take_in
from deskhand.core.ticket import Ticket
from deskhand.errors import Rejected

log = logs.get(__name__)
MANY: Final = 100
"""Tickets that are read at a time: one call."""


def wake(engine: Engine, bell: Bell) -> int:
    """Read at most a hundred of the tickets that were named; returns how many were news. What cannot be read now stays named.

    Raises RateLimited, Transient or a StoreError; then nothing was taken in.
    """
    named = bell.named(MANY)
    asked = [key for key, ring in named.items() if not _read_since(engine, key, ring)]
    news = 0
    if asked:
        if not engine.desk.spare():
            return 0
        now = engine.clock.now()
        try:
            told = engine.desk.fetch(asked)
        except Rejected as refused:
            log.warning("named_not_read", tickets=len(asked), reason=str(refused), hint=refused.hint)
        else:
            news = _keep(engine, asked, told, now)
    bell.answered(named)
    return news


def _read_since(engine: Engine, key: int, ring: Ring) -> bool:
    """Whether somebody else has read it since: a poll, or the reading back after a write of ours."""
    at = engine.read_at.get(key)
    return at is not None and ring.at < at <= engine.clock.now()


def _keep(engine: Engine, asked: Collection[int], told: list[Ticket], now: datetime) -> int:
    """Take in what was read; what is in Zendesk no more is forgotten, as after a feed that tells of a deletion."""
    there = [ticket for ticket in told if ticket.status != "deleted"]
    with engine.store.begin() as tx:
        gone = tx.tickets.load(set(asked) - {ticket.id for ticket in there})
        bid_farewell(tx, engine, gone, now)
        deleted = [replace(ticket, status="deleted") for ticket in gone.values()]
        changed = take_in(tx, [*there, *deleted], engine, now)
    engine.was_read([ticket.id for ticket in there], now)
    if changed or gone:
        log.info("woken", read=len(there), changed=len(changed), gone=len(gone))
    return len(changed) + len(gone)
