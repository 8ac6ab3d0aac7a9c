"""Evaluate: judge the tickets whose time has come, and commit decision, memory, outbox row and next look together."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from deskhand import logs
from deskhand.app.disagree import tell_disagreements
from deskhand.app.engine import Engine
from deskhand.app.ports import Transaction
from deskhand.app.take_in import take_in
from deskhand.core.decide import decide
from deskhand.core.decision import Decision
from deskhand.core.delivery import Row
from deskhand.core.memory import Memory
from deskhand.core.ticket import Ticket

log = logs.get(__name__)


@dataclass(slots=True)
class Evaluated:
    """How many tickets were judged, and the decisions that did or would have done something."""

    tickets: int = 0
    decisions: list[Decision] = field(default_factory=list)


def evaluate(engine: Engine) -> Evaluated:
    """Judge every ticket that is due now, in batches. Raises what the desk raises when tickets are read again."""
    done = Evaluated()
    while ids := _due(engine):
        batch = _judge(engine, ids)
        done.tickets += batch.tickets
        done.decisions += batch.decisions
    return done


def _due(engine: Engine) -> list[int]:
    with engine.store.begin() as tx:
        return tx.work.due(engine.clock.now(), engine.limits.batch)


def _judge(engine: Engine, ids: list[int]) -> Evaluated:
    """One batch: decide, read again what is to be written but was not read just now, decide that again, commit."""
    now = engine.clock.now()
    with engine.store.begin() as tx:
        tickets, memories = tx.tickets.load(ids), tx.memories.load(ids)
        waiting = tx.outbox.held(ids)
        made = _decide(engine, tickets, memories, waiting, now)
        doubtful = [made[key].ticket_id for key in made if made[key].write and not engine.is_fresh(key, now)]
        if not doubtful:
            return _commit(tx, engine, ids, made=made, waiting=waiting, now=now)
    fetched = engine.desk.fetch(doubtful)
    engine.was_read(doubtful, now)
    with engine.store.begin() as tx:
        take_in(tx, fetched, engine, now)
        absent = set(doubtful) - {ticket.id for ticket in fetched}
        tx.tickets.remove(absent)
        again = _decide(engine, tx.tickets.load(doubtful), tx.memories.load(doubtful), waiting, now)
        made = {key: decision for key, decision in made.items() if key not in absent} | again
        return _commit(tx, engine, ids, made=made, waiting=waiting, now=now)


def _decide(
    engine: Engine,
    tickets: Mapping[int, Ticket],
    memories: Mapping[int, Memory],
    waiting: Mapping[int, Row],
    now: datetime,
) -> dict[int, Decision]:
    """A decision for each ticket, but for those whose last write is still under way: they are judged when it is settled."""
    return {
        key: decide(ticket, memories.get(key) or Memory(key), engine.policy, now)
        for key, ticket in tickets.items()
        if key not in waiting
    }


def _commit(
    tx: Transaction,
    engine: Engine,
    ids: list[int],
    *,
    made: Mapping[int, Decision],
    waiting: Mapping[int, Row],
    now: datetime,
) -> Evaluated:
    """Everything that the decisions mean, in the transaction at hand."""
    loud = [decision for decision in made.values() if not decision.quiet]
    tell_disagreements(tx, made.values())
    tx.memories.save(decision.memory for decision in made.values())
    tx.decisions.record(loud, engine.run)
    tx.outbox.put(
        Row(write=decision.write, state="planned", created_at=now, not_before=now, run=engine.run)
        for decision in loud
        if decision.write
    )
    looks = {key: made[key].look_again if key in made else None for key in ids}
    tx.work.settle(looks | {key: waiting[key].not_before + engine.limits.lease for key in ids if key in waiting})
    for decision in loud:
        log.info(
            "decided",
            ticket=decision.ticket_id,
            rules=[verdict.rule for verdict in decision.verdicts if verdict.outcome in ("fires", "holds")],
            op=decision.write.op_id if decision.write else None,
        )
        if engine.witness:
            engine.witness(decision)
    return Evaluated(len(made), loud)
