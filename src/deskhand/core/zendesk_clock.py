"""Zendesk's own SLA clocks: stage and breach instant from the `slas` sideload, targets and running times from metric events.

The breach instant is the truth: it honours pauses, schedules and holidays (zendesk-api.md section 2). Elapsed time is worked back from it in the calendar
that policy chose for the ticket. The metric events give a second measure, start to now; where the two differ by more than a minute, the calendar is
likely the wrong one, and the reading says so.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Final

from deskhand.core.calendar import Calendar
from deskhand.core.clock import Reading, plain
from deskhand.core.decision import ClockSeen, Stage
from deskhand.core.memory import Cycle
from deskhand.core.metric_event import MetricEvent, MetricLife, lives_of
from deskhand.core.office import Office
from deskhand.core.ticket import SlaMetric, Ticket

_STAGES: Final[Mapping[str, Stage]] = {
    "active": "running",
    "activated": "running",
    "breached": "running",
    "paused": "paused",
    "achieved": "met",
    "completed": "met",
    "fulfilled": "met",
}
TOLERANCE: Final = 60
"""Seconds by which two measures of one clock may differ before it is said."""
LATE: Final = timedelta(minutes=15)
"""Metric events have come 13 minutes late, so nothing is concluded from them about a younger change."""


@dataclass(frozen=True, slots=True)
class Account:
    """What policy says of the account's time: the calendar of a ticket's business hours, round the clock, and the others that there are."""

    office: Office
    always: Calendar
    calendars: tuple[Calendar, ...] = ()


def read_zendesk(
    ticket: Ticket, events: Iterable[MetricEvent], cycles: Mapping[str, Cycle], account: Account, now: datetime
) -> list[Reading]:
    """Zendesk's own clocks on a ticket, as the sideload lists them. `cycles` counts their lives."""
    lives = lives_of(events, now)
    settled = now - ticket.updated_at >= LATE
    office = account.office.of(ticket)
    found: list[Reading] = []
    for metric in ticket.slas or ():
        one = _One(metric, lives.get(metric.metric) or MetricLife(metric.metric, 0), now)
        calendar = office if one.business_hours else account.always
        reading = one.read(calendar, cycles.get(metric.metric, Cycle("", 1)).count)
        found.append(_compared(reading, one, account) if settled else reading)
    return found


def count_cycles(
    metrics: Iterable[SlaMetric], events: Iterable[MetricEvent], cycles: Mapping[str, Cycle], now: datetime
) -> dict[str, Cycle]:
    """How often each of Zendesk's clocks was started: once more whenever one runs that had ended or was not there.

    Where one ended and began again between two looks, its metric events tell: they began after the life that was counted.
    """
    lives = lives_of(events, now)
    counted = {name: replace(cycle, stage="gone") for name, cycle in cycles.items()}
    for metric in metrics:
        stage = _STAGES.get(metric.stage, "idle")
        before = cycles.get(metric.metric, Cycle("gone", 0))
        counted[metric.metric] = _counted(before, stage, lives.get(metric.metric), now)
    return counted


def _counted(before: Cycle, stage: Stage, life: MetricLife | None, now: datetime) -> Cycle:
    """The count after one look: another life where the stage shows it, or else where the events do."""
    if stage not in ("running", "paused"):
        return replace(before, stage=stage, idle_at=now, began=None)
    if before.stage not in ("running", "paused"):
        before = replace(before, stage=stage, count=before.count + 1, began=None)
    began = life.started_at if life else None
    if began is None or began == before.began or (before.idle_at and before.began is None and began <= before.idle_at):
        return replace(before, stage=stage)
    another = before.began is not None and began > before.began
    return replace(before, stage=stage, began=began, count=before.count + (1 if another else 0))


@dataclass(frozen=True, slots=True)
class _One:
    """One clock: what the sideload says, and what the events say."""

    metric: SlaMetric
    life: MetricLife
    now: datetime

    @property
    def target(self) -> int | None:
        """Seconds; the events' own word counts before what all policies agree on."""
        return self.life.target or self.metric.target

    @property
    def business_hours(self) -> bool:
        """Whether the target counts business hours."""
        return self.life.business_hours if self.life.target else bool(self.metric.business_hours)

    @property
    def overdue_when_set(self) -> bool:
        """Whether the target was past already when it was set: Zendesk dates such a breach at the setting."""
        due, applied = self.metric.breach_at or self.life.breached_at, self.life.applied_at
        return bool(due and applied and self.life.started_at and applied > self.life.started_at and due <= applied)

    def read(self, calendar: Calendar, count: int) -> Reading:
        """The clock in a calendar."""
        stage = _STAGES.get(self.metric.stage, "idle")
        spans = self.life.runs(self.now)
        return Reading(
            ClockSeen(
                clock=self.metric.metric,
                source="zendesk",
                stage=stage,
                episode=f"n{count}",
                elapsed=self.worked_back(calendar) if stage == "running" else self.counted(calendar),
                target=self.target,
                due_at=self.due(stage),
                calendar=calendar.name,
                note=self.unknown(stage),
                started_at=self.life.started_at,
                ended_at=self.life.ended_at if stage == "met" else None,
            ),
            calendar,
            self.now,
            spans,
        )

    def due(self, stage: Stage) -> datetime | None:
        """When the target is, or was, used up."""
        if stage == "running":
            return self.metric.breach_at
        past = self.life.breached_at
        return past if past and past <= (self.life.ended_at or self.now) else None

    def worked_back(self, calendar: Calendar) -> float | None:
        """Seconds used: the target, less what is left until the breach instant, or with what ran since; pauses after a breach do not move it."""
        if self.overdue_when_set and self.life.spans:
            return self.counted(calendar)
        due = self.metric.breach_at
        if not self.target or not due:
            return None
        if due >= self.now or not self.life.spans:
            return plain(self.target - Fraction(calendar.elapsed(self.now, due)))
        since = [(max(start, due), end) for start, end in self.life.runs(self.now) if end > due]
        return plain(self.target + _total(calendar, since))

    def counted(self, calendar: Calendar) -> float | None:
        """Seconds used, from the times it ran."""
        spans = self.life.runs(self.now)
        if not self.life.spans:
            return None
        return plain(_total(calendar, spans))

    def unknown(self, stage: Stage) -> str:
        """What is not known about it, for people."""
        if self.target or stage not in ("running", "paused"):
            return ""
        return "Zendesk does not say which target applies, so its burn is unknown"


def _total(calendar: Calendar, spans: Iterable[tuple[datetime, datetime]]) -> Fraction:
    """Seconds of a calendar in some spans."""
    return sum((Fraction(calendar.elapsed(start, end)) for start, end in spans), Fraction(0))


def _compared(reading: Reading, one: _One, account: Account) -> Reading:
    """The reading, with a word where its two measures differ, and which of the other calendars would do."""
    off = _difference(one, reading.calendar)
    if reading.seen.stage != "running" or one.overdue_when_set or off is None or abs(off) <= TOLERANCE:
        return reading
    others = {calendar.name: calendar for calendar in (*account.office.calendars, account.always, *account.calendars)}
    fits = [
        name
        for name, calendar in others.items()
        if name != reading.calendar.name and abs(_difference(one, calendar) or 0) <= TOLERANCE
    ]
    advice = f"{' and '.join(fits)} would fit" if fits else "no calendar of the policies fits"
    note = f"Zendesk's breach instant is {_minutes(off)} off what its events say in '{reading.calendar.name}': {advice}"
    return replace(reading, seen=replace(reading.seen, off_by=off, note=note))


def _difference(one: _One, calendar: Calendar) -> float | None:
    """Seconds that the events have more than the breach instant says, in a calendar."""
    counted, back = one.counted(calendar), one.worked_back(calendar)
    return None if counted is None or back is None else counted - back


def _minutes(seconds: float) -> str:
    return f"{abs(seconds) / 60:.0f} minutes"
