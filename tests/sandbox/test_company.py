"""The demo company."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from deskhand.documents.load import load_policies
from deskhand.documents.names import check_names
from deskhand.sandbox import Request, Sandbox, SimClock
from deskhand.sandbox.company import CLIENT_ID, CLIENT_SECRET, MONDAY, Company, build_company
from deskhand.sandbox.company_settings import slug
from deskhand.sandbox.sla import next_breach
from tests.source import ROOT


def _company(seed: int = 1, tickets: int = 400) -> Company:
    return build_company(Sandbox(clock=SimClock()), seed=seed, tickets=tickets)


def _digest(company: Company) -> str:
    world = company.sandbox.world
    rows = [world.tables[name].rows for name in ("users", "groups", "organizations", "ticket_fields", "sla_policies")]
    tickets = [
        (
            t.id,
            t.subject,
            t.status,
            t.tags,
            t.group_id,
            t.assignee_id,
            t.fields,
            [(a.at, a.author, repr(a.events)) for a in t.audits],
        )
        for t in world.tickets.values()
    ]
    return sha256((json.dumps(rows, sort_keys=True) + repr(tickets)).encode()).hexdigest()


@pytest.fixture(scope="module")
def company() -> Company:
    """The company at the beginning of its day; not to be changed."""
    return _company()


def test_the_same_seed_makes_the_same_company(company: Company) -> None:
    """Two companies of one seed are alike in every row, ticket and audit; another seed makes another one."""
    assert _digest(company) == _digest(_company())
    assert _digest(company) != _digest(_company(seed=2))


def test_it_begins_on_monday_morning_with_as_many_tickets_as_asked_for(company: Company) -> None:
    """The clock stands at the start, and all 400 tickets were made before."""
    assert company.sandbox.clock.now() == MONDAY
    assert len(company.sandbox.world.tickets) == 400
    assert max(ticket.created for ticket in company.sandbox.world.tickets.values()) <= MONDAY.timestamp()


def test_a_clock_that_is_later_already_is_not_turned_back() -> None:
    """A company made in a later year has its past before that instant."""
    later = datetime(2027, 5, 4, 10, 0, tzinfo=UTC)
    sandbox = Sandbox(clock=SimClock(later))

    built = build_company(sandbox, tickets=120)

    assert built.start == later
    assert sandbox.clock.now() == later
    assert all(
        later - timedelta(days=60) < datetime.fromtimestamp(t.created, UTC) <= later
        for t in sandbox.world.tickets.values()
    )


def test_the_shipped_policies_find_every_name_they_ask_for(company: Company) -> None:
    """Groups, agents, fields and options of policies/ exist here under exactly those names."""
    world = company.sandbox.world
    fields = [row for row in world.tables["ticket_fields"] if row["removable"]]
    known = {
        "groups": [row["name"] for row in world.tables["groups"]],
        "agents": [row["email"] for row in world.tables["users"] if row["role"] != "end-user"],
        "fields": [slug(row["title"]) for row in fields],
        "options": [f"{slug(row['title'])}={option['value']}" for row in fields for option in row.get("custom_field_options", ())],
        "organization_fields": [row["key"] for row in world.tables["organization_fields"]],
        "user_fields": [row["key"] for row in world.tables["user_fields"]],
        "brands": [row["name"] for row in world.tables["brands"]],
        "forms": [row["name"] for row in world.tables["ticket_forms"]],
        "statuses": [row["agent_label"] for row in world.tables["custom_statuses"]],
    }  # fmt: skip
    loaded = load_policies(ROOT / "policies")

    assert len(loaded.mentions) > 20
    assert [str(problem) for problem in check_names(loaded, known)] == []


def test_tickets_stand_at_interesting_points(company: Company) -> None:
    """At the start some tickets are minutes from half their time, some are wrong in queue or priority, some wait for a specialist."""
    world, fields, groups, now = company.sandbox.world, company.fields, company.groups, MONDAY.timestamp()
    live = [ticket for ticket in world.tickets.values() if ticket.unsolved]
    ages = Counter((t.priority, int(now - t.created) // 60) for t in live if t.assignee_id is None)

    assert sum(ages["normal", minutes] for minutes in range(105, 120)) >= 5
    assert sum(ages["high", minutes] for minutes in range(20, 30)) >= 3
    assert (
        sum(t.fields.get(fields["issue_type"]) == "network_outage" and t.group_id == groups["Support L1"] for t in live)
        >= 5
    )
    assert (
        sum(
            t.fields.get(fields["issue_type"]) in ("cosmetic", "documentation", "feature_request")
            and t.priority == "high"
            for t in live
        )
        >= 4
    )
    assert (
        sum(bool(t.fields.get(fields["repro_confirmed"]) and t.fields.get(fields["suspected_bug"])) for t in live) >= 5
    )
    assert sum(t.priority == "urgent" and fields["engineering_assigned_at"] not in t.fields for t in live) >= 4
    assert (
        sum(
            bool(t.fields.get(fields["impact_stated"]))
            and company.drawer.tiers.get(t.organization_id or 0) == "enterprise"
            for t in live
        )
        >= 6
    )
    breaches = [breach for t in live if (breach := next_breach(world, t)) is not None and now < breach <= now + 3_600]
    assert len(breaches) >= 5


def test_all_queues_priorities_and_tiers_are_there(company: Company) -> None:
    """Every group, priority, status and tier has tickets."""
    tickets = list(company.sandbox.world.tickets.values())

    assert set(company.groups.values()) - {company.groups["Engineering On-Call"]} <= {
        ticket.group_id for ticket in tickets
    }
    assert {ticket.priority for ticket in tickets} >= {"low", "normal", "high", "urgent"}
    assert {ticket.status for ticket in tickets} == {"new", "open", "pending", "hold", "solved", "closed"}
    assert {company.drawer.tiers.get(ticket.organization_id or 0) for ticket in tickets} >= {
        "enterprise",
        "business",
        "starter",
        None,
    }


def test_new_tickets_come_during_the_day() -> None:
    """From 40 to 80 tickets come on a working day, and fewer on Sunday."""
    company = _company(tickets=150)
    sandbox = company.sandbox
    sandbox.run_until(MONDAY.replace(hour=0, minute=0) + timedelta(days=8))
    days = Counter(
        (datetime.fromtimestamp(t.created, UTC) - MONDAY.replace(hour=0, minute=0)).days
        for t in sandbox.world.tickets.values()
    )

    assert all(40 <= days[day] <= 80 for day in range(1, 5))
    assert days[6] <= 16


def test_the_worker_signs_in_as_an_admin_of_its_own(company: Company) -> None:
    """The OAuth client deskhand gets a token that may read the incremental export as deskhand@acme.example."""
    sandbox = company.sandbox
    body = json.dumps(
        {
            "grant_type": "client_credentials",
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "scope": "read write",
        }
    )
    asked = Request.of(
        "POST", f"{sandbox.url}/oauth/tokens", headers={"content-type": "application/json"}, body=body.encode()
    )
    headers = {"authorization": f"Bearer {sandbox.handle(asked).json()['access_token']}"}

    me = sandbox.handle(Request.of("GET", f"{sandbox.url}/api/v2/users/me.json", headers=headers)).json()
    feed = sandbox.handle(
        Request.of("GET", f"{sandbox.url}/api/v2/incremental/tickets/cursor.json?start_time=0", headers=headers)
    )

    assert me["user"]["email"] == "deskhand@acme.example"
    assert feed.status == 200
    assert len(feed.json()["tickets"]) >= 390


def test_a_days_life_costs_little() -> None:
    """The account's own rules do not make up for the past when the day begins."""
    company = _company()

    happenings = company.sandbox.run_until(MONDAY.replace(hour=18))

    assert happenings < 1_500
