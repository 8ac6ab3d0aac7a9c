"""The cap of a ticket."""

from deskhand.core.cap import capped
from deskhand.core.memory import Firing, Memory
from tests.core.builders import at


def written(count: int, *, number: int = 1) -> Memory:
    """A memory of so many writes, an hour apart, two firings in each."""
    pairs = [
        (Firing("a", f"e{n}", number, at(60 * n), f"op-{n}"), Firing("b", f"e{n}", number, at(60 * n), f"op-{n}"))
        for n in range(count)
    ]
    return Memory(7, ledger=tuple(one for pair in pairs for one in pair))


def test_a_ticket_is_written_to_no_more_than_its_cap_in_a_day() -> None:
    """R15: writes count, not the rules in them."""
    assert capped(written(9), 10, at(60 * 10)) == ""
    assert "written to 10 times within a day, and its cap is 10" in capped(written(10), 10, at(60 * 10))


def test_a_day_later_it_may_be_written_to_again() -> None:
    """The day moves with the clock."""
    assert capped(written(10), 10, at(60 * 24)) == ""
    assert capped(written(100), None, at(60 * 10)) == ""


def test_repetitions_have_a_limit_of_their_own() -> None:
    """A reminder every hour is asked for by name and number."""
    assert capped(written(20, number=2), 10, at(60 * 20)) == ""
