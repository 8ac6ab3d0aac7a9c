"""All climbs of a ticket: what begins them, what takes them back, and the laws that hold for every ladder."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskhand.core.climb import over
from deskhand.core.decide import decide
from deskhand.core.effect import Say
from deskhand.core.ladder import Ladder, Rung
from deskhand.core.message import Message
from deskhand.core.policy import Escalate, MoveSeverity, Tag
from tests.core.builders import START, at, rule
from tests.core.escalation import (
    BURNS,
    CHANNELS,
    OFFICE,
    Tower,
    burning,
    escalating,
    ladder,
    on,
    page,
    tell,
    tower,
)

FIRST, SECOND = page("first", 300, 2), page("second", 600)


def test_in_observe_mode_nothing_is_queued() -> None:
    """The decision says what it would do, and no climb is remembered."""
    desk = tower(FIRST)
    desk.policy = replace(desk.policy, mode="observe")

    decision = desk.look(START)

    assert decision.messages == ()
    assert decision.memory.climbs == ()
    assert [(one.change, one.done) for one in decision.effects] == [(Say("climb", "up"), False)]


def test_in_notify_mode_people_are_paged() -> None:
    """To page is to tell."""
    desk = tower(FIRST)
    desk.policy = replace(desk.policy, mode="notify")

    assert [one.verb for one in desk.look(START).messages] == ["page"]


def test_a_climb_stands_still_while_the_mode_only_observes() -> None:
    """Nothing goes on and nothing is forgotten; it is said in the explanation."""
    desk = tower(FIRST, SECOND)
    desk.look(START)
    desk.policy = replace(desk.policy, mode="observe")

    decision = desk.look(at(60))

    assert decision.messages == ()
    assert decision.look_again is None
    assert "stands still" in decision.climbs[0].waits
    assert desk.climb.stage == "paging"


def test_the_stop_tag_stops_every_step() -> None:
    """A ticket that is to be left alone is left alone, and goes on once the tag is gone."""
    desk = tower(FIRST, SECOND)
    desk.policy = replace(desk.policy, guards=replace(desk.policy.guards, stop_tag="hands_off"))
    desk.look(START)
    desk.becomes(tags=frozenset({"hands_off"}), updated_at=at(1))

    assert desk.look(at(60)).messages == ()

    desk.becomes(tags=frozenset(), updated_at=at(61))
    assert [(one.role, one.page) for one in desk.look(at(61)).messages] == [("first", 2)]


def test_while_the_kill_switch_is_on_nobody_is_climbed_to() -> None:
    """What nobody was paged for is no proof; once it is off it goes on where it stood, and what began meanwhile begins then."""
    desk, later = tower(FIRST, SECOND), tower(FIRST, SECOND)
    desk.look(START)
    desk.stopped = later.stopped = "DESKHAND_STOP is set"

    assert desk.look(at(60)).messages == later.look(at(60)).messages == ()
    assert desk.look(at(61)).look_again == at(62)
    assert desk.look(at(62)).climbs[0].waits == "DESKHAND_STOP is set, so it stands still"

    desk.stopped = later.stopped = ""
    assert [(one.role, one.page) for one in desk.look(at(63)).messages] == [("first", 2)]
    assert [(one.role, one.page) for one in later.look(at(63)).messages] == [("first", 1)]
    assert desk.climb.proofs == ()


def test_what_a_guard_holds_begins_no_climb() -> None:
    """Nobody is paged by a rule that is held."""
    desk = tower(FIRST)
    held = {"burns": "too many"}

    decision = decide(desk.ticket, desk.memory, desk.policy, START, held)

    assert decision.messages == ()
    assert decision.memory.climbs == ()


def test_a_write_that_is_taken_back_loses_no_word_and_doubles_no_page() -> None:
    """After a conflict the rule fires again: the climb goes on, and its words are told with the next write."""
    desk = tower(FIRST, SECOND)
    first = desk.look(START)
    assert first.write is not None
    desk.memory = desk.memory.without(first.write.op_id)
    desk.becomes(tags=frozenset({"seen"}), updated_at=at(1))

    second = desk.look(at(1))

    assert second.messages == ()
    assert second.write is not None
    assert second.write.op_id == first.write.op_id
    assert first.write.note == second.write.note
    desk.memory = desk.memory.without(second.write.op_id)
    third = desk.look(at(5))
    assert [one.page for one in third.messages] == [2]
    assert third.write is not None
    assert "page 1 of 2" in (third.write.note or "")
    assert "page 2 of 2" in (third.write.note or "")


def test_words_that_are_told_are_not_told_again() -> None:
    """Each step stands in one note, and a look without a step writes nothing."""
    desk = tower(FIRST, SECOND)
    desk.look(START)

    assert desk.look(at(2)).write is None
    assert "page 1 of 2" not in (getattr(desk.look(at(5)).write, "note", None) or "")


def test_the_brief_is_written_once_at_the_beginning() -> None:
    """Whoever takes over finds it in the ticket with the first step."""
    desk = tower(FIRST, SECOND)
    desk.run(START, at(30))

    assert [note.count("ESCALATION:") for note in desk.notes] == [1] + [0] * (len(desk.notes) - 1)


def test_a_ladder_that_is_climbed_is_not_begun_again_by_another_rule() -> None:
    """Two rules that want the same ladder have it climbed once."""
    again = rule(BURNS, Escalate("up"), Tag(add=("hot",)), id="again")
    desk = on(escalating(ladder(FIRST), rules=(again,)), burning())

    desk.look(START)

    assert [one.verb for one in desk.sent] == ["page"]


def test_two_ladders_are_two_matters() -> None:
    """Each has its own thread, so that one end does not close the other."""
    other = replace(ladder(SECOND), id="other")
    desk = on(escalating(ladder(FIRST), other), burning())

    desk.look(START)

    assert {one.thread for one in desk.sent} == {"zd:acme:7:e1", "zd:acme:7:e2"}


def test_a_severity_that_is_raised_by_the_same_decision_counts() -> None:
    """The rule that makes it a P1 escalates it as one."""
    moves = rule(BURNS, MoveSeverity("raise", "burn"), Escalate("up"), id="burns")
    up = ladder(FIRST, severities=frozenset({"p1"}))
    desk = on(
        replace(escalating(up), groups=(replace(escalating(up).groups[0], rules=(moves,)),)), burning(priority="high")
    )

    decision = desk.look(START)

    assert [(one.verb, one.severity) for one in decision.messages] == [("page", "p1")]


def test_a_severity_that_is_not_the_ladders_is_said_and_pages_nobody() -> None:
    """When it becomes one of them later, the ladder is climbed."""
    desk = tower(FIRST, severities=frozenset({"p1"}), of=burning(priority="high"))

    first = desk.look(START)
    desk.becomes(priority="urgent", updated_at=at(5))
    second = desk.look(at(5))

    assert first.messages == ()
    assert "does not climb this ladder" in (first.write.note or "" if first.write else "")
    assert [one.verb for one in second.messages] == ["page"]


def test_a_ladder_that_leaves_the_policies_ends_its_climbs() -> None:
    """Its pages are closed, so that no pager rings for what nobody watches."""
    desk = tower(FIRST)
    desk.look(START)
    desk.policy = replace(desk.policy, ladders={})

    decision = desk.look(at(1))

    assert [one.verb for one in decision.messages] == ["close", "close"]
    assert desk.climb.why == "no ladder"


def test_steps_of_a_climb_are_told_by_the_rule_that_began_it() -> None:
    """Effects, messages and the write name the rule."""
    decision = tower(FIRST).look(START)

    assert {one.rule for one in decision.effects} == {"burns"}
    assert decision.write is not None
    assert decision.write.rules == ("burns",)


@pytest.mark.parametrize("verb", ["page", "tell"])
def test_a_message_is_not_needed_once_its_climb_is_over(verb: str) -> None:
    """Delivery asks at the moment of sending."""
    desk = tower(tell("news"), FIRST, SECOND)
    desk.look(START)
    message = next(one for one in desk.sent if one.verb == verb)
    assert over(desk.memory.climbs, message) == ""
    desk.answers("Ann", at(1))
    desk.look(at(1))
    assert over(desk.memory.climbs, message) == ("Ann acknowledged" if verb == "page" else "")
    desk.becomes(status="solved", updated_at=at(2))
    desk.look(at(2))

    assert over(desk.memory.climbs, message) == "its escalation is over: the ticket is solved"
    assert all(over(desk.memory.climbs, one) == "" for one in desk.sent if one.verb == "close")


# ---- laws --------------------------------------------------------------------------------------------------------------

ROLE_NAMES = ("first", "second", "news")


@dataclass(frozen=True, slots=True)
class Life:
    """A ladder, who is on call, and what people do when (seconds from START)."""

    ladder: Ladder
    on_call: dict[str, tuple[str, ...]]
    priority: str
    events: tuple[tuple[int, str], ...]
    start: datetime


@st.composite
def lives(draw: st.DrawFn) -> Life:
    """Any life of one escalation."""
    rungs = tuple(
        draw(
            st.lists(
                st.builds(
                    Rung,
                    name=st.just("rung"),
                    role=st.sampled_from(ROLE_NAMES),
                    how=st.sampled_from(["page", "page", "notify"]),
                    channels=st.sampled_from([("pd", "chat"), ("chat",), ("day",), ()]),
                    wait=st.integers(1, 900),
                    pages=st.integers(1, 3),
                    hours=st.sampled_from([None, None, OFFICE]),
                ),
                min_size=1,
                max_size=4,
            )
        )
    )
    up = ladder(
        *rungs,
        climber=draw(st.sampled_from([{}, {"p1": "pagerduty"}])),
        reask=draw(st.sampled_from([0, 700])),
        severities=frozenset({"p1", "p2", "p3"}),
    )
    on_call = draw(st.dictionaries(st.sampled_from(ROLE_NAMES), st.sampled_from([(), ("Ann",)])))
    kinds = st.sampled_from(["ack", "drop", "resolve", "contained", "regress", "solve", "reopen", "p1", "p2", "p4"])
    events = draw(st.lists(st.tuples(st.integers(1, 5000), kinds), max_size=6))
    priority = draw(st.sampled_from(["urgent", "high"]))
    start = draw(st.sampled_from([START, START + timedelta(hours=7, minutes=40), START + timedelta(hours=12)]))
    return Life(up, on_call, priority, tuple(sorted(events)), start)


def lived(life: Life, every: int, until: int = 6000) -> Tower:
    """The ticket after that life, looked at when it is due and when something happens, or every so many seconds as well."""
    began = burning(priority=life.priority, created_at=life.start, updated_at=life.start)
    desk = on(escalating(life.ladder, channels=CHANNELS), began, on_call=dict(life.on_call))
    events = list(life.events)
    look = desk.look(life.start).look_again
    second = 0
    while second < until:
        due = int((look - life.start).total_seconds()) if look else until
        second = min([due, until, *(at for at, _ in events[:1]), *([second + every] if every else [])])
        now = life.start + timedelta(seconds=second)
        while events and events[0][0] <= second:
            happens(desk, events.pop(0)[1], now)
        look = desk.look(now).look_again
        assert look is None or look > now
    return desk


def happens(desk: Tower, what: str, now: datetime) -> None:
    """One thing that people do."""
    match what:
        case "ack" if desk.memory.climbs and desk.climb.paged:
            desk.answers("Ann", now)
        case "drop" if desk.memory.climbs and desk.climb.paged:
            desk.answers("", now, "triggered")
        case "resolve" if desk.memory.climbs and desk.climb.paged:
            desk.answers("Ann", now, "resolved")
        case "contained":
            desk.sets(now, mitigation_status="contained")
        case "regress":
            desk.sets(now, mitigation_status="investigating")
        case "solve":
            desk.becomes(status="solved", updated_at=now)
        case "reopen":
            desk.becomes(status="open", updated_at=now)
        case "p1" | "p2" | "p4":
            names = {"p1": "urgent", "p2": "high", "p4": "low"}
            desk.becomes(priority=names[what], updated_at=now)


def told(messages: list[Message]) -> list[tuple[object, ...]]:
    """What is said, without the words."""
    return [(one.key, one.thread, one.number, one.verb, one.role, one.at, one.rung, one.page) for one in messages]


@settings(max_examples=60)
@given(lives(), st.integers(53, 197))
def test_looking_more_often_changes_nothing(life: Life, every: int) -> None:
    """The same messages, notes and proofs, whether it is looked at when it is due alone or every few seconds as well."""
    seldom, often = lived(life, 0), lived(life, every)

    assert told(seldom.sent) == told(often.sent)
    assert seldom.notes == often.notes
    assert [replace(one, planned=None) for one in seldom.memory.climbs] == [
        replace(one, planned=None) for one in often.memory.climbs
    ]


@given(lives())
def test_laws_of_every_climb(life: Life) -> None:
    """No key twice, numbers in order, no rung passed over without a proof, nobody paged after the close or beyond what the rung allows."""
    desk = lived(life, 0)

    assert len({one.key for one in desk.sent}) == len(desk.sent)
    for thread in {one.thread for one in desk.sent}:
        mine = [one for one in desk.sent if one.thread == thread]
        assert [one.number for one in mine] == list(range(1, len(mine) + 1))
        closes = [one.number for one in mine if one.verb == "close"]
        assert all(one.number < min(closes) for one in mine if closes and one.verb != "close")
    for climb in desk.memory.climbs:
        pages = [one for one in desk.sent if one.thread == climb.thread and one.verb == "page"]
        left = {proof.rung for proof in climb.proofs}
        for number, rung in enumerate(life.ladder.rungs[: climb.rung]):
            assert rung.how == "notify" or number in left
        assert [one.rung for one in pages] == sorted(one.rung for one in pages)
        assert {one.rung for one in pages} <= {n for n, one in enumerate(life.ladder.rungs) if one.how == "page"}
        if climb.climber == "pagerduty":
            assert len(pages) == 1


@given(lives(), st.lists(st.integers(1, 4000), min_size=1, max_size=4))
def test_time_away_makes_no_burst(life: Life, gaps: list[int]) -> None:
    """However long nobody looked, one look pages at most once in each matter."""
    began = burning(priority=life.priority, created_at=life.start, updated_at=life.start)
    desk = on(escalating(life.ladder, channels=CHANNELS), began, on_call=dict(life.on_call))
    now = life.start
    for gap in (0, *gaps):
        now += timedelta(seconds=gap)
        pages = [one for one in desk.look(now).messages if one.verb == "page"]
        assert len(pages) <= 1
        assert desk.look(now).messages == ()


@given(lives(), st.data())
def test_a_write_that_does_not_happen_changes_no_message(life: Life, data: st.DataObject) -> None:
    """Conflicts at any look: the same messages go out, and every word comes into some note in the end."""
    began = burning(priority=life.priority, created_at=life.start, updated_at=life.start)
    desk = on(escalating(life.ladder, channels=CHANNELS), began, on_call=dict(life.on_call))
    quiet = replace(life, events=())
    calm = lived(quiet, 0)
    look, kept = desk.look(life.start), ""
    end = life.start + timedelta(seconds=6000)
    while True:
        if look.write and data.draw(st.booleans()):
            desk.memory = desk.memory.without(look.write.op_id)
        else:
            kept += (look.write.note or "") if look.write else ""
        if look.look_again is None or look.look_again > end:
            break
        look = desk.look(look.look_again)
    last = desk.look(end).write
    kept += (last.note or "") if last else ""

    assert {one.key for one in desk.sent} == {one.key for one in calm.sent}
    for climb in calm.memory.climbs:
        assert all(one.text in kept for one in climb.said)
