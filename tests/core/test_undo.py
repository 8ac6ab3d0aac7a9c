"""Undo: each thing goes back to what it was, unless somebody has changed it since."""

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskhand.core.delivery import Row
from deskhand.core.effect import TicketWrite
from deskhand.core.ticket import Ticket
from deskhand.core.undo import Back, Left, inverse, snapshot
from tests.core.builders import at, ticket


def done(before: Ticket, after: Ticket, minute: int = 0, **write: Any) -> Row:
    """A write that made one of these tickets from the other."""
    made = TicketWrite(
        f"op-{minute}",
        7,
        "2026-03-02T09:00:00Z",
        ("the-rule",),
        before=snapshot(before, ["field.state"]),
        after=snapshot(after, ["field.state"]),
        **write,
    )
    return Row(made, "done", at(minute), at(minute), run="run")


FIRST = ticket(
    status="new", group="Support", assignee="ann@acme.example", fields={"state": None}, tags=frozenset({"vip"})
)
SECOND = replace(
    FIRST, status="open", group="Network", assignee=None, fields={"state": "alarm"}, tags=frozenset({"vip", "seen"})
)
WRITE = done(FIRST, SECOND, group="Network", sets=(("field.state", "alarm"),), tags_added=("seen",), note="Look")


def test_everything_goes_back_to_what_it_was_with_what_changed_along_with_it() -> None:
    """An assignment opened the ticket and lost its assignee: both come back."""
    made = inverse([WRITE], SECOND)

    assert {(one.name, one.then) for one in made.back} == {
        ("status", "new"),
        ("group", "Support"),
        ("assignee", "ann@acme.example"),
        ("field.state", None),
        ("tag seen", False),
    }
    assert (made.left, made.notes) == ((), 1)
    assert made.write is not None
    assert (made.write.tags, made.write.tags_removed, made.write.note) == (("vip",), ("seen",), None)
    assert (made.write.rules, made.write.undoes) == (("undo", "the-rule"), ("op-0",))


def test_what_somebody_changed_since_stays_and_is_named() -> None:
    """Only where nobody changed it."""
    now = replace(SECOND, group="Billing", tags=frozenset({"vip"}))

    made = inverse([WRITE], now)

    assert made.left == (
        Left("group", "Billing", "somebody has changed it since"),
        Left("assignee", None, "somebody has changed it since"),
    )
    assert "group" not in {one.name for one in made.back}
    assert "tag seen" not in {one.name for one in made.back}


def test_several_writes_go_back_to_before_the_first_unless_somebody_came_between() -> None:
    """A chain of our own is one change; a person's value in the middle is the one to return to."""
    low, normal, high = (replace(FIRST, priority=word) for word in ("low", "normal", "high"))
    chain = [done(low, normal, 1), done(normal, high, 2)]
    broken = [done(low, high, 1), done(normal, high, 2)]

    assert inverse(chain, high).back == (Back("priority", "high", "low"),)
    assert inverse(list(reversed(chain)), high).back == (Back("priority", "high", "low"),)
    assert inverse(broken, high).back == (Back("priority", "high", "normal"),)


def test_what_is_undone_already_needs_nothing() -> None:
    """Undoing twice does nothing the second time, and blames nobody."""
    made = inverse([WRITE], FIRST)

    assert (made.back, made.left, made.write) == ((), (), None)


@pytest.mark.parametrize("custom", ["Waiting for parts", None])
def test_a_custom_status_brings_its_category_with_it(custom: str | None) -> None:
    """Only one of the two is written."""
    before, after = replace(FIRST, custom_status=custom), replace(FIRST, status="hold", custom_status="On hold")

    names = [one.name for one in inverse([done(before, after)], after).back]

    assert names == ["custom_status"] or custom is None


def test_the_same_undoing_has_the_same_mark() -> None:
    """Planned twice, it is one write."""
    one, two = inverse([WRITE], SECOND).write, inverse([WRITE], replace(SECOND, subject="other")).write

    assert one is not None
    assert two is not None
    assert one.op_id == two.op_id


def test_a_group_stays_where_somebody_has_taken_the_ticket_since() -> None:
    """An agent who made it theirs would lose it with the group."""
    moved = done(replace(FIRST, assignee=None), replace(FIRST, group="Network", assignee=None), group="Network")

    made = inverse([moved], replace(FIRST, group="Network", assignee="bob@acme.example"))

    assert (made.back, made.write) == ((), None)
    assert [(one.name, one.now) for one in made.left] == [("group", "Network"), ("assignee", "bob@acme.example")]


def test_between_two_of_our_writes_an_agents_choice_is_what_comes_back() -> None:
    """Group and assignee are one change: not the first group with the later assignee."""
    first = done(replace(FIRST, assignee=None), replace(FIRST, group="B", assignee=None), 1, group="B")
    taken = replace(FIRST, group="B", assignee="bob@acme.example")
    last = replace(FIRST, group="C", assignee="eve@acme.example")

    made = inverse([first, done(taken, last, 2, group="C", assignee="eve@acme.example")], last)

    assert {(one.name, one.then) for one in made.back} == {("group", "B"), ("assignee", "bob@acme.example")}


VALUES = st.fixed_dictionaries(
    {},
    optional={
        "priority": st.sampled_from(["low", "normal", "high"]),
        "type": st.sampled_from(["task", "question", None]),
        "group": st.sampled_from(["Support", "Network", None]),
        "assignee": st.sampled_from(["ann@acme.example", "bob@acme.example", None]),
        "tags": st.frozensets(st.sampled_from("abc")),
        "followers": st.frozensets(st.sampled_from(["f@acme.example", "g@acme.example"])),
    },
)


def write_between(before: Ticket, after: Ticket, minute: int) -> Row:
    """The write that would have made one ticket from the other; followers are only ever added."""
    return done(
        before,
        after,
        minute,
        tags_added=tuple(sorted(after.tags - before.tags)),
        tags_removed=tuple(sorted(before.tags - after.tags)),
        followers=tuple(sorted(after.followers - before.followers)),
    )


def carried_out(write: TicketWrite, on: Ticket) -> Ticket:
    """A ticket after a write that undoes."""
    sets: dict[str, Any] = {name: value for name, value in write.sets if not name.startswith("field.")}
    return replace(
        on,
        **sets,
        tags=on.tags if write.tags is None else frozenset(write.tags),
        followers=on.followers - set(write.followers_removed),
    )


@given(VALUES, st.lists(VALUES, min_size=1, max_size=4))
def test_whatever_was_written_in_a_row_goes_back_to_the_beginning(first: Any, changes: list[Any]) -> None:
    """A law: without anybody between, the first state comes back whole, and nothing is left."""
    begin = ticket(**first)
    tickets = [begin]
    for change in changes:
        grown = {"followers": tickets[-1].followers | change["followers"]} if "followers" in change else {}
        tickets.append(replace(tickets[-1], **(change | grown)))
    rows = [write_between(*pair, minute) for minute, pair in enumerate(pairwise(tickets))]

    made = inverse(rows, tickets[-1])

    assert made.left == ()
    assert (carried_out(made.write, tickets[-1]) if made.write else tickets[-1]) == begin
