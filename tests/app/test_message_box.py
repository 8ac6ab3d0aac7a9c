"""What a person can do about messages that wait."""

from dataclasses import replace
from typing import get_args

import pytest

from deskhand.app import message_box
from deskhand.app.message_box import NEXT
from deskhand.core.message import Attempt, MessageState
from deskhand.errors import NotKnown, Rejected, Transient, UsageError, WrongState
from tests.app.carriers import Carrier, Office, away


def refused() -> tuple[Office, Carrier, str]:
    """An office whose one message was refused, with its mark."""
    pager = Carrier("on-call", before=lambda _one: Rejected("400 bad key"))
    office = Office(pager)
    mark = office.queue(channels=("on-call",)).key
    office.turn()
    return office, pager, mark


def test_messages_are_listed_by_state_rule_and_ticket() -> None:
    """Oldest first, with how many there are of each state."""
    office, _, mark = refused()
    office.queue(2, rule="late", channels=("on-call",))

    found = message_box.messages(office.store, message_box.LISTED)

    assert [row.message.key for row in found.rows] == [mark, "m2-1"]
    assert found.counts == {"dead": 1, "planned": 1}
    assert [row.message.key for row in message_box.messages(office.store, ("planned",), rule="late").rows] == ["m2-1"]
    assert message_box.messages(office.store, message_box.LISTED, ticket=7).rows == ()
    assert len(message_box.messages(office.store, message_box.LISTED, limit=1).rows) == 1


def test_the_beginning_of_a_mark_is_enough_where_it_is_one() -> None:
    """Else it is said that nothing, or more than one, has it."""
    office, _, mark = refused()
    assert message_box.message(office.store, mark[:3]).message.key == mark
    assert message_box.is_known(office.store, mark[:2])
    assert not message_box.is_known(office.store, "x")
    office.queue(11)
    with pytest.raises(UsageError, match="2 messages begin"):
        message_box.message(office.store, "m1")
    with pytest.raises(NotKnown, match="no message has the mark"):
        message_box.message(office.store, "x")


def test_a_dead_message_is_tried_again_by_all_of_its_channels() -> None:
    """Once what was wrong is mended."""
    office, pager, mark = refused()
    pager.before = lambda _one: None

    message_box.retry(office.store, mark, office.time, by="ann")
    office.turn()

    assert (pager.keys, office.row(mark).state) == ([mark], "sent")
    with pytest.raises(WrongState, match="only a dead one"):
        message_box.retry(office.store, mark, office.time, by="ann")


def test_a_dead_message_that_may_have_been_sent_is_asked_about_first() -> None:
    """So that it is not said twice."""
    issues = Carrier("issues", "jira", "ask", verbs=("file",), after=away(Transient))
    office = Office(issues)
    mark = office.queue(verb="file", channels=("issues",)).key
    row = office.row(mark)
    with office.store.begin() as tx:
        tx.messages.put([replace(row, state="dead", settled_at=office.time, tried=_unclear(office))])
    issues.took.append(row.message)

    assert message_box.retry(office.store, mark, office.time, by="ann").state == "unknown"
    office.turn()

    assert (len(issues.took), office.row(mark).state) == (1, "sent")


def _unclear(office: Office) -> tuple[Attempt, ...]:
    return (Attempt("issues", office.time, "unclear: no answer"),)


def test_what_is_dropped_is_never_sent() -> None:
    """A message that waits, or that is dead; not one that was sent."""
    office, pager, mark = refused()
    pager.before = lambda _one: None
    waiting = office.queue(2, channels=("on-call",)).key

    assert [row.state for row in message_box.drop(office.store, (mark, waiting), office.time, by="ann")] == [
        "dropped",
        "dropped",
    ]
    office.work(10)

    assert pager.keys == []
    with pytest.raises(WrongState, match="cannot be dropped"):
        message_box.drop(office.store, (mark,), office.time, by="ann")


def test_a_held_message_is_let_go_by_name() -> None:
    """And goes as it was read; nothing else can be let go."""
    page = Carrier("page", "statuspage", "ask", verbs=("publish",))
    office = Office(page)
    for number in (1, 2):
        office.queue(number=number, verb="publish", channels=("page",))
    office.work(4)

    assert message_box.release(office.store, "m1-2", "ann", office.time).released == "ann"
    office.turn()

    assert page.keys == ["m1-1", "m1-2"]
    with pytest.raises(WrongState, match="only a held one"):
        message_box.release(office.store, "m1-2", "ann", office.time)


def test_every_state_says_what_comes_next() -> None:
    """So that nobody has to guess."""
    assert set(NEXT) == set(get_args(MessageState))
