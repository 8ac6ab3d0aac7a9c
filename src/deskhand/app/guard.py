"""The guards of an evaluation: which rules are held on which tickets, and why. Their figures are the policy's, their counts are in the store."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from deskhand import logs
from deskhand.app.engine import Engine
from deskhand.app.ports import Transaction
from deskhand.core.cap import capped
from deskhand.core.ceiling import Tally, Wanted, excess, is_old
from deskhand.core.climbs import WORD as CLIMBING
from deskhand.core.decision import Decision
from deskhand.core.delivery import Row
from deskhand.core.flapping import flaps
from deskhand.core.memory import Memory
from deskhand.core.ticket import LIVE, Ticket

log = logs.get(__name__)

LET_GO: Final = "let go by a person"
"""The reason of a planned row that no ceiling takes back."""
Holds = dict[int, dict[str, str]]
"""Reasons by ticket and rule."""


def stopped_note(rule: str) -> str:
    """The name under which it is noted that a rule is held, with the reason."""
    return f"held {rule}"


def tally_note(rule: str) -> str:
    """The name under which it is noted how often a rule fired lately."""
    return f"fired {rule}"


class Guard:
    """Looks at what is about to be decided, batch after batch of one evaluation."""

    def __init__(self, engine: Engine) -> None:
        """A guard lives as long as one evaluation: that is the cycle of its ceilings."""
        self._engine = engine
        self._cycle: dict[str, Wanted] = {}

    def holds(
        self,
        tx: Transaction,
        made: Mapping[int, Decision],
        tickets: Mapping[int, Ticket],
        memories: Mapping[int, Memory],
        now: datetime,
    ) -> Holds:
        """The rules to be held, by ticket, with reasons. What passes is counted."""
        held: Holds = {}
        wanted: dict[str, list[int]] = {}
        for key, decision in made.items():
            memory = memories.get(key) or Memory(key)
            for rule in _acting(decision):
                if rule in memory.allowed:
                    continue
                reason = self._on_ticket(decision, memory, rule, now)
                if reason:
                    held.setdefault(key, {})[rule] = reason
                else:
                    wanted.setdefault(rule, []).append(key)
        for rule, keys in wanted.items():
            old = sum(is_old(tickets[key].created_at, now) for key in keys)
            reason = self._on_rule(tx, rule, Wanted(len(keys), old), now)
            for key in keys if reason else ():
                held.setdefault(key, {})[rule] = reason
        return held

    def _on_ticket(self, decision: Decision, memory: Memory, rule: str, now: datetime) -> str:
        """Whether this one ticket is a reason to hold a rule: its cap, or flapping."""
        guards = self._engine.policy.guards
        first = any(verdict.rule == rule and verdict.number == 1 for verdict in decision.verdicts)
        flapping = flaps(memory, rule, guards.flapping, now) if first else ""
        if flapping:
            log.error("flapping", ticket=decision.ticket_id, rule=rule, reason=flapping)
        return flapping or (capped(memory, guards.per_ticket_and_day, now) if first else "")

    def _on_rule(self, tx: Transaction, rule: str, wanted: Wanted, now: datetime) -> str:
        """Whether the rule is over its ceiling, or was before: then all that it wants is held, from the beginning of this cycle on."""
        noted = tx.notebook.get(stopped_note(rule))
        if noted:
            return noted
        cycle = self._cycle.get(rule, Wanted()) + wanted
        tally = Tally.parse(tx.notebook.get(tally_note(rule)))
        hour = tally.within_the_hour(now) + wanted
        ceiling = self._engine.policy.ceiling(rule)
        live = sum(count for status, count in tx.tickets.count().items() if status in LIVE) if hour.old else 0
        over = excess(ceiling, cycle, hour, live)
        if not over:
            self._cycle[rule] = cycle
            tx.notebook.set(tally_note(rule), tally.add(now, wanted).text())
            return ""
        reason = f"rule '{rule}' wants to change {over}"
        tx.notebook.set(stopped_note(rule), reason)
        taken = _take_back_rule(tx, rule, reason, now)
        log.error("rule_held", rule=rule, reason=reason, taken_back=taken, hint=HINT)
        return reason


HINT: Final = "`deskhand outbox list --state held` shows it all; then release it, naming the number, or drop it."


def _acting(decision: Decision) -> list[str]:
    """The rules that are about to change or say something. A ladder that is climbed already goes on: to begin it was what counts."""
    acting = [one.rule for one in decision.effects if one.done and one.overruled_by is None and one.action != CLIMBING]
    return list(dict.fromkeys(acting))


def _take_back_rule(tx: Transaction, rule: str, reason: str, now: datetime) -> int:
    """What the rule decided and nobody has sent yet is judged again, where it is held with the rest; returns how many."""
    rows = [row for row in tx.outbox.listed(("planned",)) if rule in row.write.rules and not row.attempts]
    rows = [row for row in rows if row.reason != LET_GO and not row.write.undoes]
    take_back(tx, rows, f"taken back: {reason}", now)
    return len(rows)


def take_back(tx: Transaction, rows: list[Row], reason: str, now: datetime) -> None:
    """End rows that were never sent, take their firings back, and have their tickets judged again now."""
    tx.outbox.put(replace(row, state="conflict", reason=reason, settled_at=now) for row in rows)
    marks = {row.write.ticket_id: row.op_id for row in rows}
    tx.memories.save(memory.without(marks[key]) for key, memory in tx.memories.load(marks).items())
    tx.work.wake(marks, now)
