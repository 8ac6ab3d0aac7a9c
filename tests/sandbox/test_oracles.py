"""The sandbox's own clocks and opening hours against tickets and times worked out by others.

Folders as for the core's oracles: DESKHAND_SLA_CASES and DESKHAND_BUSINESS_TIME_CASES, by default beside this checkout.
"""

import json
import os
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from deskhand.sandbox import EMAIL, Ticket
from deskhand.sandbox.hours import Hours
from deskhand.sandbox.life import Clock, MetricEvent, life_of
from deskhand.sandbox.promises import all_events
from deskhand.sandbox.records import Target
from deskhand.sandbox.sla import due, elapsed
from tests.sandbox.builders import Account

DATA = Path(__file__).parents[2].parent / "shared" / "data"
END = int(datetime.fromisoformat("2035-01-01T00:00:00+00:00").timestamp())
DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")


def rows(variable: str, folder: str, pattern: str) -> Iterator[dict[str, Any]]:
    """Every row of a folder; fails for a named folder without any, skips where the default is missing."""
    named = os.environ.get(variable)
    place = Path(named) if named else DATA / folder
    found = [
        json.loads(line)
        for file in sorted(place.glob(pattern))
        for line in file.read_text().splitlines()
        if line.strip()
    ]
    if not found:
        if named:
            pytest.fail(f"{variable} names {place}, which holds no row")
        pytest.skip(f"no cases in {place}")
    yield from found


def at(text: str) -> int:
    """Seconds since 1970."""
    return int(datetime.fromisoformat(text).timestamp())


def lived(account: Account, case: dict[str, Any]) -> Ticket:
    """The case's ticket, lived through in the account; what happens at one instant is one update for each person."""
    world = account.world
    events = sorted(case["events"], key=lambda row: row["t"])
    start = at(case["created_at"])
    ticket: Ticket | None = None
    for row in events:
        instant = at(row["t"])
        if row["type"] == "comment":
            author = account.customer if row["author"] == "end_user" else account.agent
            comment = {"body": "words", "public": row["public"]}
            if ticket is None:
                ticket = world.create_ticket(
                    {"priority": case["priority"]}, author=author, comment=comment, via=EMAIL, at=start
                )
                continue
            with world.as_of(instant):
                world.update_ticket(ticket, {}, author=author, comment=comment)
        elif row["type"] == "status" and ticket is not None:
            with world.as_of(instant):
                world.update_ticket(ticket, {"status": row["status"]}, author=account.agent)
    assert ticket is not None
    return ticket


def hours(account: Account, case: dict[str, Any]) -> None:
    """Make the schedule of a case, the account's only one."""
    schedule = case["schedule"]
    if schedule is None or not case["business_hours"]:
        return
    intervals = [(day * 1_440 + start, day * 1_440 + end) for day, start, end in schedule["intervals"]]
    made = int(account.world.add_schedule(str(schedule["id"]), schedule["iana"], intervals)["id"])
    for holiday in schedule["holidays"]:
        days = (
            [holiday, holiday]
            if isinstance(holiday, str)
            else holiday
            if isinstance(holiday, list)
            else [holiday["start_date"], holiday["end_date"]]
        )
        account.world.add_holiday(made, "holiday", days[0], days[-1])


def test_sla_clocks_agree_with_every_case(capsys: pytest.CaptureFixture[str]) -> None:
    """Elapsed minutes to the minute, breached or not, and the instant where the row has one, by the clocks and by the metric events, for all rows of all tickets."""
    compared: Counter[str] = Counter()
    wrong: list[str] = []
    for case in rows("DESKHAND_SLA_CASES", "sla", "*.jsonl"):
        account = Account()
        hours(account, case)
        targets = [(case["priority"], metric, n, case["business_hours"]) for metric, n in case["targets"].items()]
        account.world.add_sla_policy("All", targets)
        ticket = lived(account, case)
        clocks = life_of(ticket, account.world).clocks
        events = [
            event for _, event in all_events(account.world, ticket) if event.kind == "breach" and not event.deleted
        ]
        for row in case["expected"]:
            compared[row["metric"]] += 1
            found = [
                clock
                for clock in clocks
                if clock.policy_metric == row["metric"] and clock.started == at(row["applied_at"])
            ]
            where = f"{row['ticket_id']} {row['metric']} {row['applied_at']}"
            wrong += (
                [f"{where}: {len(found)} clocks start there"]
                if len(found) != 1
                else differences(account, ticket, found[0], row, where) + told(events, found[0], row, where)
            )
    with capsys.disabled():
        sys.stdout.write(f"\nsandbox: SLA cases compared: {sum(compared.values())} rows {dict(compared)}")
    assert wrong == []


def differences(account: Account, ticket: Ticket, clock: Clock, row: dict[str, Any], where: str) -> list[str]:
    """How a clock differs from what was expected of it."""
    target = Target(row["target"] * 60, row["in_business_hours"])
    until = clock.done or END
    minutes = elapsed(account.world, ticket, clock, target, until) / 60
    breach = due(account.world, ticket, clock, target)
    breached = breach is not None and breach < until
    made = []
    if abs(minutes - row["sla_elapsed_time"]) >= 1:
        made.append(f"{where}: elapsed {minutes}, expected {row['sla_elapsed_time']}")
    if breached != row["is_sla_breach"]:
        made.append(f"{where}: breached {breached}, expected {row['is_sla_breach']}")
    if "breach_or_achieve_at" in row and (breach if breached else clock.done) != at(row["breach_or_achieve_at"]):
        made.append(f"{where}: at {breach if breached else clock.done}, expected {at(row['breach_or_achieve_at'])}")
    return made


def told(events: list[MetricEvent], clock: Clock, row: dict[str, Any], where: str) -> list[str]:
    """How the breaches among the metric events differ from what was expected of a clock."""
    found = [event.at for event in events if (event.metric, event.instance) == (clock.metric, clock.instance)]
    if len(found) != row["is_sla_breach"]:
        return [f"{where}: breach events at {found}, breached: {row['is_sla_breach']}"]
    if found and "breach_or_achieve_at" in row and found != [at(row["breach_or_achieve_at"])]:
        return [f"{where}: breach event at {found}, expected {at(row['breach_or_achieve_at'])}"]
    return []


def test_opening_hours_agree_with_zendesks_own_library(capsys: pytest.CaptureFixture[str]) -> None:
    """Open seconds between two instants, the instant after open minutes, and open or closed, as zendesk/biz gives them."""
    compared: Counter[str] = Counter()
    wrong = []
    for case in rows("DESKHAND_BUSINESS_TIME_CASES", "business-time", "*.jsonl"):
        if (
            "spec" in case
            or case.get("ambiguous")
            or case.get("breaks")
            or case["op"] not in ("within", "after", "in_hours")
        ):
            compared["left out"] += 1  # schedules of Zendesk have no breaks, and nothing here counts backwards
            continue
        compared[case["op"]] += 1
        calendar = Hours(
            {"time_zone": case["zone"], "intervals": intervals(case["hours"])},
            [{"start_date": day, "end_date": day} for day in case["holidays"]],
        )
        if case["op"] == "within":
            first, last = sorted((at(case["t1"]), at(case["t2"])))
            mine: object = calendar.elapsed(first, last)
            expected: object = abs(case["expected_seconds"])
        elif case["op"] == "in_hours":
            mine, expected = calendar.open_at(at(case["t"])), case["expected"]
        else:
            mine, expected = calendar.add(at(case["t"]), case["minutes"] * 60), at(case["expected"])
        if mine != expected:
            wrong.append(f"{case['id']} {case['op']}: {mine}, expected {expected}")
    with capsys.disabled():
        sys.stdout.write(f"\nsandbox: business time cases {dict(compared)}")
    assert wrong == []


def intervals(hours: dict[str, dict[str, str]]) -> list[dict[str, int]]:
    """Zendesk's intervals of hours by day."""
    return [
        {"start_time": DAYS.index(day) * 1_440 + minutes(start), "end_time": DAYS.index(day) * 1_440 + minutes(end)}
        for day, spans in hours.items()
        for start, end in spans.items()
    ]


def minutes(text: str) -> int:
    """Minutes of the day."""
    hour, _, minute = text.partition(":")
    return int(hour) * 60 + int(minute)
