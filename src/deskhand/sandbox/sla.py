"""SLA policies: which one a ticket gets, when its metrics are due, and how they stand. Group SLAs are the same for the time in one group."""

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from deskhand.sandbox.clock import iso
from deskhand.sandbox.conditions import all_hold
from deskhand.sandbox.exchange import Row
from deskhand.sandbox.life import Clock, Life, life_of
from deskhand.sandbox.records import PRIORITIES, Applied, Policy, Target, Ticket
from deskhand.sandbox.refusal import invalid_field
from deskhand.sandbox.table import as_id
from deskhand.sandbox.timetable import Timetable

if TYPE_CHECKING:
    from deskhand.sandbox.world import World

GROUP_METRIC = "group_ownership_time"
"""The one metric of group SLAs."""

MOST_MINUTES = 60 * 24 * 366 * 10
"""Ten years: what is due after them has no date that a client could read."""


def checked_metric(item: Row, allowed: Collection[str]) -> Row:
    """A row of `policy_metrics` as it is stored: one target of one metric for one priority. Raises Refusal (422)."""
    metric, priority, seconds = str(item.get("metric")), item.get("priority"), as_id(item.get("target_in_seconds"))
    if metric not in allowed or priority not in PRIORITIES:
        raise invalid_field("policy_metrics", f"Policy metrics: {metric} for {priority} is not valid")
    minutes = item.get("target") if item.get("target") is not None else (seconds or 0) // 60
    if not isinstance(minutes, int) or isinstance(minutes, bool) or not 0 < minutes <= MOST_MINUTES:
        raise invalid_field("policy_metrics", "Target: must be greater than 0")
    return {
        "priority": priority, "metric": metric, "target": minutes, "business_hours": bool(item.get("business_hours")),
        "target_in_seconds": seconds if seconds is not None else minutes * 60,
    }  # fmt: skip


def frozen(row: Row) -> Policy:
    """A policy row as it stands now."""
    targets = {
        (metric["priority"], metric["metric"]): Target(int(metric["target_in_seconds"]), bool(metric["business_hours"]))
        for metric in row["policy_metrics"]
    }
    settings = row.get("metrics_settings") or {}
    on = frozenset(f"{metric}.{name}" for metric, part in settings.items() for name, value in part.items() if value)
    return Policy(row["id"], row["title"], row["description"], targets, on)


def apply(world: "World", ticket: Ticket, at: int, audit: int) -> None:
    """Give a ticket the first policies that match it, as happens after the triggers of every update."""
    policies, group_policies = world.policies(), world.group_policies()
    if not policies and not group_policies and not ticket.applied:
        return
    policy = _first(world, ticket, policies)
    group_policy = _first(world, ticket, group_policies)
    before = ticket.applied[-1] if ticket.applied else None
    if before is None and policy is None and group_policy is None:
        return
    if (
        before is None
        or before.policy != policy
        or before.group_policy != group_policy
        or before.priority != ticket.priority
    ):
        ticket.applied.append(Applied(at, policy, ticket.priority, audit, group_policy))


def _first(world: "World", ticket: Ticket, policies: list[tuple[Row, Policy]]) -> Policy | None:
    return next((policy for row, policy in policies if all_hold(world, ticket, row["filter"])), None)


def policy_of(applied: Applied | None, metric: str) -> Policy | None:
    """The policy that `applied` has for a metric: ownership has policies of its own."""
    if applied is None:
        return None
    return applied.group_policy if metric == GROUP_METRIC else applied.policy


def target_of(applied: Applied | None, metric: str) -> Target | None:
    """The target of a metric (named as policies name it) while `applied` is in force."""
    policy = policy_of(applied, metric)
    if applied is None or policy is None or applied.priority is None:
        return None
    return policy.targets.get((applied.priority, metric))


def elapsed(world: "World", ticket: Ticket, clock: Clock, target: Target, until: int) -> int:
    """Seconds a clock has run until `until`, in the target's kind of time."""
    return ran(clock, world.hours(ticket.schedule_id) if target.business else None, until)


def ran(clock: Clock, hours: Timetable | None, until: int) -> int:
    """Seconds a clock has run until `until`: open ones, or all where `hours` is None."""
    spans = ((start, min(end, until)) for start, end in clock.ran(until) if start < until)
    return sum(hours.elapsed(start, end) if hours else end - start for start, end in spans)


def due(world: "World", ticket: Ticket, clock: Clock, target: Target) -> int | None:
    """When a clock's time is used up if nothing changes: an instant past or to come; None while it stands still with time left."""
    return used_up(clock, target, world.hours(ticket.schedule_id) if target.business else None)


def used_up(clock: Clock, target: Target, hours: Timetable | None, known: int | None = None) -> int | None:
    """The same by given opening hours, as they were `known` at an instant."""
    left = target.seconds
    for start, end in clock.spans:
        used = hours.elapsed(start, end) if hours else end - start
        if used > left:
            return hours.add(start, left) if hours else start + left
        left -= used
    if clock.since is None:
        return None
    return hours.add(clock.since, left, known=known) if hours else clock.since + left


def slas(world: "World", ticket: Ticket, now: int, told: Callable[[], Life] | None = None) -> Row:
    """The `slas` sideload of a ticket: each metric with a target that is not fulfilled, newest instance only."""
    return {"policy_metrics": [row for row in _standing(world, ticket, now, told) if row["metric"] != GROUP_METRIC]}


def group_slas(world: "World", ticket: Ticket, now: int, told: Callable[[], Life] | None = None) -> Row:
    """The `group_slas` sideload: the time in the present group, where it has a target."""
    return {"policy_metrics": [row for row in _standing(world, ticket, now, told) if row["metric"] == GROUP_METRIC]}


def _standing(world: "World", ticket: Ticket, now: int, told: Callable[[], Life] | None) -> list[Row]:
    applied = ticket.applied[-1] if ticket.applied else None
    if applied is None or not world.options.plan_has_slas:
        return []
    life = told() if told else life_of(ticket, world)
    return [row for clock in life.newest.values() if (row := _metric_row(world, ticket, clock, applied, now))]


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
    """The earliest instant, past or to come, at which a running metric of the SLA policy is due; None where none is."""
    applied = ticket.applied[-1] if ticket.applied else None
    if applied is None or applied.policy is None:
        return None
    found = [
        instant
        for clock in life_of(ticket, world).newest.values()
        if clock.done is None and clock.since is not None and clock.metric != GROUP_METRIC
        and (target := target_of(applied, clock.policy_metric)) and (instant := due(world, ticket, clock, target)) is not None
    ]  # fmt: skip
    return min(found, default=None)
