"""Catching up after time away: one late step for each clock, and reasons for the rest."""

from fractions import Fraction

import pytest

from deskhand.core.catch_up import is_timed
from deskhand.core.condition import Both, Burn, ClockIs, Compare, Condition, Limit, Not, Since
from deskhand.core.effect import Note
from deskhand.core.guards import Guards
from deskhand.core.policy import Escalate, Repeat, SetTo, Tag, WriteNote
from tests.core.builders import ALWAYS, Desk, at, policy, rule, ticket

TELL = WriteNote("a-note")


def step(share: int) -> Burn:
    """So many per cent of the response, which is 240 minutes for a P3."""
    return Burn("p", "response", "at_least", Fraction(share, 100))


LADDER = (
    rule(step(25), TELL, id="quarter"),
    rule(step(50), TELL, id="half"),
    rule(step(75), TELL, id="most"),
    rule(step(50), SetTo("type", "incident"), id="marks"),
)


def outcomes(desk: Desk, minutes: float) -> dict[str, str]:
    """What each rule comes to at a look."""
    return {verdict.rule: verdict.outcome for verdict in desk.look(at(minutes)).verdicts}


def test_downtime_of_hours_fires_only_the_highest_missed_step_and_says_that_it_is_late() -> None:
    """Downtime: lost vs flood. What changes the ticket is done all the same."""
    desk = Desk(policy(*LADDER), ticket())
    desk.look(at(1))

    late = desk.look(at(200))

    verdicts = {verdict.rule: verdict for verdict in late.verdicts}
    assert {name: one.outcome for name, one in verdicts.items()} == {
        "quarter": "skipped",
        "half": "skipped",
        "most": "fires",
        "marks": "fires",
    }
    assert verdicts["most"].due == at(180)
    assert "'most' is the later step" in verdicts["half"].reason
    notes = [effect.change.body for effect in late.effects if isinstance(effect.change, Note)]
    assert notes == [
        "rule: {'id': 'most', 'description': 'what it is for'}\n\nThis comes late: it was due at 2026-03-02 12:00 UTC."
    ]
    assert [entry.outcome for entry in late.memory.ledger] == ["skipped", "skipped", "fired", "fired"]
    assert outcomes(desk, 201) == dict.fromkeys(verdicts, "already")


def test_a_worker_that_looks_in_time_fires_every_step_once() -> None:
    """Nothing is late, nothing is skipped."""
    desk = Desk(policy(*LADDER), ticket())

    fired = [[v.rule for v in desk.look(at(minute)).verdicts if v.outcome == "fires"] for minute in (1, 60, 120, 181)]

    assert fired == [[], ["quarter"], ["half", "marks"], ["most"]]


def test_what_a_change_made_true_just_now_is_not_late() -> None:
    """The clock passed its half long ago, the field that the rule also asks was filled in a minute ago."""
    both = Both("p", "all", (step(50), Compare("p", "type", "is", "incident")))
    desk = Desk(policy(rule(both, TELL), clocks=policy().clocks), ticket())
    desk.look(at(1))
    desk.look(at(150))
    desk.becomes(type="incident", updated_at=at(220))

    verdict = desk.look(at(221)).verdicts[0]

    assert (verdict.outcome, verdict.due) == ("fires", None)


def test_a_ticket_that_was_breached_before_it_was_first_seen_gets_one_notice_marked_late() -> None:
    """Attaches already breached."""
    desk = Desk(policy(*LADDER), ticket())

    first = desk.look(at(60 * 24))

    notes = [effect.rule for effect in first.effects if isinstance(effect.change, Note)]
    assert notes == ["most"]
    assert first.write is not None
    assert "This comes late: it was due at" in str(first.write.note)


def test_telling_people_of_what_was_due_days_ago_is_dropped_with_its_reason() -> None:
    """Stale notes; a change to the ticket is still made."""
    desk = Desk(policy(*LADDER), ticket())

    verdicts = {verdict.rule: verdict for verdict in desk.look(at(60 * 24 * 9)).verdicts}

    assert verdicts["marks"].outcome == "fires"
    assert verdicts["most"].outcome == "skipped"
    assert "too long ago to be of use" in verdicts["most"].reason


def test_repetitions_that_were_missed_are_skipped_and_the_newest_one_fires() -> None:
    """Restart flood: six hours away make one reminder, not twelve."""
    waits = Since("p", "created", Limit("at_least", Fraction(600)), ALWAYS)
    desk = Desk(policy(rule(waits, TELL, repeat=Repeat(every=1800, at_most=50))), ticket())
    desk.look(at(10))

    late = desk.look(at(10 + 360))

    verdict = late.verdicts[0]
    assert (verdict.outcome, verdict.number) == ("fires", 13)
    assert "11 earlier repetitions were missed" in verdict.reason
    assert [entry.outcome for entry in late.memory.ledger] == ["fired", *["skipped"] * 11, "fired"]
    assert verdict.look_again == at(10 + 360 + 30)


def test_with_the_guard_off_everything_fires() -> None:
    """`late_after: false`."""
    desk = Desk(policy(*LADDER, guards=Guards(late_after=None)), ticket())

    assert set(outcomes(desk, 200).values()) == {"fires"}


def test_a_rule_that_is_new_to_a_worker_does_not_act_on_what_held_before_it_came() -> None:
    """A whole backlog is not a reason to act; a change after it is, and so is a threshold that is passed after it."""
    new = rule(Compare("p", "priority", "is", "normal"), SetTo("type", "task"), id="new")
    timed = rule(step(50), SetTo("type", "problem"), id="timed")
    asked = policy(new, timed, added={"new": at(30), "timed": at(30)})
    held_before, changed_since = Desk(asked, ticket()), Desk(asked, ticket(updated_at=at(31)))

    first = {verdict.rule: verdict for verdict in held_before.look(at(32)).verdicts}

    assert first["new"].outcome == "skipped"
    assert "before the rule was added" in first["new"].reason
    assert outcomes(held_before, 121) == {"new": "already", "timed": "fires"}
    assert outcomes(changed_since, 32)["new"] == "fires"


@pytest.mark.parametrize(
    ("condition", "timed"),
    [
        (step(50), True),
        (Not("p", step(50)), True),
        (ClockIs("p", "response", "breached"), True),
        (ClockIs("p", "response", "paused"), False),
        (Compare("p", "priority", "is", "high"), False),
        (Both("p", "any", (Compare("p", "priority", "is", "high"), step(1))), True),
    ],
)
def test_time_alone_can_make_some_conditions_true(condition: Condition, *, timed: bool) -> None:
    """Only those can be late."""
    assert is_timed(condition) == timed


def test_only_tags_and_fields_make_a_rule_more_than_telling() -> None:
    """A note alone tells; a note with a tag changes the ticket."""
    assert rule(step(50), TELL).only_tells
    assert not rule(step(50), TELL, Tag(add=("late",))).only_tells


def test_a_ladder_that_comes_late_is_still_climbed() -> None:
    """To escalate is no mere telling: a later step of the same clock does not take its place."""
    begins = rule(step(50), Escalate("up"), id="begins")
    desk = Desk(policy(begins, *LADDER), ticket())
    desk.look(at(1))

    assert outcomes(desk, 230)["begins"] == "fires"
