"""Zendesk's own clocks: read from the sideload, measured a second time by metric events, and counted by their lives."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from deskhand.core.calendar import Calendar
from deskhand.core.clock import Reading
from deskhand.core.decision import ClockSeen
from deskhand.core.memory import Cycle
from deskhand.core.metric_event import MetricEvent
from deskhand.core.office import Office
from deskhand.core.ticket import SlaMetric, Ticket
from deskhand.core.week import Week
from deskhand.core.zendesk_clock import Account, count_cycles, read_zendesk
from tests.core.builders import ALWAYS, HOUR, MINUTE, START, at
from tests.core.test_metric_event import event

DAYS = ("mon", "tue", "wed", "thu", "fri")
OFFICE = Calendar("office", "Etc/UTC", Week.of({day: [("09:00", "17:00")] for day in DAYS}))
EARLY = Calendar("early", "Etc/UTC", Week.of({day: [("07:00", "15:00")] for day in DAYS}))
ROUND_THE_CLOCK = Account(Office(ALWAYS), ALWAYS)


def metric(**facts: Any) -> SlaMetric:
    """A first reply metric due at 10:00 with a target of two hours."""
    known: dict[str, Any] = {
        "metric": "first_reply_time",
        "stage": "active",
        "breach_at": at(60),
        "target": 2 * HOUR,
    }
    return SlaMetric(**(known | facts))


def ticket(*metrics: SlaMetric, updated: datetime = START - timedelta(days=1)) -> Ticket:
    """A ticket with these metrics, last changed long ago."""
    return Ticket(1, "open", updated, updated, slas=metrics)


def read(one: SlaMetric, now: datetime, *events: MetricEvent, account: Account = ROUND_THE_CLOCK) -> Reading:
    """The one clock of a ticket."""
    (reading,) = read_zendesk(ticket(one), events, {}, account, now)
    return reading


def seen(one: SlaMetric, now: datetime, *events: MetricEvent, account: Account = ROUND_THE_CLOCK) -> ClockSeen:
    """The one clock of a ticket as a decision shows it."""
    return read(one, now, *events, account=account).seen


def reply(number: int, kind: str, when: datetime, **facts: Any) -> MetricEvent:
    """A row of the first reply."""
    return event(number, kind, when, metric="reply_time", **facts)


def test_burn_is_worked_back_from_the_breach_instant() -> None:
    """Two hours' target, one hour left: half is burnt; 90 % is reached twelve minutes before the breach."""
    reading = read(metric(business_hours=False), at(0))

    assert (reading.seen.source, reading.seen.elapsed, reading.seen.due_at) == ("zendesk", 3600, at(60))
    assert reading.reaches(6480) == at(48)
    assert not reading.breached
    assert read(metric(), at(60)).breached


def test_business_hour_targets_burn_in_the_office_calendar() -> None:
    """From Friday 16:00 to Monday 10:00 are two business hours, not 66."""
    friday, due = datetime(2026, 3, 6, 16, 0, tzinfo=UTC), datetime(2026, 3, 9, 10, 0, tzinfo=UTC)

    found = seen(
        metric(breach_at=due, target=4 * HOUR, business_hours=True), friday, account=Account(Office(OFFICE), ALWAYS)
    )

    assert (found.elapsed, found.calendar) == (2 * HOUR, "office")


def test_an_unknown_target_leaves_burn_unknown_and_the_breach_known() -> None:
    """The note says why."""
    reading = read(metric(target=None), at(0))

    assert (reading.measurable, reading.seen.due_at) == (False, at(60))
    assert "does not say which target" in reading.seen.note


def test_metric_events_say_which_target_applies() -> None:
    """The sideload does not; the events also say in which hours it counts."""
    found = seen(
        metric(target=None, breach_at=at(120)),
        at(60),
        reply(1, "activate", at(0)),
        reply(2, "apply_sla", at(0), target=2 * HOUR),
    )

    assert (found.target, found.elapsed, found.note) == (2 * HOUR, HOUR, "")
    assert found.started_at == at(0)


def test_a_paused_clock_has_used_what_its_events_say() -> None:
    """The sideload gives no breach instant while a metric is paused."""
    wait = metric(metric="requester_wait_time", stage="paused", breach_at=None, target=None)
    events = [event(1, "activate", at(0)), event(2, "apply_sla", at(0), target=4 * HOUR), event(3, "pause", at(30))]

    found = seen(wait, at(300), *events)

    assert (found.stage, found.elapsed, found.target, found.due_at) == ("paused", 30 * MINUTE, 4 * HOUR, None)


def test_an_achieved_clock_keeps_its_time_and_says_whether_it_was_late() -> None:
    """Fulfilled after 2 h 30 min of 2 h: breached; the foreseen breach of one answered in time does not count."""
    done = metric(stage="achieved", breach_at=None)
    rows = [reply(1, "activate", at(0)), reply(2, "apply_sla", at(0), target=2 * HOUR), reply(3, "breach", at(120))]

    late = read(done, at(400), *rows, reply(4, "fulfill", at(150)))
    early = read(done, at(400), *rows, reply(4, "fulfill", at(100)))

    assert (late.seen.elapsed, late.seen.due_at, late.breached) == (150 * MINUTE, at(120), True)
    assert (early.seen.elapsed, early.seen.due_at, early.breached) == (100 * MINUTE, None, False)


def test_a_target_that_was_past_when_it_was_set_counts_from_the_start() -> None:
    """Zendesk dates that breach at the setting (it does not date back), so the breach instant tells nothing of the time used."""
    rows = [
        reply(1, "activate", at(0)),
        reply(2, "apply_sla", at(0), target=8 * HOUR),
        reply(3, "apply_sla", at(180), target=HOUR),
    ]

    reading = read(metric(target=None, breach_at=at(180)), at(240), *rows)

    assert (reading.seen.elapsed, reading.breached, reading.seen.off_by) == (4 * HOUR, True, None)


def test_a_pause_after_the_breach_does_not_count() -> None:
    """The breach instant stays where it was: two hours used at 11:00, an hour pending, and one more hour until 13:00."""
    wait = metric(metric="requester_wait_time", breach_at=at(120), target=None)
    rows = [
        event(1, "activate", at(0)),
        event(2, "apply_sla", at(0), target=2 * HOUR),
        event(3, "pause", at(120)),
        event(4, "activate", at(180)),
    ]

    found = seen(wait, at(240), *rows)

    assert (found.elapsed, found.off_by) == (3 * HOUR, None)


def test_the_wrong_calendar_is_noticed_and_the_right_one_named() -> None:
    """Zendesk counted from 07:00 to 15:00; policy says 09:00 to 17:00."""
    start, now = datetime(2026, 3, 2, 8, 0, tzinfo=UTC), datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
    due = EARLY.after(start, 4 * HOUR)
    rows = [reply(1, "activate", start), reply(2, "apply_sla", start, target=4 * HOUR, business_hours=True)]
    account = Account(Office(OFFICE), ALWAYS, (OFFICE, EARLY))

    wrong = seen(metric(target=None, breach_at=due), now, *rows, account=account)
    right = seen(metric(target=None, breach_at=due), now, *rows, account=replace(account, office=Office(EARLY)))

    assert wrong.off_by == -HOUR
    assert wrong.note.endswith("early would fit")
    assert (right.off_by, right.note, right.elapsed) == (None, "", 2 * HOUR)


def test_nothing_is_concluded_while_events_may_still_be_on_their_way() -> None:
    """A ticket changed a minute ago may have a pause that is not told yet."""
    rows = [reply(1, "activate", at(0)), reply(2, "apply_sla", at(0), target=4 * HOUR)]
    young = ticket(metric(target=None, breach_at=at(300)), updated=at(59))

    (soon,) = read_zendesk(young, rows, {}, ROUND_THE_CLOCK, at(60))
    (later,) = read_zendesk(young, rows, {}, ROUND_THE_CLOCK, at(75))

    assert (soon.seen.off_by, later.seen.off_by) == (None, HOUR)
    assert later.seen.note.endswith("no calendar of the policies fits")


def test_a_stage_we_have_not_met_is_idle() -> None:
    """Unknown words are accepted and do nothing."""
    reading = read(metric(stage="daydreaming"), at(0))

    assert (reading.seen.stage, reading.breached) == ("idle", False)


def test_each_start_of_a_clock_is_another_episode() -> None:
    """Active, achieved, active again: two lives; paused in between is still the same."""
    lives: dict[str, Cycle] = {}
    counts = []
    for stage in ("active", "paused", "active", "achieved", "active"):
        lives = count_cycles([metric(stage=stage)], (), lives, at(0))
        counts.append(lives["first_reply_time"].count)
    lives = count_cycles([], (), lives, at(0))

    assert counts == [1, 1, 1, 1, 2]
    assert (lives["first_reply_time"].stage, lives["first_reply_time"].count) == ("gone", 2)
    assert count_cycles([metric()], (), lives, at(0))["first_reply_time"].count == 3


def test_a_life_that_ended_and_began_between_two_looks_is_counted() -> None:
    """Answered and asked again within a minute: the sideload shows the same stage twice."""
    one = metric(metric="next_reply_time")
    first = reply(1, "activate", at(0), instance=2)
    second = reply(3, "activate", at(12), instance=3)

    lives = count_cycles([one], [first], {}, at(1))
    lives = count_cycles([one], [first, reply(2, "fulfill", at(11), instance=2), second], lives, at(13))

    assert lives["next_reply_time"].count == 2


def test_a_life_is_counted_once_however_late_its_events_come() -> None:
    """The stage showed the end and the new start already, before the events did."""
    one = metric(metric="next_reply_time")
    rows = [reply(1, "activate", at(0), instance=2)]
    lives: dict[str, Cycle] = {}
    for minute, stage, known in (
        (1, "active", []),
        (5, "achieved", []),
        (9, "active", rows),
        (20, "active", [*rows, reply(2, "activate", at(8), instance=3)]),
    ):
        lives = count_cycles([replace(one, stage=stage)], known, lives, at(minute))

    assert lives["next_reply_time"].count == 2
