"""Cases of the recorded shapes, made up here and answered by a watcher, where the recorded ones have few or none.

Other zones and their odd years, several intervals a day, hours until 24:00, holidays side by side, tickets that pause at
their start, are solved while pending, or reopened. The cases are the same in every run.
"""

from collections.abc import Iterator
from datetime import datetime
from random import Random
from typing import Any

import pytest

from tests.oracles import test_business_time, test_sla
from tests.oracles.watcher import DAYS, MINUTE, after, before, clock, day_after, elapsed, is_holiday, is_open, utc

ZONES = {
    "Australia/Lord_Howe": "2025-10-04",  # half an hour forward
    "Asia/Kathmandu": "1985-12-31",  # a quarter of an hour forward for good, at midnight
    "Pacific/Apia": "2011-12-29",  # a date that was skipped
    "Africa/Casablanca": "2026-02-14",  # back for Ramadan, and forward after it
    "America/Sao_Paulo": "2018-11-03",  # forward at midnight
    "America/St_Johns": "2006-04-01",  # forward at a minute past midnight
    "America/Havana": "2026-10-31",  # back at one, so that midnight comes twice
    "America/Asuncion": "2024-03-23",  # back at midnight, to the date before
    "Europe/Dublin": "2026-10-24",  # winter is the exception there
    "Pacific/Chatham": "2026-04-04",
    "Asia/Pyongyang": "2018-05-04",
    "America/New_York": "2026-03-07",
}
"""Each with a date just before its clocks change."""

TURNS, TICKETS = 3, 300

WEEKS: dict[str, dict[str, dict[str, str]]] = {
    "three intervals": {day: {"04:10": "08:00", "08:00": "12:15", "13:05": "17:59"} for day in DAYS},
    "until midnight": {day: {"00:00": "05:00", "19:30": "24:00"} for day in DAYS},
    "round the clock": {day: {"00:00": "24:00"} for day in DAYS},
    "weekends": {"sat": {"00:00": "24:00"}, "sun": {"00:00": "05:00", "06:00": "06:01"}},
    "a few minutes": {day: {"12:00": "12:01", "23:00": "23:50"} for day in ("wed", "sun")},
}


def business_rows(zone: str, near: str, chance: Random) -> Iterator[dict[str, Any]]:
    """Rows of each shape around a date."""
    for week in WEEKS.values():
        holidays = {day_after(near, chance.randrange(-2, 5)) for _ in range(chance.randrange(3))}
        holidays |= {day_after(day) for day in holidays if chance.random() < 0.5}
        breaks = {day_after(near, 1): {"07:30": "14:00"}} if chance.random() < 0.5 else {}
        row = {"zone": zone, "hours": week, "holidays": sorted(holidays), "breaks": breaks}
        start = utc(f"{near} 00:00") + chance.randrange(-1440, 2880) * MINUTE
        end = start + chance.randrange(3000) * MINUTE
        some = chance.choice((0, 1, chance.randrange(300), elapsed(row, start, end)))
        yield row | {
            "t1": start.isoformat(),
            "t2": end.isoformat(),
            "expected_seconds": 60 * elapsed(row, start, end),
        }
        yield row | {
            "op": "after",
            "minutes": some,
            "t": start.isoformat(),
            "expected": after(row, start, some).isoformat(),
        }
        yield row | {
            "op": "before",
            "minutes": some,
            "t": end.isoformat(),
            "expected": before(row, end, some).isoformat(),
        }
        yield row | {
            "op": "in_hours",
            "t": start.isoformat(),
            "expected": is_open(row, start),
            "on_holiday": is_holiday(row, start),
        }


@pytest.mark.parametrize("zone", ZONES)
def test_calendars_agree_with_a_watcher(zone: str) -> None:
    """Elapsed and moved, in zones and years that the recorded cases do not have."""
    rows = [row for turn in range(TURNS) for row in business_rows(zone, ZONES[zone], Random(f"{zone} {turn}"))]

    counts, wrong = test_business_time.compare((f"{zone} {number}", row) for number, row in enumerate(rows))

    assert wrong == []
    assert counts == {"elapsed, compared": TURNS * len(WEEKS), "moved, compared": 3 * TURNS * len(WEEKS)}


def ticket(number: int, chance: Random) -> dict[str, Any]:
    """A ticket in some zone around its change of clocks, with what a watcher says of its four metrics."""
    zone, near = chance.choice(list(ZONES.items()))
    hours = chance.choice(list(WEEKS.values()))
    holidays = sorted(day_after(near, day) for day in {chance.randrange(-1, 4) for _ in range(chance.randrange(3))})
    created = utc(f"{near} 00:00") + chance.randrange(2000) * MINUTE
    events = list(story(created, chance))
    case = {"business_hours": chance.random() < 0.8, "schedule": schedule(zone, hours, holidays), "events": events}
    round_the_clock = {"zone": zone, "hours": WEEKS["round the clock"], "holidays": [], "breaks": {}}
    row = (
        {"zone": zone, "hours": hours, "holidays": holidays, "breaks": {}}
        if case["business_hours"]
        else round_the_clock
    )
    return case | {"expected": list(expected(number, row, case, chance))}


def schedule(zone: str, hours: dict[str, dict[str, str]], holidays: list[str]) -> dict[str, Any]:
    """Hours as the recorded cases have them: minutes of the day, by the number of the day from Sunday on."""
    intervals = [
        [(DAYS.index(day) + 1) % 7, *(int(text[:2]) * 60 + int(text[3:]) for text in span)]
        for day, spans in hours.items()
        for span in spans.items()
    ]
    closed = [{"name": "Holiday", "start_date": day, "end_date": day} for day in holidays]
    return {"id": 1, "iana": zone, "intervals": intervals, "holidays": closed}


def story(created: datetime, chance: Random) -> Iterator[dict[str, Any]]:
    """What happens to a ticket: it may begin in a pause, change its status more than once in a minute, or come back."""
    first = chance.choice(("new", "new", "open", "pending", "hold"))
    yield {"t": created.isoformat(), "type": "create", "status": first, "priority": "low"}
    at = created + MINUTE
    for _ in range(chance.randrange(13)):
        if chance.random() < 0.5:
            yield {
                "t": at.isoformat(),
                "type": "status",
                "status": chance.choice(("open", "open", "pending", "pending", "hold", "solved")),
            }
        else:
            author, public = chance.choice((("agent", True), ("agent", False), ("end_user", True)))
            yield {"t": at.isoformat(), "type": "comment", "author": author, "public": public}
        at += chance.choice((0, 1, chance.randrange(400))) * MINUTE
    yield {"t": at.isoformat(), "type": "status", "status": "solved"}


def expected(number: int, row: dict[str, Any], case: dict[str, Any], chance: Random) -> Iterator[dict[str, Any]]:
    """The rows of a ticket's metrics, as the watcher counts them; replies have instants where the ticket never came back."""
    created = case["events"][0]["t"]
    once = [event.get("status") for event in case["events"]].count("solved") == 1
    promises = [("first_reply_time", created), ("requester_wait_time", created), ("agent_work_time", created)]
    for metric, applied in [*promises, *(("next_reply_time", asked) for asked in questions(case) if once)]:
        start = datetime.fromisoformat(applied)
        used, ended = clock(row, case, metric, start)
        target = max(1, chance.choice((used, used - 1, used + 1, 30)))
        facts: dict[str, Any] = {"ticket_id": number, "metric": metric, "applied_at": applied}
        facts |= {"target": target, "sla_elapsed_time": float(used), "is_sla_breach": used > target}
        if metric.endswith("reply_time") and once:
            instant = after(row, start, target) if used > target else ended
            facts["breach_or_achieve_at"] = instant.isoformat()
        yield facts


def questions(case: dict[str, Any]) -> Iterator[str]:
    """When the customer wrote what no agent had answered, after a first answer; not in the minute of an answer or the end."""
    said = [event for event in case["events"] if event.get("public") or event.get("status") == "solved"]
    answers = [event["t"] for event in said if event.get("author") != "end_user"]
    waits = True
    for event in said:
        if event.get("author") == "agent":
            waits = False
        elif event.get("author") == "end_user" and not waits:
            waits = True
            if event["t"] not in answers:
                yield event["t"]


def test_clocks_agree_with_a_watcher() -> None:
    """Pauses from the start, several changes in a minute, solved while pending, reopened: minutes, breach, instant."""
    chance = Random("tickets")

    counts, wrong = test_sla.compare(ticket(number, chance) for number in range(TICKETS))

    assert wrong == []
    assert {what: count for what, count in counts.items() if count == TICKETS} == {
        f"{metric}, compared": TICKETS for metric in ("first_reply_time", "requester_wait_time", "agent_work_time")
    }
    assert counts["next_reply_time, compared"] > TICKETS / 20
    assert counts["instants compared"] > TICKETS / 2
