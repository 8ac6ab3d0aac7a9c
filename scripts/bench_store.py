"""What the store costs for each ticket, measured in one run on a new SQLite file.

    python scripts/bench_store.py

Saves and loads tickets with 40 custom fields, and commits batches of evaluations (a memory, a next look and keys for each
ticket, and for one in ten of them a decision of 30 rules with its row of the outbox), at 100, 1,000 and 10,000 tickets.
Prints the processor time for each ticket, and exits 1 where a ticket among 10,000 costs more than 1.5 times what it does
among 1,000: what the store does grows with the tickets and not faster. Each figure is the best of some rounds.
"""

import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import process_time
from typing import Final

from deskhand.core.decision import Decision
from deskhand.core.delivery import Row
from deskhand.core.effect import TicketWrite
from deskhand.core.history import Event
from deskhand.core.memory import Firing, Memory
from deskhand.core.ticket import Ticket
from deskhand.core.trace import Step, Verdict
from deskhand.store import SqlStore, open_store

SIZES: Final = (100, 1_000, 10_000)
GROWTH: Final = 1.5
"""How many times as much a ticket may cost at most at the largest size as at the one before."""
ROUNDS: Final = 3
RULES: Final = 30
ONE_IN: Final = 10
"""One in so many evaluations comes to a decision that is kept."""
NOON: Final = datetime(2026, 3, 2, 12, tzinfo=UTC)

Work = Callable[[SqlStore, int, int], float]
"""Seconds of processor time that something takes with so many tickets in some round."""


def wide(number: int) -> Ticket:
    """A ticket with 40 custom fields."""
    kinds = ("text of a field", number, 1.5, True, None, ("one", "two"))
    fields = {f"custom_field_{n}": kinds[n % len(kinds)] for n in range(40)}
    return Ticket(number, "open", NOON, NOON, subject="Nothing works", tags=frozenset({"vip"}), fields=fields)


def memory(number: int) -> Memory:
    """What is remembered of a ticket that a rule has fired for."""
    history = (Event(NOON, "created"), Event(NOON, "field", "area=billing"))
    return Memory(number, history, ledger=(Firing("late", "e1", 1, NOON, "op-1"),), looked_at=NOON, planned=NOON)


def row(op_id: str, number: int) -> Row:
    """A write that waits."""
    write = TicketWrite(op_id, number, "2026-03-02T12:00:00Z", ("late",), (("priority", "urgent"),))
    return Row(write, "planned", NOON, NOON, run="run-1")


def decision(number: int) -> Decision:
    """A decision of many rules, each with its reasons."""
    step = Step("policies/a.yaml:3:5", "priority is high (it is high)", held=True, turns_at=NOON)
    rules = tuple(Verdict(f"rule-{n}", "policies/a.yaml:1:1", "fires", step, "e1") for n in range(RULES))
    return Decision(number, NOON, "0" * 64, rules, (), (), Memory(number), row(f"op-{number}", number).write)


def saving(store: SqlStore, tickets: int, _round: int) -> float:
    """All in one transaction."""
    many = [wide(number) for number in range(tickets)]
    begun = process_time()
    with store.begin() as tx:
        tx.tickets.save(many)
    return process_time() - begun


def loading(store: SqlStore, tickets: int, _round: int) -> float:
    """All of those that were saved."""
    begun = process_time()
    with store.begin() as tx:
        found = tx.tickets.load(range(tickets))
    took = process_time() - begun
    assert len(found) == tickets
    return took


def evaluating(store: SqlStore, tickets: int, turn: int) -> float:
    """A batch of evaluations, looked up, judged elsewhere, and committed."""
    memories = [memory(number) for number in range(tickets)]
    made = [decision(number) for number in range(0, tickets, ONE_IN)]
    rows = [row(f"op-{tickets}-{turn}-{one.ticket_id}", one.ticket_id) for one in made]
    begun = process_time()
    with store.begin() as tx:
        tx.memories.load(range(tickets))
        tx.outbox.under_way(range(tickets))
        tx.memories.save(memories)
        tx.decisions.record(made, "run")
        tx.outbox.put(rows)
        tx.work.settle(dict.fromkeys(range(tickets), NOON + timedelta(minutes=turn)))
    return process_time() - begun


WORK: Final[dict[str, Work]] = {
    "save a ticket": saving,
    "load a ticket": loading,
    "commit an evaluation": evaluating,
}


def costs(name: str, work: Work) -> list[float]:
    """Microseconds for each ticket, by size; each size has a file of its own."""
    found = []
    for tickets in SIZES:
        with tempfile.TemporaryDirectory() as place:
            store = open_store(f"sqlite:///{Path(place) / 'bench.db'}")
            if name == "load a ticket":
                saving(store, tickets, 0)
            found.append(min(work(store, tickets, turn) for turn in range(ROUNDS)) / tickets * 1e6)
            store.close()
    return found


def main() -> int:
    """Measure all; 0 where nothing grows faster than the tickets."""
    print(f"{'microseconds of processor time':32}" + "".join(f"{size:>12,}" for size in SIZES) + "     growth")
    good = True
    for name, work in WORK.items():
        found = costs(name, work)
        growth = found[-1] / found[-2]
        good = good and growth <= GROWTH
        missed = "" if growth <= GROWTH else "  MISSED"
        print(f"  {name:30}" + "".join(f"{one:>12.1f}" for one in found) + f"{growth:>11.2f}{missed}")
    print(f"growth is from {SIZES[-2]:,} to {SIZES[-1]:,} tickets; at most {GROWTH} times wanted")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
