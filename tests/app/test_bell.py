"""The bell: what was named is read, whoever names it and however often."""

import threading
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskhand.app.bell import CAME, Bell, Ring
from deskhand.errors import Transient
from tests.core.builders import at


def test_a_ticket_that_is_named_ten_times_waits_once() -> None:
    """In the order in which tickets were first named."""
    bell = Bell()
    for number in (7, 3, 7, 7, 3):
        bell.ring(number, at(0))

    assert list(bell.named(10)) == [7, 3]
    assert list(bell.named(1)) == [7]
    assert bell.waiting == 2


def test_what_is_named_while_it_is_read_is_read_again() -> None:
    """Even at the very same instant: the reading may have been too early."""
    bell = Bell()
    bell.ring(1, at(0))
    bell.ring(2, at(0))
    named = bell.named(10)
    bell.ring(2, at(0))

    bell.answered(named)

    assert list(bell.named(10)) == [2]


@given(
    st.lists(st.one_of(st.tuples(st.just("ring"), st.integers(1, 4)), st.tuples(st.just("read"), st.integers(1, 4))))
)
def test_the_last_ring_is_never_lost(steps: list[tuple[str, int]]) -> None:
    """Whatever the order of ringing and reading: what was named after its last reading began waits."""
    bell, due = Bell(), set[int]()
    begun: dict[int, Ring] = {}
    for kind, number in steps:
        if kind == "ring":
            bell.ring(number, at(0))
            due.add(number)
        elif begun:
            bell.answered(begun)
            begun = {}
        else:
            begun = bell.named(number)
            due -= begun.keys()

    assert due <= bell.named(10).keys()


def test_where_too_much_is_named_a_poll_is_due_instead() -> None:
    """Nothing is kept in memory then, and the poll ends it."""
    bell = Bell(most=3)
    for number in range(1, 6):
        bell.ring(number, at(0))
    seen = bell.flooded, bell.waiting
    with bell.polled():
        bell.ring(9, at(1))

    assert seen == (True, 0)
    assert (bell.flooded, list(bell.named(10))) == (False, [9])


def test_a_poll_that_fails_leaves_the_flood() -> None:
    """Another one is due."""
    bell = Bell(most=1)
    bell.ring(1, at(0))
    bell.ring(2, at(0))

    with pytest.raises(Transient), bell.polled():
        raise Transient("gone")

    assert bell.flooded


def test_a_poll_leaves_what_is_to_be_read_by_number() -> None:
    """The export does not know of the last minute."""
    bell = Bell()
    bell.ring(1, at(0))
    with bell.polled():
        pass

    assert (bell.flooded, bell.waiting) == (False, 1)


def test_whoever_waits_is_woken_by_the_first_ring() -> None:
    """And by nothing else."""
    bell, woken = Bell(), threading.Event()

    def listen() -> None:
        if bell.wait(10):
            woken.set()

    thread = threading.Thread(target=listen)
    thread.start()
    assert not bell.wait(0.01)
    bell.ring(1, at(0))
    thread.join(10)

    assert woken.is_set()


def test_each_webhook_is_counted_and_the_last_good_one_is_known() -> None:
    """What never came is a figure too, where webhooks are listened for at all."""
    bell = Bell()
    before = dict(bell.came)
    bell.hang()
    bell.count("taken", at(1))
    bell.count("forged", at(1) + timedelta(minutes=1))

    assert before == {}
    assert bell.came == dict.fromkeys(CAME, 0) | {"taken": 1, "forged": 1}
    assert bell.last == at(1)


def test_many_threads_may_ring_at_once() -> None:
    """Nothing is lost."""
    bell = Bell()

    def ring(first: int) -> None:
        for number in range(first, first + 100):
            bell.ring(number, at(0))

    threads = [threading.Thread(target=ring, args=(first,)) for first in range(1, 801, 100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(bell.named(1000)) == list(range(1, 801))
