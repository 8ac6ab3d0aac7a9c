"""Flapping: firing anew again and again within an hour."""

from deskhand.core.flapping import flaps
from deskhand.core.memory import Firing, Memory
from tests.core.builders import at


def fired(*minutes: int, number: int = 1, rule: str = "the-rule") -> Memory:
    """A memory of firings of a rule, each in an episode of its own."""
    return Memory(7, ledger=tuple(Firing(rule, f"e{n}", number, at(n), f"op-{n}") for n in minutes))


def test_the_fourth_time_within_an_hour_is_flapping() -> None:
    """Three times it may fire anew; the reason says what happens."""
    assert flaps(fired(0, 10), "the-rule", 3, at(20)) == ""
    assert "fired 3 times within an hour" in flaps(fired(0, 10, 20), "the-rule", 3, at(30))


def test_what_was_over_an_hour_ago_does_not_count() -> None:
    """A rule that fires every half hour for good reason goes on."""
    assert flaps(fired(0, 30, 60), "the-rule", 3, at(90)) == ""


def test_repetitions_and_other_rules_do_not_count() -> None:
    """A rule that asks to be repeated says itself how often."""
    assert flaps(fired(0, 10, 20, number=2), "the-rule", 3, at(30)) == ""
    assert flaps(fired(0, 10, 20, rule="another"), "the-rule", 3, at(30)) == ""
    assert flaps(fired(0, 10, 20), "the-rule", None, at(30)) == ""
