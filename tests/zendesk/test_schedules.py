"""The account's schedules, read as calendars."""

from datetime import UTC, datetime

from deskhand.zendesk.schedules import read_schedules
from tests.http.canned import Canned, answer
from tests.zendesk.places import gateway

OFFICE = {
    "id": 1,
    "name": "Office",
    "time_zone": "Eastern Time (US & Canada)",
    "intervals": [{"start_time": 1980, "end_time": 2460}],
}


def test_a_schedule_has_its_hours_zone_and_holidays() -> None:
    """Mondays from nine to five in New York, but for a holiday of two days."""
    holidays = {"holidays": [{"id": 1, "name": "Break", "start_date": "2026-03-09", "end_date": "2026-03-10"}]}

    found = read_schedules(gateway(Canned([answer(200, {"schedules": [OFFICE]}), answer(200, holidays)])))["Office"]

    first, last = datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 23, tzinfo=UTC)
    assert [f"{start:%d %H:%M}" for start, _ in found.intervals(first, last)] == ["02 14:00", "16 13:00"]


def test_a_plan_without_schedules_has_none() -> None:
    """It answers 403 or 404."""
    assert read_schedules(gateway(Canned([answer(403, {"error": "Forbidden"})]))) == {}


def test_a_schedule_that_is_no_calendar_is_left_out() -> None:
    """Without hours, or in a zone that nobody knows; the others are still there."""
    listed = [
        OFFICE,
        OFFICE | {"id": 2, "name": "Never", "intervals": []},
        OFFICE | {"id": 3, "time_zone": "Mars", "name": "Far"},
    ]
    none = answer(200, {"holidays": []})

    assert list(read_schedules(gateway(Canned([answer(200, {"schedules": listed}), none, none, none])))) == ["Office"]
