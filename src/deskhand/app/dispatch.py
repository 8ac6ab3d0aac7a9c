"""Dispatch: carry the outbox rows to Zendesk, and bring each to an end.

The order of one turn: rows whose worker died become `unknown`; running jobs are asked for their outcomes; unknown rows are settled from the audits; rows
that waited too long to be sent are judged again; new rows are claimed (committed as `sending` before the first byte leaves) and handed in as one job of
at most 100. A job that is refused whole is handed in again in halves, so that one bad row stops no other.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from deskhand import logs
from deskhand.app.engine import Engine
from deskhand.app.guard import take_back
from deskhand.app.ports import Transaction
from deskhand.app.take_in import take_in
from deskhand.app.trail import note_switch, wrote
from deskhand.core.confirm import confirms, settled
from deskhand.core.delivery import AWAY_WAIT, Outcome, Row, next_try
from deskhand.core.memory import Memory, Own
from deskhand.core.ticket import Ticket
from deskhand.errors import AccessRefused, DeskError, RateLimited, Rejected, Unknown

log = logs.get(__name__)

NOT_OUR_ROWS = ("ReadOnly", "OtherHost", "Redirected")
"""Refusals that no row is to blame for."""
JOB_SIZE = 100
"""The most tickets that one `update_many` takes (zendesk-api.md section 3.3)."""


@dataclass(frozen=True, slots=True)
class Dispatched:
    """What a turn came to, in rows; `running` still wait for their job, `held_up` says that Zendesk asked for patience."""

    sent: int = 0
    done: int = 0
    conflicts: int = 0
    dead: int = 0
    later: int = 0
    running: int = 0
    held_up: bool = False

    def __add__(self, other: "Dispatched") -> "Dispatched":
        """Two parts of a turn together."""
        return Dispatched(
            self.sent + other.sent,
            self.done + other.done,
            self.conflicts + other.conflicts,
            self.dead + other.dead,
            self.later + other.later,
            self.running + other.running,
            self.held_up or other.held_up,
        )

    @property
    def moved(self) -> bool:
        """Whether anything came to an end or was handed in."""
        return bool(self.sent or self.done or self.conflicts or self.dead or self.later)


def dispatch(engine: Engine) -> Dispatched:
    """One turn of the outbox. Errors of the desk end in the rows. While the kill switch is on nothing is handed in."""
    now = engine.clock.now()
    _begin(engine, now)
    total = _ask_jobs(engine, now) + _settle_unknown(engine, now)
    if not engine.stop():
        _judge_stale_again(engine, now)
    while True:
        turn = _hand_in(engine, engine.clock.now())
        total += turn
        if turn.sent < JOB_SIZE or turn.held_up:
            return total


def _begin(engine: Engine, now: datetime) -> None:
    """Rows whose claim ran out: nobody knows how far their sender came. And the kill switch, where it was turned."""
    with engine.store.begin() as tx:
        stale = tx.outbox.stale(now)
        tx.outbox.put(
            replace(row, state="unknown", not_before=now, lease_until=None, reason="the worker that sent it is gone")
            for row in stale
        )
        note_switch(tx, engine, now)
    for row in stale:
        log.warning("write_unknown", op=row.op_id, ticket=row.write.ticket_id, reason="lease ran out")


def _judge_stale_again(engine: Engine, now: datetime) -> None:
    """Writes that nobody has taken for a quarter of an hour: what they were decided on is old, so their tickets are judged again."""
    with engine.store.begin() as tx:
        planned = tx.outbox.ready(now, "planned", 1_000)
        old = [row for row in planned if not row.attempts and not row.write.undoes]
        old = [row for row in old if now - row.created_at > engine.limits.useful]
        take_back(tx, old, "it waited too long to be sent; the ticket is judged again", now)
    for row in old:
        log.info("write_stale", op=row.op_id, ticket=row.write.ticket_id)


def _hand_in(engine: Engine, now: datetime) -> Dispatched:
    """Claim up to a hundred rows and hand them in as one job, unless the kill switch is on."""
    if why := engine.stop():
        return _stopped(engine, now, why)
    with engine.store.begin() as tx:
        rows = tx.outbox.claim(now, JOB_SIZE, now + engine.limits.lease)
    return _send(engine, rows, now) if rows else Dispatched()


def _stopped(engine: Engine, now: datetime, why: str) -> Dispatched:
    """Nothing may be written; say so where there is something to write."""
    with engine.store.read() as tx:
        waiting = bool(tx.outbox.ready(now, "planned", 1))
    if waiting:
        log.warning("writes_stopped", reason=why)
    return Dispatched(held_up=waiting)


def _send(engine: Engine, rows: list[Row], now: datetime) -> Dispatched:
    """Hand rows in as one job; where the whole job is refused, in halves, down to the row that is to blame."""
    try:
        job = engine.desk.submit([row.write for row in rows])
    except Rejected as refused:
        if len(rows) == 1 or isinstance(refused, AccessRefused) or refused.code in NOT_OUR_ROWS:
            return _not_handed_in(engine, rows, refused, now)
        log.warning("job_halved", writes=len(rows), reason=str(refused))
        half = len(rows) // 2
        return _send(engine, rows[:half], now) + _send(engine, rows[half:], now)
    except DeskError as failure:
        return _not_handed_in(engine, rows, failure, now)
    with engine.store.begin() as tx:
        tx.outbox.put(replace(row, job_id=job) for row in rows)
    log.info("job_handed_in", job=job, writes=len(rows))
    sent = Dispatched(sent=len(rows))
    return sent + _ask(engine, job, [replace(row, job_id=job) for row in rows], engine.clock.now())


def _not_handed_in(engine: Engine, rows: list[Row], failure: DeskError, now: datetime) -> Dispatched:
    """The job was not accepted: rows wait, become unknown, or die, as the error says."""
    log.warning("job_not_handed_in", writes=len(rows), error=type(failure).__name__, reason=str(failure))
    match failure:
        case RateLimited():
            outcomes = [Outcome(row.op_id, "away", str(failure), failure.retry_after) for row in rows]
        case Unknown():
            outcomes = [Outcome(row.op_id, "unknown", str(failure)) for row in rows]
        case AccessRefused():
            outcomes = [Outcome(row.op_id, "away", f"{failure}. {failure.hint}", 60.0) for row in rows]
        case Rejected() if failure.code not in NOT_OUR_ROWS:
            outcomes = [Outcome(row.op_id, "rejected", f"{failure}. {failure.hint}") for row in rows]
            return _settle(engine, rows, outcomes, now)
        case _:
            outcomes = [Outcome(row.op_id, "away", str(failure)) for row in rows]
    return replace(_settle(engine, rows, outcomes, now), held_up=True)


def _ask_jobs(engine: Engine, now: datetime) -> Dispatched:
    """Ask every running job what it came to."""
    with engine.store.read() as tx:
        sending = [row for row in tx.outbox.ready(now, "sending", 10_000) if row.job_id]
    jobs: dict[str, list[Row]] = {}
    for row in sending:
        jobs.setdefault(row.job_id, []).append(row)
    total = Dispatched()
    for job, rows in jobs.items():
        total += _ask(engine, job, rows, now)
    return total


def _ask(engine: Engine, job: str, rows: Sequence[Row], now: datetime) -> Dispatched:
    """One job: its outcomes if it has ended, patience if not, `unknown` if it has run for too long."""
    try:
        outcomes = engine.desk.outcomes(job, [row.write for row in rows])
    except DeskError as failure:
        log.warning("job_not_read", job=job, error=type(failure).__name__, reason=str(failure))
        return Dispatched(running=len(rows), held_up=True)
    if outcomes is None:
        if now - rows[0].not_before <= engine.limits.job_life:
            return Dispatched(running=len(rows))
        outcomes = [Outcome(row.op_id, "unknown", f"job {job} did not end in time") for row in rows]
    return _settle(engine, rows, outcomes, now)


def _settle_unknown(engine: Engine, now: datetime) -> Dispatched:
    """Read the audits for rows whose fate is not known: found means done, not found means that it may be sent again.

    It is sent with the stamp that it had: if the first attempt lands late after all, the ticket's stamp has moved and the second is refused.
    """
    with engine.store.read() as tx:
        rows = tx.outbox.ready(now, "unknown", JOB_SIZE)
    total = Dispatched()
    for row in rows:
        try:
            audit = engine.desk.audit_of(row.write)
        except DeskError as failure:
            log.warning("audit_not_read", ticket=row.write.ticket_id, reason=str(failure))
            return replace(total, held_up=True)
        outcome = (
            Outcome(row.op_id, "done", "found in the audits", audit_id=audit)
            if audit is not None
            else Outcome(row.op_id, "astray", f"not in the ticket's audits; {row.reason}")
        )
        total += _settle(engine, [row], [outcome], now)
    return total


def _settle(engine: Engine, rows: Sequence[Row], outcomes: Iterable[Outcome], now: datetime) -> Dispatched:
    """Bring rows to the state that their outcomes mean, reading the tickets back where something was or may have been done."""
    by_op = {outcome.op_id: outcome for outcome in outcomes}
    pairs = [(row, by_op.get(row.op_id) or Outcome(row.op_id, "unknown", "the job says nothing of it")) for row in rows]
    try:
        pairs = [(row, _ours_after_all(engine, row, outcome)) for row, outcome in pairs]
    except DeskError as failure:
        log.warning("audit_not_read", reason=str(failure))
        return Dispatched(running=len(rows), held_up=True)
    read = [row.write.ticket_id for row, outcome in pairs if outcome.came in ("done", "conflict")]
    try:
        seen = {ticket.id: ticket for ticket in engine.desk.fetch(read)} if read else {}
    except DeskError as failure:
        log.warning("not_read_back", writes=len(read), reason=str(failure))
        return Dispatched(running=len(rows), held_up=True)
    engine.was_read(list(seen), now)
    ended = [_end(engine, row, outcome, seen.get(row.write.ticket_id), now) for row, outcome in pairs]
    with engine.store.begin() as tx:
        known = [row.write.ticket_id for row, outcome in pairs if _is_all(engine, row, outcome)]
        _record(tx, engine, ended, seen, now, known=known)
    for row in ended:
        _say(row)
    states = [row.state for row in ended]
    return Dispatched(
        done=states.count("done"),
        conflicts=states.count("conflict"),
        dead=states.count("dead"),
        later=states.count("planned") + states.count("unknown"),
    )


def _ours_after_all(engine: Engine, row: Row, outcome: Outcome) -> Outcome:
    """A conflict on a later attempt may be with our own first one, which landed unseen, or with one that this database does not know: the audits tell."""
    if outcome.came != "conflict" or (row.attempts < 2 and engine.caught_up):
        return outcome
    audit = engine.desk.audit_of(row.write)
    return outcome if audit is None else Outcome(row.op_id, "done", "an earlier attempt was done", audit_id=audit)


def _is_all(engine: Engine, row: Row, outcome: Outcome) -> bool:
    """Whether a ticket is as this very write left it, or was changed after: it was conditional, so nothing of another worker's can lie before it."""
    sent_at = row.lease_until - engine.limits.lease if row.lease_until else engine.began
    return outcome.came == "done" and outcome.audit_id is None and sent_at > engine.began


def _end(engine: Engine, row: Row, outcome: Outcome, ticket: Ticket | None, now: datetime) -> Row:
    """The row after its outcome."""
    match outcome.came:
        case "done":
            return _confirmed(engine, row, outcome, ticket, now)
        case "conflict":
            return replace(row, state="conflict", reason=outcome.reason, settled_at=now, lease_until=None)
        case "unknown":
            later = now + engine.limits.settle_after
            return replace(row, state="unknown", not_before=later, reason=outcome.reason, lease_until=None)
        case "retry" | "astray" if again := next_try(outcome, row.attempts, now):
            return replace(row, state="planned", not_before=again, reason=outcome.reason, lease_until=None, job_id="")
        case "away":
            later = now + timedelta(seconds=outcome.retry_after or AWAY_WAIT)
            tries = max(row.attempts - 1, 0)
            return replace(
                row, state="planned", attempts=tries, not_before=later, reason=outcome.reason, lease_until=None
            )
        case _:
            tried = f"tried {row.attempts} times, and last: " if outcome.came == "retry" else ""
            return replace(row, state="dead", reason=tried + outcome.reason, settled_at=now, lease_until=None)


def _confirmed(engine: Engine, row: Row, outcome: Outcome, ticket: Ticket | None, now: datetime) -> Row:
    """Done, as the ticket itself shows; where it does not, the audits decide whether it was done and changed since."""
    if outcome.audit_id is None and ticket is not None and not confirms(row.write, ticket):
        later = now + engine.limits.settle_after
        reason = "Zendesk said done, but the ticket does not show it"
        return replace(row, state="unknown", not_before=later, reason=reason, lease_until=None)
    write = settled(row.write, ticket) if ticket is not None else row.write
    return replace(
        row,
        write=write,
        state="done",
        audit_id=outcome.audit_id,
        reason=outcome.reason,
        settled_at=now,
        lease_until=None,
    )


def _record(
    tx: Transaction,
    engine: Engine,
    rows: list[Row],
    seen: Mapping[int, Ticket],
    now: datetime,
    *,
    known: Collection[int],
) -> None:
    """Tickets as read back, while the rows still say what was written; rows, firings taken back after a conflict, and a new look at every ticket that is free again."""
    take_in(tx, seen.values(), engine, now, known)
    tx.outbox.put(rows)
    ended = {row.write.ticket_id: row for row in rows if row.state in ("done", "conflict")}
    memories = tx.memories.load(ended)
    tx.memories.save(_after(memory, ended[key], seen.get(key)) for key, memory in memories.items())
    tx.work.wake([row.write.ticket_id for row in rows if row.state in ("done", "conflict", "dead")], now)
    tx.trail.add(wrote(rows, engine.run, now))


def _after(memory: Memory, row: Row, ticket: Ticket | None) -> Memory:
    """What to remember of a write that has ended: what was lost is taken back, and the stamp that we left is known as ours."""
    if row.state == "conflict":
        return memory.without(row.op_id)
    calm = tuple(sorted({*memory.calm, *row.write.rules})) if row.write.undoes else memory.calm
    stamp = datetime.fromisoformat(row.write.stamp)
    if ticket is None or ticket.updated_at == stamp:
        return replace(memory, calm=calm)
    before = memory.own.before if memory.own is not None and memory.own.after == stamp else stamp
    return replace(memory, calm=calm, own=Own(ticket.updated_at, before))


def _say(row: Row) -> None:
    """One line in the log for each row that moved."""
    facts = {"op": row.op_id, "ticket": row.write.ticket_id, "rules": list(row.write.rules)}
    match row.state:
        case "done":
            log.info("write_done", **facts)
        case "conflict":
            log.info("write_conflict", **facts, reason=row.reason)
        case "dead":
            log.error("write_dead", **facts, reason=row.reason)
        case "unknown":
            log.warning("write_unknown", **facts, reason=row.reason)
        case _:
            log.warning("write_later", **facts, reason=row.reason, at=row.not_before.isoformat())
