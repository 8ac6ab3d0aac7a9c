"""The account's schedules as calendars, for policies that name one (zendesk-api.md section 7)."""

from collections.abc import Iterable
from datetime import date
from typing import Final

from deskhand import logs
from deskhand.core.calendar import Calendar
from deskhand.core.schedule import from_zendesk
from deskhand.errors import PolicyInvalid, Rejected
from deskhand.zendesk.gateway import Gateway, Json

log = logs.get(__name__)
PATH: Final = "business_hours/schedules"


def read_schedules(gateway: Gateway) -> dict[str, Calendar]:
    """Every schedule by its name, with its holidays; none where the account's plan has no schedules (403, 404).

    A schedule that no calendar can be made of (no hours, a time zone we do not know) is left out and told in the log.
    """
    try:
        listed = gateway.get(PATH, holds="schedules")["schedules"]
    except Rejected as refused:
        if refused.status in (403, 404):
            return {}
        raise
    made = {str(row["name"]): _calendar(row, _holidays(gateway, row)) for row in listed}
    return {name: calendar for name, calendar in made.items() if calendar}


def _holidays(gateway: Gateway, row: Json) -> Iterable[Json]:
    found: Iterable[Json] = gateway.get(f"{PATH}/{row['id']}/holidays", holds="holidays")["holidays"]
    return found


def _calendar(row: Json, holidays: Iterable[Json]) -> Calendar | None:
    """One schedule; None where it cannot be one of our calendars."""
    try:
        return from_zendesk(
            str(row["name"]),
            str(row["time_zone"]),
            [(int(one["start_time"]), int(one["end_time"])) for one in row.get("intervals") or ()],
            [
                (str(one.get("name") or ""), date.fromisoformat(one["start_date"]), date.fromisoformat(one["end_date"]))
                for one in holidays
            ],
        )
    except PolicyInvalid as wrong:
        log.warning("schedule_left_out", schedule=str(row["name"]), reason=str(wrong))
        return None
