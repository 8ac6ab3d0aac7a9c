"""Calendars against zendesk/biz, the library that Zendesk publishes: thousands of its answers, recorded one a line.

The folder is DESKHAND_BUSINESS_TIME_CASES, else `../shared/data/business-time` of the project. Three shapes of row:

* elapsed: `t1`, `t2` and `expected_seconds`
* moved: `op` after or before, `minutes`, `t` and `expected`; or `op` in_hours with `on_holiday`
* spec calls: a whole `schedule`, `op`, `args` and `result`, as that library's own tests call it

Rows marked `ambiguous` (wall times within a gap) are asked as well, and counted by whether the two answers are the same;
they need not be: `deskhand.core.calendar` states what we answer and why. A row of another shape and an operation that
calendars do not have are left out and counted, with their names.
"""

import json
import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from deskhand.core.calendar import Calendar
from deskhand.core.closure import Closure
from deskhand.core.opening import Opening
from deskhand.core.week import Span, Week

VARIABLE = "DESKHAND_BUSINESS_TIME_CASES"
DEFAULT = Path(__file__).parents[2].parent / "shared" / "data" / "business-time"
SECONDS = {"second": 1, "minute": 60, "hour": 3600}

Row = Mapping[str, Any]


class Unsupported(Exception):
    """A row asks for something that calendars do not offer."""


def folder() -> Path:
    """Where the cases are; skips where only the default is missing, fails where a named folder is."""
    named = os.environ.get(VARIABLE)
    place = Path(named) if named else DEFAULT
    if not place.is_dir():
        if named:
            pytest.fail(f"{VARIABLE} names {place}, which is no folder")
        pytest.skip(f"no recorded cases at {place}; set {VARIABLE} to a folder of them")
    return place


def rows() -> Iterator[tuple[str, Row]]:
    """Each case with the name of its file and its line. Fails where there is none."""
    files = sorted(folder().glob("*.jsonl"))
    found = [(file, n, line) for file in files for n, line in enumerate(file.read_text().splitlines(), 1)]
    cases = [(file, n, line) for file, n, line in found if line.strip()]
    if not cases:
        pytest.fail(f"{folder()} holds no case")
    for file, n, line in cases:
        yield f"{file.name}:{n}", json.loads(line)


def calendar(zone: str, row: Row) -> Calendar:
    """The calendar that a row describes."""
    holidays = [Closure.day(date.fromisoformat(day)) for day in row["holidays"]]
    breaks = [
        Closure.day(date.fromisoformat(day), span=Span.of(*times))
        for day, spans in row["breaks"].items()
        for times in spans.items()
    ]
    week = Week.of({day: spans.items() for day, spans in row["hours"].items()})
    shifts = [
        Opening(date.fromisoformat(day), tuple(Span.of(*times) for times in spans.items()))
        for day, spans in row.get("shifts", {}).items()
    ]
    return Calendar("case", zone, week, (*holidays, *breaks), tuple(shifts))


def on_holiday(hours: Calendar, when: datetime) -> bool:
    """Whether an instant is on a holiday."""
    return any(closure.whole for closure in hours.closures_at(when))


def elapsed(hours: Calendar, start: datetime, end: datetime) -> object:
    """Open seconds, none where the end comes first: zendesk/biz does not count back, calendars do."""
    return max(hours.elapsed(start, end), 0)


def moved(hours: Calendar, op: str, when: datetime, scalar: int, unit: str) -> object:
    """The instant a duration after or before another. Units are named as `minutes` or `Biz::...::Minutes`."""
    name = unit.rpartition("::")[2].lower().removesuffix("s")
    if name == "day":
        return (hours.days_after if op == "after" else hours.days_before)(when, scalar)
    if name not in SECONDS:
        raise Unsupported(f"unit {unit}")
    return (hours.after if op == "after" else hours.before)(when, scalar * SECONDS[name])


def answer_elapsed(row: Row) -> tuple[object, object]:
    """Ours and theirs for an elapsed row."""
    hours = calendar(row["zone"], row)
    return elapsed(hours, instant(row["t1"]), instant(row["t2"])), row["expected_seconds"]


def answer_moved(row: Row) -> tuple[object, object]:
    """Ours and theirs for a row about one instant."""
    hours, when = calendar(row["zone"], row), instant(row["t"])
    if row["op"] == "in_hours":
        return (hours.is_open(when), on_holiday(hours, when)), (row["expected"], row["on_holiday"])
    if row["op"] not in ("after", "before"):
        raise Unsupported(f"operation {row['op']}")
    return moved(hours, row["op"], when, row["minutes"], "minutes"), instant(row["expected"])


def answer_call(row: Row) -> tuple[object, object]:
    """Ours and theirs for a call of the library's own tests."""
    schedule, op, args, result = row["schedule"], row["op"], row["args"], row["result"]
    hours = calendar(schedule["time_zone"], schedule)
    match op:
        case "after" | "before":
            return moved(hours, op, instant(args[2]), args[0], args[1]), instant(result)
        case "within" | "duration_within":
            return elapsed(hours, *map(instant, args)), result
        case "active" | "in_hours?" | "business_hours?":
            return hours.is_open(instant(args[0])), result
        case "on_holiday?":
            return on_holiday(hours, instant(args[0])), result
        case "on_break?":
            return any(not closure.whole for closure in hours.closures_at(instant(args[0]))), result
    raise Unsupported(f"operation {op}")


def answer_other(row: Row) -> tuple[object, object]:
    """Rows of no shape that is known have no answer."""
    raise Unsupported(f"keys {', '.join(sorted(row))}")


SHAPES = {"elapsed": answer_elapsed, "moved": answer_moved, "spec calls": answer_call, "other": answer_other}


def shape(row: Row) -> str:
    """Which of the three shapes a row has, or that it has none of them."""
    if "schedule" in row:
        return "spec calls"
    if {"t1", "t2", "expected_seconds"} <= row.keys():
        return "elapsed"
    return "moved" if {"op", "t", "expected"} <= row.keys() else "other"


def instant(text: str) -> datetime:
    """An ISO instant."""
    return datetime.fromisoformat(text)


def compare(found: Iterable[tuple[str, Row]]) -> tuple[Counter[str], list[str]]:
    """How many rows came to what, and those where we are wrong."""
    counts: Counter[str] = Counter()
    wrong: list[str] = []
    for place, row in found:
        kind = shape(row)
        try:
            ours, theirs = SHAPES[kind](row)
        except Unsupported as reason:
            counts[f"{kind}, left out: {reason}"] += 1
            continue
        if row.get("ambiguous"):
            counts[f"{kind}, ambiguous: {'the same' if ours == theirs else 'another'} answer"] += 1
            continue
        counts[f"{kind}, compared"] += 1
        if ours != theirs:
            wrong.append(f"{place}: {ours} is not {theirs}")
    return counts, wrong


def test_calendars_agree_with_every_recorded_answer(capsys: pytest.CaptureFixture[str]) -> None:
    """Elapsed, moved and open answers equal those of zendesk/biz on every row that is not ambiguous."""
    counts, wrong = compare(rows())

    with capsys.disabled():  # and to stderr: parallel test processes have no stdout of their own
        told = "; ".join(f"{count} {what}" for what, count in sorted(counts.items()))
        sys.stderr.write(f"\nbusiness time: {told}\n")
    assert any(what.endswith("compared") for what in counts)
    assert wrong == []


def test_what_cannot_be_asked_is_left_out_and_counted() -> None:
    """Another operation and another shape are named in the counts; neither counts as compared."""
    row = {"zone": "Etc/UTC", "hours": {"mon": {"09:00": "10:00"}}, "holidays": [], "breaks": {}}
    other = {**row, "op": "next", "t": "2026-03-02T00:00:00Z", "expected": "2026-03-02T09:00:00Z"}

    counts, wrong = compare([("1", other), ("2", {"op": "?"})])

    assert counts == {"moved, left out: operation next": 1, "other, left out: keys op": 1}
    assert wrong == []


def test_a_named_folder_that_is_missing_or_empty_fails(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Naming a folder without cases is a failure, never a silent pass."""
    monkeypatch.setenv(VARIABLE, str(tmp_path / "missing"))
    with pytest.raises(pytest.fail.Exception, match="no folder"):
        next(rows())

    (tmp_path / "cases.jsonl").write_text("\n")
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    with pytest.raises(pytest.fail.Exception, match="no case"):
        next(rows())


def test_a_wrong_answer_is_noticed() -> None:
    """An hour of opening compared with a row that says two hours differs, so the comparison is not empty."""
    row: Row = {
        "zone": "Etc/UTC",
        "hours": {"mon": {"09:00": "10:00"}},
        "holidays": [],
        "breaks": {},
        "t1": "2026-03-02T00:00:00Z",
        "t2": "2026-03-03T00:00:00Z",
        "expected_seconds": 7200,
    }

    counts, wrong = compare([("here", row)])

    assert (counts, wrong) == ({"elapsed, compared": 1}, ["here: 3600 is not 7200"])
