"""Guards against the sandbox: too many tickets, somebody who undoes, somebody who is typing, a tag that says stop."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

from deskhand.app.evaluate import evaluate
from deskhand.app.explain import explain
from deskhand.app.guard import stopped_note
from deskhand.app.poll import poll
from deskhand.core.condition import Compare, Tags
from deskhand.core.guards import Ceiling, Guards
from deskhand.core.policy import AssignTo, SetTo, Tag
from tests.app.places import Shop
from tests.core.builders import policy, rule

NORMAL = Compare("p", "priority", "is", "normal")
EVERYTHING = rule(NORMAL, Tag(add=("everything",)), id="everything")
OUTAGE = rule(Compare("p", "field.issue_type", "is", "network_outage"), AssignTo("Network"), id="outage")
SMALL = Ceiling(per_hour=20, per_cycle=10, share=Fraction(3, 10), floor=5)


def crowd(shop: Shop, count: int, **facts: Any) -> list[Any]:
    """So many tickets, which are older than an hour afterwards."""
    tickets = [shop.ticket(**facts) for _ in range(count)]
    shop.pass_time(3700)
    return tickets


def tagged(shop: Shop, tickets: list[Any], tag: str = "everything") -> int:
    """How many of them have a tag."""
    return sum(tag in shop.show(ticket)["tags"] for ticket in tickets)


def test_a_rule_that_matches_everything_writes_nothing_and_the_other_rules_go_on() -> None:
    """Mass change: over a third of all tickets in one cycle, so all of it is held, and says so."""
    shop = Shop(policy(EVERYTHING, OUTAGE))
    tickets = crowd(shop, 30)
    outage = shop.ticket(custom_fields=[{"id": shop.issue["id"], "value": "network_outage"}])
    shop.pass_time(3700)

    shop.cycle()
    shop.cycle()

    assert tagged(shop, tickets) == 0
    assert shop.show(outage)["group_id"] == shop.groups["Network"]["id"]
    assert shop.outbox() == {"done": 1, "held": 31}
    with shop.store.begin() as tx:
        held = tx.outbox.listed(("held",))
        assert tx.notebook.get(stopped_note("outage")) is None
    assert {row.reason for row in held} == {
        "rule 'everything' wants to change 31 of 31 live tickets, over its ceiling of 30%"
    }
    decision = next(one for one in shop.decisions if one.ticket_id == tickets[0].id)
    assert [(one.outcome, one.reason) for one in decision.verdicts if one.rule == "everything"] == [
        ("held", held[0].reason)
    ]


def test_a_ceiling_that_is_reached_in_a_later_batch_takes_back_what_was_not_sent_yet() -> None:
    """A cycle is judged in batches; what a rule wants is held from the beginning of the cycle on."""
    shop = Shop(policy(EVERYTHING, guards=Guards(ceiling=replace(SMALL, share=None))))
    tickets = [shop.ticket() for _ in range(12)]
    shop.engine.limits = replace(shop.engine.limits, batch=5)

    shop.cycle()

    assert tagged(shop, tickets) == 0
    assert shop.outbox() == {"held": 12, "conflict": 10} or shop.outbox() == {"held": 12}


def test_new_tickets_are_in_no_share_but_count_by_the_hour() -> None:
    """On a busy morning everything that comes in is routed."""
    shop = Shop(policy(EVERYTHING, guards=Guards(ceiling=SMALL)))
    first = [shop.ticket() for _ in range(9)]
    shop.cycle()
    second = [shop.ticket() for _ in range(9)]
    shop.cycle()
    third = [shop.ticket() for _ in range(9)]
    shop.cycle()

    assert [tagged(shop, tickets) for tickets in (first, second, third)] == [9, 9, 0]
    assert shop.outbox() == {"done": 18, "held": 9}
    with shop.store.begin() as tx:
        assert "27 tickets within an hour, and its ceiling is 20" in str(tx.notebook.get(stopped_note("everything")))


def test_a_rule_may_have_a_ceiling_of_its_own() -> None:
    """`ceiling` in the rule goes before the common one."""
    own = replace(EVERYTHING, ceiling=Ceiling(per_hour=None, per_cycle=None, share=None))
    shop = Shop(policy(own, guards=Guards(ceiling=SMALL)))
    tickets = crowd(shop, 30)

    shop.cycle()

    assert tagged(shop, tickets) == 30


def test_an_observing_worker_holds_nothing() -> None:
    """It would write nothing anyway, and shows all that it would do."""
    shop = Shop(policy(EVERYTHING, mode="observe"), read_only=True)
    crowd(shop, 30)

    shop.cycle()

    assert shop.outbox() == {}
    assert len(shop.decisions) == 30


def test_what_something_else_undoes_again_and_again_is_left_alone_after_three_times() -> None:
    """R16, ping-pong: at most four writes, one notice, and the rule goes on elsewhere."""
    shop = Shop(policy(rule(NORMAL, SetTo("priority", "high"))))
    ticket = shop.ticket()
    for _ in range(8):
        shop.cycle()
        shop.pass_time(60)
        shop.change(ticket, priority="normal")
        shop.pass_time(60)
    shop.cycle()
    other = shop.ticket()
    shop.cycle()

    rows = shop.outbox()
    assert rows == {"done": 4, "held": 1}
    assert shop.show(ticket)["priority"] == "normal"
    assert shop.show(other)["priority"] == "high"
    with shop.store.begin() as tx:
        assert "something undoes what it does" in tx.outbox.listed(("held",))[0].reason


def test_a_ticket_that_an_agent_changed_a_moment_ago_is_written_to_some_seconds_later() -> None:
    """Grace; and then on the state that the agent left."""
    shop = Shop(policy(EVERYTHING))
    ticket = shop.ticket(priority="low")
    shop.pass_time(60)
    shop.change(ticket, priority="normal")
    poll(shop.engine)

    judged = evaluate(shop.engine)
    with shop.store.begin() as tx:
        again = tx.work.next_at()
    assert (judged.decisions, shop.outbox()) == ([], {})
    assert again is not None
    assert (again - shop.now()).total_seconds() == 10
    shop.cycle()

    assert tagged(shop, [ticket]) == 1


def test_a_tag_stops_the_worker_on_one_ticket() -> None:
    """Kill switch: not touched while the tag is there, judged as it is when the tag goes."""
    shop = Shop(policy(rule(Tags("p", "none", ("seen",)), Tag(add=("seen",)))))
    ticket = shop.ticket(tags=["deskhand_stop"])
    shop.cycle()
    assert shop.show(ticket)["tags"] == ["deskhand_stop"]
    shop.pass_time(60)

    shop.change(ticket, tags=[])
    shop.pass_time(60)
    shop.cycle()

    assert shop.show(ticket)["tags"] == ["seen"]


def test_a_ticket_is_written_to_no_more_often_than_its_cap() -> None:
    """R15: after so many writes in a day the rest is held."""
    rules = [rule(Compare("p", "subject", "is", f"step {n}"), Tag(add=(f"t{n}",)), id=f"r{n}") for n in range(5)]
    shop = Shop(policy(*rules, guards=Guards(per_ticket_and_day=3)))
    ticket = shop.ticket(subject="start")
    for n in range(5):
        shop.change(ticket, subject=f"step {n}")
        shop.pass_time(30)
        shop.cycle()

    assert sorted(shop.show(ticket)["tags"]) == ["t0", "t1", "t2"]
    assert shop.outbox() == {"done": 3, "held": 2}


def test_an_explanation_says_that_a_ticket_is_left_alone() -> None:
    """Instead of no rules and no reason."""
    shop = Shop(policy(EVERYTHING))
    ticket = shop.ticket(tags=["deskhand_stop"])
    shop.cycle()

    found = explain(shop.store, None, shop.policy, ticket.id, shop.now())

    assert found.stopped == "it has the tag 'deskhand_stop'"


def test_an_explanation_of_a_held_ticket_says_why_and_until_when() -> None:
    """The decision that was kept, and the one that would be made now."""
    shop = Shop(policy(EVERYTHING))
    tickets = crowd(shop, 30)
    shop.cycle()

    found = explain(shop.store, None, shop.policy, tickets[0].id, shop.now())

    assert [one.outcome for one in found.decision.verdicts] == ["held"]
    assert "until a person lets it go or drops it" in found.decision.verdicts[0].reason
    assert "over its ceiling of 30%" in found.past[0].verdicts[0].reason
