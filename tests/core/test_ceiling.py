"""Ceilings: counts within an hour, and what is too much."""

from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskhand.core.ceiling import Tally, Wanted, excess, is_old
from deskhand.core.guards import Ceiling
from tests.core.builders import START, at

CEILING = Ceiling(per_hour=100, per_cycle=50, share=Fraction(3, 10), floor=10)


@pytest.mark.parametrize(
    ("cycle", "hour", "live", "words"),
    [
        (Wanted(50, 0), Wanted(100, 0), 1000, ""),
        (Wanted(51, 0), Wanted(51, 0), 1000, "51 tickets in one cycle, and its ceiling is 50"),
        (Wanted(1, 0), Wanted(101, 0), 1000, "101 tickets within an hour, and its ceiling is 100"),
        (Wanted(10, 10), Wanted(10, 10), 10, ""),
        (Wanted(11, 11), Wanted(11, 11), 30, "11 of 30 live tickets, over its ceiling of 30%"),
        (Wanted(30, 30), Wanted(30, 30), 100, ""),
        (Wanted(31, 31), Wanted(31, 31), 100, "31 of 100 live tickets, over its ceiling of 30%"),
        (Wanted(40, 5), Wanted(40, 5), 40, ""),
    ],
)
def test_what_is_over_a_ceiling_is_said_with_both_numbers(cycle: Wanted, hour: Wanted, live: int, words: str) -> None:
    """By count in a cycle, by count in an hour, by share of the live tickets from the floor on; new tickets are in no share."""
    assert excess(CEILING, cycle, hour, live) == words


def test_a_ceiling_that_is_off_lets_everything_pass() -> None:
    """Each of the three can be switched off."""
    off = Ceiling(per_hour=None, per_cycle=None, share=None)

    assert excess(off, Wanted(10**6, 10**6), Wanted(10**6, 10**6), 1) == ""


def test_a_tally_forgets_after_an_hour() -> None:
    """Minute by minute, and its text stays short."""
    tally = Tally()
    for minute in range(200):
        tally = tally.add(at(minute), Wanted(2, 1))

    assert tally.within_the_hour(at(199)) == Wanted(120, 60)
    assert tally.within_the_hour(at(199 + 30)) == Wanted(60, 30)
    assert tally.within_the_hour(at(300)) == Wanted()
    assert len(tally.minutes) == 60


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(1, 500), st.integers(0, 500)), max_size=30))
def test_a_tally_comes_back_from_its_text(adds: list[tuple[int, int, int]]) -> None:
    """What is noted is what was counted."""
    tally = Tally()
    for minute, every, old in sorted(adds):
        tally = tally.add(at(minute), Wanted(every, old))

    assert Tally.parse(tally.text()) == tally
    assert Tally.parse(None) == Tally()


def test_a_ticket_is_old_after_an_hour() -> None:
    """One that came just now is no sign of a rule gone wrong."""
    assert not is_old(START, START + timedelta(hours=1))
    assert is_old(START, START + timedelta(hours=1, seconds=1))
