"""Reading back: a ticket shows what a write was to do, or it does not."""

from dataclasses import replace
from typing import Any

import pytest

from deskhand.core.confirm import confirms, settled, touched
from deskhand.core.effect import TicketWrite
from tests.core.builders import ticket

WRITE = TicketWrite(
    op_id="op",
    ticket_id=7,
    stamp="2026-03-02T09:00:00Z",
    rules=("r",),
    sets=(("priority", "high"), ("field.state", "escalated")),
    group="Network",
    assignee="ann@acme.example",
    tags=("hot", "vip"),
    tags_added=("hot",),
    tags_removed=("calm",),
    followers=("lead@acme.example",),
    note="told",
)
SHOWN: dict[str, Any] = {
    "priority": "high",
    "fields": {"state": "escalated"},
    "group": "Network",
    "assignee": "ann@acme.example",
    "tags": frozenset({"hot", "vip", "of another"}),
    "followers": frozenset({"lead@acme.example", "other@acme.example"}),
}


def test_a_ticket_that_shows_everything_confirms_the_write() -> None:
    """What others added meanwhile does not matter."""
    assert confirms(WRITE, ticket(**SHOWN))


@pytest.mark.parametrize(
    "missing",
    [
        {"priority": "normal"},
        {"fields": {}},
        {"group": "Billing"},
        {"assignee": None},
        {"tags": frozenset({"vip"})},
        {"tags": frozenset({"hot", "vip", "calm"})},
        {"followers": frozenset()},
    ],
)
def test_each_value_that_is_not_as_written_is_noticed(missing: dict[str, Any]) -> None:
    """One difference is enough."""
    assert not confirms(WRITE, ticket(**(SHOWN | missing)))


def test_what_moved_without_being_asked_for_is_ours_only_where_an_assignment_moves_it() -> None:
    """Somebody solves the ticket between our tags and our reading back: that is not ours to undo."""
    before = (("status", "new"), ("priority", "normal"))
    solved = ticket(**SHOWN, status="solved")
    told = replace(WRITE, sets=(), group=None, assignee=None, before=before)

    assert settled(told, solved).after == ()
    assert {"status": "solved", "priority": "high"}.items() <= dict(
        settled(replace(WRITE, before=before), solved).after
    ).items()


@pytest.mark.parametrize(
    ("write", "kinds"),
    [
        (replace(WRITE, sets=(), group=None, assignee=None), set()),
        (replace(WRITE, sets=(("priority", "high"),), group=None, assignee=None), set()),
        (replace(WRITE, sets=(("field.state", "x"),), group=None, assignee=None), {"field"}),
        (replace(WRITE, sets=(), group=None, assignee="ann@acme.example"), {"status", "group", "assigned"}),
    ],
)
def test_a_write_touches_what_it_sets_and_what_that_moves(write: TicketWrite, kinds: set[str]) -> None:
    """A note touches nothing that clocks hear of; an assignment moves group and status along."""
    assert touched(write) == kinds
