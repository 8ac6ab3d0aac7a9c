"""Evaluate: judge the tickets whose time has come, and commit decision, memory, outbox rows and next look together."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from deskhand import logs
from deskhand.app.alike import Counts, count_alike, note_alike
from deskhand.app.engine import Engine
from deskhand.app.guard import LET_GO, Guard
from deskhand.app.ports import Transaction
from deskhand.app.take_in import complete, find, take_in
from deskhand.core.audited import Audit, learn
from deskhand.core.decide import decide, go_on
from deskhand.core.decision import Decision
from deskhand.core.delivery import Row
from deskhand.core.fallback import doubted
from deskhand.core.found import words
from deskhand.core.grace import grace_until
from deskhand.core.memory import Memory
from deskhand.core.message import Message
from deskhand.core.outside import Outside
from deskhand.core.ticket import Ticket
from deskhand.errors import DeskError

log = logs.get(__name__)

AUDITS: Final = 50
"""Tickets of a batch whose audits are read in one go."""


@dataclass(slots=True)
class Evaluated:
    """How many tickets were judged, and the decisions that did or would have done something."""

    tickets: int = 0
    decisions: list[Decision] = field(default_factory=list)


def evaluate(engine: Engine) -> Evaluated:
    """Judge every ticket that is due now, in batches. Raises what the desk raises when tickets are read again."""
    done, guard = Evaluated(), Guard(engine)
    while ids := _due(engine):
        batch = _judge(engine, guard, ids)
        done.tickets += batch.tickets
        done.decisions += batch.decisions
    return done


def bid_farewell(tx: Transaction, engine: Engine, gone: Collection[int], now: datetime) -> None:
    """What is known of tickets that are in Zendesk no more comes to its end: their ladders, and their open pages."""
    if gone:
        batch = _Batch(engine, sorted(gone), now)
        batch.load(tx)
        batch.bid_farewell(tx, gone)


def _due(engine: Engine) -> list[int]:
    with engine.store.read() as tx:
        return tx.work.due(engine.clock.now(), engine.limits.batch)


def _judge(engine: Engine, guard: Guard, ids: list[int]) -> Evaluated:
    """One batch: decide, read again what is to be written but was not read just now, decide that again, commit."""
    batch = _Batch(engine, ids, engine.clock.now())
    with engine.store.begin() as tx:
        batch.load(tx)
        doubtful, unread = batch.doubtful(), batch.unread()
        if not doubtful and not unread:
            return batch.commit(tx, guard)
    read: dict[int, tuple[Audit, ...]] = {}
    try:
        fetched = engine.desk.fetch(doubtful) if doubtful else []
        for key in unread[:AUDITS]:  # after the tickets themselves: what has changed them is in the audits
            read[key] = engine.desk.audits(key)
    except DeskError:
        with engine.store.begin() as tx:
            batch.learn(tx, read)
            batch.go_on(tx)
        raise
    engine.was_read(doubtful, batch.now)
    with engine.store.begin() as tx:
        take_in(tx, fetched, engine, batch.now)
        gone = set(doubtful) - {ticket.id for ticket in fetched}
        batch.bid_farewell(tx, gone)
        tx.tickets.remove(gone)
        batch.learn(tx, read)
        batch.load(tx)
        return batch.commit(tx, guard)


@dataclass(slots=True)
class _Batch:
    """Tickets that are judged together, with what is known of them and what was decided."""

    engine: Engine
    ids: list[int]
    now: datetime
    tickets: dict[int, Ticket] = field(default_factory=dict)
    memories: dict[int, Memory] = field(default_factory=dict)
    waiting: dict[int, Row] = field(default_factory=dict)
    made: dict[int, Decision] = field(default_factory=dict)
    alike: dict[int, Counts] = field(default_factory=dict)
    outside: Outside = field(default_factory=Outside)
    later: dict[int, datetime] = field(default_factory=dict)
    """Tickets that somebody is changing just now, and until when they are left alone."""

    def load(self, tx: Transaction) -> None:
        """Read them, and decide for each that is new or has changed since, but for those whose last write is still under way."""
        before = {key: (self.tickets[key], self.memories.get(key)) for key in self.made}
        self.tickets, self.memories = tx.tickets.load(self.ids), tx.memories.load(self.ids)
        self.outside = replace(self.engine.outside(), stopped=self.engine.stop())
        note_alike(tx, self.tickets.values(), self.engine.policy.alike)
        self.alike = count_alike(tx, self.tickets.values(), self.engine.policy.alike, self.now)
        self.waiting = dict(tx.outbox.under_way(self.ids))
        self.made = {
            key: self.made[key]
            if key in before and before[key] == (ticket, self.memories.get(key))
            else self._decide(key, {})
            for key, ticket in self.tickets.items()
            if key not in self.waiting
        }

    def _decide(self, key: int, holds: dict[str, str]) -> Decision:
        memory, outside = self.memories.get(key) or Memory(key), replace(self.outside, alike=self.alike.get(key, {}))
        return decide(self.tickets[key], memory, self.engine.policy, self.now, holds, outside=outside)

    def _go_on(self, key: int, ticket: Ticket) -> Decision | None:
        """The next steps of the ladders that a ticket is on already, where it is on any."""
        memory = self.memories.get(key)
        if memory is None or all(climb.stage == "over" for climb in memory.climbs):
            return None
        return go_on(ticket, memory, self.engine.policy, self.now, outside=self.outside)

    def go_on(self, tx: Transaction) -> None:
        """Zendesk is away: whoever is to be paged is paged all the same. The tickets stay due, and are judged once it is back."""
        self.load(tx)
        found = [self._go_on(key, ticket) for key, ticket in self.tickets.items()]
        self._keep(tx, [one for one in found if one is not None and one.messages])

    def bid_farewell(self, tx: Transaction, gone: Iterable[int]) -> None:
        """Tickets that are in Zendesk no more: their ladders are at an end, and their pages are closed."""
        found = [self._go_on(key, replace(self.tickets[key], status="deleted")) for key in gone if key in self.tickets]
        self._keep(tx, [one for one in found if one is not None])

    def _keep(self, tx: Transaction, decisions: list[Decision]) -> None:
        """What was decided of ladders alone."""
        tx.memories.save(decision.memory for decision in decisions)
        loud = [decision for decision in decisions if not decision.quiet]
        tx.decisions.record(loud, self.engine.run)
        self._queue(tx, loud)
        for decision in loud:
            _tell(self.engine, decision)

    def unread(self) -> list[int]:
        """Tickets that are to be written to or spoken of, and may carry writes of ours that the database does not know."""
        return [key for key, one in self.made.items() if (one.write or one.messages) and one.memory.unread]

    def learn(self, tx: Transaction, read: Mapping[int, Sequence[Audit]]) -> None:
        """What the audits tell of tickets that may have been written to: their history, and what fired for our own writes."""
        policy = self.engine.policy
        for key, memory in tx.memories.load(read).items():
            after = learn(memory, read[key], policy.binding, policy.watched)
            tx.memories.save([replace(find(after, read[key]), unread=None)])

    def doubtful(self) -> list[int]:
        """Tickets that are to be written to or spoken of and were not read a moment ago, or that lack what a new policy needs and were not asked for it yet."""
        engine = self.engine
        return [
            key
            for key, one in self.made.items()
            if ((one.write or one.messages) and not engine.is_fresh(key, self.now))
            or (key not in engine.read_at and not complete(self.tickets[key], engine.policy.needs))
        ]

    def commit(self, tx: Transaction, guard: Guard) -> Evaluated:
        """Everything that the decisions mean, in the transaction at hand, as far as the guards let it pass."""
        self._be_patient()
        self._put_off(self.unread())
        for key, holds in guard.holds(tx, self.made, self.tickets, self.memories, self.now).items():
            self.made[key] = self._decide(key, holds)
        loud = [decision for decision in self.made.values() if not decision.quiet]
        tx.memories.save(decision.memory for decision in self.made.values())
        tx.decisions.record(loud, self.engine.run)
        tx.outbox.put(row for decision in loud for row in self._rows(decision))
        self._queue(tx, loud)
        looks = {key: self.made[key].look_again if key in self.made else None for key in self.ids}
        lease = self.engine.limits.lease
        looks |= {key: max(row.not_before, self.now) + lease for key, row in self.waiting.items()}
        tx.work.settle(looks | self.later | self._climb_meanwhile(tx, looks))
        for decision in loud:
            _tell(self.engine, decision)
        return Evaluated(len(self.made), loud)

    def _climb_meanwhile(self, tx: Transaction, looks: Mapping[int, datetime | None]) -> dict[int, datetime]:
        """Take the due steps of ladders while a ticket's last write is under way; returns when such tickets are looked at again."""
        steps = {key: self._go_on(key, self.tickets[key]) for key in self.waiting if key in self.tickets}
        found = {key: one for key, one in steps.items() if one is not None}
        self._keep(tx, list(found.values()))
        ends = {key: (one.look_again, looks[key]) for key, one in found.items()}
        return {key: min(at for at in instants if at) for key, instants in ends.items() if any(instants)}

    def _queue(self, tx: Transaction, decisions: list[Decision]) -> None:
        """What is to be said outside Zendesk; nothing while the worker only observes. The kill switch stops the sending, not this."""
        if self.engine.policy.mode in ("notify", "enforce"):
            messages = [message for decision in decisions for message in decision.messages]
            for message in tx.messages.add(messages, self.now, self.engine.run):
                self._doubt(tx, message)
                log.info("message_queued", message=message.key, ticket=message.ticket_id, verb=message.verb, role=message.role)  # fmt: skip

    def _doubt(self, tx: Transaction, message: Message) -> None:
        """A message that a worker of which this database knows nothing may have sent is asked for first: in the first minutes, and in a matter that was found."""
        key = message.ticket_id
        row, ticket, memory = tx.messages.find(message.key), self.tickets.get(key), self.memories.get(key)
        younger = ticket is not None and not self.engine.may_be_older(ticket.created_at)
        younger = younger or not self.engine.is_stale
        if row is not None and not (younger and (memory is None or words(memory, message.thread) is None)):
            tx.messages.put([doubted(row, self.now)])

    def _put_off(self, unread: Iterable[int]) -> None:
        """What has turned out to be unread is judged once it was read."""
        for key in unread:
            self.later[key] = self.now
            del self.made[key]

    def _be_patient(self) -> None:
        """Leave alone for some seconds what somebody is changing just now: it is decided as if for the first time then."""
        for key, decision in list(self.made.items()):
            memory = self.memories.get(key) or Memory(key)
            until = grace_until(self.tickets[key], memory, self.engine.policy.guards.grace, self.now)
            if until is not None and decision.write is not None:
                self.later[key] = until
                del self.made[key]

    def _rows(self, decision: Decision) -> Iterator[Row]:
        """What is to be sent, and what is held."""
        if decision.write is not None:
            memory = self.memories.get(decision.ticket_id)
            reason = LET_GO if memory and set(memory.allowed) & set(decision.write.rules) else ""
            yield Row(decision.write, "planned", self.now, self.now, run=self.engine.run, reason=reason)
        if decision.held is not None:
            reasons = dict.fromkeys(verdict.reason for verdict in decision.verdicts if verdict.outcome == "held")
            yield Row(decision.held, "held", self.now, self.now, run=self.engine.run, reason="; ".join(reasons))


def _tell(engine: Engine, decision: Decision) -> None:
    """One line for a decision; another for what is held of it."""
    outcomes = {verdict.rule: verdict.outcome for verdict in decision.verdicts}
    log.info(
        "decided",
        ticket=decision.ticket_id,
        rules=[rule for rule, outcome in outcomes.items() if outcome in ("fires", "holds")],
        op=decision.write.op_id if decision.write else None,
        skipped=[rule for rule, outcome in outcomes.items() if outcome == "skipped"],
    )
    if decision.held is not None:
        log.warning("write_held", ticket=decision.ticket_id, rules=list(decision.held.rules), op=decision.held.op_id)
    if engine.witness:
        engine.witness(decision)
