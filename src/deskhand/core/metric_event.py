"""Zendesk's ticket metric events as values, and the lives of a metric that they tell of (zendesk-api.md section 1.5).

They say what the `slas` sideload does not: when a metric was started, paused and fulfilled, which target applies, and under which policy. They may
arrive a quarter of an hour late with their original times, a breach is written ahead with a time to come, and any row may be taken back: so the rows
are kept, and folded anew in the order of their times whenever they are asked.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Final, NamedTuple

NAMES: Final[Mapping[str, str]] = {
    "periodic_update_time": "periodic_update_time",
    "pausable_update_time": "pausable_update_time",
    "requester_wait_time": "requester_wait_time",
    "agent_work_time": "agent_work_time",
    "resolution_time": "total_resolution_time",
    "group_ownership_time": "group_ownership_time",
}
"""What SLA policies and the sideload call the metric of an event. `reply_time` is two of theirs: its first instance is the first reply."""
KEPT: Final = 2
"""Instances of a metric that are kept of each ticket: the one under way, and the one before it."""
_APPLIES: Final = ("apply_sla", "apply_group_sla")


@dataclass(frozen=True, slots=True)
class MetricEvent:
    """One row. `kind` is Zendesk's type; `target` is seconds, None where a policy was taken away; a `deleted` row takes its like back."""

    id: int
    ticket_id: int
    metric: str
    instance: int
    kind: str
    at: datetime
    target: int | None = None
    business_hours: bool = False
    policy: str = ""
    deleted: bool = False

    @property
    def name(self) -> str:
        """The metric as policies call it."""
        if self.metric == "reply_time":
            return "first_reply_time" if self.instance <= 1 else "next_reply_time"
        return NAMES.get(self.metric, self.metric)


class MetricLife(NamedTuple):
    """One instance of a metric as its events tell it. `spans` are the times it ran; the last one is open while it runs (`None`).

    A tuple, since every event makes another one.
    """

    metric: str
    instance: int
    started_at: datetime | None = None
    ended_at: datetime | None = None
    spans: tuple[tuple[datetime, datetime | None], ...] = ()
    target: int | None = None
    business_hours: bool = False
    policy: str = ""
    applied_at: datetime | None = None
    """When the target that now applies was set."""
    breached_at: datetime | None = None
    """When Zendesk recorded a breach of it, or expects one."""

    def runs(self, now: datetime) -> tuple[tuple[datetime, datetime], ...]:
        """The times it ran, up to `now`."""
        cut = ((start, now if end is None else min(end, now)) for start, end in self.spans)
        return tuple((start, end) for start, end in cut if start < end)


def merged(known: tuple[MetricEvent, ...], told: Iterable[MetricEvent]) -> tuple[MetricEvent, ...]:
    """The rows of a ticket with newer ones: by their number, without those taken back, no more instances than are of use."""
    rows = {event.id: event for event in known} | {event.id: event for event in told}
    live = sorted(
        (event for event in rows.values() if not event.deleted and event.kind != "measure"),
        key=lambda event: (event.name, event.instance, event.at, event.id),
    )
    kept: list[MetricEvent] = []
    for _, group in groupby(live, key=lambda event: event.name):
        events = list(group)
        newest = sorted({event.instance for event in events})[-KEPT:]
        kept += [event for event in events if event.instance in newest]
    return tuple(sorted(kept, key=lambda event: (event.at, event.id)))


def lives_of(events: Iterable[MetricEvent], now: datetime) -> dict[str, MetricLife]:
    """The newest life of each metric that had begun by `now`, by the policies' name of the metric."""
    found: dict[str, MetricLife] = {}
    for event in events:
        if event.at > now and event.kind != "breach":
            continue
        life = found.get(event.name)
        if life is None or event.instance > life.instance:
            life = MetricLife(event.name, event.instance)
        if event.instance == life.instance:
            found[event.name] = _step(life, event)
    return found


def _step(life: MetricLife, event: MetricEvent) -> MetricLife:
    """The life after one more event."""
    match event.kind:
        case "activate":
            started = life.started_at or event.at
            spans = life.spans if _is_open(life) else (*life.spans, (event.at, None))
            return life._replace(started_at=started, ended_at=None, spans=spans)
        case "pause":
            return life._replace(spans=_closed(life, event.at))
        case "fulfill":
            return life._replace(spans=_closed(life, event.at), ended_at=event.at)
        case "breach":
            return life._replace(breached_at=event.at)
        case kind if kind in _APPLIES:
            return life._replace(
                target=event.target,
                business_hours=event.business_hours,
                policy=event.policy,
                applied_at=event.at,
                breached_at=None,
            )
        case _:
            return life


def _is_open(life: MetricLife) -> bool:
    return bool(life.spans) and life.spans[-1][1] is None


def _closed(life: MetricLife, at: datetime) -> tuple[tuple[datetime, datetime | None], ...]:
    return (*life.spans[:-1], (life.spans[-1][0], at)) if _is_open(life) else life.spans
