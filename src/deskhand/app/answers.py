"""Answers: have the people who were paged acknowledged? Asked of the pagers while pages are open, and of nobody else.

What they say is written into the ticket's memory, and wakes the ticket: what it means for a ladder is for the decision to say. A page that its service shows
is `confirmed`; `deliver` worries about those that are not after some minutes. Late, repeated and missing answers do no harm.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain
from typing import Final

from deskhand import logs
from deskhand.app.ports import Store, Transaction
from deskhand.app.service_ports import Pager
from deskhand.core.memory import Memory
from deskhand.core.message import MessageRow, Standing
from deskhand.core.restraint import LOOK_BACK
from deskhand.errors import DeskError, RateLimited

log = logs.get(__name__)

OPEN_FOR: Final = timedelta(days=30)
"""Matters that were begun longer ago are not asked about any more."""
CALM: Final = timedelta(seconds=60)
"""So often is it asked whether somebody has let go of what was acknowledged."""
AWAY: Final = timedelta(seconds=30)
"""So long is a service left alone that did not answer."""
AT_MOST: Final = 200
"""Matters that are asked about in one turn, those first that were not for longest."""


@dataclass(frozen=True, slots=True)
class _Matter:
    """An open thread, the pager that carries it, and when it was last asked about."""

    thread: str
    pager: Pager
    asked: datetime | None


class Answers:
    """Asks the pagers, a turn at a time; what it keeps between turns is only when it asked."""

    def __init__(self, store: Store, pagers: Mapping[str, Pager], *, calm: timedelta = CALM) -> None:
        """`pagers` by the names of their channels; `calm` is how often what is acknowledged is asked about."""
        self._store, self._pagers, self._every = store, pagers, calm
        self._asked: dict[str, datetime] = {}
        self._calm: set[str] = set()
        self._not_before: dict[str, datetime] = {}

    def ask(self, now: datetime) -> list[int]:
        """One turn; returns the tickets that were woken. Without open pages nobody is asked anything."""
        matters = self._open(now)
        self._asked = {one.thread: one.asked for one in matters if one.asked}
        found = list(self._ask(self._due(matters, now), now))
        self._calm |= {one.thread for one in found if one.state != "triggered"}
        self._calm -= {one.thread for one in found if one.state == "triggered"}
        if not found:
            return []
        with self._store.begin() as tx:
            return _take_in(tx, {one.thread: one for one in found}, self._pagers, now)

    def _open(self, now: datetime) -> list[_Matter]:
        """Matters in which a pager has a page."""
        if not self._pagers:
            return []
        with self._store.read() as tx:
            threads = tx.messages.matters(tx.messages.open_threads(now - OPEN_FOR))
        carried = {thread: _carrier(rows, self._pagers) for thread, rows in threads.items()}
        return [
            _Matter(thread, pager, self._asked.get(thread)) for thread, pager in carried.items() if pager is not None
        ]

    def _due(self, matters: Iterable[_Matter], now: datetime) -> list[_Matter]:
        """Those to be asked about now: the acknowledged ones less often, none of a service that is away."""
        due = [
            one
            for one in matters
            if self._not_before.get(one.pager.name, now) <= now
            and (one.asked is None or one.thread not in self._calm or now - one.asked >= self._every)
        ]
        return sorted(due, key=lambda one: (one.asked is not None, one.asked or now, one.thread))[:AT_MOST]

    def _ask(self, matters: Iterable[_Matter], now: datetime) -> Iterator[Standing]:
        """What the services say; one that does not answer is left alone for a while, and the others are asked all the same."""
        for one in matters:
            if self._not_before.get(one.pager.name, now) > now:
                continue
            try:
                found = one.pager.standing(one.thread)
            except DeskError as error:
                seconds = error.retry_after if isinstance(error, RateLimited) else AWAY.total_seconds()
                self._not_before[one.pager.name] = now + timedelta(seconds=seconds)
                log.warning("answers_not_read", channel=one.pager.name, error=type(error).__name__, reason=str(error))
                continue
            self._asked[one.thread] = now
            if found is not None:
                yield replace(found, thread=one.thread)


def _carrier(rows: Sequence[MessageRow], pagers: Mapping[str, Pager]) -> Pager | None:
    """The pager that has the newest page of a matter."""
    names = [row.by for row in rows if _is_page(row)]
    return next((pagers[name] for name in reversed(names) if name in pagers), None)


def _is_page(row: MessageRow) -> bool:
    """Whether a service has it as a page of its own; what joined a storm pages nobody."""
    return row.message.verb == "page" and row.state in ("sent", "confirmed") and not row.joined


def _take_in(tx: Transaction, found: Mapping[str, Standing], pagers: Mapping[str, Pager], now: datetime) -> list[int]:
    """Write it down where it is news, for the matter and for those that joined it; wake their tickets."""
    joined = tx.messages.joined(found, now - LOOK_BACK)
    matters = tx.messages.matters({*found, *chain.from_iterable(joined.values())})
    tx.messages.put(row for key, one in found.items() for row in _answered(matters[key], one, pagers, now))
    told = dict(found)
    for key, others in joined.items():
        told |= {one: replace(found[key], thread=one) for one in others if not any(map(_is_page, matters[one]))}
    woken = _remember(tx, {one: matters[key][0].message.ticket_id for key, one in told.items() if matters[key]})
    tx.work.wake(woken, now)
    return woken


def _answered(
    rows: Iterable[MessageRow], standing: Standing, pagers: Mapping[str, Pager], now: datetime
) -> Iterator[MessageRow]:
    """The pages of a matter with what is known of them now: that the service shows them, and who took them."""
    for row in rows:
        if not _is_page(row) or row.by not in pagers:
            continue
        later = standing.at is not None and (row.sent_at is None or standing.at >= row.sent_at)
        known = (
            replace(row, state="confirmed", settled_at=row.settled_at or now)
            if standing.state != "resolved" or later
            else row
        )
        if standing.state == "acknowledged" and later and row.answered_at is None:
            known = replace(known, answered_at=standing.at, answered_by=standing.by)
        if known != row:
            yield known


def _remember(tx: Transaction, told: Mapping[Standing, int]) -> list[int]:
    """Standings in the memories of their tickets, where they are news; returns those tickets."""
    memories = tx.memories.load(told.values())
    news: dict[int, Memory] = {}
    for standing, ticket in told.items():
        memory = news.get(ticket) or memories.get(ticket)
        if memory is None or standing in memory.standings:
            continue
        others = tuple(one for one in memory.standings if one.thread != standing.thread)
        news[ticket] = replace(memory, standings=(*others, standing))
        log.info("page_answered", ticket=ticket, thread=standing.thread, state=standing.state)
    tx.memories.save(news.values())
    return list(news)
