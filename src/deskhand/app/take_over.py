"""Take over: what a process that died had in its hands."""

from dataclasses import replace

from deskhand import logs
from deskhand.app.engine import Engine
from deskhand.core.fallback import UNCLEAR, attempted, doubted, is_doubted

log = logs.get(__name__)
MOST = 10_000


def take_over(engine: Engine) -> int:
    """Writes that were claimed and never handed in become `unknown`, to be settled from the audits, and so do messages, to be settled as their channels allow; returns how many.

    What waited to be sent is asked for first, where it can be: somebody may have put a backup in the place of the database, and it was sent since.

    For a process that has just begun and holds the database alone: nobody else can be sending them, so their leases need not run out first.
    A request that is still on its way then comes too late: its stamp is no longer the ticket's, or its audit is found.
    """
    now = engine.clock.now()
    with engine.store.begin() as tx:
        rows = [row for row in tx.outbox.ready(now, "sending", MOST) if not row.job_id]
        later = now + engine.limits.settle_after
        reason = "the process that sent it ended"
        tx.outbox.put(replace(row, state="unknown", not_before=later, lease_until=None, reason=reason) for row in rows)
        words = f"{UNCLEAR}{reason}"
        messages = [attempted(row, now, words) for row in tx.messages.ready(now, "sending", MOST)]
        tx.messages.put(replace(row, state="unknown", not_before=later, lease_until=None) for row in messages)
        waiting = tx.messages.listed(("planned", "deferred", "held"), MOST) if engine.is_stale else []
        tx.messages.put(doubted(row, now) for row in waiting if not is_doubted(row))
    for row in rows:
        log.warning("write_unknown", op=row.op_id, ticket=row.write.ticket_id, reason=reason)
    for message in messages:
        log.warning("message_unknown", message=message.message.key, ticket=message.message.ticket_id, reason=reason)
    return len(rows) + len(messages)
