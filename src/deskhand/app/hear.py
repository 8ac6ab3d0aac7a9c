"""Hear: read what Zendesk's own clocks did and what was done to tickets, and remember it with each ticket.

Both are logs of all tickets, so they cost a call each however many tickets there are. Neither says that a ticket changed: the feeds do. Where
what they tell changes what is remembered, the ticket is looked at again. Nothing waits for them: where the account's calls are used up, they go on at
the next turn.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from deskhand.app.engine import Engine
from deskhand.app.ports import AuditLog, AuditPage, MetricLog, MetricPage, Transaction
from deskhand.app.take_in import find
from deskhand.core.audited import Audit, learn
from deskhand.core.memory import Memory
from deskhand.core.metric_event import MetricEvent, merged
from deskhand.core.ticket import Ticket

R = TypeVar("R", Audit, MetricEvent)


def hear(engine: Engine) -> int:
    """Read each log, a few pages at a time; returns how many tickets are remembered differently. Raises what the logs raise."""
    return sum(_follow(engine, one) for one in (engine.audit_log, engine.metric_log) if one is not None)


def _follow(engine: Engine, source: AuditLog | MetricLog) -> int:
    """One log, page by page; each page and its cursor are committed together."""
    changed = 0
    for _ in range(engine.limits.log_pages):
        if not source.ready():
            break
        now = engine.clock.now()
        with engine.store.read() as tx:
            cursor = tx.notebook.get(f"cursor {source.name}")
        page = source.read(cursor, since=now - engine.limits.backfill)
        with engine.store.begin() as tx:
            changed += _keep(tx, engine, page, now)
            tx.notebook.set(f"cursor {source.name}", page.cursor)
            tx.notebook.set(f"read to {source.name}", now.isoformat())
        if not page.more:
            break
    return changed


def _keep(tx: Transaction, engine: Engine, page: AuditPage | MetricPage, now: datetime) -> int:
    """What a page tells of tickets that are known, or remembered though no feed has told of them yet, and of those that have just been made."""
    audits = [row for row in page.rows if isinstance(row, Audit)]
    events = [row for row in page.rows if isinstance(row, MetricEvent)]
    ids = {row.ticket_id for row in page.rows}
    before = tx.memories.load(ids)
    tickets = tx.tickets.load(ids)
    known = tickets.keys() | before.keys() | {row.ticket_id for row in audits if row.created}
    known |= {row.ticket_id for row in events if now - row.at < engine.limits.overlap}
    after = {key: before.get(key) or Memory(key) for key in known}
    for key, told in _by_ticket(audits).items():
        if key in after:
            after[key] = learn(after[key], told, engine.policy.binding, engine.policy.watched)
            after[key] = _read(find(after[key], told), told, tickets.get(key))
    for key, rows in _by_ticket(events).items():
        if key in after:
            after[key] = replace(after[key], events=merged(after[key].events, rows))
    moved = [key for key, memory in after.items() if memory != before.get(key)]
    tx.memories.save(after[key] for key in moved)
    tx.work.wake([key for key in moved if key in before and not _same(before[key], after[key])], now)
    return len(moved)


def _read(memory: Memory, told: Sequence[Audit], ticket: Ticket | None) -> Memory:
    """The memory; nothing is left to be read of a ticket whose audits have been told up to its stamp, as far back as there is doubt."""
    if memory.unread is None or ticket is None or memory.exact_to is None or memory.exact_to < ticket.updated_at:
        return memory
    whole = memory.unread > ticket.created_at or any(audit.created for audit in told)
    return replace(memory, unread=None) if whole else memory


def _same(before: Memory, after: Memory) -> bool:
    """Whether no clock can read differently."""
    return before.events == after.events and set(before.history) == set(after.history)


def _by_ticket(rows: Iterable[R]) -> Mapping[int, list[R]]:
    found: dict[int, list[R]] = {}
    for row in rows:
        found.setdefault(row.ticket_id, []).append(row)
    return found
