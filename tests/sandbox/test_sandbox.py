"""Time, the agenda and sameness."""

from datetime import UTC, datetime, timedelta

from deskhand.sandbox import EMAIL, Sandbox
from deskhand.sandbox.render import ticket_row
from tests.sandbox.builders import Account

START = datetime(2026, 3, 2, 8, tzinfo=UTC)


def test_happenings_come_in_order_each_at_its_own_instant() -> None:
    """run_until performs what is due in the order of time, with the world's clock at each instant."""
    sandbox = Sandbox()
    seen: list[tuple[str, int]] = []
    sandbox.at(START + timedelta(seconds=20), lambda: seen.append(("b", sandbox.world.now())))
    sandbox.at(START + timedelta(seconds=10), lambda: seen.append(("a", sandbox.world.now())))
    assert sandbox.next_happening() == START + timedelta(seconds=10)
    assert sandbox.run_until(START + timedelta(seconds=15)) == 1
    sandbox.run_until(START + timedelta(seconds=60))
    base = int(START.timestamp())
    assert seen == [("a", base + 10), ("b", base + 20)]
    assert sandbox.clock.now() == START + timedelta(seconds=60)


def test_a_request_first_performs_what_is_due(account: Account) -> None:
    """What was due before a request is done when it is answered, stamped with its own time."""
    account.sandbox.at(START + timedelta(seconds=10), account.ticket)
    account.wait(50)
    assert account.get("/tickets.json")["tickets"][0]["created_at"] == "2026-03-02T08:00:10Z"


def test_simulated_time_never_goes_back() -> None:
    """Moving to the past or by a negative time changes nothing."""
    sandbox = Sandbox()
    sandbox.clock.to(START - timedelta(days=1))
    sandbox.clock.advance(-5)
    assert sandbox.clock.now() == START


def test_two_sandboxes_of_one_seed_are_the_same() -> None:
    """The same calls give the same tickets, ids and all."""
    first, second = Account(), Account()
    rows = [ticket_row(one.world, one.ticket(priority="high")) for one in (first, second)]
    assert rows[0] == rows[1]


def test_a_ticket_is_made_at_another_time(account: Account) -> None:
    """`at` gives a ticket another time than now."""
    ticket = account.world.create_ticket(
        {"comment": {"body": "old"}}, author=account.customer, via=EMAIL, at=START.timestamp() - 3_600
    )
    assert ticket.created == int(START.timestamp()) - 3_600
