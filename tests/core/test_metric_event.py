"""Metric events: the lives they tell of, rows that come late, twice, ahead of their time, or are taken back."""

from datetime import datetime
from itertools import permutations
from typing import Any

from deskhand.core.metric_event import KEPT, MetricEvent, lives_of, merged
from tests.core.builders import HOUR, at


def event(number: int, kind: str, when: datetime, *, metric: str = "requester_wait_time", **facts: Any) -> MetricEvent:
    """A row of the first instance, unless said otherwise."""
    known: dict[str, Any] = {"id": number, "ticket_id": 1, "metric": metric, "instance": 1, "kind": kind, "at": when}
    return MetricEvent(**(known | facts))


LIFE = (
    event(1, "activate", at(0)),
    event(2, "apply_sla", at(0), target=4 * HOUR, business_hours=True, policy="Gold"),
    event(3, "pause", at(30)),
    event(4, "activate", at(90)),
    event(5, "fulfill", at(120)),
)


def test_a_life_has_the_times_it_ran_and_the_target_that_applies() -> None:
    """Half an hour before the pause, half an hour after it."""
    life = lives_of(LIFE, at(200))["requester_wait_time"]

    assert life.spans == ((at(0), at(30)), (at(90), at(120)))
    assert (life.started_at, life.ended_at) == (at(0), at(120))
    assert (life.target, life.business_hours, life.policy) == (4 * HOUR, True, "Gold")


def test_what_has_not_happened_yet_does_not_count() -> None:
    """At 10:15 it is paused, and at 10:30 it runs again."""
    assert lives_of(LIFE, at(75))["requester_wait_time"].spans == ((at(0), at(30)),)
    assert lives_of(LIFE, at(100))["requester_wait_time"].runs(at(100)) == ((at(0), at(30)), (at(90), at(100)))


def test_rows_that_come_in_any_order_tell_the_same() -> None:
    """Late rows keep their original times."""
    told = {
        lives_of(merged(merged((), order[:2]), order[2:]), at(200))["requester_wait_time"]
        for order in permutations(LIFE)
    }

    assert len(told) == 1


def test_a_row_told_twice_counts_once() -> None:
    """Rows are known by their numbers."""
    assert merged(merged((), LIFE), LIFE) == merged((), LIFE)


def test_a_breach_written_ahead_is_no_breach_once_it_is_taken_back() -> None:
    """The row comes again, flagged as deleted."""
    foreseen = event(6, "breach", at(240))
    rows = merged((), (*LIFE[:2], foreseen))

    assert lives_of(rows, at(10))["requester_wait_time"].breached_at == at(240)
    gone = merged(rows, [event(6, "breach", at(240), deleted=True)])
    assert lives_of(gone, at(10))["requester_wait_time"].breached_at is None


def test_a_policy_that_is_taken_away_leaves_no_target() -> None:
    """An `apply_sla` without content."""
    rows = (*LIFE[:2], event(7, "apply_sla", at(10)))

    assert lives_of(rows, at(20))["requester_wait_time"].target is None


def test_a_new_target_makes_the_old_breach_forgotten() -> None:
    """The breach belongs to the target before it."""
    rows = merged((), (*LIFE[:2], event(6, "breach", at(20)), event(8, "apply_sla", at(30), target=HOUR)))

    life = lives_of(rows, at(40))["requester_wait_time"]
    assert (life.target, life.breached_at, life.applied_at) == (HOUR, None, at(30))


def test_reply_time_is_the_first_reply_and_then_the_next_ones() -> None:
    """Its first instance and all others have targets of their own."""
    rows = merged((), [
        event(1, "activate", at(0), metric="reply_time"), event(2, "fulfill", at(5), metric="reply_time"),
        event(3, "activate", at(9), metric="reply_time", instance=2), event(4, "activate", at(20), metric="reply_time", instance=3),
    ])  # fmt: skip

    lives = lives_of(rows, at(30))
    assert (lives["first_reply_time"].ended_at, lives["next_reply_time"].instance) == (at(5), 3)


def test_old_instances_are_let_go_and_the_first_reply_is_kept() -> None:
    """A ticket with a hundred replies does not grow for ever."""
    rows = merged((), [event(n, "activate", at(n), metric="reply_time", instance=n) for n in range(1, 101)])

    assert [one.instance for one in rows] == [1, *range(101 - KEPT, 101)]


def test_measure_rows_say_nothing_of_a_clock() -> None:
    """Instance 0 comes at creation, whatever the metric."""
    assert merged((), [event(1, "measure", at(0), instance=0)]) == ()


def test_a_reopened_metric_runs_on() -> None:
    """Activated after it was fulfilled, in the same instance."""
    life = lives_of((*LIFE, event(9, "activate", at(180))), at(200))["requester_wait_time"]

    assert (life.ended_at, life.spans[-1], life.started_at) == (None, (at(180), None), at(0))
