"""Our clocks, set up as Zendesk's SLA metrics, against tickets whose times were worked out by others.

Reads every `*.jsonl` in the folder named by DESKHAND_SLA_CASES (default `../shared/data/sla` beside the project).
"""

import json
import os
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from deskhand.core.calendar import Calendar
from deskhand.core.clock import ClockSpec, Reading, lives
from deskhand.core.closure import Closure
from deskhand.core.history import Event, History
from deskhand.core.sla import METRICS
from deskhand.core.week import Week

VARIABLE = "DESKHAND_SLA_CASES"
DEFAULT = Path(__file__).resolve().parents[3] / "shared" / "data" / "sla"
END = datetime.fromisoformat("2035-01-01T00:00:00+00:00")
DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")


def cases() -> Iterator[dict[str, Any]]:
    """Every row of the folder; fails for a named folder without any, skips where the default is missing."""
    named = os.environ.get(VARIABLE)
    folder = Path(named) if named else DEFAULT
    rows = [
        json.loads(line)
        for file in sorted(folder.glob("*.jsonl"))
        for line in file.read_text(encoding="utf-8").splitlines()
        if line.strip()
    ]
    if not rows:
        if named:
            pytest.fail(f"{VARIABLE} names {folder}, which holds no row")
        pytest.skip(f"no cases in {folder}")
    yield from rows


def instant(text: str) -> datetime:
    """An ISO instant."""
    return datetime.fromisoformat(text)


def calendar(case: dict[str, Any]) -> Calendar:
    """The calendar in which the case counts."""
    schedule = case["schedule"]
    if not case["business_hours"] or schedule is None:
        return Calendar.always()
    week: dict[str, list[tuple[str, str]]] = {}
    for day, start, end in schedule["intervals"]:
        week.setdefault(DAYS[day], []).append((_wall(start), _wall(end)))
    closures = tuple(_closure(holiday) for holiday in schedule["holidays"])
    return Calendar(str(schedule["id"]), schedule["iana"], Week.of(week), closures)


def _wall(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _days(first: str, last: str) -> Closure:
    return Closure(date.fromisoformat(first), date.fromisoformat(last))


def _closure(holiday: Any) -> Closure:
    if isinstance(holiday, str):
        return _days(holiday, holiday)
    if isinstance(holiday, list):
        return _days(holiday[0], holiday[-1])
    start = holiday.get("start_date") or holiday.get("start") or holiday["date"]
    return _days(start, holiday.get("end_date") or holiday.get("end") or start)


def history(case: dict[str, Any]) -> History:
    """The case's events as our history tells them."""
    events: list[Event] = []
    for row in case["events"]:
        at = instant(row["t"])
        if row["type"] == "create":
            events += [Event(at, "created"), Event(at, "status", row["status"]), Event(at, "severity", "p3")]
        elif row["type"] == "status":
            events.append(Event(at, "status", row["status"]))
        elif row["public"]:
            events.append(Event(at, "agent_reply" if row["author"] == "agent" else "customer_reply"))
    return tuple(events)


def spec(metric: str, target: int, when: Calendar) -> ClockSpec:
    """Zendesk's metric as a clock of ours, with the case's target in minutes."""
    return METRICS[metric].clock({"p3": target * 60}, when)


def test_our_clocks_agree_with_every_row_of_the_folder() -> None:
    """Elapsed minutes to the minute, breached or not, and the instant where the row has one."""
    compared: Counter[str] = Counter()
    wrong: list[str] = []
    for case in cases():
        events, when = history(case), calendar(case)
        for row in case["expected"]:
            clock = spec(row["metric"], row["target"], when)
            found = [life for life in lives(clock, events, END) if life.seen.started_at == instant(row["applied_at"])]
            compared[row["metric"]] += 1
            where = f"{row['ticket_id']} {row['metric']} {row['applied_at']}"
            if len(found) != 1:
                wrong.append(f"{where}: {len(found)} lives begin there")
                continue
            wrong += [f"{where}: {words}" for words in _differences(found[0], row)]
    sys.stderr.write(f"SLA cases compared: {sum(compared.values())} rows {dict(compared)}\n")
    assert wrong == []


def _differences(life: Reading, row: dict[str, Any]) -> Iterator[str]:
    minutes = Fraction(life.seen.elapsed or 0) / 60
    if abs(minutes - Fraction(str(row["sla_elapsed_time"]))) >= 1:
        yield f"elapsed {float(minutes)} minutes, expected {row['sla_elapsed_time']}"
    if life.breached != row["is_sla_breach"]:
        yield f"breached {life.breached}, expected {row['is_sla_breach']}"
    if "breach_or_achieve_at" in row:
        mine = life.seen.due_at if life.breached else life.seen.ended_at
        if mine != instant(row["breach_or_achieve_at"]):
            yield f"instant {mine}, expected {row['breach_or_achieve_at']}"
