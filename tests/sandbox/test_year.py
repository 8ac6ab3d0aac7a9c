"""A year of the sandbox against an independent fold over its audits.

The full year has 50,000 tickets; DESKHAND_TEST_YEAR_SEED and DESKHAND_TEST_YEAR_TICKETS choose another one.
"""

import os
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.sandbox.fold import Account
from tests.sandbox.year import Year, compare, year_of

USUAL = (("SEED", 1), ("TICKETS", 50_000))
Record = Callable[[str, object], None]


def _agree(year: Year, since: float, record: Record) -> None:
    """The export and the fold agree on every event; says how many there were."""
    done = compare(year)
    record("summary", f"sandbox: a year: {done}, {time.process_time() - since:.0f} s of processor time")
    assert done.wrong == []


@pytest.mark.parametrize(
    ("seed", "edits"),
    [
        (1, "at_once"),
        (2, "next_update"),
        pytest.param(2, "at_once", marks=pytest.mark.slow),
        pytest.param(1, "next_update", marks=pytest.mark.slow),
    ],
)
def test_metric_events_are_what_the_audits_mean(seed: int, edits: str, record_property: Record) -> None:
    """Every metric event of a year with changes of priority, group and schedule, pauses, reopenings, merges, and edits of all rules."""
    before = time.process_time()
    _agree(year_of(seed, 700, schedule_edits=edits), before, record_property)


@pytest.mark.slow
@pytest.mark.timeout(3_600)
def test_a_year_of_a_large_account(record_property: Record) -> None:
    """The same of 50,000 tickets."""
    before = time.process_time()
    seed, tickets = (int(os.environ.get(f"DESKHAND_TEST_YEAR_{name}", usual)) for name, usual in USUAL)
    _agree(year_of(seed, tickets), before, record_property)


@pytest.fixture(scope="module")
def lived() -> Year:
    """A year, lived once."""
    return year_of(5, 300)


def test_the_year_has_all_that_the_rules_are_about(lived: Year) -> None:
    """Solving, reopening, pauses, deletion, merges, other priorities, groups, requesters and schedules, agents' own tickets, and edits of all kinds."""
    rows = [row for key in lived.sandbox.world.tickets for audit in lived.audits(key) for row in audit["events"]]
    changes = Counter(row["field_name"] for row in rows if row["type"] == "Change")
    turns = Counter(
        f"{row['previous_value']} {row['value']}"
        for row in rows
        if row.get("field_name") == "status" and row["type"] == "Change"
    )
    assert all(changes[name] > 5 for name in ("priority", "group_id", "requester_id", "assignee_id", "schedule_id"))
    assert {
        "solved open",
        "open pending",
        "open hold",
        "hold open",
        "pending solved",
        "open closed",
    } <= set(turns)
    assert sum(turn.endswith(" deleted") for turn in turns) > 2
    assert sum(turn.startswith("deleted ") for turn in turns) > 2
    assert Counter(row["public"] for row in rows if row["type"] == "Comment").keys() == {True, False}
    rules = lived.rules
    assert len(rules) > 15
    for part in ("policies", "group_policies", "schedules", "staff"):
        assert len({repr(getattr(one, part)) for one in rules}) > 1
    assert min(len(one.schedules) for one in rules) < len(rules[0].schedules)


def _no_summer_time(account: Account) -> None:
    account.zones = dict.fromkeys(account.zones, "UTC")


def _no_holidays(account: Account) -> None:
    rules = account.rules
    account.rules = [
        replace(one, schedules={key: row | {"holidays": [], "mark": f"{row['mark']} open"} for key, row in one.schedules.items()})
        for one in rules
    ]  # fmt: skip


def _no_edits(account: Account) -> None:
    account.rules = account.rules[:1]


def _no_settings(account: Account) -> None:
    account.rules = [
        replace(one, policies=[row | {"metrics_settings": {}} for row in one.policies]) for one in account.rules
    ]


def _no_groups(account: Account) -> None:
    account.rules = [replace(one, group_policies=[]) for one in account.rules]


def _another_order(account: Account) -> None:
    account.rules = [replace(one, policies=one.policies[::-1]) for one in account.rules]


def _no_light_agents(account: Account) -> None:
    account.rules = [replace(one, staff=dict.fromkeys(one.staff, "agent")) for one in account.rules]


@pytest.mark.parametrize(
    "misread",
    [_no_summer_time, _no_holidays, _no_edits, _no_settings, _no_groups, _another_order, _no_light_agents],
)
def test_the_comparison_notices_what_is_misread(lived: Year, misread: Callable[[Account], object]) -> None:
    """A fold that leaves one part of the rules out differs from the export."""
    assert compare(lived, misread, enough=1).wrong


def test_what_was_told_stays_told() -> None:
    """Half a year on, every event of the first half has its id and words still, but for breaches that were to come."""
    year = year_of(6, 250, until=180)
    now = year.sandbox.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    before = {row["id"]: row for row in year.exported()}
    year.go_on(360)
    after = {row["id"]: row for row in year.exported()}
    changed = [row for key, row in before.items() if after.get(key) != row]
    assert len(after) > len(before)
    assert {(row["type"], row["time"] > now) for row in changed} <= {("breach", True)}
