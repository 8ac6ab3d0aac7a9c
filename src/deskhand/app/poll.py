"""Poll: ask the feeds what changed, complete it, and take it in together with the feed's cursor."""

from dataclasses import dataclass
from datetime import datetime

from deskhand import logs
from deskhand.app.engine import Engine
from deskhand.app.evaluate import bid_farewell
from deskhand.app.ports import Feed, Page
from deskhand.app.take_in import complete, differs, take_in
from deskhand.core.ticket import Ticket
from deskhand.errors import Rejected

log = logs.get(__name__)


@dataclass(frozen=True, slots=True)
class Polled:
    """What a poll brought: pages read, rows seen, tickets that really changed; `behind` if more was ready."""

    pages: int = 0
    rows: int = 0
    changed: int = 0
    behind: bool = False

    def __add__(self, other: "Polled") -> "Polled":
        """Two polls together."""
        return Polled(
            self.pages + other.pages,
            self.rows + other.rows,
            self.changed + other.changed,
            self.behind or other.behind,
        )


def poll(engine: Engine) -> Polled:
    """Read every feed up to now. Each page and its cursor are committed together, so a crash repeats at most a page.

    Raises what the feeds raise (RateLimited, Transient, Rejected); pages committed before stay.
    """
    total, began = Polled(), engine.clock.now()
    for feed in engine.feeds:
        total += _follow(engine, feed)
    if not total.behind:
        engine.has_polled(began)
    return total


def _follow(engine: Engine, feed: Feed) -> Polled:
    """One feed, page by page, until it has no more or has had its turn."""
    total = Polled()
    while total.pages < engine.limits.pages:
        now = engine.clock.now()
        page = _read(engine, feed, now)
        total += Polled(1, len(page.tickets), _keep(engine, feed, page, now))
        if not page.more:
            return total
    return total + Polled(behind=True)


def _read(engine: Engine, feed: Feed, now: datetime) -> Page:
    """The next page; where the cursor has expired, the first page since a little before the last good one."""
    with engine.store.read() as tx:
        cursor = tx.notebook.get(f"cursor {feed.name}")
        started = tx.notebook.get(f"read to {feed.name}")
    since = datetime.fromisoformat(started) - engine.limits.overlap if started else now - engine.limits.backfill
    try:
        return feed.read(cursor, since=since)
    except Rejected as refused:
        if cursor is None or refused.code != "InvalidCursor":
            raise
        log.warning("cursor_expired", feed=feed.name, since=since.isoformat())
        return feed.read(None, since=since)


def _keep(engine: Engine, feed: Feed, page: Page, now: datetime) -> int:
    """Complete the rows that are new, and commit them with the cursor."""
    with engine.store.read() as tx:
        known = tx.tickets.load({ticket.id for ticket in page.tickets})
    fresh = [ticket for ticket in page.tickets if differs(known.get(ticket.id), ticket)]
    told = _completed(engine, fresh)
    with engine.store.begin() as tx:
        bid_farewell(tx, engine, [ticket.id for ticket in told if ticket.status == "deleted"], now)
        changed = take_in(tx, told, engine, now)
        tx.notebook.set(f"cursor {feed.name}", page.cursor)
        tx.notebook.set(f"read to {feed.name}", now.isoformat())
    engine.was_read([ticket.id for ticket in told], now)
    return len(changed)


def _completed(engine: Engine, tickets: list[Ticket]) -> list[Ticket]:
    """The same tickets with the SLAs and metric sets that the policy needs."""
    short = [ticket.id for ticket in tickets if not complete(ticket, engine.policy.needs)]
    if not short:
        return tickets
    fetched = {ticket.id: ticket for ticket in engine.desk.fetch(list(dict.fromkeys(short)))}
    return [fetched.get(ticket.id, ticket) for ticket in tickets]
