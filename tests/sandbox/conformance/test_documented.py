"""The sandbox's records against documented examples and a real account's exported rows: what no recording shows, such as SLA policies and schedules."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.builders import Account
from tests.sandbox.conformance.exchanges import BESIDE, folder
from tests.sandbox.conformance.shapes import Shape

VARIABLE = "DESKHAND_DOCUMENTED_API_DATA"

PATHS = {
    "automation": "/automations/{automations}", "brand": "/brands/{brands}", "brands": "/brands", "dynamic_content/items": "/dynamic_content/items",
    "group": "/groups/{groups}", "group_memberships": "/group_memberships", "groups": "/groups", "locales": "/locales", "macro": "/macros/{macros}",
    "organization": "/organizations/{organizations}", "organization_fields": "/organization_fields",
    "organization_memberships": "/organization_memberships", "organizations": "/organizations", "search_group": "/search?query=type:group Billing",
    "search_ticket": "/search?query=type:ticket", "search_user": "/search?query=type:user ana", "sla_policies": "/slas/policies",
    "sla_policy": "/slas/policies/{sla_policies}", "tags": "/tickets/1/tags", "ticket": "/tickets/1", "ticket_audits": "/tickets/1/audits",
    "ticket_comments": "/tickets/1/comments", "ticket_field": "/ticket_fields/{ticket_fields}", "ticket_fields": "/ticket_fields",
    "ticket_form": "/ticket_forms/{ticket_forms}", "ticket_forms": "/ticket_forms", "ticket_show_many": "/tickets/show_many?ids=1", "tickets": "/tickets",
    "trigger": "/triggers/{triggers}", "triggers": "/triggers", "user": "/users/{users}", "user_fields": "/user_fields",
    "user_related": "/users/{users}/related", "users": "/users", "view": "/views/{views}", "views": "/views",
    "views_ticket_count": "/views/count_many?ids={views}", "webhook": "/webhooks/{webhooks}",
}  # fmt: skip
"""What answers with which documented example; {table} is the id of that table's last row."""

OLD = {
    "satisfaction_probability": "shown by another plan's prediction",
    "chat_only": "in no recording since 2023: gone from users",
    "watchable": "in no recording since 2023: gone from views",
    "relationship_target_type": "of look-up fields only",
    "relationship_filter": "of look-up fields only",
    "sub_type_id": "of the fields of status and priority only",
    "meta": "of pages by cursor",
    "authentication": "of webhooks that have one",
    "updated_at": "of webhooks that were changed",
    "updated_by": "of webhooks that were changed",
    "via": "of changes made by a rule",
    "client": "of updates sent by a client",
    "ip_address": "of updates sent by a client",
    "location": "of updates sent by a client",
}
"""Documented keys that our record may lack, and why."""


@pytest.fixture
def rich(account: Account) -> Account:
    """An account with a record of every kind."""
    world = account.world
    umbrella = world.add_organization("Umbrella")["id"]
    world.add_sla_policy("Gold", [("high", "first_reply_time", 60, True)])
    schedule = world.add_schedule("Office", "Eastern Time (US & Canada)", [(1980, 2460)])
    world.add_holiday(schedule["id"], "New Year", "2027-01-01")
    for table in ("user_fields", "organization_fields"):
        world.add_record_field(table, "plan")
    conditions = {"all": [{"field": "status", "operator": "is", "value": "solved"}], "any": []}
    told = [{"field": "notification_user", "value": ["all_agents", "Subject", "Body"]}]
    opened = [{"field": "status", "value": "open"}]
    world.add_rule("macros", "Rule", actions=opened)
    for table, actions in (("automations", opened), ("triggers", told), ("views", opened)):
        world.add_rule(table, "Rule", actions=actions, conditions=conditions)
    for path, body in {
        "/dynamic_content/items": {"item": {"name": "N", "content": "c"}},
        "/organization_memberships": {
            "organization_membership": {"user_id": account.customer, "organization_id": umbrella}
        },
        "/webhooks": {"webhook": {"name": "W", "endpoint": "https://a.example"}},
    }.items():
        assert account.call("POST", path, body).status == 201
    account.ticket(tags=["t"], priority="high")
    account.world.update_ticket(1, {"subject": "Other"}, author=account.agent, comment="Answer")
    return account


def documented() -> Iterator[tuple[str, Any]]:
    """Each documented answer to a question, by its name; skips where there are none."""
    named = os.environ.get(VARIABLE)
    root = Path(named) if named else BESIDE / "documented-api"
    files = sorted((root / "GET").rglob("*.json"))
    if not files:
        (pytest.fail if named else pytest.skip)(f"no documented answers in {root}")
    for file in files:
        yield file.relative_to(root / "GET").with_suffix("").as_posix(), json.loads(file.read_text(encoding="utf-8"))


def lacking(mine: Shape, other: Shape, where: str = "") -> Iterator[str]:
    """The keys that ours lacks, and types that are quite others."""
    if other.types - {"null"} and mine.types - {"null"} and not (mine.types & other.types) - {"null"}:
        yield f"{where} is {' or '.join(sorted(mine.types))}, not {' or '.join(sorted(other.types))}"
    for key, shape in other.keys.items():
        if key in mine.keys:
            yield from lacking(mine.keys[key], shape, f"{where}.{key}")
        elif mine.objects and not key.startswith("[") and key not in OLD:
            yield f"{where}.{key} is missing"


def test_records_have_every_documented_key(rich: Account) -> None:
    """What the documentation's examples show of a record, the sandbox's record has, in the same type."""
    rows = {name: list(table.rows)[-1] for name, table in rich.world.tables.items() if len(table)}
    found, compared = [], 0
    for name, answer in documented():
        if name in PATHS:
            mine = Shape().add(rich.get(PATHS[name].format(**rows)))
            found += [f"{name}: {gap}" for gap in lacking(mine, Shape().add(answer))]
            compared += 1

    assert found == []
    assert compared == len(PATHS)


def test_rows_of_a_real_account_have_no_key_that_ours_lack(rich: Account) -> None:
    """A schedule, an SLA policy, macros, metric events and an automation of a real account have only keys that the sandbox's have too."""
    path = folder("recorded-api") / "real-account-records.jsonl"
    if not path.is_file():
        pytest.skip(f"no rows of a real account in {path}")
    rich.wait(120)
    streams = {
        "schedules": rich.get("/business_hours/schedules")["schedules"], "sla_policies": rich.get("/slas/policies")["sla_policies"],
        "macros": rich.get("/macros")["macros"], "automations": rich.get("/automations")["automations"],
        "ticket_metric_events": rich.get("/incremental/ticket_metric_events?start_time=0")["ticket_metric_events"],
    }  # fmt: skip
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]

    gaps = [
        gap
        for row in rows
        for gap in lacking(Shape().add(streams[row["stream"]]), Shape().add([row["data"]]), row["stream"])
    ]

    assert gaps == []
    assert {row["stream"] for row in rows} == streams.keys()
