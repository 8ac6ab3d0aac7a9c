"""A thread for each lane: nobody waits for a silent service."""

import threading
import time
from collections.abc import Callable

from deskhand.app.couriers import OURS, Couriers
from deskhand.core.message import Message
from deskhand.errors import DeskError
from tests.app.carriers import Carrier, Office


def unguarded(_name: str, do: Callable[[], object]) -> Callable[[], None]:
    """A turn that keeps errors to itself."""

    def run() -> None:
        try:
            do()
        except ZeroDivisionError:
            return

    return run


def until(holds: Callable[[], bool], seconds: float = 5.0) -> bool:
    """Wait until something holds; whether it did in time."""
    end = time.monotonic() + seconds
    while not holds() and time.monotonic() < end:
        threading.Event().wait(0.005)
    return holds()


def test_a_silent_service_keeps_no_other_one_waiting() -> None:
    """R13: while one call hangs, what goes by another service leaves; its own next message waits."""
    free = threading.Event()

    def hang(_message: Message) -> DeskError | None:
        free.wait(10)
        return None

    pager, chat = Carrier("on-call", before=hang), Carrier("support", "slack", "accept")
    office = Office(pager, chat)
    couriers = Couriers(office.engine, office.post, unguarded)
    office.queue(1, channels=("on-call",))
    office.queue(2, channels=("on-call",))
    couriers.go()
    assert until(lambda: pager.calls == 1)

    told = office.queue(3, channels=("support",))
    couriers.go()

    assert until(lambda: chat.keys == [told.key])
    assert pager.calls == 1
    assert not couriers.wait(0.01)
    free.set()
    assert couriers.wait(5)
    couriers.go()
    assert until(lambda: len(pager.keys) == 2)


def test_nobody_is_sent_where_there_is_nothing_to_do() -> None:
    """An idle second costs one look into the database, and no thread."""
    office = Office(Carrier("on-call"))
    couriers = Couriers(office.engine, office.post, unguarded)
    before = threading.active_count()

    couriers.go()

    assert threading.active_count() == before
    assert couriers.wait(0)


def test_a_fault_of_our_own_loses_no_message() -> None:
    """A turn that broke off: what it was sending is unclear and settled; the others go on."""
    pager = Carrier("on-call")
    faults = [True]

    def stumble(_message: Message) -> DeskError | None:
        if faults:
            faults.pop()
            raise ZeroDivisionError
        return None

    pager.before = stumble
    office = Office(pager)
    page = office.queue(channels=("on-call",))
    couriers = Couriers(office.engine, office.post, unguarded)
    couriers.go()
    assert couriers.wait(5)
    row = office.row(page.key)
    assert (row.state, row.tried[-1].came) == ("unknown", f"unclear: {OURS}")

    office.work(20)

    assert pager.keys == [page.key]
    assert office.row(page.key).state == "sent"
