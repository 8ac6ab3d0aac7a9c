"""Zendesk schedules read as calendars."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from deskhand.core.closure import Closure
from deskhand.core.schedule import from_zendesk
from deskhand.core.week import Week
from deskhand.errors import PolicyInvalid

RECORDS = Path(__file__).parents[2].parent / "shared" / "data" / "recorded-api" / "real-account-records.jsonl"


def test_a_schedule_becomes_a_calendar() -> None:
    """Minutes since Sunday, a display name and a holiday of two dates become hours, an IANA zone and a closure."""
    calendar = from_zendesk(
        "Support",
        "Eastern Time (US & Canada)",
        [(1980, 2460)],
        [("Founding day", date(2026, 7, 6), date(2026, 7, 13))],
    )

    assert calendar.zone == "America/New_York"
    assert calendar.week == Week.of({"mon": [("09:00", "17:00")]})
    assert calendar.closures == (Closure(date(2026, 7, 6), date(2026, 7, 13), name="Founding day"),)
    assert calendar.next_open(datetime(2026, 7, 1, tzinfo=UTC)) == datetime(2026, 7, 20, 13, tzinfo=UTC)


def test_a_schedule_without_hours_is_refused() -> None:
    """A schedule whose intervals were all removed never opens."""
    with pytest.raises(PolicyInvalid, match="'Empty' never opens"):
        from_zendesk("Empty", "UTC", [])


def test_a_real_schedule_is_read() -> None:
    """A schedule recorded from an account opens at Monday 09:00 local time."""
    if not RECORDS.exists():
        pytest.skip(f"no recorded records at {RECORDS}")
    records = [json.loads(line) for line in RECORDS.read_text().splitlines()]
    schedules = [record["data"] for record in records if record["stream"] == "schedules"]
    assert schedules

    for schedule in schedules:
        intervals = [(each["start_time"], each["end_time"]) for each in schedule["intervals"]]
        calendar = from_zendesk(schedule["name"], schedule["time_zone"], intervals)

        assert calendar.zone == "Pacific/Noumea"
        assert calendar.next_open(datetime(2026, 3, 1, tzinfo=UTC)) == datetime(2026, 3, 1, 22, tzinfo=UTC)
