"""Our clocks, set up as Zendesk's SLA metrics, against tickets whose times were worked out by others.

The folder is DESKHAND_SLA_CASES, else `../shared/data/sla` beside the project; every `*.jsonl` in it is read, a ticket a
line. Each row of a ticket's `expected` is compared: minutes, breached or not, and the instant where the row has one.

A target that is used up exactly at closing time is due at the next opening, as calendars say; a row that has the closing
time instead means the same business time, and is counted as a tie. A metric or an event that is not known here is counted
by its name, and what cannot be said without it is left out.
"""

import json
import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
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
SEVERITY = "p3"
Case = Mapping[str, Any]

DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")


class Unsupported(Exception):
    """A case has a metric or an event that is not known here."""


def folder() -> Path:
    """Where the cases are; skips where only the default is missing, fails where a named folder is."""
    named = os.environ.get(VARIABLE)
    place = Path(named) if named else DEFAULT
    if not place.is_dir():
        if named:
            pytest.fail(f"{VARIABLE} names {place}, which is no folder")
        pytest.skip(f"no recorded cases at {place}; set {VARIABLE} to a folder of them")
    return place


def cases() -> Iterator[Case]:
    """Every ticket of the folder. Fails where there is none, or none with anything to compare."""
    files = sorted(folder().glob("*.jsonl"))
    lines = [line for file in files for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    found = [json.loads(line) for line in lines]
    if not any(case["expected"] for case in found):
        pytest.fail(f"{folder()} holds no row to compare")
    yield from found


def instant(text: str) -> datetime:
    """An ISO instant."""
    return datetime.fromisoformat(text)


def calendar(case: Case) -> Calendar:
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


def history(case: Case) -> History:
    """The case's events as our history tells them. Raises Unsupported for an event of another kind."""
    return tuple(event for row in case["events"] for event in _events(row))


def _events(row: Case) -> Iterator[Event]:
    at = instant(row["t"])
    match row["type"]:
        case "create":
            yield Event(at, "created")
            yield Event(at, "status", row["status"])
            yield Event(at, "severity", SEVERITY)
        case "status":
            yield Event(at, "status", row["status"])
        case "comment":
            if row["public"]:
                yield Event(at, "agent_reply" if row["author"] == "agent" else "customer_reply")
        case other:
            raise Unsupported(f"event {other}")


def spec(metric: str, target: int, when: Calendar) -> ClockSpec:
    """Zendesk's metric as a clock of ours, with the case's target in minutes. Raises Unsupported."""
    if metric not in METRICS:
        raise Unsupported(f"metric {metric}")
    return METRICS[metric].clock({SEVERITY: target * 60}, when)


def compare(found: Iterable[Case]) -> tuple[Counter[str], list[str]]:
    """How many rows came to what, and what is wrong."""
    counts: Counter[str] = Counter()
    wrong: list[str] = []
    for case in found:
        when = calendar(case)
        for row in case["expected"]:
            where = f"{row['ticket_id']} {row['metric']} {row['applied_at']}"
            try:
                life = _life(lives(spec(row["metric"], row["target"], when), history(case), END), row)
            except Unsupported as reason:
                counts[f"left out: {reason}"] += 1
                continue
            counts[f"{row['metric']}, compared"] += 1
            if life is None:
                wrong.append(f"{where}: no life begins there")
                continue
            wrong += [f"{where}: {words}" for words in _differences(life, row)]
            counts["instants compared"] += "breach_or_achieve_at" in row
            counts["ties at closing time"] += _is_tie(life, row)
    return +counts, wrong


def test_our_clocks_agree_with_every_row_of_the_folder(capsys: pytest.CaptureFixture[str]) -> None:
    """Elapsed minutes to the minute, breached or not, and the instant where the row has one."""
    counts, wrong = compare(cases())

    with capsys.disabled():  # and to stderr: parallel test processes have no stdout of their own
        told = "; ".join(f"{count} {what}" for what, count in sorted(counts.items()))
        sys.stderr.write(f"\nSLA: {told}\n")
    assert any(what.endswith(", compared") for what in counts)
    assert wrong == []


def _life(found: Iterable[Reading], row: Case) -> Reading | None:
    """The life that began when the row's target was applied."""
    began = instant(row["applied_at"])
    return next((life for life in found if life.seen.started_at == began), None)


def _differences(life: Reading, row: Case) -> Iterator[str]:
    minutes = Fraction(life.seen.elapsed or 0) / 60
    if abs(minutes - Fraction(str(row["sla_elapsed_time"]))) >= 1:
        yield f"elapsed {float(minutes)} minutes, expected {row['sla_elapsed_time']}"
    if life.breached != row["is_sla_breach"]:
        yield f"breached {life.breached}, expected {row['is_sla_breach']}"
    told = row.get("breach_or_achieve_at")
    if told and _instant(life) != instant(told) and not _is_tie(life, row):
        yield f"instant {_instant(life)}, expected {told}"


def _instant(life: Reading) -> datetime | None:
    """When the target was used up, or else when the clock ended."""
    return life.seen.due_at if life.breached else life.seen.ended_at


def _is_tie(life: Reading, row: Case) -> bool:
    """Whether the row has another instant that is the same business time: we say the opening, it the closing before."""
    mine, theirs = _instant(life), row.get("breach_or_achieve_at")
    if mine is None or theirs is None or mine == instant(theirs):
        return False
    return life.breached and life.calendar.elapsed(instant(theirs), mine) == 0


CASE: dict[str, Any] = {
    "business_hours": False,
    "schedule": None,
    "events": [
        {"t": "2026-03-02T09:00:00Z", "type": "create", "status": "new", "priority": "low"},
        {"t": "2026-03-02T09:30:00Z", "type": "comment", "author": "agent", "public": True},
    ],
    "expected": [],
}


def row(**facts: Any) -> dict[str, Any]:
    """What is expected of the case's first reply, with some of it wrong."""
    known: dict[str, Any] = {"ticket_id": 1, "metric": "first_reply_time", "applied_at": "2026-03-02T09:00:00Z"}
    return known | {"target": 60, "sla_elapsed_time": 30.0, "is_sla_breach": False} | facts


def test_a_wrong_row_is_noticed() -> None:
    """Minutes, breach, instant and beginning: each is compared, so the comparison is not empty."""
    rows = [
        row(breach_or_achieve_at="2026-03-02T09:30:00Z"),
        row(sla_elapsed_time=31.0),
        row(is_sla_breach=True),
        row(breach_or_achieve_at="2026-03-02T09:31:00Z"),
        row(applied_at="2026-03-02T09:01:00Z"),
    ]

    counts, wrong = compare([CASE | {"expected": rows}])

    assert counts == {"first_reply_time, compared": 5, "instants compared": 2}
    assert [words.partition(": ")[2] for words in wrong] == [
        "elapsed 30.0 minutes, expected 31.0",
        "breached False, expected True",
        "instant 2026-03-02 09:30:00+00:00, expected 2026-03-02T09:31:00Z",
        "no life begins there",
    ]


def test_what_is_not_known_is_left_out_and_counted() -> None:
    """A metric and an event of other names are told, and nothing is compared without them."""
    moved = CASE | {"expected": [row()], "events": [*CASE["events"], {"t": "2026-03-02T09:40:00Z", "type": "moved"}]}

    counts, wrong = compare([CASE | {"expected": [row(metric="happiness")]}, moved])

    assert (counts, wrong) == ({"left out: metric happiness": 1, "left out: event moved": 1}, [])


def test_a_named_folder_that_is_missing_or_empty_fails(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Naming a folder without cases is a failure, never a silent pass."""
    monkeypatch.setenv(VARIABLE, str(tmp_path / "missing"))
    with pytest.raises(pytest.fail.Exception, match="no folder"):
        next(cases())

    (tmp_path / "cases.jsonl").write_text(json.dumps(CASE) + "\n")
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    with pytest.raises(pytest.fail.Exception, match="no row to compare"):
        next(cases())
