"""What was taken is known as long as it could pass for new."""

import threading
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from deskhand.web.replay import Taken

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SOON = NOW + timedelta(minutes=5)


def test_the_same_is_taken_once() -> None:
    """S6: whoever overheard a webhook gains nothing by sending it again."""
    taken = Taken()

    assert [taken.take(b"a", SOON, NOW) for _ in range(3)] == ["new", "again", "again"]
    assert taken.take(b"b", SOON, NOW) == "new"


def test_it_is_known_to_the_last_instant_at_which_its_stamp_is_good() -> None:
    """And forgotten then, when the stamp alone refuses it."""
    taken = Taken()
    taken.take(b"a", SOON, NOW)

    assert taken.take(b"a", SOON, SOON) == "again"
    assert taken.take(b"b", SOON + timedelta(minutes=9), SOON + timedelta(microseconds=1)) == "new"
    assert len(taken) == 1


def test_where_there_is_no_room_nothing_is_forgotten_that_is_still_good() -> None:
    """S6: another one has to come again."""
    taken = Taken(most=2)
    taken.take(b"a", SOON, NOW)
    taken.take(b"b", SOON + timedelta(minutes=1), NOW)

    assert taken.take(b"c", SOON, NOW) == "full"
    assert [taken.take(one, SOON, NOW) for one in (b"a", b"b")] == ["again", "again"]
    assert taken.take(b"c", SOON + timedelta(minutes=5), SOON + timedelta(seconds=1)) == "new"


def test_of_many_threads_with_the_same_one_takes_it() -> None:
    """S6: looking and remembering are one step."""
    taken, found = Taken(), list[str]()
    threads = [threading.Thread(target=lambda: found.append(taken.take(b"a", SOON, NOW))) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(found) == ["again"] * 19 + ["new"]


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 400))), st.integers(1, 6))
def test_nothing_is_ever_taken_twice_while_it_is_good(events: list[tuple[int, int]], most: int) -> None:
    """S6: whatever comes in whatever order, with whatever room."""
    taken, now, seen = Taken(most), NOW, set[tuple[bytes, datetime]]()
    for name, seconds in events:
        now += timedelta(seconds=seconds)
        signature, until = bytes([name]), NOW + timedelta(seconds=200 * (name + 1))
        if until < now:
            continue  # its stamp alone refuses it
        if taken.take(signature, until, now) == "new":
            assert (signature, until) not in seen
            seen.add((signature, until))
        assert len(taken) <= most
