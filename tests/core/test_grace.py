"""Grace: seconds in which a ticket belongs to whoever is changing it."""

from deskhand.core.grace import grace_until
from deskhand.core.memory import Memory, Own
from deskhand.core.ticket import Metrics
from tests.core.builders import START, at, ticket


def test_what_somebody_changed_just_now_is_left_alone_for_some_seconds() -> None:
    """Race: an agent acts between decision and write."""
    changed = ticket(updated_at=at(5))

    assert grace_until(changed, Memory(7), 10, at(5, 4)) == at(5, 10)
    assert grace_until(changed, Memory(7), 10, at(5, 10)) is None
    assert grace_until(changed, Memory(7), None, at(5, 4)) is None


def test_a_new_ticket_a_customers_reply_and_our_own_write_wait_for_nobody() -> None:
    """Only what an agent may not have finished is waited for."""
    replied = ticket(updated_at=at(5), metrics=Metrics(requester_updated_at=at(5)))

    assert grace_until(ticket(), Memory(7), 10, START) is None
    assert grace_until(replied, Memory(7), 10, at(5)) is None
    assert grace_until(ticket(updated_at=at(5)), Memory(7, own=Own(at(5), at(1))), 10, at(5)) is None
