"""Clocks folded from history, and Zendesk's own clocks read from the `slas` sideload."""

from dataclasses import replace
from datetime import timedelta

from deskhand.core.clock import ClockSpec, Trigger, fold
from deskhand.core.history import Event, History
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
