"""Exports by time: pages of whole seconds, each saying where the next one starts (zendesk-api.md sections 1.2, 1.4 and 1.5)."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from deskhand.zendesk.gateway import Gateway, Json

MOST: Final = 1000
"""Rows of a full page; it may hold a few more, since a second is never split."""
HELD_BACK: Final = timedelta(seconds=61)
"""A start must be more than a minute old."""


@dataclass(frozen=True, slots=True)
class TimedPage:
    """Rows, where to go on, and whether more is ready now."""

    rows: list[Json]
    upto: datetime
    more: bool


def read_timed(gateway: Gateway, name: str, start: datetime, now: datetime, **asked: str) -> TimedPage:
    """The page of an export that begins at `start`, or a minute ago where that is earlier. Raises what the gateway raises."""
    start = min(start, now - HELD_BACK).replace(microsecond=0)
    page = gateway.get(f"incremental/{name}", {"start_time": int(start.timestamp()), **asked}, holds=name)
    rows: list[Json] = page[name]
    upto = _instant(page.get("end_time")) or start
    more = page.get("end_of_stream") is False or (page.get("end_of_stream") is None and len(rows) >= MOST)
    if more and upto <= start:
        upto = start + timedelta(seconds=1)  # a page that ends where it began would be read for ever
    return TimedPage(rows, min(upto, now), more)


def _instant(value: Any) -> datetime | None:  # noqa: ANN401 - whatever the answer holds
    return datetime.fromtimestamp(value, UTC) if isinstance(value, int) and value > 0 else None
