"""A watcher: somebody who looks at the wall clock every minute and writes down what is open and which clocks run.

As simple as can be, and as slow, so that it can be believed: it shares nothing with calendars and clocks but the zone
database. It knows hours that begin and end at whole minutes, and none that begin or end within a change of clocks.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

Row = Mapping[str, Any]


def is_open(row: Row, when: datetime) -> bool:
    """Whether the wall clock of the row's zone shows a time within its hours."""
    wall = when.astimezone(ZoneInfo(row["zone"]))
    text = wall.isoformat()
    day, time = text[:10], text[11:16]
    if day in row["holidays"]:
        return False
    hours, breaks = row["hours"].get(DAYS[wall.weekday()], {}), row["breaks"].get(day, {})
    return _within(time, hours) and not _within(time, breaks)


def _within(time: str, spans: Mapping[str, str]) -> bool:
    return any(start <= time < end for start, end in spans.items())


def is_holiday(row: Row, when: datetime) -> bool:
    """Whether the wall clock's date is a holiday."""
    return when.astimezone(ZoneInfo(row["zone"])).date().isoformat() in row["holidays"]


def minutes(start: datetime, end: datetime) -> Iterator[datetime]:
    """Every minute from one instant to another."""
    while start < end:
        yield start
        start += MINUTE


def elapsed(row: Row, start: datetime, end: datetime) -> int:
    """Open minutes between two instants."""
    return sum(is_open(row, minute) for minute in minutes(start, end))


def after(row: Row, start: datetime, wanted: int) -> datetime:
    """The first open instant with so many open minutes before it."""
    while wanted or not is_open(row, start):
        wanted -= is_open(row, start)
        start += MINUTE
    return start


def before(row: Row, end: datetime, wanted: int) -> datetime:
    """The last instant with so many open minutes until `end`: an opening time, or within hours, or a closing time for none."""
    if not wanted and is_open(row, end):
        return end
    while wanted:
        end -= MINUTE
        wanted -= is_open(row, end)
        if not wanted:
            return end
    while not is_open(row, end - MINUTE):
        end -= MINUTE
    return end


def clock(row: Row, case: Row, metric: str, applied: datetime) -> tuple[int, datetime]:
    """Open minutes that a metric counted from `applied` on, and when it was over, by looking at the ticket every minute."""
    pausing = {"requester_wait_time": ("pending",), "agent_work_time": ("pending", "hold")}.get(metric, ())
    events = [(datetime.fromisoformat(event["t"]), event) for event in case["events"]]
    used, status, minute = 0, "new", applied
    while True:
        for at, event in events:
            if at == minute:
                status = event.get("status", status)
        answered = [at for at, event in events if event.get("author") == "agent" and event["public"]]
        if (metric.endswith("reply_time") and minute in answered) or minute == events[-1][0]:
            return used, minute
        if status not in (*pausing, "solved"):
            used += is_open(row, minute)
        minute += MINUTE


def day_after(text: str, days: int = 1) -> str:
    """A date some days later."""
    return (date.fromisoformat(text) + timedelta(days=days)).isoformat()


def utc(text: str) -> datetime:
    """An instant written as 2026-03-08 07:00, in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
