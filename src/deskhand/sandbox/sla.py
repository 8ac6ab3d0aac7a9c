"""SLA policies: which one a ticket gets, when its metrics are due, and the metric events that follow."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from deskhand.sandbox.clock import iso
from deskhand.sandbox.conditions import all_hold
from deskhand.sandbox.exchange import Row
from deskhand.sandbox.life import Clock, Life, MetricEvent, life_of
from deskhand.sandbox.records import Applied, Policy, Target, Ticket

if TYPE_CHECKING:
    from deskhand.sandbox.world import World


def frozen(row: Row) -> Policy:
    """A policy row as it stands now."""
    targets = {
        (metric["priority"], metric["metric"]): Target(int(metric["target_in_seconds"]), bool(metric["business_hours"]))
        for metric in row["policy_metrics"]
    }
    return Policy(row["id"], row["title"], row["description"], targets)


def apply(world: "World", ticket: Ticket, at: int, audit: int) -> None:
    """Give a ticket the first policy that matches it, as happens after the triggers of every update."""
    if not world.policies() and not ticket.applied:
        return
    policy = next((policy for row, policy in world.policies() if all_hold(world, ticket, row["filter"])), None)
    before = ticket.applied[-1] if ticket.applied else None
    if before is None and policy is None:
        return
    if before is None or before.policy != policy or before.priority != ticket.priority:
        ticket.applied.append(Applied(at, policy, ticket.priority, audit))


def target_of(applied: Applied | None, metric: str) -> Target | None:
    """The target of a metric (named as policies name it) while `applied` is in force."""
    if applied is None or applied.policy is None or applied.priority is None:
        return None
    return applied.policy.targets.get((applied.priority, metric))


def elapsed(world: "World", ticket: Ticket, clock: Clock, target: Target, until: int) -> int:
    """Seconds a clock has run until `until`, in the target's kind of time."""
    hours = world.hours(ticket.schedule_id) if target.business else None
    spans = ((start, min(end, until)) for start, end in clock.ran(until) if start < until)
    return sum(hours.elapsed(start, end) if hours else end - start for start, end in spans)


def due(world: "World", ticket: Ticket, clock: Clock, target: Target) -> int | None:
    """When a clock's time is used up if nothing changes: an instant past or to come; None while it stands still with time left."""
    hours = world.hours(ticket.schedule_id) if target.business else None
    left = target.seconds
    for start, end in clock.spans:
        used = hours.elapsed(start, end) if hours else end - start
        if used > left:
            return hours.add(start, left) if hours else start + left
        left -= used
    if clock.since is None:
        return None
    return hours.add(clock.since, left) if hours else clock.since + left


def slas(world: "World", ticket: Ticket, now: int, life: Life | None = None) -> Row:
    """The `slas` sideload of a ticket: each metric with a target that is not fulfilled, newest instance only."""
    metrics = []
    applied = ticket.applied[-1] if ticket.applied else None
    if applied is not None and applied.policy is not None and world.options.plan_has_slas:
        life = life or life_of(ticket, world.staff)
        newest = {clock.metric: clock for clock in life.clocks}
        metrics = [row for clock in newest.values() if (row := _metric_row(world, ticket, clock, applied, now))]
    return {"policy_metrics": metrics}


def _metric_row(world: "World", ticket: Ticket, clock: Clock, applied: Applied, now: int) -> Row | None:
    target = target_of(applied, clock.policy_metric)
    if target is None:
        return None
    if clock.done is not None:
        done = {"breach_at": None, "stage": world.options.slas_stage_done, "metric": clock.policy_metric}
        return done if world.options.slas_keep_done else None
    left = target.seconds - elapsed(world, ticket, clock, target, now)
    if clock.since is None:
        return {"breach_at": None, "stage": "paused", "metric": clock.policy_metric} | _rounded(left)
    breach = due(world, ticket, clock, target)
    return {
        "breach_at": None if breach is None else iso(breach),
        "stage": "active",
        "metric": clock.policy_metric,
    } | _rounded(left)


def _rounded(seconds: int) -> dict[str, int]:
    """What is left, in the largest unit that fits: days, hours or minutes; below zero once breached."""
    size = abs(seconds)
    if size >= 2 * 86_400:
        return {"days": round(seconds / 86_400)}
    if size >= 2 * 3_600:
        return {"hours": round(seconds / 3_600)}
    return {"minutes": round(seconds / 60)}


def next_breach(world: "World", ticket: Ticket) -> int | None:
    """The earliest instant, past or to come, at which a running metric is due; None where none is."""
    applied = ticket.applied[-1] if ticket.applied else None
    if applied is None or applied.policy is None:
        return None
    newest = {clock.metric: clock for clock in life_of(ticket, world.staff).clocks}
    found = [
        instant
        for clock in newest.values()
        if clock.done is None and clock.since is not None
        and (target := target_of(applied, clock.policy_metric)) and (instant := due(world, ticket, clock, target)) is not None
    ]  # fmt: skip
    return min(found, default=None)


def metric_events(world: "World", ticket: Ticket) -> list[tuple[int, MetricEvent]]:
    """All metric events of a ticket with their ids, in the order of time; breaches to come are among them."""
    life = life_of(ticket, world.staff)
    events = [*life.events, *_statuses(world, ticket, life)]
    for clock in life.clocks:
        events += _sla_events(world, ticket, clock)
    rank = {"measure": 0, "activate": 1, "apply_sla": 2, "pause": 3, "breach": 4, "fulfill": 5, "update_status": 6}
    slots: dict[int, int] = {}
    numbered = []
    for event in sorted(events, key=lambda event: (event.audit, rank[event.kind])):
        slot = slots.get(event.audit, 0)
        slots[event.audit] = slot + 1
        numbered.append((event.audit + 400 + slot, event))
    return sorted(numbered, key=lambda pair: (pair[1].at, pair[0]))


def _statuses(world: "World", ticket: Ticket, life: Life) -> list[MetricEvent]:
    """`update_status` with the minutes that passed, at each fulfilment."""
    made = []
    for event in life.events:
        if event.kind != "fulfill":
            continue
        clock = next(c for c in life.clocks if c.metric == event.metric and c.instance == event.instance)
        minutes = {
            kind: elapsed(world, ticket, clock, Target(0, kind == "business"), event.at) // 60
            for kind in ("calendar", "business")
        }
        made.append(
            MetricEvent(event.at, event.audit, event.metric, event.instance, "update_status", {"status": minutes})
        )
    return made


def _sla_events(world: "World", ticket: Ticket, clock: Clock) -> list[MetricEvent]:
    """`apply_sla` where a target came, changed or went during a clock's life, and the breach that each target meant."""
    made: list[MetricEvent] = []
    last: Target | None = None
    start_audit = next((audit.id for audit in ticket.audits if audit.at >= clock.started), 0)
    for applied, until in _regimes(ticket, clock):
        target = target_of(applied, clock.policy_metric)
        if target == last:
            continue
        at, audit = max(applied.at, clock.started), max(applied.audit, start_audit)
        rest = {"sla": _sla_rest(applied, target)} if target and applied.policy else None
        made.append(MetricEvent(at, audit, clock.metric, clock.instance, "apply_sla", rest))
        if target is not None:
            made += _breach(world, ticket, clock, target, at, until, audit)
        last = target
    return made


def _regimes(ticket: Ticket, clock: Clock) -> list[tuple[Applied, int | None]]:
    """What was applied during a clock's life, each with the instant at which the next took over (None for the last)."""
    rows = ticket.applied
    if not rows:
        return []
    ends: list[int | None] = [row.at for row in rows[1:]] + [None]
    return [
        (row, end)
        for row, end in zip(rows, ends, strict=True)
        if (end is None or end > clock.started) and (clock.done is None or row.at <= clock.done)
    ]


def _breach(  # noqa: PLR0917 - a clock, a target and their limits
    world: "World", ticket: Ticket, clock: Clock, target: Target, at: int, until: int | None, audit: int
) -> list[MetricEvent]:
    """The breach row of one target: kept where time ran out under it, deleted where something came first."""
    instant, gone = _foreseen(world, ticket, clock, target)
    if instant is None:
        return []
    instant = max(instant, at)
    gone = gone or (until is not None and instant >= until) or (clock.done is not None and instant >= clock.done)
    if gone and world.options.gone_breaches == "gone":
        return []
    return [MetricEvent(instant, audit, clock.metric, clock.instance, "breach", None, deleted=gone)]


def _foreseen(world: "World", ticket: Ticket, clock: Clock, target: Target) -> tuple[int | None, bool]:
    """When the newest run of a clock would use up its time, and whether that run stopped before."""
    instant = due(world, ticket, clock, target)
    if instant is not None or not clock.spans:
        return instant, False
    *before, (start, _) = clock.spans
    return due(world, ticket, replace(clock, spans=before, since=start), target), True


def _sla_rest(applied: Applied, target: Target) -> Row:
    policy = applied.policy
    assert policy is not None
    return {
        "target": target.seconds // 60, "business_hours": target.business,
        "policy": {"id": policy.id, "title": policy.title, "description": policy.description},
        "target_in_seconds": target.seconds,
    }  # fmt: skip


def event_row(identity: int, ticket: Ticket, event: MetricEvent) -> Row:
    """A metric event as the API shows it."""
    rest: Mapping[str, object] = event.rest or {}
    return {
        "id": identity, "ticket_id": ticket.id, "metric": event.metric, "instance_id": event.instance, "type": event.kind,
        "time": iso(event.at), **rest, "deleted": event.deleted,
    }  # fmt: skip
