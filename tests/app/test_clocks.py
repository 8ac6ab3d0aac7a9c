"""How each promise on a ticket stands: as the worker knows it, and as Zendesk tells it anew."""

import pytest

from deskhand.app.clocks import Clocks, clocks
from deskhand.app.hear import hear
from deskhand.app.poll import poll
from deskhand.errors import NotKnown
from deskhand.sandbox import Ticket
from tests.app.places import Shop
from tests.core.builders import HOUR, policy


def shop() -> tuple[Shop, Ticket]:
    """A ticket an hour old, pending since half an hour, that the worker knows."""
    found = Shop(policy(needs=frozenset({"slas", "metrics"})))
    found.world.add_sla_policy("Gold", [("normal", "requester_wait_time", 4 * 60)])
    ticket = found.ticket()
    found.pass_time(1800)
    found.change(ticket, status="pending")
    found.pass_time(1800)
    poll(found.engine)
    hear(found.engine)
    return found, ticket


def read(found: Shop, ticket_id: int, *, online: bool) -> Clocks:
    """The clocks, from the store or from the account."""
    desk, past = found.connection.desk(found.policy.needs), found.connection.past()
    return clocks(None if online else found.store, desk, past, found.policy, ticket_id, now=found.now())


def test_what_the_worker_knows_and_what_zendesk_tells_are_the_same() -> None:
    """Every clock, its marks and its course."""
    found, ticket = shop()

    known, fresh = (read(found, ticket.id, online=online) for online in (False, True))

    assert (known.seen, fresh.seen) == (True, False)
    assert [(one.clock.clock, one.stretches, one.marks) for one in known.clocks] == [
        (one.clock.clock, one.stretches, one.marks) for one in fresh.clocks
    ]


def test_zendesks_own_clock_shows_when_it_stood_still() -> None:
    """Half an hour of waiting, then pending."""
    found, ticket = shop()

    (wait,) = (one for one in read(found, ticket.id, online=False).clocks if one.clock.source == "zendesk")

    assert (wait.clock.stage, wait.clock.elapsed, wait.clock.target) == ("paused", 1800, 4 * HOUR)
    assert [one.state for one in wait.stretches] == ["running", "paused"]


def test_a_ticket_that_nobody_has_is_told() -> None:
    """With what to check."""
    found, _ = shop()

    with pytest.raises(NotKnown, match="ticket 999999 is not known"):
        read(found, 999_999, online=False)
