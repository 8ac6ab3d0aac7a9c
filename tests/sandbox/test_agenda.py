"""The agenda."""

from datetime import UTC, datetime, timedelta
from functools import partial

from hypothesis import given
from hypothesis import strategies as st

from deskhand.sandbox import Sandbox
from deskhand.sandbox.agenda import Agenda


@given(st.floats(1.0e9, 2.5e9))
def test_an_instant_on_the_agenda_is_one_that_a_datetime_can_hold(epoch: float) -> None:
    """What is due at an instant is due when a clock is moved to that instant's datetime, however fine the float was."""
    agenda = Agenda()
    agenda.at(epoch, list)
    due = agenda.next()
    assert due is not None
    assert datetime.fromtimestamp(due, UTC).timestamp() == due


def test_a_clock_moved_to_the_next_happening_finds_it_due() -> None:
    """Finer instants than a microsecond do not keep a simulated clock running on the spot."""
    sandbox, seen = Sandbox(), list[int]()
    start = sandbox.clock.now()
    for step in range(1, 40):
        sandbox.at(start.timestamp() + 1 + step * 2.0**-22, lambda: seen.append(1))
    sandbox.run_until(start + timedelta(seconds=2))
    assert len(seen) == 39


def test_happenings_of_one_instant_keep_their_order() -> None:
    """What was added first happens first, and what is later stays."""
    agenda, seen = Agenda(), list[str]()
    for name in "abc":
        agenda.at(10.0, partial(seen.append, name))
    agenda.at(11.0, lambda: seen.append("later"))
    while (entry := agenda.take(10.0)) is not None:
        entry[1]()
    assert (seen, len(agenda)) == (["a", "b", "c"], 1)
