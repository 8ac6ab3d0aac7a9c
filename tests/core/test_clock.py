"""Our own clocks, folded from history: what starts, pauses and ends them, the stated choices, and laws."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskhand.core.calendar import Calendar
from deskhand.core.clock import ClockSpec, Run, Terms, Trigger, begin, fold, lives, read, step
from deskhand.core.history import Event, History
from deskhand.core.sla import METRICS
from deskhand.core.week import Week
from tests.core.builders import ALWAYS, HOUR, MINUTE, RESOLUTION, RESPONSE, at

BORN: History = (Event(at(0), "created"), Event(at(0), "status", "new"), Event(at(0), "severity", "p3"))


def after(*events: Event) -> History:
    """A P3 ticket's birth, and what came then."""
    return (*BORN, *events)


def test_the_response_clock_runs_from_creation_to_the_first_public_reply() -> None:
    """It is met at the reply and keeps the time it took."""
    running = fold(RESPONSE, BORN, at(30)).seen
    met = fold(RESPONSE, after(Event(at(45), "agent_reply")), at(100)).seen

    assert (running.stage, running.elapsed, running.due_at) == ("running", 30 * MINUTE, at(240))
    assert (met.stage, met.elapsed, met.due_at) == ("met", 45 * MINUTE, None)


def test_a_pending_ticket_stops_the_resolution_clock() -> None:
    """
    Time in pending does not count, and the due instant moves by as much.

    09:00 new, 10:00 pending, 12:00 open, 13:00 now
    """
    history = after(Event(at(60), "status", "pending"), Event(at(180), "status", "open"))

    paused, running = fold(RESOLUTION, history, at(100)).seen, fold(RESOLUTION, history, at(240)).seen

    assert (paused.stage, paused.elapsed, paused.due_at) == ("paused", 60 * MINUTE, None)
    assert (running.elapsed, running.due_at) == (120 * MINUTE, at(48 * 60 + 120))


def test_a_pause_and_a_solve_in_one_save_end_the_clock() -> None:
    """Pending and solved at the same second count no time twice."""
    history = after(Event(at(60), "status", "pending"), Event(at(60), "status", "solved"))

    assert fold(RESOLUTION, history, at(500)).seen.elapsed == 60 * MINUTE


def test_a_ticket_created_in_a_pausing_status_waits_from_the_start() -> None:
    """A pause at the start leaves nothing elapsed."""
    history: History = (Event(at(0), "created"), Event(at(0), "status", "pending"), Event(at(0), "severity", "p3"))

    assert (fold(RESOLUTION, history, at(90)).seen.stage, fold(RESOLUTION, history, at(90)).seen.elapsed) == (
        "paused",
        0,
    )


def test_a_reopen_goes_on_where_it_left_off_in_a_new_episode() -> None:
    """The time while solved does not count; the episode is another."""
    history = after(Event(at(60), "status", "solved"), Event(at(600), "status", "open"))

    reopened = fold(RESOLUTION, history, at(630)).seen

    assert (reopened.stage, reopened.elapsed) == ("running", 90 * MINUTE)
    assert reopened.episode != fold(RESOLUTION, BORN, at(30)).seen.episode


def test_a_reopen_may_restart() -> None:
    """`on_reopen: restart` counts from the reopening."""
    spec = replace(RESOLUTION, on_reopen="restart")
    history = after(Event(at(60), "status", "solved"), Event(at(600), "status", "open"))

    assert fold(spec, history, at(630)).seen.elapsed == 30 * MINUTE


def test_a_reopen_does_not_restart_an_answered_response_clock() -> None:
    """A promise that was kept by a reply stays kept."""
    history = after(Event(at(10), "agent_reply"), Event(at(60), "status", "solved"), Event(at(600), "status", "open"))

    assert (fold(RESPONSE, history, at(630)).seen.stage, fold(RESPONSE, history, at(630)).seen.elapsed) == ("met", 600)


def test_a_persons_change_of_severity_keeps_the_elapsed_time_and_swaps_the_target() -> None:
    """The stated default: 100 minutes against P2's 60 are a breach at once, and a new episode."""
    reading = fold(RESPONSE, after(Event(at(90), "severity", "p2")), at(100))

    assert (reading.seen.elapsed, reading.seen.target, reading.breached) == (100 * MINUTE, 60 * MINUTE, True)
    assert reading.seen.due_at == at(60)
    assert reading.seen.episode == "c0r1"


def test_our_own_raise_measures_from_the_raise_in_the_same_episode() -> None:
    """Settled: it never re-arms."""
    reading = fold(RESPONSE, after(Event(at(121), "severity", "p2", ours=True)), at(151))

    assert (reading.seen.elapsed, reading.seen.due_at, reading.seen.episode) == (30 * MINUTE, at(181), "c0r0")


def test_a_change_of_severity_may_restart_the_clock() -> None:
    """`on_severity: restart`."""
    spec = replace(RESPONSE, on_severity="restart")

    assert fold(spec, after(Event(at(90), "severity", "p2")), at(100)).seen.elapsed == 10 * MINUTE


def test_a_raise_while_paused_starts_from_nothing_when_the_pause_ends() -> None:
    """The pause goes on over the raise."""
    history = after(
        Event(at(60), "status", "hold"), Event(at(90), "severity", "p2", ours=True), Event(at(120), "status", "open")
    )

    assert (fold(RESOLUTION, history, at(100)).seen.stage, fold(RESOLUTION, history, at(100)).seen.elapsed) == (
        "paused",
        0,
    )
    assert fold(RESOLUTION, history, at(150)).seen.elapsed == 30 * MINUTE


def test_a_ticket_without_severity_has_no_target_and_says_so() -> None:
    """The clock is idle; nothing burns."""
    seen = fold(RESPONSE, BORN[:2], at(300)).seen

    assert (seen.stage, seen.target, seen.burn) == ("idle", None, None)
    assert seen.note == "the ticket has no severity, so no target"


def test_folding_sees_nothing_of_the_future() -> None:
    """Events after `now` do not count."""
    history = after(Event(at(45), "agent_reply"))

    assert fold(RESPONSE, history, at(30)) == fold(RESPONSE, BORN, at(30))


def test_breach_is_at_the_instant_the_target_is_used_up() -> None:
    """One second before it is not."""
    assert not fold(RESPONSE, BORN, at(240) - timedelta(seconds=1)).breached
    assert fold(RESPONSE, BORN, at(240)).breached
    assert fold(RESPONSE, BORN, at(999)).seen.due_at == at(240)


def test_a_clock_may_start_and_stop_with_a_field() -> None:
    """Mitigation is met when the field says so (requirement 11)."""
    spec = ClockSpec(
        "mitigation",
        starts=Trigger("created"),
        stops=(Trigger("field", frozenset({"mitigation_status=mitigated"})),),
        targets={"p3": HOUR},
        calendar=ALWAYS,
        calendars={},
    )
    history = after(
        Event(at(10), "field", "mitigation_status=contained"), Event(at(20), "field", "mitigation_status=mitigated")
    )

    assert fold(spec, history, at(15)).seen.stage == "running"
    assert (fold(spec, history, at(90)).seen.stage, fold(spec, history, at(90)).seen.elapsed) == ("met", 20 * MINUTE)


# Choices


@pytest.mark.parametrize(
    ("choice", "elapsed", "due"),
    [("keep", 100 * MINUTE, at(60)), ("restart", 10 * MINUTE, at(150)), ("from_change", 32.5 * MINUTE, at(127.5))],
)
def test_a_change_of_severity_midway_has_three_answers(choice: Any, elapsed: float, due: datetime) -> None:
    """
    90 of a P3's 240 minutes were used when a person made it a P2 of 60.

    All 90 count; or none; or 90 of 240 stay three eighths, which is 22.5 minutes of 60.
    """
    reading = fold(replace(RESPONSE, on_severity=choice), after(Event(at(90), "severity", "p2")), at(100))

    assert (reading.seen.elapsed, reading.seen.target, reading.seen.due_at) == (elapsed, HOUR, due)
    assert reading.seen.episode == "c0r1"


@pytest.mark.parametrize("choice", ["keep", "restart", "from_change"])
def test_a_change_of_severity_at_once_is_as_if_it_had_been_so_from_the_start(choice: Any) -> None:
    """In the second of the creation nothing is used that could be kept, forgotten or shared."""
    reading = fold(replace(RESPONSE, on_severity=choice), after(Event(at(0), "severity", "p2")), at(30))

    assert (reading.seen.elapsed, reading.seen.due_at) == (30 * MINUTE, at(60))


@pytest.mark.parametrize(
    ("choice", "breached", "due"),
    [("keep", True, at(60)), ("restart", False, at(360)), ("from_change", True, at(240))],
)
def test_a_change_of_severity_after_the_breach_has_three_answers(choice: Any, breached: bool, due: datetime) -> None:
    """A P3 breached at 240 minutes becomes a P2 at 300: late since its own minute 60, not late, or late since 240."""
    reading = fold(replace(RESPONSE, on_severity=choice), after(Event(at(300), "severity", "p2")), at(310))

    assert (reading.breached, reading.seen.due_at) == (breached, due)


def test_several_changes_of_severity_keep_the_share_each_time() -> None:
    """Half of a P3 is half of a P2; half an hour more uses it up, although it paused meanwhile and became a P4."""
    spec = replace(RESOLUTION, on_severity="from_change", targets={"p2": HOUR, "p3": 4 * HOUR, "p4": 10 * HOUR})
    history = after(
        Event(at(120), "severity", "p4"),
        Event(at(120), "status", "hold"),
        Event(at(500), "severity", "p2"),
        Event(at(600), "status", "open"),
    )

    assert fold(spec, history, at(400)).seen.elapsed == 5 * HOUR
    assert (fold(spec, history, at(620)).seen.elapsed, fold(spec, history, at(620)).seen.due_at) == (3000, at(630))
    assert fold(spec, history, at(620)).passed(1800) == at(600)
    assert fold(spec, history, at(620)).passed(1799) is None


def test_a_change_of_severity_after_the_end_changes_nothing() -> None:
    """A P3 answered within its four hours is not late because it becomes a P1 later."""
    history = after(Event(at(100), "agent_reply"), Event(at(200), "severity", "p1"))

    seen = fold(RESPONSE, history, at(300)).seen

    assert (seen.stage, seen.target, seen.episode) == ("met", 240 * MINUTE, "c0r0")
    assert not fold(RESPONSE, history, at(300)).breached


@pytest.mark.parametrize(
    ("choice", "elapsed"), [("keep", 70 * MINUTE), ("restart", 10 * MINUTE), ("from_change", 1200)]
)
def test_a_severity_changed_while_it_was_solved_counts_when_it_is_reopened(choice: Any, elapsed: float) -> None:
    """The reopened clock has the target of its new severity, and the time used as policy says: 60 of 2880 are 10 of 480."""
    history = after(Event(at(60), "status", "solved"), Event(at(70), "severity", "p2"), Event(at(80), "status", "open"))

    seen = fold(replace(RESOLUTION, on_severity=choice), history, at(90)).seen

    assert (seen.target, seen.elapsed) == (8 * HOUR, elapsed)


def test_an_answer_in_the_save_that_solves_counts_as_an_answer() -> None:
    """In whichever order the two are told, a reopen does not bring the kept response back."""
    for same_save in (("agent_reply", "status"), ("status", "agent_reply")):
        told = [Event(at(30), kind, "solved" if kind == "status" else "") for kind in same_save]
        history = after(*told, Event(at(600), "status", "open"))

        assert (fold(RESPONSE, history, at(700)).seen.stage, fold(RESPONSE, history, at(700)).seen.elapsed) == (
            "met",
            1800,
        )


def test_a_ticket_solved_without_an_answer_owes_one_again_when_it_is_reopened() -> None:
    """The response goes on with the time that it had used."""
    history = after(Event(at(30), "status", "solved"), Event(at(600), "status", "open"))

    assert (fold(RESPONSE, history, at(700)).seen.stage, fold(RESPONSE, history, at(700)).seen.elapsed) == (
        "running",
        130 * MINUTE,
    )


def test_a_reopen_of_a_ticket_that_was_late_is_late_at_once() -> None:
    """Continuing, it is breached from the reopening's first second, since the instant at which it was used up."""
    history = after(Event(at(49 * 60), "status", "solved"), Event(at(60 * 60), "status", "open"))

    reading = fold(RESOLUTION, history, at(60 * 60))

    assert (reading.seen.stage, reading.breached, reading.seen.due_at) == ("running", True, at(48 * 60))
    assert not fold(replace(RESOLUTION, on_reopen="restart"), history, at(60 * 60)).breached


def test_a_word_of_thanks_need_not_bring_a_clock_back() -> None:
    """A customer's thanks reopens a solved ticket; with `on_reopen: stay` the promise stays kept."""
    history = after(
        Event(at(60), "status", "solved"), Event(at(100), "customer_reply"), Event(at(100), "status", "open")
    )

    assert fold(RESOLUTION, history, at(130)).seen.elapsed == 90 * MINUTE
    stays = fold(replace(RESOLUTION, on_reopen="stay"), history, at(130)).seen
    assert (stays.stage, stays.elapsed, stays.ended_at) == ("met", 60 * MINUTE, at(60))


def test_a_ticket_solved_out_of_a_pause_leaves_it_out_or_counts_it() -> None:
    """`count` means the last pause only: parking a ticket and then solving it hides nothing."""
    history = after(
        Event(at(10), "status", "pending"),
        Event(at(50), "status", "open"),
        Event(at(60), "status", "hold"),
        Event(at(90), "status", "pending"),
        Event(at(300), "status", "solved"),
    )

    assert fold(RESOLUTION, history, at(400)).seen.elapsed == 20 * MINUTE
    assert fold(replace(RESOLUTION, on_paused_solve="count"), history, at(400)).seen.elapsed == (20 + 240) * MINUTE


def test_a_long_hold_uses_nothing() -> None:
    """Half a year on hold: the clock is where it was, and due as much later."""
    history = after(Event(at(60), "status", "hold"), Event(at(60 + 180 * 1440), "status", "open"))

    seen = fold(RESOLUTION, history, at(70 + 180 * 1440)).seen

    assert (seen.elapsed, seen.due_at) == (70 * MINUTE, at(180 * 1440 + 48 * 60))


def test_a_pause_while_the_customer_waits_for_an_answer_is_flagged() -> None:
    """Whether the customer wrote before the pause or during it; an answer takes the flag away."""
    wrote, paused = Event(at(50), "customer_reply"), Event(at(60), "status", "pending")
    during = after(paused, Event(at(70), "customer_reply"))

    assert fold(RESOLUTION, after(wrote, paused), at(90)).seen.note == (
        "it stands still although the customer wrote at 2026-03-02 09:50 UTC and has no answer"
    )
    assert "10:10 UTC" in fold(RESOLUTION, during, at(90)).seen.note
    assert fold(RESOLUTION, (*during, Event(at(80), "agent_reply")), at(90)).seen.note == ""
    assert fold(RESOLUTION, after(paused), at(90)).seen.note == ""


def test_a_merged_ticket_owes_nothing_any_more() -> None:
    """What still ran has no target and says why; what was over is as it was; `end` ends it as a solve does."""
    history = after(Event(at(10), "agent_reply"), Event(at(60), "merged"), Event(at(60), "status", "closed"))

    resolution, response = fold(RESOLUTION, history, at(9999)), fold(RESPONSE, history, at(9999)).seen
    assert (resolution.seen.stage, resolution.seen.target, resolution.breached) == ("idle", None, False)
    assert resolution.seen.note == "merged into another ticket, so nothing is due here"
    assert (response.stage, response.elapsed, response.target) == ("met", 600, 240 * MINUTE)
    ended = fold(replace(RESOLUTION, on_merge="end"), history, at(9999)).seen
    assert (ended.stage, ended.elapsed, ended.target) == ("met", 3600, 48 * HOUR)


def test_a_clock_that_was_over_before_it_had_a_target_was_no_promise() -> None:
    """Zendesk says the same of a first reply before the policy applied: a severity that comes later judges nothing."""
    history = (*BORN[:2], Event(at(30), "agent_reply"), Event(at(40), "severity", "p1"))

    reading = fold(RESPONSE, history, at(50))

    assert (reading.seen.stage, reading.seen.target, reading.breached) == ("met", None, False)
    assert reading.seen.note == "it was over before the ticket had a severity"


def test_a_severity_told_with_the_answer_is_its_target() -> None:
    """A trigger that sets the priority in the second of the reply is no later word."""
    history = (*BORN[:2], Event(at(30), "agent_reply"), Event(at(30), "severity", "p1"))

    assert (fold(RESPONSE, history, at(50)).seen.target, fold(RESPONSE, history, at(50)).breached) == (900, True)


def test_who_has_it_taken_away_was_not_assigned() -> None:
    """A clock that an assignment stops goes on where the ticket only loses its assignee."""
    taken = replace(RESPONSE, stops=(Trigger("assigned"),))
    lost = (*BORN, Event(at(3), "assigned"))

    assert fold(taken, lost, at(9)).seen.stage == "running"
    assert fold(taken, (*lost, Event(at(5), "assigned", "ann@acme.example")), at(9)).seen.ended_at == at(5)


@pytest.mark.parametrize(("own_writes", "stage"), [("count", "met"), ("ignore", "running")])
def test_our_own_writes_stop_a_clock_only_where_they_count(own_writes: Any, stage: str) -> None:
    """That deskhand assigned a ticket does not mean that anybody took it: the clock's declaration says which is meant."""
    taken = replace(
        RESPONSE, stops=(Trigger("assigned"), Trigger("status", frozenset({"open"}))), own_writes=own_writes
    )
    ours = (*BORN, Event(at(3), "assigned", "ann@acme.example", ours=True), Event(at(3), "status", "open", ours=True))

    assert fold(taken, ours, at(9)).seen.stage == stage
    assert fold(taken, (*ours, Event(at(5), "assigned", "bob@acme.example")), at(9)).seen.stage == "met"


def test_a_promise_counts_from_its_day_on() -> None:
    """A clock that began before `enforce_from` has no target and says so; one that began then has one."""
    for minutes, target in ((1, None), (0, 240 * MINUTE)):
        seen = fold(replace(RESPONSE, enforce_from=at(minutes)), BORN, at(5)).seen

        assert seen.target == target
        assert bool(seen.note) is (target is None)
    assert "2026-03-02 09:01 UTC" in fold(replace(RESPONSE, enforce_from=at(1)), BORN, at(5)).seen.note


def test_a_clock_that_began_before_an_edit_keeps_what_was_promised_then() -> None:
    """Target and hours of its own time, and a word about what it would be now; a later one has the new terms."""
    morning = Calendar("mornings", "Etc/UTC", Week.of({"mon": [("09:00", "10:00")], "tue": [("09:00", "10:00")]}))
    past = Terms({"p3": 90 * MINUTE}, morning, {}, until=at(1))
    older = Terms({"p3": 30 * MINUTE}, ALWAYS, {}, until=at(-5))
    spec = replace(RESPONSE, earlier=(older, past))

    reading = fold(spec, BORN, at(120))
    assert (reading.seen.elapsed, reading.seen.target, reading.seen.calendar) == (HOUR, 90 * MINUTE, "mornings")
    assert reading.seen.due_at == at(24 * 60 + 30)
    assert reading.seen.note == (
        "it began before 2026-03-02 09:01 UTC and keeps what was promised then: 90 minutes, where it would be 240 minutes now"
    )
    now = fold(replace(spec, earlier=(replace(past, until=at(0)),)), BORN, at(120)).seen
    assert (now.target, now.note) == (240 * MINUTE, "")


# Bursts and ties


def test_a_burst_of_messages_is_one_reply_on_either_side() -> None:
    """The oldest unanswered message counts; the first answer ends it, further ones and internal notes are nothing."""
    spec = METRICS["next_reply_time"].clock({"p3": HOUR}, ALWAYS)
    history = after(
        Event(at(10), "agent_reply"),
        *(Event(at(20, second), "customer_reply") for second in range(5)),
        *(Event(at(30, second), "agent_reply") for second in range(5)),
    )

    found = lives(spec, history, at(60))

    assert [(life.seen.stage, life.seen.elapsed) for life in found] == [("met", 600)]


def test_two_promises_of_the_same_instant_are_told_in_the_order_of_the_policy() -> None:
    """Whatever else happens, the same clocks come in the same order; milliseconds do not make them differ."""
    both = (RESPONSE, replace(RESPONSE, id="twin"))
    odd = (Event(at(0) + timedelta(milliseconds=400), "created"), *BORN[1:])

    assert fold(both[0], BORN, at(30)).seen.due_at == fold(both[1], BORN, at(30)).seen.due_at
    assert fold(RESPONSE, odd, at(30)).seen.elapsed == pytest.approx(30 * MINUTE, abs=1)
    assert fold(RESPONSE, odd, at(240)).breached is False
    assert fold(RESPONSE, odd, at(240, 1)).breached is True


# Laws

levels = st.sampled_from(["p1", "p2", "p3", "p4", ""])
statuses = st.sampled_from(["new", "open", "pending", "hold", "solved", "closed"])
happenings = st.one_of(
    st.builds(lambda level, ours: ("severity", level, ours), levels, st.booleans()),
    st.builds(lambda status: ("status", status, False), statuses),
    st.sampled_from([("agent_reply", "", False), ("customer_reply", "", False), ("merged", "", False)]),
    st.sampled_from([("group", "Network", False), ("field", "mitigation_status=mitigated", False)]),
)
gaps = st.sampled_from([0, 0, 1, 7]) | st.integers(0, 400)
office = Calendar(
    "office", "America/New_York", Week.of({day: [("09:00", "17:00")] for day in ("mon", "tue", "wed", "fri")})
)
specs = st.builds(
    lambda base, severity, reopen, solve, merge, hours: replace(
        base,
        on_severity=severity,
        on_reopen=reopen,
        on_paused_solve=solve,
        on_merge=merge,
        calendars={"p2": office} if hours else {},
        targets={**base.targets, "p3": 240 * MINUTE},
    ),
    st.sampled_from([RESPONSE, RESOLUTION, *(metric.clock(RESPONSE.targets, ALWAYS) for metric in METRICS.values())]),
    st.sampled_from(["keep", "restart", "from_change"]),
    st.sampled_from(["continue", "restart", "stay"]),
    st.sampled_from(["leave_out", "count"]),
    st.sampled_from(["drop", "end"]),
    st.booleans(),
)


def stories(things: list[tuple[tuple[Any, str, bool], int]]) -> History:
    """A ticket's birth, and things that happen some minutes after one another."""
    minutes, events = 0, list(BORN)
    for (kind, value, ours), gap in things:
        minutes += gap
        events.append(Event(at(minutes), kind, value, ours))
    return tuple(events)


histories = st.lists(st.tuples(happenings, gaps), max_size=12).map(stories)


@given(specs, histories, st.integers(0, 15))
def test_folding_a_history_in_two_pieces_is_folding_it_once(spec: ClockSpec, history: History, cut: int) -> None:
    """A clock stored between two events and taken up again is where it would have been."""
    first, second = history[:cut], history[cut:]
    now = history[-1].at + timedelta(hours=1)
    run, over = begin(spec), []
    for event in first:
        *ended, run = step(spec, run, event)
        over += ended

    stored = msgspec.json.encode([*over, run])
    *over, run = msgspec.json.decode(stored, type=list[Run])
    for event in second:
        *ended, run = step(spec, run, event)
        over += ended

    assert [read(spec, one, now) for one in (*over, run)] == lives(spec, history, now)


@given(specs, histories, st.integers(1, 3 * 86_400))
def test_thresholds_come_in_the_order_of_their_shares(spec: ClockSpec, history: History, later: int) -> None:
    """50, 75, 90 and 100 percent: no instant is before that of a smaller share, and the last is when it is due."""
    reading = fold(spec, history, history[-1].at + timedelta(seconds=later))
    target = reading.seen.target
    shares = [target * share / 100 for share in (50, 75, 90, 100)] if target else []
    instants = [found for share in shares if (found := reading.passed(share)) is not None]

    assert instants == sorted(instants)
    if reading.seen.stage == "running" and target and instants and not reading.carried:
        assert instants[-1] == reading.seen.due_at


@given(specs, histories, st.integers(0, 86_400), st.integers(0, 86_400))
def test_a_clock_never_goes_back_while_nothing_happens(spec: ClockSpec, history: History, some: int, more: int) -> None:
    """Elapsed only grows, a breach stays one, and an instant that is past does not move."""
    one, later = (fold(spec, history, history[-1].at + timedelta(seconds=seconds)) for seconds in (some, some + more))

    assert (one.seen.elapsed or 0) <= (later.seen.elapsed or 0)
    assert one.breached <= later.breached
    if one.breached or one.seen.stage == "running":
        assert one.seen.due_at == later.seen.due_at
    if one.seen.stage == "running" and one.seen.due_at:
        assert one.breached is (one.now >= one.seen.due_at)
