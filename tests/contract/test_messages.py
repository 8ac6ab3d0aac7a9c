"""What every store promises of messages, whichever keeps them."""

from dataclasses import replace
from typing import get_args

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deskhand.app.ports import Store
from deskhand.core.message import MessageRow, MessageState
from tests.contract.picture import Make
from tests.store.values import NOON, at, message, message_row, sent_row


def keys(rows: list[MessageRow]) -> list[str]:
    """The keys of rows."""
    return [row.message.key for row in rows]


def test_a_message_comes_back_equal(store: Store) -> None:
    """Every field of a row survives, its brief and hostile words too, and putting it again replaces it."""
    with store.begin() as tx:
        tx.messages.put([sent_row("m", "t"), message_row("n", "t")])
    with store.begin() as tx:
        assert tx.messages.find("m") == sent_row("m", "t")
        assert tx.messages.find("x") is None
        tx.messages.put([replace(sent_row("m", "t"), state="planned", settled_at=None)])
        assert keys(tx.messages.listed(("planned",))) == ["m", "n"]


def test_a_message_is_added_once(store: Store) -> None:
    """A decision that is made again adds nothing, whatever has become of its message; what is new is planned for now."""
    with store.begin() as tx:
        tx.messages.put([sent_row("m", "t")])
        new = tx.messages.add([message("m", "t"), message("n", "t", 2), message("n", "t", 2)], at(3), "run-2")
        assert new == [message("n", "t", 2)]
        assert tx.messages.find("m") == sent_row("m", "t")
        assert tx.messages.find("n") == MessageRow(message("n", "t", 2), "planned", at(3), "run-2")
        assert tx.messages.add([], NOON, "run") == []


def test_a_claim_marks_what_it_takes(store: Store) -> None:
    """Claimed rows are sending, with one attempt more and a lease, in answer and store; nobody gets them again."""
    with store.begin() as tx:
        tx.messages.put([replace(message_row("m", "t"), attempts=2, reason="before")])
        claimed = tx.messages.claim(at(0), 9, at(5))
        expected = replace(message_row("m", "t", state="sending"), attempts=3, lease_until=at(5), reason="before")
        assert claimed == [expected] == [tx.messages.find("m")]
        assert tx.messages.claim(at(0), 9, at(5)) == []


def test_a_claim_takes_the_oldest_of_its_channels_whose_time_has_come(store: Store) -> None:
    """By the instant of the decision; none before its time, none of another channel or state, no more than asked for."""
    with store.begin() as tx:
        tx.messages.put(
            [message_row("b", "1", decided=2), message_row("a", "2", decided=1), message_row("c", "3", due=9)]
        )
        tx.messages.put([message_row("x", "4", by="chat"), message_row("d", "5", state="deferred")])
        assert keys(tx.messages.claim(at(0), 1, at(5), ("pager",))) == ["a"]
        assert keys(tx.messages.claim(at(0), 9, at(5), ("pager", "none"))) == ["b"]
        assert keys(tx.messages.claim(at(0), 9, at(5), ())) == []
        assert keys(tx.messages.claim(at(9), 9, at(15))) == ["c", "x"]


def test_a_thread_keeps_its_order_in_each_channel(store: Store) -> None:
    """The lowest number goes first, even where it waits for another attempt, and the next one only when that has ended."""
    with store.begin() as tx:
        tx.messages.put(
            [message_row("one", "t", 1, due=5), message_row("two", "t", 2), message_row("chat", "t", 3, by="chat")]
        )
        assert keys(tx.messages.claim(at(0), 9, at(9))) == ["chat"]
        assert keys(tx.messages.claim(at(5), 9, at(9))) == ["one"]
        under_way: tuple[MessageState, ...] = ("sending", "unknown")
        for state in under_way:
            tx.messages.put([message_row("one", "t", 1, state)])
            assert tx.messages.claim(at(5), 9, at(9)) == []
        tx.messages.put([message_row("one", "t", 1, "sent")])
        assert keys(tx.messages.claim(at(5), 9, at(9))) == ["two"]


def test_what_is_put_off_keeps_back_none(store: Store) -> None:
    """A page does not wait for quiet hours that an earlier word waits for, nor for a person who reads public words."""
    with store.begin() as tx:
        tx.messages.put([message_row("off", "t", 1, "deferred", due=99), message_row("held", "t", 2, "held")])
        tx.messages.put([message_row("page", "t", 3)])
        assert keys(tx.messages.claim(at(0), 9, at(5))) == ["page"]


def test_a_close_waits_for_pages_under_way_anywhere(store: Store) -> None:
    """So that nothing is opened by another channel after it was closed."""
    with store.begin() as tx:
        tx.messages.put([message_row("page", "t", 1, "unknown", by="other"), message_row("end", "t", 9, verb="close")])
        tx.messages.put(
            [message_row("end2", "u", 9, verb="close"), message_row("tell", "u", 1, "sending", verb="tell", by="other")]
        )
        assert keys(tx.messages.claim(at(0), 9, at(5))) == ["end2"]
        tx.messages.put([message_row("page", "t", 1, "sent", by="other", settled=1)])
        assert keys(tx.messages.claim(at(0), 9, at(5))) == ["end"]


def test_a_channel_can_be_held(store: Store) -> None:
    """Its planned rows wait for an instant at least; others do not, nor does what waits for longer."""
    with store.begin() as tx:
        tx.messages.put([message_row("a", "1"), message_row("b", "2", due=9), message_row("c", "3", by="chat")])
        tx.messages.put([message_row("d", "4", state="unknown", due=1)])
        tx.messages.hold(("pager",), at(5))
        assert [row.not_before for key in "abcd" if (row := tx.messages.find(key))] == [at(5), at(9), at(0), at(1)]
        assert keys(tx.messages.claim(at(1), 9, at(9))) == ["c"]


def test_ready_gives_rows_that_have_not_come_to_their_end(store: Store) -> None:
    """Of one state, whose time has come, oldest first: among what was sent only what is still to be read back."""
    with store.begin() as tx:
        tx.messages.put(
            [message_row("b", "1", state="sent", decided=2), message_row("a", "2", state="sent", decided=1)]
        )
        tx.messages.put(
            [message_row("old", "3", state="sent", settled=1), message_row("soon", "4", state="sent", due=5)]
        )
        assert keys(tx.messages.ready(at(4), "sent", 9)) == ["a", "b"]
        assert keys(tx.messages.ready(at(5), "sent", 1)) == ["soon"]
        assert tx.messages.ready(at(5), "unknown", 9) == []
        tx.messages.put([message_row("chat", "5", state="sent", by="chat")])
        assert keys(tx.messages.ready(at(4), "sent", 1, ("chat", "mail"))) == ["chat"]
        assert tx.messages.ready(at(9), "sent", 9, ()) == []


def test_a_claim_goes_stale_when_its_lease_runs_out(store: Store) -> None:
    """Rows whose lease ended, or that never had one; a row that is not under way never is."""
    with store.begin() as tx:
        tx.messages.put([message_row("a", "1"), message_row("b", "2", state="sending"), message_row("c", "3", due=9)])
        tx.messages.claim(at(0), 1, at(5))
        assert keys(tx.messages.stale(at(4))) == ["b"]
        assert keys(tx.messages.stale(at(5))) == ["a", "b"]


def test_a_thread_is_listed_by_number(store: Store) -> None:
    """Whatever became of its rows."""
    with store.begin() as tx:
        tx.messages.put(
            [message_row("b", "t", 2, "dead", settled=1), message_row("a", "t", 3), message_row("c", "t", 1)]
        )
        tx.messages.put([message_row("x", "u")])
        assert keys(tx.messages.of("t")) == ["c", "b", "a"]


def test_many_threads_are_listed_at_once(store: Store) -> None:
    """Each as it is listed alone, and nothing for one that there is not."""
    with store.begin() as tx:
        tx.messages.put(
            [message_row("b", "t", 2), message_row("a", "t", 3), message_row("c", "u"), message_row("d", "v")]
        )
        found = tx.messages.matters(["u", "t", "none"])
        assert {thread: keys(rows) for thread, rows in found.items()} == {"u": ["c"], "t": ["b", "a"], "none": []}
        assert tx.messages.matters([]) == {}


def test_threads_know_who_joined_them(store: Store) -> None:
    """Each once, as far as it was decided or sent lately; nothing for a thread that nobody joined."""
    with store.begin() as tx:
        rows = [
            message_row("a", "t"),
            message_row("b", "u"),
            message_row("c", "u", 2),
            message_row("d", "s", decided=-9),
        ]
        rows += [replace(message_row("e", "r", decided=-9), sent_at=at(1)), message_row("f", "t", decided=-99)]
        tx.messages.put([replace(row, joined="first") for row in rows])
        tx.messages.put([replace(message_row("g", "x"), joined="other"), message_row("h", "first")])
        assert tx.messages.joined(["first", "none"], at(0)) == {"first": ["r", "t", "u"], "none": []}


def test_open_threads_have_a_page_that_went_and_no_close_that_ended(store: Store) -> None:
    """Not those that were only told of, or joined another matter, or began long ago."""
    with store.begin() as tx:
        tx.messages.put(
            [
                message_row("a", "open", state="confirmed", settled=1),
                message_row("b", "told", verb="tell", state="sent"),
            ]
        )
        tx.messages.put(
            [message_row("c", "ended", state="sent"), message_row("d", "ended", 2, "sent", verb="close", settled=2)]
        )
        tx.messages.put([message_row("e", "ending", state="sent"), message_row("f", "ending", 2, verb="close")])
        tx.messages.put([message_row("g", "old", state="sent", decided=-9), message_row("h", "planned")])
        tx.messages.put([replace(message_row("i", "joined", state="sent"), joined="open")])
        assert tx.messages.open_threads(at(0)) == ["ending", "open"]


def test_recent_are_those_decided_or_sent_lately(store: Store) -> None:
    """Oldest decision first."""
    with store.begin() as tx:
        late = replace(message_row("late", "1", state="sent", decided=-60), sent_at=at(5))
        tx.messages.put([message_row("new", "2", decided=4), late, message_row("old", "3", decided=-1)])
        assert keys(tx.messages.recent(at(0))) == ["late", "new"]


def test_count_names_every_state(store: Store) -> None:
    """States without rows count 0."""
    with store.begin() as tx:
        tx.messages.put([message_row("a", "1"), message_row("b", "2"), message_row("c", "3", state="held")])
        assert tx.messages.count() == dict.fromkeys(get_args(MessageState), 0) | {"planned": 2, "held": 1}


def test_the_next_instant_is_that_of_a_row_that_may_move(store: Store) -> None:
    """Not of what is under way, has ended, waits for a person, or waits for another of its thread."""
    with store.begin() as tx:
        assert tx.messages.next_at() is None
        tx.messages.put([message_row("a", "1", state="held"), message_row("b", "2", state="sent", settled=1)])
        tx.messages.put(
            [message_row("c", "3", 1, due=7), message_row("d", "3", 2, due=1), message_row("e", "4", state="sending")]
        )
        assert tx.messages.next_at() == at(7)
        tx.messages.put([message_row("f", "5", state="deferred", due=6)])
        assert tx.messages.next_at() == at(6)
        tx.messages.put([message_row("g", "6", state="sent", due=5), message_row("h", "7", state="unknown", due=4)])
        assert tx.messages.next_at() == at(4)


def test_only_what_ended_is_forgotten(store: Store) -> None:
    """Before the instant, and counted; what waits stays, however old."""
    with store.begin() as tx:
        tx.messages.put(
            [message_row("a", "1", state="sent", settled=1), message_row("b", "2", state="dead", settled=5)]
        )
        tx.messages.put([message_row("c", "3", decided=-99), message_row("d", "4", state="sent", decided=-99)])
        assert tx.messages.forget(at(5)) == 1
        assert keys(tx.messages.listed(get_args(MessageState))) == ["c", "d", "b"]


def test_messages_are_listed_oldest_first(store: Store) -> None:
    """Of several states together, and no more than asked for."""
    with store.begin() as tx:
        tx.messages.put(
            [
                message_row("c", "1", state="dead", decided=2),
                message_row("b", "2", decided=1),
                message_row("a", "3", state="held"),
            ]
        )
        assert keys(tx.messages.listed(("planned", "dead"))) == ["b", "c"]
        assert keys(tx.messages.listed(("planned", "dead", "held"), 2)) == ["a", "b"]


STATES: st.SearchStrategy[MessageState] = st.sampled_from(("planned", "sending", "unknown", "sent", "deferred"))
ROWS = st.lists(
    st.tuples(
        st.sampled_from("tu"),
        st.integers(1, 3),
        STATES,
        st.sampled_from(("page", "close")),
        st.sampled_from(("pager", "chat")),
    ),
    max_size=7,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS)
def test_a_close_never_leaves_while_a_page_of_its_thread_is_under_way(
    make: Make, rows: list[tuple[str, int, MessageState, str, str]]
) -> None:
    """And of one thread and channel never two are under way."""
    store = make()
    with store.begin() as tx:
        for index, (thread, number, state, verb, by) in enumerate(rows):
            kind = "close" if verb == "close" else "page"
            tx.messages.put(
                [message_row(f"m{index}", thread, number, state, verb="close" if kind == "close" else "page", by=by)]
            )
        open_before = {(row.message.thread, row.by) for row in tx.messages.listed(("sending", "unknown"))}
        pages = {row.message.thread for row in tx.messages.listed(("sending", "unknown")) if row.message.verb == "page"}
        claimed = tx.messages.claim(NOON, 9, at(5))
        lanes = [(row.message.thread, row.by) for row in claimed]
        assert len(lanes) == len(set(lanes))
        assert not set(lanes) & open_before
        assert not {row.message.thread for row in claimed if row.message.verb == "close"} & pages
    store.close()
