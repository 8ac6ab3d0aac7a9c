"""Schedules, their workweeks and holidays."""

from datetime import datetime
from typing import Any

from deskhand.sandbox import shapes
from deskhand.sandbox.api.resource import Kind, keys, register
from deskhand.sandbox.exchange import Answer, Row
from deskhand.sandbox.refusal import bad_parameter, invalid_field, not_found
from deskhand.sandbox.route import Ask, route
from deskhand.sandbox.zones import zone


def _schedule_made(ask: Ask, row: Row, _given: Row) -> None:
    if zone(str(row["time_zone"])) is None:
        raise invalid_field("time_zone", f"Time zone: {row['time_zone']} is invalid")
    row["intervals"] = _intervals(row["intervals"])
    ask.world.holidays.setdefault(row["id"], [])
    ask.world.hours_edited(row)


def _schedule_dropped(ask: Ask, row: Row, _given: Row) -> None:
    ask.world.schedule_dropped(row)


def _intervals(rows: Any) -> list[Row]:  # noqa: ANN401 - JSON
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise bad_parameter("intervals must be a list of objects")
    checked = []
    for row in rows:
        start, end = row.get("start_time"), row.get("end_time")
        if (
            not isinstance(start, int)
            or not isinstance(end, int)
            or not 0 <= start < end <= 10_080
            or (end - 1) // 1_440 != start // 1_440
        ):
            raise invalid_field("intervals", f"Intervals: {start} to {end} is not within one day of the week")
        checked.append({"start_time": start, "end_time": end})
    return sorted(checked, key=lambda row: int(row["start_time"]))


SCHEDULES = Kind(
    "schedules", lambda given: shapes.schedule(str(given.get("name")), str(given.get("time_zone"))), keys("name time_zone intervals"),
    needs=("name", "time_zone"), made=_schedule_made, changed=_schedule_made, dropped=_schedule_dropped, paged=False, verbs="show create update delete",
)  # fmt: skip


@route("GET", "/business_hours/schedules", role="admin")
def schedules(ask: Ask) -> Row:
    """All schedules; the first is the default."""
    rows = [{**row} for row in ask.world.tables["schedules"]]
    return {"schedules": rows, "url": f"{ask.base}/api/v2/business_hours/schedules.json"}


@route("PUT", "/business_hours/schedules/{id}/workweek", role="admin")
def workweek(ask: Ask, key: str) -> Row:
    """Replace a schedule's intervals."""
    row = ask.world.tables["schedules"].need(key)
    row["intervals"] = _intervals(ask.envelope("workweek").get("intervals"))
    ask.world.hours_edited(row)
    return {"workweek": {"intervals": row["intervals"]}}


@route("GET", "/business_hours/schedules/{id}/holidays")
def holidays(ask: Ask, key: str) -> Row:
    """A schedule's holidays."""
    return {"holidays": ask.world.holidays[ask.world.tables["schedules"].need(key)["id"]]}


@route("POST", "/business_hours/schedules/{id}/holidays", role="admin")
def holiday_made(ask: Ask, key: str) -> Answer:
    """Add a holiday."""
    schedule, given = ask.world.tables["schedules"].need(key), ask.envelope("holiday")
    _dates(given)
    row = ask.world.add_holiday(schedule["id"], str(given.get("name")), given["start_date"], given["end_date"])
    return Answer({"holiday": row}, 201)


def _dates(given: Row) -> None:
    try:
        start, end = (datetime.fromisoformat(str(given[name])) for name in ("start_date", "end_date"))
    except (KeyError, ValueError):
        raise invalid_field("start_date", "Start date: must be a date") from None
    if end < start:
        raise invalid_field("end_date", "End date: must not be before the start date")


def _holiday(ask: Ask, key: str, number: str) -> tuple[list[Row], Row]:
    rows = ask.world.holidays[ask.world.tables["schedules"].need(key)["id"]]
    row = next((row for row in rows if str(row["id"]) == number), None)
    if row is None:
        raise not_found()
    return rows, row


@route("GET", "/business_hours/schedules/{id}/holidays/{holiday}")
def holiday(ask: Ask, key: str, number: str) -> Row:
    """One holiday."""
    return {"holiday": _holiday(ask, key, number)[1]}


@route("PUT", "/business_hours/schedules/{id}/holidays/{holiday}", role="admin")
def holiday_changed(ask: Ask, key: str, number: str) -> Row:
    """Change a holiday."""
    _, row = _holiday(ask, key, number)
    given = row | {name: value for name, value in ask.envelope("holiday").items() if name in row and name != "id"}
    _dates(given)
    row |= given
    ask.world.hours_edited(ask.world.tables["schedules"].need(key))
    return {"holiday": row}


@route("DELETE", "/business_hours/schedules/{id}/holidays/{holiday}", role="admin")
def holiday_dropped(ask: Ask, key: str, number: str) -> Answer:
    """Remove a holiday."""
    rows, row = _holiday(ask, key, number)
    rows.remove(row)
    ask.world.hours_edited(ask.world.tables["schedules"].need(key))
    return Answer(None, 204)


register(SCHEDULES)
