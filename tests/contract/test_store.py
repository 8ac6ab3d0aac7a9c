"""What every store promises, whichever keeps the data: memory, SQLite or PostgreSQL."""

from dataclasses import replace
from datetime import timedelta
from threading import Thread
from typing import get_args

import pytest

from deskhand.app.ports import Store
from deskhand.core.alike import Alike
from deskhand.core.delivery import OPEN, Row, State
from deskhand.core.memory import Memory
from tests.contract.picture import fill, picture, picture_of
from tests.store.values import HOSTILE, NOON, at, decision, memory, row, ticket, write

# ---- transactions --------------------------------------------------------------------------------------------------


def test_what_is_committed_is_seen_by_the_next_transaction(store: Store) -> None:
    """A transaction sees all that the one before it wrote."""
    with store.begin() as tx:
        fill(tx, 1)
    with store.begin() as tx:
        assert picture(tx) == picture_of(lambda tx: fill(tx, 1))


def test_an_exception_takes_back_everything(store: Store) -> None:
    """After an exception every part is as it was before the transaction."""
    with store.begin() as tx:
        fill(tx, 1)
        before = picture(tx)

    def fail_half_way() -> None:
        with store.begin() as tx:
            fill(tx, 2)
            tx.work.settle({1: None})
            tx.outbox.put([row("op-1", 1, "dead")])
            tx.tickets.remove([1])
            assert picture(tx) != before
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail_half_way()
    with store.begin() as tx:
        assert picture(tx) == before


def test_a_transaction_within_a_transaction_is_refused(store: Store) -> None:
    """A thread that already has a transaction open gets an error at once, not a deadlock."""
    with store.begin(), pytest.raises(RuntimeError, match="already"), store.begin():
        pass
    with store.begin() as tx:
        tx.notebook.set("still", "works")


def test_threads_take_turns(store: Store) -> None:
    """Of 40 increments by four threads none is lost."""

    def add_ten() -> None:
        for _ in range(10):
            with store.begin() as tx:
                tx.notebook.set("n", str(int(tx.notebook.get("n") or 0) + 1))

    threads = [Thread(target=add_ten) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.begin() as tx:
        assert tx.notebook.get("n") == "40"


# ---- tickets, memories, decisions, notebook ------------------------------------------------------------------------


def test_a_ticket_comes_back_equal(store: Store) -> None:
    """Every field of a ticket survives, with hostile text, numbers kept apart by type, and microseconds."""
    with store.begin() as tx:
        tx.tickets.save([ticket(1), ticket(2**40)])
    with store.begin() as tx:
        found = tx.tickets.load([1, 2**40, 3])
    assert found == {1: ticket(1), 2**40: ticket(2**40)}
    assert [type(found[1].fields[name]) for name in ("whole", "decimal", "yes")] == [int, float, bool]


def test_a_saved_ticket_replaces_the_one_before(store: Store) -> None:
    """Saving again replaces; of two in one call the last one stays."""
    with store.begin() as tx:
        tx.tickets.save([ticket(1, "new"), ticket(2), ticket(1, "open")])
        tx.tickets.save([ticket(1, "solved")])
        assert tx.tickets.load([1])[1].status == "solved"
        assert tx.tickets.count() == {"solved": 1, "open": 1}


def test_ids_may_come_in_any_shape(store: Store) -> None:
    """Ids come from generators, sets and views, doubled or by the thousand, or not at all."""
    with store.begin() as tx:
        tx.tickets.save(ticket(n) for n in range(2_500))
        assert len(tx.tickets.load(range(10_000))) == 2_500
        assert tx.tickets.load(n for n in (3, 3)).keys() == {3}
        assert [len(tx.tickets.load([])), len(tx.memories.load(set())), len(tx.outbox.under_way([]))] == [0, 0, 0]
        tx.tickets.save([])
        tx.memories.save([])
        tx.decisions.record([], "run")
        tx.outbox.put([])
        tx.work.wake([], NOON)
        tx.work.settle({})
        tx.tickets.remove(iter([1, 2]))
        assert sum(tx.tickets.count().values()) == 2_498


def test_a_removed_ticket_leaves_nothing_but_its_outbox_rows(store: Store) -> None:
    """Memory, work and decisions go with the ticket; its row stays, and so do other tickets."""
    with store.begin() as tx:
        fill(tx, 1)
        fill(tx, 2)
        tx.tickets.remove([1, 99])
        assert (tx.tickets.load([1]), tx.memories.load([1]), tx.decisions.of(1)) == ({}, {}, [])
        assert tx.work.due(at(99), 9) == [2]
        assert tx.outbox.find("op-1") == row("op-1", 1)
        assert (tx.tickets.load([2]), tx.memories.load([2])) == ({2: ticket(2)}, {2: memory(2)})


def test_a_memory_comes_back_equal(store: Store) -> None:
    """Every field of a memory survives, and saving again replaces it."""
    with store.begin() as tx:
        tx.memories.save([memory(1), Memory(2)])
        assert tx.memories.load([1, 2, 3]) == {1: memory(1), 2: Memory(2)}
        tx.memories.save([replace(memory(1), intended=None)])
        assert tx.memories.load([1])[1].intended is None


def test_a_decision_comes_back_equal_but_for_its_memory(store: Store) -> None:
    """Verdicts, traces, all kinds of effects, clocks and the write survive; the memory comes back empty."""
    with store.begin() as tx:
        tx.decisions.record([replace(decision(1), memory=memory(1))], "run-1")
    with store.begin() as tx:
        assert tx.decisions.of(1) == [decision(1)]


def test_decisions_come_newest_first(store: Store) -> None:
    """By instant, and where instants are equal the one recorded later comes first; no more than asked for."""
    with store.begin() as tx:
        tx.decisions.record([decision(1, at(2), rules=1), decision(1, at(1)), decision(2, at(9))], "a")
        tx.decisions.record([decision(1, at(2), rules=3)], "b")
        found = [(made.at, len(made.verdicts)) for made in tx.decisions.of(1)]
        assert found == [(at(2), 3), (at(2), 1), (at(1), 2)]
        assert len(tx.decisions.of(1, 2)) == 2
        assert tx.decisions.of(3) == []


def test_old_decisions_are_forgotten(store: Store) -> None:
    """Those before the instant go and are counted; the one at the instant stays."""
    with store.begin() as tx:
        tx.decisions.record([decision(1, at(n)) for n in range(4)] + [decision(2, at(0))], "a")
        assert tx.decisions.forget(at(2)) == 3
        assert [made.at for made in tx.decisions.of(1)] == [at(3), at(2)]
        assert tx.decisions.of(2) == []


def test_decisions_are_counted_from_an_instant_on(store: Store) -> None:
    """Those of the instant itself count, of whichever ticket."""
    with store.begin() as tx:
        assert tx.decisions.since(at(0)) == 0
        tx.decisions.record([decision(1, at(n)) for n in range(4)] + [decision(2, at(2))], "a")
        assert [tx.decisions.since(at(n)) for n in (0, 2, 4)] == [5, 3, 0]


def test_texts_stay_as_they_were_first_kept(store: Store) -> None:
    """To the last character; a version has one content, and what is not named stays."""
    texts = {"a.yaml": "\ufeffrules: []\r\n", "deep/b.yaml": f"# {HOSTILE.encode(errors='replace').decode()}"}
    with store.begin() as tx:
        tx.texts.keep("one", texts, at(1))
        tx.texts.keep("one", {"a.yaml": "other"}, at(2))
        tx.texts.keep("two", {}, at(2))
    with store.begin() as tx:
        assert (tx.texts.of("one"), tx.texts.of("two"), tx.texts.of("three")) == (texts, {}, None)
        assert tx.texts.kept() == {"one": at(1), "two": at(2)}
        tx.texts.forget([])
        tx.texts.forget(["one", "three"])
        assert (tx.texts.of("one"), list(tx.texts.kept())) == (None, ["two"])


def test_the_notebook_keeps_one_value_for_each_name(store: Store) -> None:
    """Setting again replaces, names do not disturb each other, an empty text is a value."""
    with store.begin() as tx:
        tx.notebook.set("cursor", "a" * 5_000)
        tx.notebook.set("cursor", "MTU3NjYxMzUzOS4wfHw0Njc=")
        tx.notebook.set("empty", "")
        assert [tx.notebook.get(name) for name in ("cursor", "empty", "none")] == ["MTU3NjYxMzUzOS4wfHw0Njc=", "", None]


# ---- work ----------------------------------------------------------------------------------------------------------


def test_the_earlier_instant_wins(store: Store) -> None:
    """Waking a ticket later than it would wake anyway changes nothing; earlier does."""
    with store.begin() as tx:
        tx.work.wake([1, 2], at(5))
        tx.work.wake([1, 1, 3], at(3))
        tx.work.wake([2], at(9))
        assert tx.work.next_at() == at(3)
        assert tx.work.due(at(5), 9) == [1, 3, 2]


def test_settling_sets_the_next_look_or_none(store: Store) -> None:
    """Settled tickets look again at the instant given, even a later one, or not at all."""
    with store.begin() as tx:
        tx.work.wake([1, 2, 3], at(0))
        tx.work.settle({1: at(7), 2: None, 4: at(8)})
        assert tx.work.due(at(0), 9) == [3]
        assert tx.work.due(at(10), 9) == [3, 1, 4]


def test_the_longest_overdue_come_first(store: Store) -> None:
    """Due tickets come by instant, then number, no more than asked for, and none before its time."""
    with store.begin() as tx:
        tx.work.settle({5: at(2), 4: at(2), 9: at(1), 1: at(3) + timedelta(microseconds=1)})
        assert tx.work.due(at(3), 2) == [9, 4]
        assert tx.work.due(at(3), 9) == [9, 4, 5]


def test_overdue_counts_and_names_the_oldest(store: Store) -> None:
    """How many are due, and since when the oldest has been; nothing due, no instant."""
    with store.begin() as tx:
        assert tx.work.overdue(at(0)) == (0, None)
        assert tx.work.next_at() is None
        tx.work.settle({1: at(1), 2: at(2), 3: at(3)})
        assert tx.work.overdue(at(2)) == (2, at(1))


# ---- outbox --------------------------------------------------------------------------------------------------------


def test_a_row_comes_back_equal(store: Store) -> None:
    """Every field of a row survives; only text that no database can hold is replaced in its reason."""
    full = Row(write("op-1", 1), "done", at(1), at(2), "run-1", 3, "job-1", at(3), "said: déjà vu", 2**40, at(4))
    with store.begin() as tx:
        tx.outbox.put([full, row("op-2", 2)])
        tx.outbox.put([replace(row("op-3", 3, "dead"), reason=HOSTILE)])
        assert (tx.outbox.find("op-1"), tx.outbox.find("op-2")) == (full, row("op-2", 2))
        assert (hostile := tx.outbox.find("op-3"))
        assert hostile.reason.replace("\ufffd", "\0") == HOSTILE
        assert tx.outbox.find("op-9") is None


def test_putting_a_row_again_replaces_it(store: Store) -> None:
    """By op_id, also from an open state to an ended one and back."""
    states: tuple[State, ...] = ("planned", "done", "planned", "dead")
    with store.begin() as tx:
        for state in states:
            tx.outbox.put([row("op-1", 1, state)])
            assert tx.outbox.find("op-1") == row("op-1", 1, state)
            assert sum(tx.outbox.count().values()) == 1


def test_a_claim_marks_what_it_takes(store: Store) -> None:
    """Claimed rows are sending, with one attempt more and a lease, in answer and store; nobody gets them again."""
    with store.begin() as tx:
        tx.outbox.put([replace(row("op-1", 1), attempts=2, reason="before")])
        claimed = tx.outbox.claim(at(0), 9, at(5))
        expected = replace(row("op-1", 1, "sending"), attempts=3, lease_until=at(5), reason="before")
        assert claimed == [expected] == [tx.outbox.find("op-1")]
        assert tx.outbox.claim(at(0), 9, at(5)) == []


def test_a_claim_takes_the_oldest_whose_time_has_come(store: Store) -> None:
    """Oldest first by creation then op_id, none before its time, none of another state, no more than asked for."""
    ended: tuple[State, ...] = ("done", "dead", "observed", "conflict")
    with store.begin() as tx:
        others = [row(f"x-{state}", n, state) for n, state in enumerate(ended, 50)]
        tx.outbox.put([row("b", 1, created=1), row("a", 2, created=1), row("c", 3), row("d", 4, due=9), *others])
        assert [row.op_id for row in tx.outbox.claim(at(0), 2, at(5))] == ["c", "a"]
        assert [row.op_id for row in tx.outbox.claim(at(0), 9, at(5))] == ["b"]
        assert [row.op_id for row in tx.outbox.claim(at(9), 9, at(5))] == ["d"]


def test_a_claim_takes_one_row_of_a_ticket(store: Store) -> None:
    """Of several planned rows of a ticket the oldest that is due goes; the next one follows when that has ended."""
    with store.begin() as tx:
        tx.outbox.put(
            [row("late", 1, created=0, due=9), row("old", 1, created=1), row("new", 1, created=2), row("z", 2)]
        )
        assert [row.op_id for row in tx.outbox.claim(at(5), 9, at(6))] == ["z", "old"]
        assert tx.outbox.claim(at(5), 9, at(6)) == []
        tx.outbox.put([row("old", 1, "unknown")])
        assert tx.outbox.claim(at(5), 9, at(6)) == []
        tx.outbox.put([row("old", 1, "done")])
        assert [row.op_id for row in tx.outbox.claim(at(5), 9, at(6))] == ["new"]


def test_ready_gives_rows_of_one_state(store: Store) -> None:
    """Rows in the state asked for whose time has come, oldest first, no more than asked for."""
    with store.begin() as tx:
        tx.outbox.put([row("a", 1, "unknown", created=2), row("b", 2, "unknown", created=1), row("c", 3, "sending")])
        tx.outbox.put([row("d", 4, "unknown", due=5), row("e", 5, "dead")])
        assert [row.op_id for row in tx.outbox.ready(at(0), "unknown", 9)] == ["b", "a"]
        assert [row.op_id for row in tx.outbox.ready(at(5), "unknown", 1)] == ["d"]
        assert [row.op_id for row in tx.outbox.ready(at(0), "dead", 9)] == ["e"]


def test_held_is_the_unfinished_row_of_a_ticket(store: Store) -> None:
    """Open rows hold their ticket, ended ones do not; of several the oldest is given."""
    with store.begin() as tx:
        tx.outbox.put([row("a", 1), row("b", 2, "done"), row("c", 3, "unknown", created=2), row("d", 3, created=1)])
        held = tx.outbox.under_way([1, 2, 3, 4])
        assert {key: row.op_id for key, row in held.items()} == {1: "a", 3: "d"}
        assert tx.outbox.under_way([2]) == {}


def test_count_names_every_state(store: Store) -> None:
    """States without rows count 0."""
    with store.begin() as tx:
        tx.outbox.put([row("a", 1), row("b", 2), row("c", 3, "observed")])
        expected = dict.fromkeys(get_args(State), 0)
        assert tx.outbox.count() == expected | {"planned": 2, "observed": 1}


def test_the_next_row_is_planned_or_unknown(store: Store) -> None:
    """Rows under way or ended are not waited for."""
    with store.begin() as tx:
        assert tx.outbox.next_at() is None
        tx.outbox.put([row("a", 1, "sending"), row("b", 2, "done"), row("c", 3, due=7), row("d", 4, "unknown", due=5)])
        assert tx.outbox.next_at() == at(5)


def test_a_claim_goes_stale_when_its_lease_runs_out(store: Store) -> None:
    """Rows whose lease ended, or that never had one, are stale; a row that is not under way never is."""
    with store.begin() as tx:
        tx.outbox.put([row("a", 1), row("b", 2)])
        tx.outbox.claim(at(0), 1, at(5))
        tx.outbox.claim(at(0), 1, at(6))
        tx.outbox.put([row("c", 3, "sending"), replace(row("d", 4, "unknown"), lease_until=at(1))])
        assert [row.op_id for row in tx.outbox.stale(at(4))] == ["c"]
        assert [row.op_id for row in tx.outbox.stale(at(5))] == ["a", "c"]


def test_ended_rows_are_forgotten(store: Store) -> None:
    """Rows that ended before the instant go; open ones stay, however old; what was only observed ended when it was made."""
    ended: tuple[State, ...] = ("done", "conflict", "dead")
    with store.begin() as tx:
        tx.outbox.put(replace(row(state, 1, state), settled_at=at(5)) for state in ended)
        tx.outbox.put([row(f"open-{state}", 2, state) for state in OPEN])
        tx.outbox.put([row("seen", 3, "observed", created=4), row("new", 3, "observed", created=8)])
        assert tx.outbox.forget(at(5)) == 1
        assert tx.outbox.forget(at(6)) == 3
        assert {state for state, number in tx.outbox.count().items() if number} == {*OPEN, "observed"}


def test_rows_are_listed_by_their_states_oldest_first(store: Store) -> None:
    """Of several states together, whatever their time has come to, and no more than asked for."""
    with store.begin() as tx:
        tx.outbox.put([row("c", 3, "held", created=2, due=99), row("b", 2, "dead", created=1), row("a", 1, "done")])
        tx.outbox.put([row("d", 4, "planned", created=1)])
        assert [one.op_id for one in tx.outbox.listed(("held", "dead", "planned"))] == ["b", "d", "c"]
        assert [one.op_id for one in tx.outbox.listed(("held", "dead"), 1)] == ["b"]
        assert tx.outbox.listed(("sending",)) == []


def test_what_is_held_is_not_in_the_way_and_not_forgotten(store: Store) -> None:
    """Its ticket's other writes go on, and retention waits for the person who has not decided yet."""
    with store.begin() as tx:
        tx.outbox.put([row("held", 1, "held"), row("dropped", 1, "dropped"), row("next", 1)])
        assert [one.op_id for one in tx.outbox.claim(at(0), 9, at(5))] == ["next"]
        assert tx.outbox.under_way([1]).keys() == {1}
        assert tx.outbox.forget(at(99)) == 1
        assert tx.outbox.find("held") == row("held", 1, "held")


def test_tickets_are_numbered_by_status(store: Store) -> None:
    """Those that are live, to be looked at again under another policy."""
    with store.begin() as tx:
        tx.tickets.save([ticket(1, "new"), ticket(2, "solved"), ticket(3, "open")])
        assert sorted(tx.tickets.ids(("new", "open"))) == [1, 3]
        assert tx.tickets.ids(()) == []


# ---- patterns ------------------------------------------------------------------------------------------------------


def test_customers_of_a_pattern_are_counted_once(store: Store) -> None:
    """By what their tickets have in common, and by when they were created; what a ticket is now replaces what it was."""

    def place(number: int, customer: str, value: str = "v", key: str = "k", minutes: float = 0) -> Alike:
        return Alike(number, key, value, customer, at(minutes))

    with store.begin() as tx:
        tx.alike.put(
            [1, 2, 3, 4], [place(1, "a"), place(1, "a", "w"), place(2, "a"), place(3, "b"), place(4, "c", minutes=-60)]
        )
        assert tx.alike.customers("k", "v", at(0)) == 2
        assert tx.alike.customers("k", "v", at(-60)) == 3
        assert tx.alike.customers("k", "w", at(0)) == 1
        assert tx.alike.customers("other", "v", at(-99)) == 0
    with store.begin() as tx:
        tx.alike.put([1, 3], [place(3, "b", "w")])
        assert tx.alike.customers("k", "v", at(0)) == 1
        assert tx.alike.customers("k", "w", at(0)) == 1
        tx.tickets.remove([2, 4])
        assert tx.alike.customers("k", "v", at(-60)) == 0
