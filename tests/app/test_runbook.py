"""The link to the runbook, just before a message leaves."""

from dataclasses import replace

import pytest

from deskhand.app.runbook import with_runbook
from deskhand.core.message import Link, Verb
from tests.notify.matters import RUNBOOK, message


class Shelf:
    """Runbooks by label."""

    def __init__(self, **books: Link) -> None:
        self.books = books
        self.asked: list[str] = []

    def find(self, label: str) -> Link | None:
        """The runbook for a label."""
        self.asked.append(label)
        return self.books.get(label)


@pytest.mark.parametrize("verb", ["page", "tell", "file"])
def test_whoever_is_asked_has_the_runbook_first(verb: Verb) -> None:
    """Requirement 90, before other links."""
    other = Link("Dashboard", "https://d.example/")
    told = with_runbook(message(verb, runbook="checkout", links=(other,)), Shelf(checkout=RUNBOOK))

    assert told.notice.links == (Link("Runbook: Checkout runbook", RUNBOOK.url), other)


@pytest.mark.parametrize("verb", ["publish", "close"])
def test_what_is_public_and_what_ends_a_matter_have_none(verb: Verb) -> None:
    """The wiki is not even asked."""
    shelf = Shelf(checkout=RUNBOOK)
    told = message(verb, runbook="checkout")

    assert with_runbook(told, shelf) == told
    assert shelf.asked == []


def test_without_a_runbook_the_message_goes_as_it_is() -> None:
    """No wiki, no label, or no page for it."""
    told = message("page", runbook="checkout")
    bare = replace(told, notice=replace(told.notice, runbook=""))

    assert with_runbook(told, None) == told
    assert with_runbook(bare, Shelf(checkout=RUNBOOK)) == bare
    assert with_runbook(told, Shelf()) == told
