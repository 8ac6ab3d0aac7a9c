"""The decision: once per episode, in order, with its reasons, and with the instant to look again."""

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskhand.core.condition import Both, Burn, ClockIs, Compare, Limit, Since, Tags
from deskhand.core.decide import decide
from deskhand.core.effect import AddTags, SetSeverity
from deskhand.core.memory import Own
from deskhand.core.policy import AssignTo, Engage, Follow, MoveSeverity, Repeat, SetTo, Tag, Tell, WriteNote
from deskhand.core.ticket import Metrics
from tests.core.builders import ALWAYS, START, Desk, at, policy, rule, ticket

HALF_BURNT = Both("p", "all", (Compare("p", "severity", "in", ("p2", "p3")), Burn("p", "any", "above", Fraction(1, 2))))
RAISE = MoveSeverity("raise", "sla_burn_50pct")
URGENT = Compare("p", "priority", "is", "urgent")


@pytest.mark.requirement(16)
def test_half_a_burnt_sla_raises_the_severity_by_one_at_the_second_after_half() -> None:
    """121 of 240 minutes raise a P3 to P2; exactly half does not, one second more does (requirement 16)."""
    desk = Desk(policy(rule(HALF_BURNT, RAISE)), ticket())

    exactly_half, a_second_more = desk.look(at(120)), desk.look(at(120, 1))

    assert exactly_half.effects == ()
    assert exactly_half.look_again == at(120, 1)
    assert [effect.change for effect in a_second_more.effects] == [
        SetSeverity("p3", "p2", "priority", "high", "sla_burn_50pct")
    ]


@pytest.mark.requirement(16)
def test_our_own_raise_measures_burn_from_the_raise_and_never_raises_twice() -> None:
    """After P3 became P2 at 121 minutes, the P2's clock starts there, and the rule is not armed again (M4)."""
    desk = Desk(policy(rule(HALF_BURNT, RAISE)), ticket())
    desk.look(at(121))
    desk.becomes(priority="high", updated_at=at(121))

    later = [desk.look(at(minutes)) for minutes in (121, 122, 151, 152, 200, 600)]

    assert [decision.effects for decision in later] == [()] * 6
    response = next(clock for clock in later[0].clocks if clock.clock == "response")
    assert (response.elapsed, response.target) == (0, 3600)


def test_a_persons_change_of_severity_is_a_new_episode() -> None:
    """When an agent sets the priority again, the rule may fire once more."""
    desk = Desk(policy(rule(HALF_BURNT, RAISE)), ticket())
    desk.look(at(121))
    desk.becomes(priority="high", updated_at=at(121))
    desk.becomes(priority="normal", updated_at=at(130))

    assert [effect.kind for effect in desk.look(at(400)).effects] == ["severity"]


@pytest.mark.requirement(17)
@pytest.mark.parametrize("priority", ["urgent", "low"])
def test_p1_and_p4_are_never_raised_by_burn(priority: str) -> None:
    """Only P2 and P3 are listed (requirement 17)."""
    desk = Desk(policy(rule(HALF_BURNT, RAISE)), ticket(priority=priority))

    assert desk.look(at(60 * 24 * 30)).effects == ()
    assert desk.look(at(0)).look_again is None


def test_a_rule_fires_once_while_its_condition_stays_true_and_again_after_it_was_false() -> None:
    """A condition without clocks has a new life each time it comes true."""
    desk = Desk(policy(rule(URGENT, AssignTo(group="Network"))), ticket(priority="urgent"))

    first, second = desk.look(at(1)), desk.look(at(2))
    desk.becomes(priority="low", updated_at=at(3))
    between = desk.look(at(3))
    desk.becomes(priority="urgent", updated_at=at(4))
    third = desk.look(at(4))

    assert [bool(decision.effects) for decision in (first, second, between, third)] == [True, False, False, True]
    assert first.write is not None
    assert third.write is not None
    assert first.write.op_id != third.write.op_id


def test_the_same_look_decides_the_same_byte_for_byte() -> None:
    """Deciding twice from the same values gives equal decisions."""
    desk = Desk(policy(rule(HALF_BURNT, RAISE, WriteNote("a-note"))), ticket())
    before = desk.memory

    first = desk.look(at(500))
    desk.memory = before

    assert repr(desk.look(at(500))) == repr(first)


def test_what_did_not_happen_is_decided_again_with_the_same_mark() -> None:
    """After a conflict the firings are taken back; the new write has the new stamp and the mark of the same step."""
    desk = Desk(policy(rule(URGENT, Tag(add=("hot",)))), ticket(priority="urgent"))
    first = desk.look(at(1)).write
    assert first is not None
    desk.memory = desk.memory.without(first.op_id)
    desk.becomes(updated_at=at(2), subject="changed by somebody")

    second = desk.look(at(3)).write

    assert second is not None
    assert (second.op_id, second.stamp) == (first.op_id, "2026-03-02T09:02:00Z")


def test_in_a_first_group_the_first_match_wins() -> None:
    """Rules after the match are passed over and say so; rules before it are judged."""
    first = rule(Tags("p", "any", ("vip",)), Tag(add=("one",)), id="one")
    second = rule(URGENT, Tag(add=("two",)), id="two")
    third = rule(URGENT, Tag(add=("three",)), id="three")
    desk = Desk(policy(first, second, third, match="first"), ticket(priority="urgent"))

    decision = desk.look(at(1))

    assert [(verdict.rule, verdict.outcome) for verdict in decision.verdicts] == [
        ("one", "no"),
        ("two", "fires"),
        ("three", "not reached"),
    ]
    assert [verdict.outcome for verdict in desk.look(at(2)).verdicts] == ["no", "already", "not reached"]


def test_the_first_rule_to_claim_a_field_keeps_it() -> None:
    """A later rule that wants another value is overruled, and the decision says by whom."""
    one = rule(URGENT, AssignTo(group="Network"), Tag(add=("a",)), id="one")
    two = rule(URGENT, AssignTo(group="Billing"), Tag(add=("a", "b")), id="two")
    decision = Desk(policy(one, two), ticket(priority="urgent")).look(at(1))

    assert [(effect.rule, effect.kind, effect.overruled_by) for effect in decision.effects] == [
        ("one", "assign", None),
        ("one", "add_tags", None),
        ("two", "assign", "one"),
        ("two", "add_tags", None),
    ]
    assert decision.write is not None
    assert (decision.write.group, decision.write.tags) == ("Network", ("a", "b"))


def test_one_write_carries_everything_with_one_note() -> None:
    """Fields, tags, followers and several notes travel in one conditional update."""
    rules = [
        rule(
            URGENT,
            SetTo("field.escalation_state", "escalated"),
            Tag(remove=("calm",)),
            Tag(add=("hot",)),
            Follow("lead@acme.example"),
            WriteNote("a-note"),
            Tell("csm", "asks", "told_csm"),
            Engage("l3", "field.product_area", "async_clarification", "asks", "engaged_l3"),
        )
    ]
    known = ticket(priority="urgent", tags=frozenset({"calm", "vip"}), fields={"product_area": "checkout"})

    write = Desk(policy(*rules), known).look(at(1)).write

    assert write is not None
    assert write.stamp == "2026-03-02T09:00:00Z"
    assert write.sets == (("field.escalation_state", "escalated"),)
    assert write.tags == ("engaged_l3", "hot", "told_csm", "vip")
    assert write.followers == ("lead@acme.example",)
    assert write.note is not None
    assert len(write.note.split("\n\n")) == 3
    assert "'area': 'checkout'" in write.note


def test_what_is_so_already_is_not_written() -> None:
    """A rule that would change nothing fires, and leaves no write."""
    known = ticket(priority="urgent", group="Network", tags=frozenset({"hot"}))
    decision = Desk(policy(rule(URGENT, AssignTo(group="Network"), Tag(add=("hot",)))), known).look(at(1))

    assert (decision.effects, decision.write) == ((), None)
    assert decision.verdicts[0].outcome == "fires"


def test_observing_decides_and_records_and_writes_nothing() -> None:
    """In observe mode the effects are there, not to be done; what was observed does not fire when enforcing begins."""
    observing = policy(rule(URGENT, Tag(add=("hot",))), mode="observe")
    desk = Desk(observing, ticket(priority="urgent"))

    decision = desk.look(at(1))
    desk.policy = replace(observing, mode="enforce")

    assert decision.write is None
    assert [(effect.change, effect.done) for effect in decision.effects] == [(AddTags(("hot",)), False)]
    assert desk.look(at(2)).effects == ()


def test_a_rule_in_notify_mode_tells_people_and_changes_no_field() -> None:
    """Notes go out; the assignment is only recorded."""
    telling = rule(URGENT, AssignTo(group="Network"), WriteNote("a-note"), mode="notify")
    decision = Desk(policy(telling), ticket(priority="urgent")).look(at(1))

    assert [(effect.kind, effect.done) for effect in decision.effects] == [("assign", False), ("note", True)]
    assert decision.write is not None
    assert decision.write.group is None


def test_a_rule_that_is_off_is_not_judged() -> None:
    """It appears in the trace as off."""
    decision = Desk(policy(rule(URGENT, Tag(add=("hot",)), mode="off")), ticket(priority="urgent")).look(at(1))

    assert [(verdict.outcome, verdict.step) for verdict in decision.verdicts] == [("off", None)]


def test_a_repeating_rule_fires_at_its_interval_and_stops_at_its_limit() -> None:
    """Every 30 minutes, three times, with the instant of the next one known."""
    reminds = rule(URGENT, WriteNote("a-note"), repeat=Repeat(every=1800, at_most=3))
    desk = Desk(policy(reminds), ticket(priority="urgent"))

    looks = {minute: desk.look(at(minute)) for minute in (0, 10, 30, 60, 90)}

    assert {minute: len(decision.effects) for minute, decision in looks.items()} == {0: 1, 10: 0, 30: 1, 60: 1, 90: 0}
    assert looks[10].look_again == at(30)
    assert looks[60].look_again is None


def test_a_rule_counts_only_from_its_day_on() -> None:
    """Before `enforce_from` nothing fires, and the ticket is looked at again at that instant."""
    desk = Desk(policy(rule(URGENT, Tag(add=("hot",)), enforce_from=at(60))), ticket(priority="urgent"))

    early, late = desk.look(at(1)), desk.look(at(60))

    assert (early.effects, early.look_again) == ((), at(60))
    assert len(late.effects) == 1


@pytest.mark.parametrize(("status", "fires"), [("open", True), ("solved", False), ("closed", False)])
def test_ended_tickets_are_left_alone(status: str, fires: bool) -> None:
    """A rule is asked about live tickets unless it names other statuses; closed ones are never asked about."""
    desk = Desk(policy(rule(URGENT, Tag(add=("hot",)))), ticket(priority="urgent", status=status))

    assert bool(desk.look(at(1)).effects) is fires


def test_a_rule_may_ask_about_solved_tickets() -> None:
    """`statuses` names them."""
    tidy = rule(URGENT, Tag(remove=("hot",)), statuses=frozenset({"solved"}))
    desk = Desk(policy(tidy), ticket(priority="urgent", status="solved", tags=frozenset({"hot"})))

    assert [effect.kind for effect in desk.look(at(1)).effects] == ["remove_tags"]


def test_lowering_moves_only_down() -> None:
    """Lowering to P4 does nothing to a P4."""
    lower = rule(Compare("p", "field.issue_type", "is", "cosmetic"), MoveSeverity("lower", "cosmetic", to="p4"))
    cosmetic = {"issue_type": "cosmetic"}

    changed = Desk(policy(lower), ticket(fields=cosmetic)).look(at(1))
    unchanged = Desk(policy(lower), ticket(fields=cosmetic, priority="low")).look(at(1))

    assert [effect.change for effect in changed.effects] == [SetSeverity("p3", "p4", "priority", "low", "cosmetic")]
    assert unchanged.effects == ()


def test_a_reply_ends_the_response_clock_and_its_alarms() -> None:
    """After the first public reply the response clock is met and has nothing more to look for."""
    breached = rule(ClockIs("p", "response", "breached"), Tag(add=("late",)))
    desk = Desk(policy(breached), ticket())
    first = desk.look(at(1))
    desk.becomes(
        updated_at=at(30),
        metrics=Metrics(reply_minutes=30, replies=1),
    )

    assert first.look_again == at(240)
    assert desk.look(at(300)).effects == ()


WHENS = st.sampled_from(
    [
        HALF_BURNT,
        Burn("p", "response", "at_least", Fraction(3, 4)),
        ClockIs("p", "resolution", "breached"),
        Since("p", "created", Limit("above", Fraction(5400)), ALWAYS),
        Both("p", "any", (Since("p", "created", Limit("at_least", Fraction(60)), ALWAYS), HALF_BURNT)),
        Both("p", "all", (Since("p", "status", Limit("below", Fraction(7200)), ALWAYS), HALF_BURNT)),
    ]
)


@given(WHENS, st.integers(0, 4 * 24 * 3600))
def test_nothing_turns_before_the_instant_to_look_again(when: Both, second: int) -> None:
    """Between a look and its `look_again` no verdict changes, so a worker may sleep until then."""
    desk = Desk(policy(rule(when, Tag(add=("hot",)), repeat=Repeat(10**9, 2))), ticket())
    now = START + timedelta(seconds=second)
    decision = desk.look(now)
    step = decision.verdicts[0].step
    assert step is not None
    horizon = step.turns_at or now + timedelta(days=30)
    for probe in {now + timedelta(seconds=1), now + (horizon - now) / 2, horizon - timedelta(seconds=1)}:
        if now <= probe < horizon:
            later = Desk(desk.policy, desk.ticket).look(probe).verdicts[0].step
            assert later is not None
            assert later.held == step.held


@pytest.mark.requirement(22)
@given(WHENS, st.integers(0, 4 * 24 * 3600))
def test_replaying_a_trace_gives_the_same_verdict(when: Both, second: int) -> None:
    """The explanation is the answer: the verdict follows from the steps alone."""
    decision = Desk(policy(rule(when, Tag(add=("hot",)))), ticket()).look(START + timedelta(seconds=second))

    for verdict in decision.verdicts:
        assert verdict.step is not None
        assert verdict.step.replay() == verdict.step.held


def test_what_a_guard_holds_is_worked_out_and_kept_back_while_other_rules_go_on() -> None:
    """The held write has its own mark; the ledger knows of it, so that it is not worked out again at every look."""
    held_rule = rule(URGENT, AssignTo(group="Network"), id="held")
    desk = Desk(policy(held_rule, rule(URGENT, Tag(add=("seen",)), id="free")), ticket(priority="urgent"))

    decision = decide(desk.ticket, desk.memory, desk.policy, at(1), {"held": "over its ceiling"})
    again = decide(desk.ticket, decision.memory, desk.policy, at(2))

    assert decision.write is not None
    assert (decision.write.group, decision.write.tags_added) == (None, ("seen",))
    assert decision.held is not None
    assert (decision.held.group, decision.held.rules) == ("Network", ("held",))
    assert [(verdict.outcome, verdict.reason) for verdict in decision.verdicts] == [
        ("held", "over its ceiling"),
        ("fires", ""),
    ]
    assert [(effect.held, effect.done) for effect in decision.effects] == [("over its ceiling", False), ("", True)]
    assert [(verdict.outcome, again.effects) for verdict in again.verdicts] == [("held", ()), ("already", ())]
    assert (again.write, again.held, again.quiet) == (None, None, True)


def test_what_was_let_go_is_decided_as_if_it_had_never_been_held() -> None:
    """Its entries are taken back, so it fires on the ticket as it is now."""
    desk = Desk(policy(rule(URGENT, AssignTo(group="Network"), id="held")), ticket(priority="urgent"))
    held = decide(desk.ticket, desk.memory, desk.policy, at(1), {"held": "over its ceiling"})
    assert held.held is not None

    desk.memory = held.memory.without(held.held.op_id)

    assert desk.look(at(2)).write == replace(held.held)


def test_a_ticket_with_the_stop_tag_is_not_touched() -> None:
    """The kill switch of one ticket; without the tag it is judged as it is then."""
    desk = Desk(
        policy(rule(URGENT, AssignTo(group="Network"))), ticket(priority="urgent", tags=frozenset({"deskhand_stop"}))
    )

    assert desk.look(at(1)).verdicts == ()
    desk.becomes(tags=frozenset())
    assert desk.look(at(2)).write is not None


def test_our_own_update_does_not_count_as_an_update() -> None:
    """Re-fire for ever: a note about silence would end the silence, and be written again and again."""
    silent = rule(Since("p", "updated", Limit("at_least", Fraction(3600)), ALWAYS), WriteNote("a-note"))
    desk = Desk(policy(silent), ticket())
    assert desk.look(at(60)).write is not None

    desk.becomes(updated_at=at(60, 5))
    desk.memory = replace(desk.memory, own=Own(at(60, 5), START))

    assert [desk.look(at(minute)).verdicts[0].outcome for minute in (61, 121, 600)] == ["already"] * 3
    desk.becomes(updated_at=at(700))
    assert [desk.look(at(minute)).verdicts[0].outcome for minute in (701, 760)] == ["no", "fires"]


def test_what_our_own_undoing_makes_true_is_no_new_life() -> None:
    """A rule is not set off by its own effects being taken back."""
    low = rule(Compare("p", "priority", "is", "low"), SetTo("priority", "high"))
    desk = Desk(policy(low), ticket(priority="low"))
    assert desk.look(at(1)).write is not None
    desk.becomes(priority="high", updated_at=at(2))
    desk.look(at(3))

    desk.becomes(priority="low", updated_at=at(4))
    desk.memory = replace(desk.memory, calm=("the-rule",))

    assert desk.look(at(5)).verdicts[0].outcome == "already"
