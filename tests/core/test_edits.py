"""Edits in flight: a running clock that is due at another instant, although nothing happened, is told of once."""

from dataclasses import replace

from deskhand.core.calendar import Calendar
from deskhand.core.closure import Closure
from deskhand.core.condition import Compare
from deskhand.core.policy import Tag
from deskhand.core.week import Week
from tests.core.builders import HOUR, RESOLUTION, RESPONSE, START, Desk, at, policy, rule, ticket

QUIET = rule(Compare("p", "priority", "is", "urgent"), Tag(add=("seen",)))
WORKDAYS = Week.of({day: [("09:00", "17:00")] for day in ("mon", "tue", "wed", "thu", "fri")})
OFFICE = Calendar("office", "Etc/UTC", WORKDAYS)


def notes(desk: Desk, minutes: float) -> dict[str, str]:
    """What a look says of the clocks."""
    return {clock.clock: clock.note for clock in desk.look(at(minutes)).clocks if clock.note}


def test_an_edited_target_is_told_once() -> None:
    """Four hours became two: the next look says when it was due and is, the one after says nothing."""
    desk = Desk(policy(QUIET), ticket())
    assert notes(desk, 10) == {}

    desk.policy = policy(QUIET, clocks=(replace(RESPONSE, targets={"p3": 2 * HOUR}), RESOLUTION))

    assert notes(desk, 20) == {
        "response": "the policies or their hours were edited: it was due at 2026-03-02 13:00:00 UTC,"
        " and is 2026-03-02 11:00:00 UTC now"
    }
    assert notes(desk, 30) == {}


def test_a_holiday_added_to_a_running_schedule_is_told() -> None:
    """Hours count as targets do, whoever edited them: 16 business hours end a day later."""
    clock = replace(RESOLUTION, calendar=OFFICE, targets={"p3": 16 * HOUR})
    desk = Desk(policy(QUIET, clocks=(clock,)), ticket())
    desk.look(at(10))

    closed = replace(OFFICE, closures=(Closure.day(START.date().replace(day=3)),))
    desk.policy = policy(QUIET, clocks=(replace(clock, calendar=closed),))

    assert "was due at 2026-03-04 09:00:00 UTC, and is 2026-03-05 09:00:00 UTC now" in notes(desk, 20)["resolution"]


def test_a_target_that_was_taken_away_is_told() -> None:
    """A promise that no longer counts for the ticket is due at no time."""
    desk = Desk(policy(QUIET), ticket())
    desk.look(at(10))

    desk.policy = policy(QUIET, clocks=(replace(RESPONSE, enforce_from=at(5)), RESOLUTION))

    assert notes(desk, 20)["response"].endswith("it was due at 2026-03-02 13:00:00 UTC, and is never now")


def test_what_happens_to_the_ticket_is_no_edit() -> None:
    """A pause, a change of severity and an answer move what is due, and nothing is said of edits."""
    desk = Desk(policy(QUIET), ticket())
    for minutes, changes in ((10, {"status": "pending"}), (50, {"status": "open"}), (90, {"priority": "high"})):
        desk.look(at(minutes))
        desk.becomes(**changes, updated_at=at(minutes))
        desk.look(at(minutes))
        assert notes(desk, minutes + 1) == {}
