"""Clocks: promises measured on one ticket. Ours are folded from its history; Zendesk's own are in `zendesk_clock`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from typing import Final, Literal, NamedTuple

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
    """A kind of event that starts or stops a clock; with `values`, only where the event's value is one of them.

    With `field`, whenever that custom field is filled in, whatever with. That an assignee was taken away is no assignment.
    """

    kind: Kind
    values: frozenset[str] = frozenset()
    field: str = ""

    def fits(self, event: Event) -> bool:
        """Whether an event is one of these."""
        if event.kind != self.kind:
            return False
        if self.field:
            name, _, value = event.value.partition("=")
            return name == self.field and value not in ("", "None", "False")
        if self.values:
            return event.value in self.values
        return self.kind != "assigned" or bool(event.value)


@dataclass(frozen=True, slots=True)
class Terms:
    """What a clock promises: targets in seconds by severity, counted in the severity's calendar (else `calendar`).

    `until` makes them terms of the past: they hold for clocks that began before that instant.
    """

    targets: Mapping[str, int]
    calendar: Calendar
    calendars: Mapping[str, Calendar]
    until: datetime | None = None

    def calendar_for(self, severity: str | None) -> Calendar:
        """The calendar in which a severity counts."""
        return self.calendars.get(severity or "", self.calendar)


@dataclass(frozen=True, slots=True)
class ClockSpec:
    """A clock of our own: what starts, pauses and ends it, its terms, and the choices about what may happen meanwhile.

    The choices concern what people do; our own raise of the severity always measures from the raise. They are told where
    they are declared, in `documents/models_time.py`.
    """

    id: str
    starts: Trigger
    stops: tuple[Trigger, ...]
    targets: Mapping[str, int]
    calendar: Calendar
    calendars: Mapping[str, Calendar]
    pauses: frozenset[str] = frozenset()
    on_severity: Literal["keep", "restart", "from_change"] = "keep"
    on_reopen: Literal["continue", "restart", "stay"] = "continue"
    on_paused_solve: Literal["leave_out", "count"] = "leave_out"
    on_merge: Literal["drop", "end"] = "drop"
    enforce_from: datetime | None = None
    """Clocks that began before have no target."""
    earlier: tuple[Terms, ...] = ()
    """Terms of the past, oldest first, each with its `until`."""
    after: Trigger | None = None
    """It may start only once this has happened: next reply counts after the first one."""
    like: str = ""
    """Zendesk's metric that it measures in our own way, so that the two can be held against each other."""
    again: bool = False
    """Whether it starts anew, from nothing, each time its start comes after its end: every reply cycle is another life."""
    own_writes: Literal["count", "ignore"] = "count"
    """Whether this worker's own writes end it: that it assigned a ticket does not mean that anybody has taken it."""

    def ends_with(self, event: Event) -> bool:
        """Whether an event is one that ends it."""
        if event.ours and self.own_writes == "ignore":
            return False
        return any(trigger.kind == event.kind and trigger.fits(event) for trigger in self.stops)

    def terms(self, began: datetime | None) -> Terms:
        """The terms for a clock that began at an instant, or begins now."""
        past = (terms for terms in self.earlier if began and terms.until and began < terms.until)
        return next(past, None) or Terms(self.targets, self.calendar, self.calendars)


@dataclass(frozen=True, slots=True)
class Reading:
    """A clock at an instant, with the calendar that can tell what comes."""

    seen: ClockSeen
    calendar: Calendar
    now: datetime
    spans: tuple[tuple[datetime, datetime], ...] = ()
    """The times it ran in this life, up to `now`; empty where they are not known."""
    carried: int = 0
    """Seconds of the elapsed time that were used before these spans, against an earlier target."""

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
        return spent(self.calendar, self.spans, elapsed - self.carried) if elapsed >= self.carried else None


def fold(spec: ClockSpec, history: History, now: datetime) -> Reading:
    """One of our own clocks in its present life, worked out from everything that happened up to `now`."""
    return lives(spec, history, now)[-1]


def lives(spec: ClockSpec, history: History, now: datetime) -> list[Reading]:
    """Every life of a clock that starts anew each cycle, oldest first; for any other clock, its one life."""
    run, ended = begin(spec), []
    for event in history:
        if event.at <= now:
            *over, run = step(spec, run, event)
            ended += over
    return [read(spec, one, now) for one in (*ended, run)]


class Run(NamedTuple):
    """All that is to be known of one of our clocks between two events: what comes needs nothing of what was before.

    A plain value of texts, numbers and instants, so that it can be stored and taken up again; a tuple, since every event
    makes another one.
    """

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
    judged: str | None = None
    """The severity when it ended: a later one does not change what was promised."""
    carried: int = 0
    """Seconds of the present target that were used against an earlier one (`from_change`)."""
    broken_at: datetime | None = None
    """When that earlier target was used up."""
    paused_at: datetime | None = None
    asked_at: datetime | None = None
    """When the customer wrote what is not answered yet."""
    merged: bool = False

    @property
    def level(self) -> str | None:
        """The severity that it is measured by."""
        return self.judged if self.stage == "met" else self.severity

    @property
    def episode(self) -> str:
        """Which life this is: a reopen or a person's retarget starts another, our own raise does not."""
        return f"c{self.reopens}r{self.retargets}" + (f"n{self.cycle}" if self.cycle else "")


def begin(spec: ClockSpec) -> Run:
    """A clock before anything has happened."""
    return Run(ready=spec.after is None)


def step(spec: ClockSpec, run: Run, event: Event) -> tuple[Run, ...]:
    """The clock after one more event; two of them where the event ends one life and begins the next."""
    run = _step(spec, run, event)
    if not (spec.again and run.stage == "met" and spec.starts.fits(event)):
        return (run,)
    fresh = _afresh(run, None)._replace(stage="idle", judged=None, ended_at=None, cycle=run.cycle + 1)
    return run, _step(spec, fresh, event)


def read(spec: ClockSpec, run: Run, now: datetime) -> Reading:
    """A clock's state as conditions see it."""
    terms = spec.terms(run.started_at)
    calendar = terms.calendar_for(run.level)
    target, note = _target(spec, terms, run)
    spans = _spans(run, now)
    elapsed = _elapsed(calendar, spans) + run.carried
    stage = run.stage if target or (run.stage == "met" and not run.merged) else "idle"
    due = None
    if target and elapsed >= target:
        due = run.broken_at or spent(calendar, spans, target - run.carried)
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
        note=note,
        started_at=run.started_at,
        ended_at=run.ended_at if stage == "met" else None,
    )
    return Reading(seen, calendar, now, spans, run.carried)


def _target(spec: ClockSpec, terms: Terms, run: Run) -> tuple[int | None, str]:
    """The seconds that hold for a clock, and what people should know about them."""
    if run.merged and spec.on_merge == "drop":
        return None, "merged into another ticket, so nothing is due here"
    if spec.enforce_from and run.started_at and run.started_at < spec.enforce_from:
        return None, f"it began before the promise counts, which is from {_moment(spec.enforce_from)} on"
    if run.level is None:
        over = run.stage == "met"
        return (
            None,
            "it was over before the ticket had a severity" if over else "the ticket has no severity, so no target",
        )
    target, now = terms.targets.get(run.level), spec.targets.get(run.level)
    if run.stage == "paused" and run.asked_at:
        return target, f"it stands still although the customer wrote at {_moment(run.asked_at)} and has no answer"
    if terms.until:
        words = f"it began before {_moment(terms.until)} and keeps what was promised then"
        return target, words + (
            "" if target == now else f": {_in_minutes(target)}, where it would be {_in_minutes(now)} now"
        )
    return target, ""


def _moment(when: datetime) -> str:
    return f"{when.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _in_minutes(seconds: int | None) -> str:
    return f"{seconds / 60:g} minutes" if seconds else "no target"


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


def _spans(run: Run, now: datetime) -> tuple[tuple[datetime, datetime], ...]:
    """The times it ran, up to an instant."""
    return (*run.spans, (run.since, now)) if run.since else run.spans


def _elapsed(calendar: Calendar, spans: Iterable[tuple[datetime, datetime]]) -> float:
    return plain(Fraction(sum(calendar.elapsed(start, end) for start, end in spans)))


def _step(spec: ClockSpec, run: Run, event: Event) -> Run:
    """The clock after one more event, within one life."""
    run = _told(spec, run, event)
    if run.stage == "idle" and run.ready and spec.starts.fits(event):
        run = run._replace(stage="running", since=event.at, started_at=event.at)
        run = _pause(run, event.at) if run.status in spec.pauses else run
    elif run.stage in ("running", "paused") and (event.kind == "merged" or spec.ends_with(event)):
        run = _end(run, event)
    elif run.by_solve and event.kind != "status" and spec.ends_with(event):
        run = run._replace(by_solve=False)  # answered after all, in the same save or later: a reopen finds it kept
    if spec.after is not None and spec.after.fits(event):
        run = run._replace(ready=True)
    return run


def _told(spec: ClockSpec, run: Run, event: Event) -> Run:
    """What an event says beside starting or ending a clock."""
    match event.kind:
        case "severity":
            return _retarget(spec, run, event)
        case "status":
            return _status(spec, run, event)
        case "customer_reply":
            return run if run.asked_at else run._replace(asked_at=event.at)
        case "agent_reply":
            return run._replace(asked_at=None) if run.asked_at else run
        case "merged":
            return run._replace(merged=run.stage != "met")
        case _:
            return run


def _retarget(spec: ClockSpec, run: Run, event: Event) -> Run:
    """The severity changed: our own raise measures from now on, a person's change follows the stated choice."""
    level = event.value or None
    if level == run.severity:
        return run
    if run.stage == "met":
        at_once = run.judged is None and event.at == run.ended_at  # told with the event that ended it
        return run._replace(severity=level, judged=level if at_once else run.judged)
    first = run.severity is None
    retargets = run.retargets + (0 if first or event.ours else 1)
    changed = _swapped(spec, run, level, event.at)._replace(severity=level, retargets=retargets)
    return _afresh(changed, event.at) if event.ours and not first else changed


def _swapped(spec: ClockSpec, run: Run, level: str | None, at: datetime) -> Run:
    """The clock measured by another severity from an instant on, as a person's change has it."""
    if run.severity is None or spec.on_severity == "keep":
        return run
    if spec.on_severity == "restart":
        return _afresh(run, at)
    terms = spec.terms(run.started_at)
    old, new = terms.targets.get(run.severity), terms.targets.get(level or "")
    if not old or not new or run.started_at is None:
        return run
    calendar, spans = terms.calendar_for(run.severity), _spans(run, at)
    used = _elapsed(calendar, spans) + run.carried
    broken = run.broken_at or (spent(calendar, spans, old - run.carried) if used >= old else None)
    return _afresh(run, at)._replace(carried=int(used * new // old), broken_at=broken)


def _afresh(run: Run, at: datetime | None) -> Run:
    """The clock with nothing used, going on from an instant if it runs."""
    return run._replace(spans=(), since=at if run.since else None, carried=0, broken_at=None)


def _status(spec: ClockSpec, run: Run, event: Event) -> Run:
    """The status changed: pause, go on, or come back from solved."""
    reopened = run.solved and event.value not in _SOLVED
    run = run._replace(status=event.value, solved=event.value in _SOLVED, reopens=run.reopens + (1 if reopened else 0))
    if reopened and run.stage == "met" and run.by_solve and not spec.again and spec.on_reopen != "stay":
        run = _revived(spec, run, event.at)
    if run.stage == "running" and event.value in spec.pauses:
        return _pause(run, event.at)
    if run.stage == "paused" and event.value not in spec.pauses:
        counts = spec.on_paused_solve == "count" and event.value in _SOLVED and spec.ends_with(event)
        return run._replace(stage="running", since=run.paused_at if counts else event.at)
    return run


def _revived(spec: ClockSpec, run: Run, at: datetime) -> Run:
    """The clock of a reopened ticket, by the severity that the ticket has by now."""
    run = _afresh(run, None) if spec.on_reopen == "restart" else run
    if run.judged != run.severity:
        run = _swapped(spec, run._replace(severity=run.judged), run.severity, at)._replace(severity=run.severity)
    return run._replace(stage="running", since=at, judged=None, ended_at=None, by_solve=False)


def _pause(run: Run, at: datetime) -> Run:
    """The clock stands still from an instant on."""
    return run._replace(stage="paused", since=None, spans=_spans(run, at), paused_at=at)


def _end(run: Run, event: Event) -> Run:
    """The clock is over."""
    by_solve = event.kind == "status" and event.value in _SOLVED
    over = run._replace(stage="met", since=None, spans=_spans(run, event.at), by_solve=by_solve)
    return over._replace(ended_at=event.at, judged=run.severity)
