"""Take in what Zendesk told: keep the tickets, note what changed in their history, wake their keys."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime

from deskhand import logs
from deskhand.app.engine import Engine
from deskhand.app.ports import Transaction
from deskhand.core.audited import Audit, beyond
from deskhand.core.confirm import confirms, touched
from deskhand.core.delivery import Row
from deskhand.core.found import remembered
from deskhand.core.history import Kind, Levels, in_order, observe
from deskhand.core.memory import Memory
from deskhand.core.policy import Policy
from deskhand.core.ticket import Ticket

log = logs.get(__name__)


def take_in(
    tx: Transaction, tickets: Iterable[Ticket], engine: Engine, now: datetime, known: Collection[int] = ()
) -> list[int]:
    """Store what is new about these tickets and wake the changed ones; returns the numbers that changed.

    `known` are those of which nobody but this process, or people, can have changed anything since the database was read.
    """
    latest = _newest(tickets)
    before = tx.tickets.load(latest)
    memories = tx.memories.load(latest)
    changed = [ticket for ticket in latest.values() if differs(before.get(ticket.id), ticket)]
    gone = [ticket.id for ticket in changed if ticket.status == "deleted"]
    kept = [ticket for ticket in changed if ticket.status != "deleted"]
    writes = tx.outbox.under_way([ticket.id for ticket in kept if ticket.id in before]) if before else {}
    tx.tickets.save(kept)
    after = {
        ticket.id: _remember(
            memories.get(ticket.id),
            before.get(ticket.id),
            ticket,
            engine.policy,
            ours=_ours(writes[ticket.id], before[ticket.id], ticket) if ticket.id in writes else frozenset(),
        )
        for ticket in kept
    }
    for ticket in kept:
        since = _doubt(memories.get(ticket.id), before.get(ticket.id), ticket)
        if since is not None and ticket.id not in known and engine.may_be_older(ticket.created_at):
            after[ticket.id] = replace(after[ticket.id], unread=min(after[ticket.id].unread or since, since))
    tx.memories.save(after.values())
    tx.tickets.remove(gone)
    tx.work.wake([ticket.id for ticket in kept], now)
    return [ticket.id for ticket in kept]


def differs(known: Ticket | None, told: Ticket) -> bool:
    """Whether a reading says anything new. What it was not asked for (SLAs, metrics, people) does not count."""
    if known is None:
        return told.status != "deleted"
    if told.updated_at < known.updated_at and told.status != "deleted":
        return False
    return _filled(known, told) != known


def complete(ticket: Ticket, needs: frozenset[str]) -> bool:
    """Whether a reading carries all that the policy needs to judge it; an ended ticket needs nothing more."""
    if not ticket.live:
        return True
    return not (("slas" in needs and ticket.slas is None) or ("metrics" in needs and ticket.metrics is None))


def _filled(known: Ticket, told: Ticket) -> Ticket:
    """The reading, with what it was not asked for taken from the one before."""
    return replace(
        told,
        slas=known.slas if told.slas is None else told.slas,
        metrics=known.metrics if told.metrics is None else told.metrics,
        requester=told.requester or known.requester,
        organization=told.organization or known.organization,
    )


def _newest(tickets: Iterable[Ticket]) -> dict[int, Ticket]:
    """Each ticket once, in its newest reading."""
    latest: dict[int, Ticket] = {}
    for ticket in tickets:
        other = latest.get(ticket.id)
        if other is None or ticket.updated_at >= other.updated_at:
            latest[ticket.id] = ticket
    return latest


def find(memory: Memory, audits: Iterable[Audit]) -> Memory:
    """The memory with what audits show of our own writes and the database does not know; what is found is told."""
    after = remembered(memory, audits)
    if new := after.ledger[len(memory.ledger) :]:
        ops, rules = {one.op_id: None for one in new if one.op_id}, {one.rule: None for one in new if one.rule}
        log.warning("writes_found", ticket=memory.ticket_id, ops=list(ops), rules=list(rules))
    return after


def _doubt(memory: Memory | None, before: Ticket | None, after: Ticket) -> datetime | None:
    """Since when nobody knows who has changed a ticket; None where it was not changed, or where its audits up to now were heard."""
    since = before.updated_at if before else after.created_at
    whole = memory is not None and (before is not None or any(event.kind == "created" for event in memory.history))
    heard = memory is not None and memory.exact_to is not None and memory.exact_to >= after.updated_at
    return None if (before and after.updated_at == since) or (whole and heard) else since


def _ours(row: Row, before: Ticket, after: Ticket) -> frozenset[Kind]:
    """What the write that is under way changed between two readings, if it was done: it was to be the next thing after the first of them.

    The audits tell for certain, a minute later.
    """
    if not row.attempts or before.updated_at != datetime.fromisoformat(row.write.stamp):
        return frozenset()
    return touched(row.write) if confirms(row.write, after) else frozenset()


def _remember(
    memory: Memory | None, before: Ticket | None, after: Ticket, policy: Policy, *, ours: frozenset[Kind]
) -> Memory:
    """The memory with what happened between two readings; `ours` is what our own write did of it."""
    memory = memory or Memory(after.id)
    read = policy.binding.read
    levels = Levels(read(before) if before else None, read(after), memory.intended)
    history = observe(memory.history, before, after, levels, policy.watched, ours=ours)
    if memory.exact_to is not None:  # what lies before is known from the audits already, and better
        seen = history[len(memory.history) :]
        later = (
            event if event.at > memory.exact_to else beyond(event, memory.exact_to, memory.history) for event in seen
        )
        history = tuple(in_order((*memory.history, *(event for event in later if event))))
    moved = before is not None and levels.before != levels.after
    return replace(memory, history=history, intended=None if moved else memory.intended)
