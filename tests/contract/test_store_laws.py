"""Laws of every store, whatever is done in whatever order."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from threading import Barrier, Thread

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deskhand.app.ports import Store, Transaction
from deskhand.core.delivery import Row, State
from deskhand.core.message import MessageState
from deskhand.store import MemoryStore, open_store
from tests.contract.picture import Make, fill, picture
from tests.store.postgres import fresh_schema
from tests.store.values import NOON, at, decision, draft, message_row, row

NUMBERS = st.integers(1, 4)
MINUTES = st.integers(0, 5)
OP_IDS = st.sampled_from([f"op-{n}" for n in range(6)])
STATES: st.SearchStrategy[State] = st.sampled_from(("planned", "sending", "unknown", "done", "dead"))
SAID: dict[State, MessageState] = {
    "planned": "planned",
    "sending": "sending",
    "unknown": "unknown",
    "done": "sent",
    "dead": "dropped",
}
Step = tuple[str, int, int, str, State]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(("wake", "settle", "drop", "put", "claim", "remove", "forget", "say", "speak", "hold")),
        NUMBERS,
        MINUTES,
        OP_IDS,
        STATES,
    ),
    max_size=12,
)
LAWS = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@LAWS
@given(kept=STEPS, lost=STEPS)
def test_any_steps_give_the_same_as_in_memory(make: Make, kept: list[Step], lost: list[Step]) -> None:
    """Whatever is done, a store looks as the one in memory does, and a failed transaction leaves no trace."""
    store, model = make(), MemoryStore()
    for target in (store, model):
        take_all(target, kept)
        with pytest.raises(ZeroDivisionError):
            take_all(target, lost, fail=True)
    with store.begin() as tx, model.begin() as expected:
        assert picture(tx) == picture(expected)
    store.close()


@LAWS
@given(wakes=st.lists(st.tuples(NUMBERS, MINUTES), min_size=1, max_size=10))
def test_a_ticket_wakes_at_the_earliest_of_its_wakes(make: Make, wakes: list[tuple[int, int]]) -> None:
    """In whatever order tickets are woken, each is due from the smallest instant on and not before."""
    store = make()
    with store.begin() as tx:
        for number, minute in wakes:
            tx.work.wake([number], at(minute))
        earliest = {number: min(m for n, m in wakes if n == number) for number, _ in wakes}
        for minute in range(6):
            due = {number for number, first in earliest.items() if first <= minute}
            assert set(tx.work.due(at(minute), 99)) == due
    store.close()


@LAWS
@given(
    rows=st.lists(st.tuples(OP_IDS, NUMBERS, STATES, MINUTES, MINUTES), max_size=8),
    claims=st.lists(st.tuples(MINUTES, st.integers(1, 3)), min_size=1, max_size=4),
)
def test_no_ticket_is_ever_claimed_twice(
    make: Make, rows: list[tuple[str, int, State, int, int]], claims: list[tuple[int, int]]
) -> None:
    """Claims never overlap on a ticket, take nothing that is not due, and leave nothing that could have been taken."""
    store = make()
    with store.begin() as tx:
        tx.outbox.put(row(op, number, state, created=old, due=due) for op, number, state, old, due in rows)
        known = {op: row(op, number, state, created=old, due=due) for op, number, state, old, due in rows}
        busy = {row.write.ticket_id for row in known.values() if row.state in ("sending", "unknown")}
        for minute, limit in claims:
            due = [row for row in known.values() if row.state == "planned" and row.not_before <= at(minute)]
            free = {row.write.ticket_id for row in due} - busy
            claimed = tx.outbox.claim(at(minute), limit, at(minute + 5))
            taken = [row.write.ticket_id for row in claimed]
            assert len(taken) == len(set(taken)) == min(limit, len(free))
            assert set(taken) <= free
            assert {row.op_id for row in claimed} <= {row.op_id for row in due}
            known |= {row.op_id: row for row in claimed}
            busy |= set(taken)
    store.close()


def test_workers_that_claim_at_once_never_share_a_ticket(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """Three stores on one PostgreSQL, or on one SQLite file, claim 60 rows of 20 tickets: 20 claims, no ticket twice."""
    for url in (f"sqlite:///{tmp_path}/shared.db", fresh_schema(request.getfixturevalue("postgres"))):
        stores = [open_store(url), open_store(url, exclusive=False), open_store(url, exclusive=False)]
        with stores[0].begin() as tx:
            tx.outbox.put(row(f"{n % 20}-{n}", n % 20) for n in range(60))
        claimed = claim_at_once(stores)
        for store in stores:
            store.close()
        assert sorted(row.write.ticket_id for row in claimed) == list(range(20))


def claim_at_once(stores: Sequence[Store]) -> list[Row]:
    """Let each store claim in a thread of its own until there is nothing left; all rows claimed."""
    claimed: list[Row] = []
    ready = Barrier(len(stores))

    def claim(store: Store) -> None:
        ready.wait()
        for _ in range(8):
            with store.begin() as tx:
                claimed.extend(tx.outbox.claim(NOON, 3, at(5)))

    threads = [Thread(target=claim, args=(store,)) for store in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return claimed


def take_all(store: Store, steps: list[Step], *, fail: bool = False) -> None:
    """Steps in one transaction, which fails at its end if told so."""
    with store.begin() as tx:
        for step in steps:
            take(tx, step)
        if fail:
            raise ZeroDivisionError


def take(tx: Transaction, step: Step) -> None:
    """One step on a transaction."""
    what, number, minute, op_id, state = step
    match what:
        case "wake":
            tx.work.wake([number, number + 1], at(minute))
        case "settle":
            tx.work.settle({number: at(minute), number + 1: None})
        case "drop":
            tx.work.settle({number: None})
        case "put":
            tx.outbox.put([row(op_id, number, state, created=minute, due=minute % 3)])
            tx.decisions.record([decision(number, at(minute))], "run")
            tx.trail.add([draft(number, "wrote" if minute % 2 else "released"), draft(minute)])
        case "claim":
            tx.outbox.claim(at(minute), number, at(minute + 1))
        case "say":
            by = "pager" if minute % 2 else "chat"
            ended = minute if state in ("done", "dead") else None
            said = replace(
                message_row(
                    f"m-{op_id[-1]}", f"thread-{number}", minute, SAID[state], by=by, due=minute, settled=ended
                ),
                sent_at=at(minute) if state == "done" else None,
            )
            tx.messages.put([said])
        case "speak":
            tx.messages.claim(at(minute), number, at(minute + 1), ("pager",) if minute % 2 else None)
        case "hold":
            tx.messages.hold(("chat",), at(minute))
            tx.texts.keep(f"version {number}", {"a.yaml": op_id}, at(minute))
            tx.texts.forget([f"version {minute}"])
        case "remove":
            fill(tx, number + 1)
            tx.tickets.remove([number])
        case _:
            tx.outbox.forget(at(minute))
            tx.messages.forget(at(minute))
            tx.decisions.forget(at(minute))
