"""Public words: the first go at once, the rest are read by a manager before they go."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Literal

import pytest

from deskhand.core.message import Message, MessageRow, Notice, Sent
from deskhand.core.review import waits_for_a_reader

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
