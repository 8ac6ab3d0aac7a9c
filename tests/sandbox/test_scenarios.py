"""Named worlds."""

import json
from collections import Counter
from datetime import timedelta

import pytest

from deskhand.sandbox import Request, Sandbox, SimClock
from deskhand.sandbox.actors_time import DAY
from deskhand.sandbox.company import MONDAY, Company
from deskhand.sandbox.records import Comment
from deskhand.sandbox.scenarios import SCENARIOS
from deskhand.sandbox.scenarios.breach_wave import PEAK, WIDTH
from deskhand.sandbox.scenarios.hostile_text import HOSTILE
from deskhand.sandbox.scenarios.reorganisation import NEW_NAME
from deskhand.sandbox.scenarios.storm import AFTER, WITHIN

EVENING = MONDAY.replace(hour=18)


def _built(name: str, seed: int = 1, tickets: int | None = None) -> Company:
    made = SCENARIOS[name].build(Sandbox(clock=SimClock()), seed, tickets)
    assert made is not None
    return made


@pytest.mark.parametrize("name", sorted(SCENARIOS))
def test_a_scenario_lives_through_its_day_alike_each_time(name: str) -> None:
    """Nothing is refused, and the same seed gives the same day."""
    days = []
    for _ in range(2):
        sandbox = Sandbox(clock=SimClock())
        company = SCENARIOS[name].build(sandbox, 3, None)
        sandbox.run_until(EVENING)
        days.append([(t.id, t.status, t.updated, len(t.audits)) for t in sandbox.world.tickets.values()])
        assert company is None or company.cast.refusals == []

    assert days[0] == days[1]
    assert (days[0] == []) == (name == "empty")


@pytest.mark.parametrize("name", sorted(SCENARIOS))
def test_every_scenario_is_readable_over_the_api(name: str) -> None:
    """Its whole export is JSON that a client can read, as the admin or the worker."""
    sandbox = Sandbox(clock=SimClock())
    SCENARIOS[name].build(sandbox, 1, None)
    sandbox.run_until(sandbox.clock.now() + timedelta(minutes=30))
    headers = {"authorization": f"Bearer {sandbox.door.issue(sandbox.door.admin())}"}
    path = "/api/v2/incremental/tickets/cursor.json?start_time=0&include=users,groups,organizations"

    response = sandbox.handle(Request.of("GET", sandbox.url + path, headers=headers))

    assert response.status == 200
    assert isinstance(json.loads(response.body.decode("utf-8"))["tickets"], list)


def test_a_quiet_day_brings_a_handful_of_tickets() -> None:
    """Four to eight by midnight."""
    company = _built("quiet-day")
    before = len(company.sandbox.world.tickets)
    company.sandbox.run_until(MONDAY.replace(hour=23, minute=59))

    assert 4 <= len(company.sandbox.world.tickets) - before <= 8


def test_a_storm_is_150_tickets_of_one_cause_within_twelve_minutes() -> None:
    """It begins twenty minutes into the day; most, but not all, name the outage in their field."""
    company = _built("storm")
    start = company.start.timestamp()
    company.sandbox.run_until(MONDAY + timedelta(hours=1))
    storm = [
        t
        for t in company.sandbox.world.tickets.values()
        if start + AFTER <= t.created <= start + AFTER + WITHIN and "ten to nine" in t.description
    ]
    named = sum(ticket.fields.get(company.fields["issue_type"]) == "network_outage" for ticket in storm)

    assert len(storm) == 150
    assert 90 < named < 150


def test_a_breach_wave_breaks_within_minutes() -> None:
    """Of 120 untouched tickets a third are at the end, the others at half of their first answer's time, all within five minutes."""
    company = _built("breach-wave")
    company.sandbox.run_until(MONDAY + timedelta(hours=1, minutes=10))
    peak, minutes = company.start.timestamp() + PEAK, {"normal": 240, "high": 60}
    waiting = [
        t
        for t in company.sandbox.world.tickets.values()
        if t.assignee_id is None and t.group_id == company.groups["Support L1"] and t.priority in minutes
    ]
    shares = Counter(
        share for t in waiting for share in (1.0, 0.5) if abs(t.created + share * minutes[t.priority or ""] * 60 - peak) <= WIDTH / 2 + 1
    )  # fmt: skip

    assert shares[1.0] >= 40
    assert shares[0.5] >= 80


def test_nobody_answers_over_a_long_weekend() -> None:
    """From Saturday to the holiday itself no agent writes, and the schedules say that the office is closed."""
    company = _built("holiday")
    world = company.sandbox.world
    company.sandbox.run_until(EVENING)
    monday = int(company.start.timestamp() // DAY)
    by_agents = [
        audit.at
        for ticket in world.tickets.values()
        for audit in ticket.audits
        if audit.author in world.staff and int(audit.at // DAY) in (monday - 2, monday - 1, monday) and ticket.priority != "urgent"
        and any(isinstance(event, Comment) and event.public for event in audit.events)
    ]  # fmt: skip
    hours = world.hours(None)

    assert by_agents == []
    assert hours is not None
    assert hours.elapsed(int(company.start.timestamp()), int(EVENING.timestamp())) == 0
    assert sum(ticket.created > company.start.timestamp() for ticket in world.tickets.values()) > 5


def test_a_reorganisation_changes_names_under_the_rules() -> None:
    """Hour by hour: a group is renamed, one is deleted, one is new, a field is off, an agent is gone; no live ticket is left behind."""
    company = _built("reorganisation")
    sandbox, world = company.sandbox, company.sandbox.world
    network, billing = company.groups["Network Specialists"], company.groups["Billing"]
    staff = len(world.staff)

    sandbox.run_until(MONDAY + timedelta(hours=5))

    groups = world.tables["groups"].rows
    assert groups[network]["name"] == NEW_NAME
    assert groups[billing]["deleted"]
    assert not [t for t in world.tickets.values() if t.unsolved and t.group_id == billing]
    assert world.tables["groups"].first(name="Customer Engineering") is not None
    assert company.fields["suspected_bug"] not in world.custom_fields()
    assert len(world.staff) == staff - 1
    assert all(t.assignee_id is None or t.assignee_id in world.staff for t in world.tickets.values() if t.unsolved)


def test_a_reorganised_account_has_only_members_as_assignees() -> None:
    """Whoever a live ticket is assigned to is in its group, all day long."""
    company = _built("reorganisation")
    world = company.sandbox.world
    for hour in range(1, 9):
        company.sandbox.run_until(MONDAY + timedelta(hours=hour))
        wrong = [
            t.id
            for t in world.tickets.values()
            if t.unsolved and t.assignee_id and t.assignee_id not in world.members.get(t.group_id or 0, {})
        ]
        assert wrong == []


def test_hostile_text_stands_everywhere_as_it_was_written() -> None:
    """Every sort of it is a subject, a customer's message and a field, letter by letter; nothing of it was carried out."""
    company = _built("hostile-text")
    world = company.sandbox.world
    tickets = {ticket.subject: ticket for ticket in world.tickets.values()}

    for text in HOSTILE.values():
        ticket = tickets[text]
        assert ticket.description == text
        assert ticket.fields[company.fields["hostile"]] == text
        assert ticket.status == "open"
        assert ticket.priority == "normal"


def test_what_is_too_long_is_cut_and_not_refused() -> None:
    """Comments hold at most 64 kB of UTF-8 and end with a whole character."""
    company = _built("hostile-text")
    bodies = [
        event.body
        for t in company.sandbox.world.tickets.values()
        for a in t.audits
        for event in a.events
        if isinstance(event, Comment)
    ]
    longest = max(len(body.encode()) for body in bodies)

    assert 65_000 < longest <= 65_536
    assert sum(len(body.encode()) > 60_000 for body in bodies) >= 6


@pytest.mark.parametrize(
    ("name", "count"), [("company", 120), ("quiet-day", 20), ("empty", 30), ("reorganisation", 150), ("holiday", 40)]
)
def test_a_number_of_tickets_replaces_the_scenarios_own(name: str, count: int) -> None:
    """As many as asked for are there at the start."""
    assert len(_built(name, tickets=count).sandbox.world.tickets) == count
