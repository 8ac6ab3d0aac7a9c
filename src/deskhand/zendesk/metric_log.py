"""Zendesk's ticket metric events, read again and again over the time in which they may still come.

Rows come late, up to a quarter of an hour, with their original times; a breach is written ahead with a time to come. A cursor would pass by the one and
run ahead with the other, so the log is read by time: the last minutes at every poll, the last half hour every ten minutes, and never past the present,
since every open promise has its breach there.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from deskhand.core.metric_event import MetricEvent
from deskhand.zendesk.gateway import Gateway, Json
from deskhand.zendesk.pace import Pacer
from deskhand.zendesk.records import instant_of
from deskhand.zendesk.timed import read_timed

OVERLAP: Final = timedelta(minutes=2)
SWEEP_EVERY: Final = timedelta(minutes=10)
SWEEP_BACK: Final = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class MetricPage:
    """One page of rows, where to go on, and whether more is ready now."""

    rows: tuple[MetricEvent, ...]
    cursor: str
    more: bool


class MetricLog:
    """Reads the metric events of all tickets. Its cursor is ours: where a reading stands, where the last one began, and the last sweep."""

    name: Final = "metric events"

    def __init__(self, gateway: Gateway, pacer: Pacer, now: Callable[[], datetime]) -> None:
        self._gateway, self._pacer, self._now = gateway, pacer, now

    def ready(self) -> bool:
        """Whether a page can be read now without keeping others waiting."""
        return self._pacer.exports_left() > 0

    def read(self, cursor: str | None, *, since: datetime) -> MetricPage:
        """The next page. Raises RateLimited, Transient or Rejected."""
        now = self._now()
        place = _Place.parse(cursor, now) or _Place(since, now, now)
        page = read_timed(self._gateway, "ticket_metric_events", place.at, now)
        told = [event for event in map(metric_event_of, page.rows) if event]
        past = tuple(event for event in told if event.at <= now)
        more = page.more and len(past) == len(told)  # rows come in the order of time, so what follows lies ahead too
        return MetricPage(past, place.onward(page.upto) if more else place.again(), more)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the next page starts; when this reading began; when the last sweep did."""

    at: datetime
    begun: datetime
    swept: datetime

    @classmethod
    def parse(cls, text: str | None, now: datetime) -> "_Place | None":
        """From the stored cursor; a new reading begins now."""
        if not text:
            return None
        found = {name: datetime.fromisoformat(value) for name, value in json.loads(text).items()}
        return cls(found["at"], found.get("begun", now), found["swept"])

    def onward(self, upto: datetime) -> str:
        """Further along in the same reading, to be stored."""
        return _text(at=upto, begun=self.begun, swept=self.swept)

    def again(self) -> str:
        """The next reading, to be stored: from a little before this one began, or from far before it."""
        if self.begun - self.swept >= SWEEP_EVERY:
            return _text(at=self.begun - SWEEP_BACK, swept=self.begun)
        return _text(at=self.begun - OVERLAP, swept=self.swept)


def _text(**instants: datetime) -> str:
    return json.dumps({name: at.isoformat() for name, at in instants.items()})


def metric_event_of(row: Json) -> MetricEvent | None:
    """One row; None for one that names no ticket, metric or time."""
    at = instant_of(row.get("time"))
    if at is None or not isinstance(row.get("id"), int) or not isinstance(row.get("ticket_id"), int):
        return None
    sla: dict[str, Any] = row.get("sla") or row.get("group_sla") or {}
    seconds = sla.get("target_in_seconds") or (sla["target"] * 60 if sla.get("target") else None)
    return MetricEvent(
        id=row["id"],
        ticket_id=row["ticket_id"],
        metric=str(row.get("metric") or ""),
        instance=int(row.get("instance_id") or 0),
        kind=str(row.get("type") or ""),
        at=at,
        target=int(seconds) if seconds else None,
        business_hours=bool(sla.get("business_hours")),
        policy=str((sla.get("policy") or {}).get("title") or ""),
        deleted=row.get("deleted") is True,
    )
