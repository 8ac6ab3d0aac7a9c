"""The metric events of a ticket: those of its clocks, and those that its targets make: applied, foreseen, missed or kept.

They are told anew from the audits whenever they are asked for, update by update. Each run of a clock under a target foresees one breach, written ahead
with the time at which the target would be used up. It stays where that time came first, and is taken back where the run ended before: by an answer, a
pause, another target. A target that comes too late is missed at the instant it comes.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from deskhand.sandbox.clock import iso
from deskhand.sandbox.exchange import Row
from deskhand.sandbox.life import Clock, MetricEvent, Teller, through
from deskhand.sandbox.records import Applied, Audit, Policy, Target, Ticket
from deskhand.sandbox.sla import GROUP_METRIC, policy_of, ran, target_of, used_up
from deskhand.sandbox.timetable import Timetable

if TYPE_CHECKING:
    from deskhand.sandbox.world import World

FIRST_ID = 400
"""The ids of metric events begin so many behind that of their update."""

_NEVER = 1 << 60
"""When a target is due that no opening hours ever use up."""


def metric_events(world: "World", ticket: Ticket, until: int | None = None) -> list[tuple[int, MetricEvent]]:
    """All metric events of a ticket with their ids, in the order of time, breaches to come among them; as they stood at `until`, or stand now."""
    told = all_events(world, ticket, until)
    return [pair for pair in told if not pair[1].deleted] if world.options.gone_breaches == "gone" else told


def all_events(world: "World", ticket: Ticket, until: int | None = None) -> list[tuple[int, MetricEvent]]:
    """The same with every breach that was taken back."""
    teller, promises = Teller(ticket, world), _Promises(world)
    events: list[MetricEvent] = []
    for audit, applied in through(ticket, until):
        told = len(teller.life.events)
        teller.step(audit, applied)
        hours = world.hours(teller.life.schedule_id)
        for event in teller.life.events[told:]:
            events.append(event)
            if event.kind == "fulfill":
                events.append(_status(event, teller.life.clocks, hours))
        promises.step(audit, applied, teller.life.newest, hours)
    promises.end(until)
    return [pair for pair in _numbered([*events, *promises.events]) if pair[1].at < _NEVER]


def _numbered(events: Iterable[MetricEvent]) -> list[tuple[int, MetricEvent]]:
    slots: dict[int, int] = {}
    numbered = []
    for event in sorted(events, key=lambda event: event.audit):
        slot = slots[event.audit] = slots.get(event.audit, FIRST_ID - 1) + 1
        numbered.append((event.audit + slot, event))
    return sorted(numbered, key=lambda pair: (pair[1].at, pair[0]))


def _status(event: MetricEvent, clocks: list[Clock], hours: Timetable | None) -> MetricEvent:
    """`update_status` with the minutes that passed, at a fulfilment."""
    clock = next(c for c in reversed(clocks) if (c.metric, c.instance) == (event.metric, event.instance))
    minutes = {"calendar": ran(clock, None, event.at) // 60, "business": ran(clock, hours, event.at) // 60}
    return replace(event, kind="update_status", rest={"status": minutes})


@dataclass(slots=True)
class _Promise:
    """What a clock is promised by: a policy and its target; and the breach that its present run foresees."""

    clock: Clock
    policy: Policy | None = None
    target: Target | None = None
    missed: bool = False
    run: Clock | None = None
    hours: Timetable | None = None
    due: int | None = None
    event: int = -1
    """The place of the foreseen breach among the events."""
    written: int = 0
    known: int = 0
    """By the opening hours as they were at this instant it is foreseen."""


class _Promises:
    """The targets of a ticket's clocks, update by update."""

    def __init__(self, world: "World") -> None:
        self.events: list[MetricEvent] = []
        self._at_once = world.options.schedule_edits == "at_once"
        self._promises: dict[str, _Promise] = {}

    def step(self, audit: Audit, applied: Applied | None, clocks: dict[str, Clock], hours: Timetable | None) -> None:
        """One more update: what it ended is settled, what it changed is promised anew."""
        for metric, clock in clocks.items():
            promise = self._promises.get(metric)
            if promise is not None and promise.run is not None:
                self._look_again(promise, audit.at)
                if clock is not promise.clock or clock.since != promise.run.since:
                    self._settle(promise, audit.at)
            if promise is None or promise.clock is not clock:
                promise = self._promises[metric] = _Promise(clock)
            if clock.done is None:
                self._promise(promise, audit, applied, hours)

    def end(self, until: int | None) -> None:
        """Nothing more is known: what is foreseen goes by the opening hours as they are."""
        for promise in self._promises.values():
            if promise.run is not None:
                self._look_again(promise, _NEVER if until is None else until)

    def _promise(self, promise: _Promise, audit: Audit, applied: Applied | None, hours: Timetable | None) -> None:
        clock = promise.clock
        target = target_of(applied, clock.policy_metric)
        policy = policy_of(applied, clock.policy_metric) if target is not None else None
        if target != promise.target or (
            policy is not None and promise.policy is not None and policy.id != promise.policy.id
        ):
            self._settle(promise, audit.at)
            promise.policy, promise.target, promise.missed = policy, target, False
            self.events.append(_applied(audit, clock, policy, target))
        if target is None or clock.since is None:
            return
        hours = hours if target.business else None
        if promise.run is not None and promise.hours is not hours:
            self._settle(promise, audit.at)
        if promise.run is None and not promise.missed:
            promise.run, promise.hours = replace(clock, spans=list(clock.spans)), hours
            promise.event, promise.written = len(self.events), audit.at
            self.events.append(MetricEvent(audit.at, audit.id, clock.metric, clock.instance, "breach"))
            self._foresee(promise, audit.at)
        elif not self._at_once and (promise.due is None or promise.due >= audit.at):
            self._foresee(promise, audit.at)

    def _look_again(self, promise: _Promise, at: int) -> None:
        """An edit of the opening hours since the last update may have moved what was foreseen."""
        if self._at_once and promise.hours is not None and promise.hours.edited(promise.known, at):
            self._foresee(promise, at)

    def _foresee(self, promise: _Promise, known: int) -> None:
        assert promise.run is not None
        assert promise.target is not None
        promise.known = known
        promise.due = used_up(promise.run, promise.target, promise.hours, promise.known)
        at = _NEVER if promise.due is None else max(promise.due, promise.written)
        self.events[promise.event] = replace(self.events[promise.event], at=at)

    def _settle(self, promise: _Promise, at: int) -> None:
        """The present run under the present target is over: its breach came to pass, or is taken back."""
        if promise.run is None:
            return
        promise.missed = promise.due is not None and promise.due < at
        promise.run = None
        if not promise.missed:
            self.events[promise.event] = replace(self.events[promise.event], deleted=True)


def _applied(audit: Audit, clock: Clock, policy: Policy | None, target: Target | None) -> MetricEvent:
    """`apply_sla` or `apply_group_sla`; without content where the target was taken away."""
    group = clock.metric == GROUP_METRIC
    rest: Row | None = None
    if policy is not None and target is not None:
        content = {
            "target": target.seconds // 60, "business_hours": target.business,
            "policy": {"id": policy.id, "title": policy.title, "description": policy.description},
        }  # fmt: skip
        rest = {"group_sla": content} if group else {"sla": content | {"target_in_seconds": target.seconds}}
    kind = "apply_group_sla" if group else "apply_sla"
    return MetricEvent(audit.at, audit.id, clock.metric, clock.instance, kind, rest)


def event_row(identity: int, ticket: Ticket, event: MetricEvent) -> Row:
    """A metric event as the API shows it."""
    rest: Row = event.rest or {}
    return {
        "id": identity, "ticket_id": ticket.id, "metric": event.metric, "instance_id": event.instance, "type": event.kind,
        "time": iso(event.at), **rest, "deleted": event.deleted,
    }  # fmt: skip
