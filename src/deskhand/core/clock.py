"""Clocks: promises measured on one ticket. Ours are folded from its history; Zendesk's own are in `zendesk_clock`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from typing import Final, Literal

from deskhand.core.calendar import Calendar
from deskhand.core.decision import ClockSeen, Stage
from deskhand.core.history import Event, History, Kind

ZENDESK_METRICS: Final = (
    "first_reply_time",
    "next_reply_time",
    "periodic_update_time",
    "pausable_update_time",
    "requester_wait_time",
    "agent_work_time",
    "total_resolution_time",
    "group_ownership_time",
)
"""The eight metrics of Zendesk's SLA policies and group SLAs (zendesk-api.md section 6)."""

_SOLVED: Final = frozenset({"solved", "closed", "deleted"})


@dataclass(frozen=True, slots=True)
class Trigger:
    """A kind of event that starts or stops a clock; with `values`, only where the event's value is one of them."""

    kind: Kind
    values: frozenset[str] = frozenset()

    def fits(self, event: Event) -> bool:
        """Whether an event is one of these."""
        return event.kind == self.kind and (not self.values or event.value in self.values)


@dataclass(frozen=True, slots=True)
class ClockSpec:
    """A clock of our own. Targets are seconds by severity, counted in the severity's calendar (else `calendar`).

    `on_severity` says what a person's change of severity does to the time already used: `keep` it against the new target,
    or `restart`. Our own raise always measures from the raise. `on_reopen` likewise: `continue` or `restart`.
    """

    id: str
    starts: Trigger
    stops: tuple[Trigger, ...]
    targets: Mapping[str, int]
    calendar: Calendar
    calendars: Mapping[str, Calendar]
    pauses: frozenset[str] = frozenset()
    on_severity: Literal["keep", "restart"] = "keep"
    on_reopen: Literal["continue", "restart"] = "continue"
    after: Trigger | None = None
    """It may start only once this has happened: next reply counts after the first one."""
    like: str = ""
    """Zendesk's metric that it measures in our own way, so that the two can be held against each other."""
    again: bool = False
    """Whether it starts anew, from nothing, each time its start comes after its end: every reply cycle is another life."""

    def calendar_for(self, severity: str | None) -> Calendar:
        """The calendar in which this clock counts at a severity."""
        return self.calendars.get(severity or "", self.calendar)


@dataclass(frozen=True, slots=True)
class Reading:
    """A clock at an instant, with the calendar that can tell what comes."""

    seen: ClockSeen
    calendar: Calendar
    now: datetime
    spans: tuple[tuple[datetime, datetime], ...] = ()
    """The times it ran in this life, up to `now`; empty where they are not known."""

    @property
    def measurable(self) -> bool:
        """Whether elapsed and target are both known."""
        return self.seen.elapsed is not None and bool(self.seen.target)

    @property
    def breached(self) -> bool:
        """Whether the target is used up: at the instant it is reached while running, past it once met."""
        seen = self.seen
        if seen.stage in ("running", "paused") and seen.due_at is not None:
            return self.now >= seen.due_at
        if seen.elapsed is None or not seen.target:
            return False
        return seen.elapsed > seen.target if seen.stage == "met" else seen.elapsed >= seen.target

    def reaches(self, elapsed: float) -> datetime | None:
        """The instant at which so many seconds are used, if it keeps running; None if it stands still or is past that."""
        seen = self.seen
        if seen.stage != "running" or seen.elapsed is None or elapsed <= seen.elapsed:
            return None
        return self.calendar.after(self.now, elapsed - seen.elapsed)

    def passed(self, elapsed: float) -> datetime | None:
        """The instant at which so many seconds were used, in the past or, if it keeps running, to come; None where it is not known."""
        if self.seen.elapsed is None or elapsed > self.seen.elapsed:
            return self.reaches(elapsed)
        return spent(self.calendar, self.spans, elapsed)


def fold(spec: ClockSpec, history: History, now: datetime) -> Reading:
    """One of our own clocks in its present life, worked out from everything that happened up to `now`."""
    return lives(spec, history, now)[-1]


def lives(spec: ClockSpec, history: History, now: datetime) -> list[Reading]:
    """Every life of a clock that starts anew each cycle, oldest first; for any other clock, its one life."""
    run, ended = _Run(ready=spec.after is None), []
    for event in history:
        if event.at <= now:
            run = _step(spec, run, event)
            if spec.again and run.stage == "met" and spec.starts.fits(event):
                ended.append(run)
                run = _step(spec, replace(run, stage="idle", spans=(), since=None, cycle=run.cycle + 1), event)
    return [_reading(spec, one, now) for one in (*ended, run)]


def _reading(spec: ClockSpec, run: "_Run", now: datetime) -> Reading:
    """A clock's state as conditions see it."""
    target = spec.targets.get(run.severity) if run.severity else None
    calendar = spec.calendar_for(run.severity)
    spans = [*run.spans, *([(run.since, now)] if run.since else [])]
    elapsed = plain(sum((Fraction(calendar.elapsed(start, end)) for start, end in spans), Fraction(0)))
    stage = run.stage if target or run.stage == "met" else "idle"
    due = None
    if target and elapsed >= target:
        due = spent(calendar, spans, target)
    elif target and stage == "running":
        due = calendar.after(now, target - elapsed)
    seen = ClockSeen(
        clock=spec.id,
        source="own",
        stage=stage,
        episode=run.episode,
        elapsed=elapsed if run.stage != "idle" else None,
        target=target,
        due_at=due,
        calendar=calendar.name,
        note="" if run.severity else "the ticket has no severity, so no target",
        started_at=run.started_at,
        ended_at=run.ended_at if stage == "met" else None,
    )
    return Reading(seen, calendar, now, tuple(spans))


def plain(seconds: Fraction) -> float:
    """Seconds as a whole number wherever they are one."""
    return int(seconds) if seconds.denominator == 1 else float(seconds)


def spent(calendar: Calendar, spans: Iterable[tuple[datetime, datetime]], target: float) -> datetime | None:
    """The instant at which so many seconds of a calendar were used up in these spans, or None if they hold fewer."""
    left: float = target
    for start, end in spans:
        used = plain(Fraction(calendar.elapsed(start, end)))
        if used >= left:
            return calendar.after(start, left)
        left -= used
    return None


@dataclass(frozen=True, slots=True)
class _Run:
    """The state of one of our clocks between two events."""

    stage: Stage = "idle"
    since: datetime | None = None
    spans: tuple[tuple[datetime, datetime], ...] = ()
    severity: str | None = None
    status: str = "new"
    solved: bool = False
    reopens: int = 0
    retargets: int = 0
    by_solve: bool = False
    ready: bool = True
    cycle: int = 0
    started_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def episode(self) -> str:
        """Which life this is: a reopen or a person's retarget starts another, our own raise does not."""
        return f"c{self.reopens}r{self.retargets}" + (f"n{self.cycle}" if self.cycle else "")


def _step(spec: ClockSpec, run: _Run, event: Event) -> _Run:
    """The clock after one more event."""
    if event.kind == "severity":
        run = _retarget(spec, run, event)
    if event.kind == "status":
        run = _status(spec, run, event)
    if run.stage == "idle" and run.ready and spec.starts.fits(event):
        run = replace(run, stage="running", since=event.at, started_at=event.at)
        run = _pause(run, event.at) if run.status in spec.pauses else run
    elif run.stage in ("running", "paused") and any(trigger.fits(event) for trigger in spec.stops):
        by_solve = event.kind == "status" and event.value in _SOLVED
        run = replace(_pause(run, event.at), stage="met", by_solve=by_solve, ended_at=event.at)
    if spec.after is not None and spec.after.fits(event):
        run = replace(run, ready=True)
    return run


def _retarget(spec: ClockSpec, run: _Run, event: Event) -> _Run:
    """The severity changed: our own raise measures from now on, a person's change follows the stated choice."""
    first = run.severity is None
    run = replace(run, severity=event.value or None, retargets=run.retargets + (0 if first or event.ours else 1))
    if first or not (event.ours or spec.on_severity == "restart"):
        return run
    return replace(run, spans=(), since=event.at if run.since else None)


def _status(spec: ClockSpec, run: _Run, event: Event) -> _Run:
    """The status changed: pause, go on, or come back from solved."""
    reopened = run.solved and event.value not in _SOLVED
    run = replace(run, status=event.value, solved=event.value in _SOLVED, reopens=run.reopens + (1 if reopened else 0))
    if reopened and run.stage == "met" and run.by_solve and not spec.again:
        run = replace(run, stage="running", since=event.at, spans=() if spec.on_reopen == "restart" else run.spans)
    if run.stage == "running" and event.value in spec.pauses:
        return _pause(run, event.at)
    if run.stage == "paused" and event.value not in spec.pauses:
        return replace(run, stage="running", since=event.at)
    return run


def _pause(run: _Run, at: datetime) -> _Run:
    """The clock stands still from an instant on."""
    spans = (*run.spans, (run.since, at)) if run.since else run.spans
    return replace(run, stage="paused", since=None, spans=spans)
