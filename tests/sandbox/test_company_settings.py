"""The settings of the demo company's account."""

from collections import Counter
from datetime import UTC, datetime

import pytest

from deskhand.sandbox import Sandbox
from deskhand.sandbox.company import Company, settle
from deskhand.sandbox.company_settings import add_rules
from deskhand.sandbox.sla import slas

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def company() -> Company:
    """The company without tickets; tests only add tickets of their own."""
    return settle(Sandbox())


def _targets(company: Company, tier: str, priority: str) -> dict[str, str | None]:
    world = company.sandbox.world
    homes = {row["id"] for row in company.organizations if row["organization_fields"]["tier"] == tier}
    person = next(row for row in company.customers if row["organization_id"] in homes)
    ticket = world.create_ticket(
        {"comment": {"body": "x"}, "priority": priority}, author=person["id"], at=MONDAY.timestamp()
    )
    return {row["metric"]: row["breach_at"] for row in slas(world, ticket, int(MONDAY.timestamp()))["policy_metrics"]}


def test_options_of_different_fields_do_not_clash(company: Company) -> None:
    """An option is a tag of the whole account, so it belongs to one field."""
    rows = company.sandbox.world.tables["ticket_fields"]
    values = Counter(option["value"] for row in rows for option in row.get("custom_field_options", ()))

    assert [value for value, count in values.items() if count > 1] == []


def test_enterprise_is_promised_more_than_others(company: Company) -> None:
    """Enterprise has three metrics by the calendar; those in no better tier have the first reply only, in office hours."""
    assert _targets(company, "enterprise", "high") == {
        "first_reply_time": "2026-03-02T10:00:00Z",
        "requester_wait_time": "2026-03-02T17:00:00Z",
    }
    assert _targets(company, "starter", "normal") == {"first_reply_time": "2026-03-02T13:00:00Z"}


def test_business_is_promised_office_hours_and_urgent_the_calendar(company: Company) -> None:
    """Ten office hours a day: 48 office hours from Monday 09:00 end on Friday at 17:00 (London, winter)."""
    assert _targets(company, "business", "normal")["requester_wait_time"] == "2026-03-06T17:00:00Z"
    assert _targets(company, "business", "urgent")["first_reply_time"] == "2026-03-02T09:15:00Z"


def test_the_account_has_rules_of_its_own() -> None:
    """A trigger, an automation, two macros and a view are there once the doors are open; the trigger runs."""
    made = settle(Sandbox())
    world = made.sandbox.world
    add_rules(world, made.groups, made.fields)
    ticket = world.create_ticket(
        {"subject": "Our partner asks", "comment": {"body": "x"}}, author=made.customers[0]["id"]
    )

    assert {name: len(world.tables[name]) for name in ("triggers", "automations", "macros", "views")} == {
        "triggers": 1, "automations": 1, "macros": 2, "views": 1,
    }  # fmt: skip
    assert "partner" in ticket.tags
