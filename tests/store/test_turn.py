"""One transaction at a time within a process."""

from threading import Event, Thread

import pytest

from deskhand.errors import StoreBusy
from deskhand.store.turn import Turn


def test_a_thread_that_waits_in_vain_is_told_so() -> None:
    """When another thread keeps the turn, the wait ends with StoreBusy and not with a hang."""
    turn, held, over = Turn(patience=0.01), Event(), Event()

    def keep() -> None:
        with turn.take():
            held.set()
            over.wait(10)

    thread = Thread(target=keep)
    thread.start()
    held.wait(10)
    with pytest.raises(StoreBusy, match=r"0\.01 seconds"), turn.take():
        pass
    over.set()
    thread.join()


def test_the_turn_is_given_back_after_an_exception() -> None:
    """Whatever happens while it is held, the next one gets it."""
    turn = Turn(patience=0.01)
    with pytest.raises(KeyError), turn.take():
        raise KeyError
    with turn.take(), pytest.raises(RuntimeError), turn.take():
        pass
    with turn.take():
        pass
