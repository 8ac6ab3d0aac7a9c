"""Public words: the first go at once, the rest are read by a manager before they go."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Literal

import pytest

from deskhand.core.message import Message, MessageRow, MessageState, Notice, Sent, Verb
from deskhand.core.review import grew_old, waits_for_a_reader

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
MESSAGE = Message("k2", "zd:acme:7:1", 2, 7, "publish", ("status",), Notice("Checkout fails", status="identified"), NOW)
ROW = MessageRow(MESSAGE, "planned", NOW)
FIRST = Sent("status", "publish", "inc1", 1)


@pytest.mark.requirement(29)
def test_the_first_public_word_needs_no_approval_and_the_second_a_manager() -> None:
    """Requirement 71: whoever is on call posts the first entry; review starts at the second update."""
    assert waits_for_a_reader(ROW, (), {}) == ""
    assert "manager" in waits_for_a_reader(ROW, (FIRST,), {})


@pytest.mark.parametrize(
    ("choice", "first", "second"), [("from_second", False, True), ("always", True, True), ("never", False, False)]
)
def test_a_channel_chooses_what_is_read_before_it_goes(choice: str, first: bool, second: bool) -> None:
    """`review` of the channel's options."""
    assert bool(waits_for_a_reader(ROW, (), {"review": choice})) is first
    assert bool(waits_for_a_reader(ROW, (FIRST,), {"review": choice})) is second


def test_an_unknown_choice_is_the_strictest() -> None:
    """A slip of the pen publishes nothing unread."""
    assert waits_for_a_reader(ROW, (), {"review": "nevr"})


def test_what_was_let_go_once_is_not_asked_about_again() -> None:
    """A retry after a time-out needs no second approval."""
    assert waits_for_a_reader(replace(ROW, released="mia"), (FIRST,), {}) == ""


@pytest.mark.parametrize("verb", ["page", "tell", "close", "file"])
def test_only_what_is_public_is_read_first(verb: Literal["page", "tell", "close", "file"]) -> None:
    """A page never waits for a reader; and what else the channel carried is no public word."""
    told = replace(ROW, message=replace(MESSAGE, verb=verb))

    assert waits_for_a_reader(told, (FIRST,), {"review": "always"}) == ""
    assert waits_for_a_reader(ROW, (replace(FIRST, verb=verb),), {}) == ""


def test_words_that_wait_are_worth_nothing_after_the_time_they_name() -> None:
    """Requirement 70: a next update that is past would be a lie."""
    waiting = replace(ROW, state="held", message=replace(MESSAGE, useful_until=NOW + timedelta(hours=1)))

    assert grew_old(waiting, [waiting], NOW) == ""
    assert (
        grew_old(waiting, [waiting], NOW + timedelta(hours=1))
        == "nobody read it in time: it was of use until 2026-11-21 13:00 UTC"
    )
    assert grew_old(replace(ROW, state="held"), [], NOW + timedelta(days=9)) == ""


@pytest.mark.parametrize(
    ("number", "verb", "state", "old"),
    [
        (3, "publish", "held", True),
        (3, "publish", "sent", True),
        (3, "publish", "dropped", False),
        (3, "publish", "dead", False),
        (1, "publish", "sent", False),
        (3, "page", "sent", False),
    ],
)
def test_newer_words_take_the_place_of_those_that_wait(number: int, verb: Verb, state: MessageState, old: bool) -> None:
    """Whoever reads has the latest before them; what never went out, and what is not public, takes nobody's place."""
    waiting = replace(ROW, state="held")
    other = replace(ROW, state=state, message=replace(MESSAGE, key="k", number=number, verb=verb))

    assert bool(grew_old(waiting, [waiting, other], NOW)) is old
