"""Malformed and hostile requests get an answer of the real API's kind, never a traceback."""

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deskhand.sandbox import Request, Sandbox
from deskhand.sandbox.route import ROUTES
from tests.sandbox.builders import Account

ACCOUNT = Account()
ACCOUNT.world.add_schedule("Office")
ACCOUNT.world.add_sla_policy("All", [("high", "first_reply_time", 60)])
for _ in range(3):
    ACCOUNT.ticket(priority="high")

LEAVES = st.none() | st.booleans() | st.integers(-10, 2**70) | st.floats(allow_nan=False) | st.text(max_size=12)
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
KEYS = ["status", "tags", "custom_fields", "comment", "assignee_id", "group_id", "priority", "metadata", "followers", "safe_update", "updated_stamp", "title",
        "actions", "conditions", "all", "filter", "policy_metrics", "intervals", "name", "email", "ids", "custom_field_options", "restriction", "type",
        "additional_tags", "due_at", "requester", "requester_id", "external_id", "fields", "email_ccs", "problem_id", "holiday", "start_date"]  # fmt: skip
FACTS = st.dictionaries(st.sampled_from(KEYS), JSON, max_size=5)
ENVELOPES = ["ticket", "tickets", "macro", "trigger", "automation", "view", "user", "group", "organization", "sla_policy", "schedule", "ticket_field", "holiday",
             "workweek", "custom_status", "brand", "ticket_form", "group_membership", "macros", "users", "webhook", "item"]  # fmt: skip
BODIES = st.builds(
    lambda name, facts, many: {name: [facts] if many else facts}, st.sampled_from(ENVELOPES), FACTS, st.booleans()
)
PARTS = st.sampled_from(["1", "2", "99", "x", "-1", "0", "%00", "9" * 40]) | st.text(alphabet="abc.%/?&=é ", max_size=6)
QUERY = st.dictionaries(
    st.sampled_from(["page", "per_page", "page[size]", "page[after]", "sort", "sort_by", "include", "ids", "query", "cursor", "start_time", "filter[type]", "external_id"]),
    st.sampled_from(["", "1", "0", "-5", "abc", "eyJvIjoiaWQiLCJ2IjpbMV19", "slas,users,metric_sets", "9" * 30, "type:ticket status<x", "id", "-updated_at", "ticket"]),
    max_size=3,
)  # fmt: skip


def filled(template: str, parts: list[str]) -> str:
    """A template with its placeholders filled."""
    words = iter([*parts, "1", "1", "1"])
    return "/".join(
        next(words) if word.startswith("{") else word for word in template.removeprefix("/api/v2").split("/")
    )


@settings(
    max_examples=1_500,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    derandomize=True,
)
@given(st.sampled_from(ROUTES), st.lists(PARTS, max_size=3), QUERY, BODIES | JSON)
def test_every_endpoint_answers_whatever_comes(route: Any, parts: list[str], query: dict[str, str], body: Any) -> None:
    """No endpoint raises, and every refusal is JSON or text with a 4xx status."""
    path = filled(route.template, parts) + "?" + "&".join(f"{name}={value}" for name, value in query.items())
    response = ACCOUNT.call(route.method, path, json.dumps(body).encode())
    ACCOUNT.wait(7)
    assert 200 <= response.status < 500
    if response.status >= 400 and response.headers["content-type"].startswith("application/json"):
        assert isinstance(response.json(), dict)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(FACTS)
def test_updates_of_any_shape_leave_a_ticket_that_can_be_read(facts: dict[str, Any]) -> None:
    """Whatever an update holds, the ticket can be shown afterwards with all sideloads."""
    ACCOUNT.wait(31)
    response = ACCOUNT.call("PUT", "/tickets/1.json", json.dumps({"ticket": facts}).encode())
    assert response.status < 500
    if ACCOUNT.world.tickets[1].status == "closed":
        ACCOUNT.world.tickets[1].status = "open"
    shown = ACCOUNT.call("GET", "/tickets/1.json?include=slas,metric_sets,metric_events,dates,users")
    assert shown.status in (200, 404)
    assert shown.json()


def test_a_body_of_ten_megabytes_is_answered() -> None:
    """A ticket with a body of 10 MB is made, with its comment cut."""
    account = Account()
    response = account.call("POST", "/tickets.json", {"ticket": {"comment": {"body": "x" * 10_000_000}}})
    assert (response.status, len(response.json()["ticket"]["description"])) == (201, 65_536)


def test_an_empty_sandbox_answers_too() -> None:
    """A sandbox without any world refuses everybody."""
    assert Sandbox(empty=False).handle(Request.of("GET", "https://acme.zendesk.com/api/v2/tickets.json")).status == 401
