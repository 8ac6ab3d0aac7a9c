"""Undo against the sandbox: back to the first state, under the same guards, and no rule set off by it."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from deskhand.app import undo
from deskhand.app.outbox import listed, release
from deskhand.core.condition import Burn, Compare
from deskhand.core.guards import OFF, Guards
from deskhand.core.policy import AssignTo, Escalate, Follow, MoveSeverity, SetTo, Tag, WriteNote
from deskhand.errors import NotKnown, WrongState
from tests.app.places import Shop
from tests.core.builders import policy, rule
from tests.core.escalation import CHANNELS, LEVELS, ROLES, ladder, page

OUTAGE = Compare("p", "field.issue_type", "is", "network_outage")
RULES = (
    rule(
        OUTAGE,
        AssignTo("Network", "ann@acme.example"),
        Tag(add=("routed",), remove=("old",)),
        SetTo("field.escalation_state", "alarm"),
        WriteNote("a-note"),
        Follow("ann@acme.example"),
        id="route",
    ),
    rule(Compare("p", "type", "is", "question"), SetTo("type", "incident"), MoveSeverity("raise", "why"), id="raise"),
)
KEPT = ("updated_at", "comment_count", "result_type")


def state(shop: Shop, ticket: Any) -> dict[str, Any]:
    """A ticket field by field, without what undoing cannot or need not restore."""
    return {name: value for name, value in shop.show(ticket).items() if name not in KEPT}


def undone(shop: Shop, **asked: Any) -> undo.Handed:
    """Plan, put into the outbox, send."""
    plan = undo.plan(shop.store, shop.engine.desk, **asked)
    handed = undo.apply(shop.store, shop.policy, plan, "undo-run", shop.now(), by="ann")
    shop.cycle()
    return handed


@pytest.fixture
def shop() -> Shop:
    """Two tickets that rules are about, before the worker has seen them."""
    made = Shop(policy(*RULES))
    made.ticket(custom_fields=[{"id": made.issue["id"], "value": "network_outage"}], tags=["old", "vip"])
    made.ticket(type="question")
    return made


def test_a_run_goes_back_to_the_first_state_field_by_field(shop: Shop) -> None:
    """Group, assignee, status, fields, tags, followers, severity; and no rule is set off by it."""
    tickets = list(shop.world.tickets.values())
    before = [state(shop, ticket) for ticket in tickets]
    shop.cycle()
    assert [state(shop, ticket) == one for ticket, one in zip(tickets, before, strict=True)] == [False, False]

    handed = undone(shop, run="run")
    for _ in range(4):
        shop.pass_time(3600)
        shop.cycle()

    assert (handed.planned, handed.held) == (2, 0)
    assert [state(shop, ticket) for ticket in tickets] == before
    assert shop.outbox() == {"done": 4}


def test_what_an_agent_changed_since_is_left_as_it_is(shop: Shop) -> None:
    """The rest of the ticket goes back."""
    first = next(iter(shop.world.tickets.values()))
    shop.cycle()
    shop.pass_time(60)
    shop.change(first, group_id=shop.groups["Billing"]["id"], tags=["routed", "vip", "mine"])
    shop.pass_time(60)

    plan = undo.plan(shop.store, shop.engine.desk, rule="route")
    undo.apply(shop.store, shop.policy, plan, "undo-run", shop.now(), by="ann")
    shop.cycle()

    shown = shop.show(first)
    assert shown["group_id"] == shop.groups["Billing"]["id"]
    assert {"mine", "old", "vip"} <= set(shown["tags"])
    assert "routed" not in shown["tags"]
    assert [left.name for left in plan.tickets[0].left] == ["group", "assignee"]
    assert plan.writes == 1


def test_an_agent_who_is_faster_than_the_undoing_wins(shop: Shop) -> None:
    """The write is conditional on the ticket as the plan saw it."""
    second = list(shop.world.tickets.values())[1]
    shop.cycle()
    plan = undo.plan(shop.store, shop.engine.desk, rule="raise")
    undo.apply(shop.store, shop.policy, plan, "undo-run", shop.now(), by="ann")
    shop.pass_time(30)
    shop.change(second, subject="Another one")
    shop.pass_time(30)

    shop.cycle()

    assert shop.show(second)["type"] == "incident"
    assert shop.outbox() == {"done": 2, "conflict": 1}


def test_undoing_more_than_the_ceiling_is_held_until_the_number_is_named() -> None:
    """The same guards as for rules, and the number names how many."""
    shop = Shop(policy(rule(Compare("p", "priority", "is", "normal"), Tag(add=("seen",)), id="all")))
    tickets = [shop.ticket() for _ in range(30)]
    shop.cycle()
    plan = undo.plan(shop.store, shop.engine.desk, run="run")

    with pytest.raises(WrongState, match="20 were named, but 30 tickets would change"):
        undo.apply(shop.store, shop.policy, plan, "undo-run", shop.now(), allowed=20, by="ann")
    handed = undo.apply(shop.store, shop.policy, plan, "undo-run", shop.now(), by="ann")
    shop.cycle()
    assert (handed.held, handed.reason) == (30, "undoing would change 30 of 30 live tickets, over its ceiling of 30%")
    assert shop.outbox() == {"done": 30, "held": 30}
    assert listed(shop.store, ("held",)).held == {"undo": 30}
    release(shop.store, "undo", 30, shop.now(), by="ann")
    shop.cycle()

    assert [shop.show(ticket)["tags"] for ticket in tickets] == [[]] * 30


def test_our_own_raise_that_is_undone_does_not_raise_again() -> None:
    """A severity that goes back is no person's change, so it begins no new life of the clock."""
    burnt = rule(Burn("p", "response", "above", Fraction(1, 2)), MoveSeverity("raise", "burn"), id="burn")
    shop = Shop(policy(burnt))
    ticket = shop.ticket()
    shop.cycle()
    shop.pass_time(3 * 3600)
    shop.cycle()
    assert shop.show(ticket)["priority"] == "high"

    undone(shop, run="run")
    for _ in range(10):
        shop.pass_time(1800)
        shop.cycle()

    assert shop.show(ticket)["priority"] == "normal"


def test_runs_are_listed_newest_first_with_what_they_did(shop: Shop) -> None:
    """Undoings are no runs to be undone."""
    shop.cycle()
    undone(shop, run="run")

    assert [(run.id, run.writes, run.rules) for run in undo.runs(shop.store)] == [("run", 2, ("raise", "route"))]


def test_nothing_to_undo_is_said(shop: Shop) -> None:
    """And a write under way is waited for."""
    with pytest.raises(NotKnown, match="nothing was written by run 'none'"):
        undo.plan(shop.store, shop.engine.desk, run="none")
    shop.cycle()
    plan = undo.plan(shop.store, shop.engine.desk, run="run")
    undo.apply(shop.store, shop.policy, plan, "undo-run", shop.now(), by="ann")
    with pytest.raises(WrongState, match="a write is under way on ticket 1 and 1 more"):
        undo.apply(shop.store, shop.policy, plan, "undo-run", shop.now(), by="ann")


def climbing(tickets: int = 1) -> Shop:
    """Tickets that a rule puts on a ladder; the first rung was paged."""
    outage = rule(OUTAGE, Escalate("up"), Tag(add=("escalated",)), id="burns")
    more: dict[str, Any] = {"ladders": {"up": ladder(page("first", 600), page("second"))}}
    shop = Shop(policy(outage, roles=ROLES, channels=CHANNELS, levels=LEVELS, guards=OFF, **more))
    for _ in range(tickets):
        shop.ticket(
            priority="urgent", custom_fields=[{"id": shop.issue["id"], "value": "network_outage"}], tags=["vip"]
        )
    shop.cycle()
    return shop


def said(shop: Shop) -> list[str]:
    """What goes outside Zendesk, in order."""
    with shop.store.read() as tx:
        rows = tx.messages.listed(("planned", "sent", "sending", "unknown"))
        return [row.message.verb for row in sorted(rows, key=lambda row: row.message.number)]


def test_what_was_undone_pages_nobody_any_more() -> None:
    """The escalation that the rule began is over, its pages are closed, and the rule, whose condition still holds, begins none anew."""
    shop = climbing()
    assert said(shop) == ["page"]
    plan = undo.plan(shop.store, shop.engine.desk, rule="burns")
    assert plan.ends == {1: ("up",)}

    undo.apply(shop.store, shop.policy, plan, "undo-run", shop.now(), by="ann")
    for _ in range(6):
        shop.cycle()
        shop.pass_time(1800)

    assert said(shop) == ["page", "close", "close"]  # by both channels that carried it
    with shop.store.read() as tx:
        (climb,) = tx.memories.load([1])[1].climbs
    assert (climb.stage, climb.why, climb.reason) == ("over", "undone", "what began it was taken back")
    assert "escalated" not in shop.show(next(iter(shop.world.tickets.values())))["tags"]
    assert undo.plan(shop.store, shop.engine.desk, rule="burns").ends == {}


def test_an_escalation_of_another_run_goes_on() -> None:
    """A later run that only said the next step of it did not begin it."""
    shop = climbing()
    shop.engine.run = "later"
    shop.pass_time(700)
    shop.cycle()
    assert said(shop) == ["page", "page"]

    assert undo.plan(shop.store, shop.engine.desk, run="later").ends == {}
    assert undo.plan(shop.store, shop.engine.desk, run="run").ends == {1: ("up",)}


def test_while_an_undoing_is_held_escalations_go_on() -> None:
    """Too many at once are held whole: also nobody's pager falls silent before the number is named."""
    shop = climbing(tickets=30)
    plan = undo.plan(shop.store, shop.engine.desk, run="run")
    guarded = replace(shop.policy, guards=Guards())

    handed = undo.apply(shop.store, guarded, plan, "undo-run", shop.now(), by="ann")
    shop.cycle()
    assert (handed.held, set(said(shop))) == (30, {"page"})


def test_naming_fewer_than_the_escalations_that_end_is_refused() -> None:
    """The number stands for all that happens, also where no ticket has anything to give back."""
    shop = climbing(tickets=3)
    for ticket in shop.world.tickets.values():
        shop.change(ticket, tags=["vip"])
    plan = undo.plan(shop.store, shop.engine.desk, run="run")

    assert (plan.writes, len(plan.ends)) == (0, 3)
    with pytest.raises(WrongState, match="2 were named, but 3 tickets would change"):
        undo.apply(shop.store, shop.policy, plan, "undo-run", shop.now(), by="ann", allowed=2)
    undo.apply(shop.store, shop.policy, plan, "undo-run", shop.now(), by="ann", allowed=3)
    shop.cycle()
    assert said(shop).count("close") == 3 * 2
