"""Connectors that copy an account: they follow whatever link they are given, to the end, and believe each `url`, `count` and sideload on the way."""

import json
from base64 import b64encode
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from deskhand.sandbox import Request
from deskhand.sandbox.limits import UNLIMITED
from tests.sandbox.builders import ADMIN, Account

EACH = 5
"""How many records of each kind there are at least."""

BASE = "http://127.0.0.1:8123"
"""The scheme and host that the connector was given: every link has to carry them."""

UNSOLVED = {"field": "status", "operator": "less_than", "value": "solved"}


RULE = {
    "conditions": {"all": [{"field": "status", "operator": "is", "value": "closed"}], "any": []},
    "actions": [{"field": "priority", "value": "low"}],
}
TARGET = {"priority": "high", "metric": "first_reply_time", "target": 60, "business_hours": False}


def settings(n: int) -> dict[str, dict[str, Any]]:
    """What to post to get the n-th record of every kind that an admin makes."""
    return {
        "groups": {"group": {"name": f"G {n}"}},
        "ticket_fields": {"ticket_field": {"type": "text", "title": f"F {n}"}},
        "user_fields": {"user_field": {"type": "text", "title": f"F {n}", "key": f"f{n}"}},
        "organization_fields": {"organization_field": {"type": "text", "title": f"F {n}", "key": f"f{n}"}},
        "ticket_forms": {"ticket_form": {"name": f"Form {n}"}},
        "brands": {"brand": {"name": f"B {n}", "subdomain": f"b{n}"}},
        "custom_statuses": {"custom_status": {"status_category": "open", "agent_label": f"S {n}"}},
        "custom_roles": {"custom_role": {"name": f"R {n}"}},
        "dynamic_content/items": {"item": {"name": f"D {n}", "default_locale_id": 1, "content": "x"}},
        "macros": {"macro": {"title": f"M {n}", "actions": [{"field": "status", "value": "open"}]}},
        "triggers": {"trigger": {"title": f"T {n}", **RULE}},
        "automations": {"automation": {"title": f"A {n}", **RULE}},
        "views": {"view": {"title": f"V {n}", "all": [UNSOLVED]}},
        "slas/policies": {"sla_policy": {"title": f"P {n}", "filter": {"all": [], "any": []}, "policy_metrics": [TARGET]}},
        "webhooks": {"webhook": {"name": f"W {n}", "endpoint": "https://hook.example/x", "http_method": "POST", "request_format": "json", "status": "active",
                                 "subscriptions": ["conditional_ticket_events"]}},
    }  # fmt: skip


class Connector(NamedTuple):
    """A client of a furnished account that knows nothing but the address it was given."""

    account: Account

    def send(self, method: str, url: str, body: object = None) -> Any:
        """The JSON of an answer that is neither an error nor empty."""
        assert url.startswith(f"{BASE}/"), f"a link to somewhere else: {url}"
        headers = {"authorization": "Basic " + b64encode(f"{ADMIN}/token:sandbox-token".encode()).decode()}
        data = b"" if body is None else json.dumps(body).encode()
        answer = self.account.sandbox.handle(Request.of(method, url, headers=headers, body=data))
        assert answer.status in (200, 201), (method, url, answer.body)
        return answer.json()

    def get(self, path: str) -> Any:
        """A path under /api/v2."""
        return self.send("GET", f"{BASE}/api/v2/{path}")

    def make(self, path: str, body: object) -> Any:
        """What was made by a POST."""
        return next(iter(self.send("POST", f"{BASE}/api/v2/{path}.json", body).values()))

    def pages(self, path: str, key: str) -> list[Any]:
        """All pages, by whichever link to the next one each has."""
        url: str | None = f"{BASE}/api/v2/{path}"
        found = []
        while url is not None:
            body = self.send("GET", url)
            assert key in body, (url, list(body))
            found.append(body)
            url = _next(body)
            assert len(found) < 500, f"{path} has no end"
        return found


def _next(body: Any) -> str | None:
    """The next page, as each of the ways to page says that there is one."""
    if "end_of_stream" in body:
        return None if body["end_of_stream"] else str(body.get("after_url") or body["next_page"])
    if "meta" in body:
        return str(body["links"]["next"]) if body["meta"]["has_more"] else None
    return None if body["next_page"] is None else str(body["next_page"])


@pytest.fixture(scope="module")
def connector() -> Connector:
    """Several records of every kind, made as a client makes them. No test changes any."""
    account = Account(limits=UNLIMITED)
    made = Connector(account)
    for n in range(EACH):
        account.ticket(subject=f"Help {n}", priority="high", type="problem", tags=[f"t{n}"])
    for n in range(EACH):
        organization = made.make("organizations", {"organization": {"name": f"Org {n}"}})["id"]
        user = made.make("users", {"user": {"name": f"U {n}", "email": f"u{n}@example.com"}})["id"]
        made.make(
            "organization_memberships", {"organization_membership": {"user_id": user, "organization_id": organization}}
        )
        for path, body in settings(n).items():
            made.make(path, body)
        identity = {"identity": {"type": "email", "value": f"more{n}@example.com"}}
        made.make(f"users/{account.customer}/identities", identity)
        made.make(
            f"ticket_fields/{account.tier}/options", {"custom_field_option": {"name": f"O {n}", "value": f"o{n}"}}
        )
        note = {"comment": {"body": f"Note {n}", "public": False}, "additional_collaborators": [f"cc{n}@example.com"]}
        account.put("/tickets/1", {"ticket": note})
        account.put("/tickets/2", {"ticket": {"organization_id": organization, "status": "solved"}})
        account.call("DELETE", f"/tickets/{account.ticket(subject=f'Gone {n}').id}")
        account.call("DELETE", f"/users/{made.make('users', {'user': {'name': f'Gone {n}'}})['id']}")
        account.call(
            "PUT",
            "/tickets/update_many?ids=3,4",
            {"ticket": {"additional_tags": [f"many{n}"], "problem_id": 1, "type": "incident"}},
        )
        rating = {"satisfaction_rating": {"score": "good"}}
        account.call("POST", "/tickets/2/satisfaction_rating", rating, user="cleo@customer.example")
    account.wait(3_600)
    account.get("/groups")
    return made


LISTS = [
    "tickets", "ticket_metrics", "deleted_tickets", "problems", "users", "deleted_users", "groups", "groups/assignable", "group_memberships",
    "group_memberships/assignable", "organizations", "organization_memberships", "ticket_fields", "user_fields", "organization_fields", "ticket_forms",
    "brands", "custom_statuses", "custom_roles", "macros", "macros/active", "triggers", "triggers/active", "automations", "automations/active", "views",
    "views/active", "slas/policies", "satisfaction_ratings", "recipient_addresses", "tags", "job_statuses", "trigger_categories",
]  # fmt: skip
"""Lists that both paginations go through, each under its own name."""


BARE = {"tags", "deleted_tickets", "custom_roles", "trigger_categories"}
"""Those of them whose records have no `url`."""


def key_of(path: str) -> str:
    """The name under which a list stands in its answers."""
    name = {"slas/policies": "sla_policies", "problems": "tickets"}
    return name.get(path, path.split("/", maxsplit=1)[0])


def nested(connector: Connector) -> dict[str, str]:
    """Lists that belong to one record, with the name of each."""
    customer, tier = connector.account.customer, connector.account.tier
    organization = connector.get("organizations.json")["organizations"][-1]["id"]
    group, view = connector.account.group, connector.get("views.json")["views"][0]["id"]
    return {
        "tickets/1/comments": "comments", "tickets/1/audits": "audits", "tickets/1/incidents": "tickets", "tickets/1/collaborators": "users",
        "ticket_audits": "audits", f"users/{customer}/tickets/requested": "tickets", f"users/{customer}/identities": "identities",
        f"organizations/{organization}/users": "users", f"organizations/{organization}/tickets": "tickets", f"groups/{group}/users": "users",
        f"groups/{group}/memberships": "group_memberships", f"views/{view}/tickets": "tickets", f"ticket_fields/{tier}/options": "custom_field_options",
        "dynamic_content/items": "items", "users/search": "users", "organizations/autocomplete": "organizations",
    }  # fmt: skip


def identity(row: Any) -> str:
    """What tells one row of a list from another."""
    return str(row.get("id") or row.get("name"))


def walked(connector: Connector, path: str, key: str) -> list[str]:
    """The identities of all rows of a list, after checking each page and that none comes twice."""
    pages = connector.pages(path, key)
    rows = [identity(row) for page in pages for row in page[key]]
    assert len(rows) == len(set(rows)), f"{path} gives a row twice"
    assert {page["count"] for page in pages if isinstance(page.get("count"), int)} <= {len(rows)}, path
    return rows


def both_ways(connector: Connector, path: str, key: str) -> list[str]:
    """The same rows by number and by cursor, under the path with .json and without."""
    ways = [
        walked(connector, f"{path}{suffix}?{size}", key)
        for suffix in ("", ".json")
        for size in ("per_page=2", "page[size]=2", "page%5Bsize%5D=3", "per_page=2&page=1")
    ]
    for way in ways:
        assert sorted(way) == sorted(ways[0]), path
    return ways[0]


@pytest.mark.parametrize("path", LISTS)
def test_a_list_is_followed_to_its_end(connector: Connector, path: str) -> None:
    """By number and by cursor, with .json and without, every record comes once."""
    rows = both_ways(connector, path, key_of(path))

    assert len(rows) >= (1 if path in ("recipient_addresses", "trigger_categories", "satisfaction_ratings") else 3)


def test_the_lists_of_one_record_are_followed_to_their_end(connector: Connector) -> None:
    """Comments, audits, people, memberships and whatever else belongs to a record comes once, whichever way it is paged."""
    short = [path for path, key in nested(connector).items() if len(both_ways(connector, path, key)) < 1]

    assert short == []


@pytest.mark.parametrize("path", [path for path in LISTS if path not in BARE])
def test_a_records_url_answers_with_that_record(connector: Connector, path: str) -> None:
    """`url` is the connector's own address, and what it finds there is the record it came with."""
    for row in connector.get(f"{path}.json")[key_of(path)]:
        found = connector.send("GET", row["url"])
        assert any(isinstance(one, dict) and one.get("id") == row["id"] for one in found.values()), row["url"]


EXPORTS = {
    "incremental/tickets/cursor": "tickets", "incremental/tickets": "tickets", "incremental/ticket_events": "ticket_events", "incremental/users": "users",
    "incremental/users/cursor": "users", "incremental/organizations": "organizations", "incremental/ticket_metric_events": "ticket_metric_events",
}  # fmt: skip


@pytest.mark.parametrize("path", EXPORTS)
def test_an_export_is_followed_to_the_end_of_its_stream(connector: Connector, path: str) -> None:
    """after_url, or next_page, leads through small pages to end_of_stream, and all that a great page has has been seen."""
    key = EXPORTS[path]
    whole = {row["id"] for page in connector.pages(f"{path}.json?start_time=1&per_page=1000", key) for row in page[key]}
    small = [row["id"] for page in connector.pages(f"{path}.json?start_time=1&per_page=2", key) for row in page[key]]

    assert set(small) == whole
    assert len(whole) >= EACH
    if path.endswith("cursor"):
        assert len(small) == len(whole)


SIDELOADS = {
    "tickets.json": "users groups organizations last_audits metric_sets dates comment_count incident_counts ticket_forms brands custom_statuses slas",
    "tickets/1.json": "users groups organizations last_audits metric_sets dates comment_count incident_counts ticket_forms brands slas metric_events",
    "tickets/show_many.json?ids=1,2": "users organizations slas metric_sets",
    "incremental/tickets/cursor.json?start_time=1": "users groups organizations metric_sets comment_count",
    "users.json": "organizations groups identities roles open_ticket_count",
    "incremental/users/cursor.json?start_time=1": "organizations identities",
    "groups.json": "users",
    "group_memberships.json": "users groups",
    "organization_memberships.json": "users organizations",
    "tickets/1/comments.json": "users",
    "tickets/1/audits.json": "users tickets groups organizations",
    "macros.json": "usage_1h usage_30d permissions categories",
    "triggers.json": "permissions",
    "automations.json": "permissions",
    "views.json": "permissions",
    "ticket_forms.json": "ticket_fields",
    "search.json?query=type:ticket": "tickets(users) tickets(users,groups)",
}


@pytest.mark.parametrize("path", SIDELOADS)
def test_what_is_included_stands_beside_the_list_or_in_its_rows(connector: Connector, path: str) -> None:
    """Each `include` adds something to the answer, and takes nothing away."""
    plain = connector.get(path)
    for name in SIDELOADS[path].split():
        loaded = connector.get(f"{path}{'&' if '?' in path else '?'}include={name}")
        assert keys_of(plain) < keys_of(loaded), f"{path} include={name}"


def keys_of(body: Any) -> set[str]:
    """The names in an answer and in the first row of its list, or in its one record."""
    first = next((value for value in body.values() if value and isinstance(value, list | dict)), {})
    row = first[0] if isinstance(first, list) else first
    return set(body) | {f".{name}" for name in row}


def test_sideloads_are_those_of_the_page(connector: Connector) -> None:
    """A page of memberships brings the people of that page, not those of the whole list."""
    for page in connector.pages("organization_memberships.json?include=users&per_page=2", "organization_memberships"):
        wanted = {row["user_id"] for row in page["organization_memberships"]}
        assert {row["id"] for row in page["users"]} == wanted


def test_every_exported_ticket_leads_to_what_belongs_to_it(connector: Connector) -> None:
    """Audits, comments and metrics of each ticket of the export are there; a deleted one has its row, and nothing else."""
    for ticket in connector.get("incremental/tickets/cursor.json?start_time=1")["tickets"]:
        if ticket["status"] == "deleted":
            continue
        where = f"tickets/{ticket['id']}"
        assert connector.get(f"{where}/audits.json")["audits"]
        assert connector.get(f"{where}/comments.json")["comments"]
        assert connector.get(f"{where}/metrics.json")["ticket_metric"]["ticket_id"] == ticket["id"]


def test_lists_of_rules_are_sorted_before_they_are_paged(connector: Connector) -> None:
    """sort_by and sort_order hold over all pages."""
    for path in ("macros", "triggers", "automations", "views"):
        pages = connector.pages(f"{path}.json?sort_by=alphabetical&sort_order=desc&per_page=2", path)
        titles = [row["title"] for page in pages for row in page[path]]
        assert titles == sorted(titles, reverse=True)


DECLARED = Path(__file__).parents[2].parent / "shared" / "data" / "openapi" / "zendesk-support.yaml"
SCHEMAS = {
    "tickets": "TicketObject", "users": "UserObject", "organizations": "OrganizationObject", "groups": "GroupObject", "group_memberships": "GroupMembershipObject",
    "macros": "MacroObject", "triggers": "TriggerObject", "automations": "AutomationObject", "views": "ViewObject", "ticket_fields": "TicketFieldObject",
    "ticket_forms": "TicketFormObject", "brands": "BrandObject", "slas/policies": "SLAPolicyObject", "satisfaction_ratings": "SatisfactionRatingObject",
    "ticket_metrics": "TicketMetricObject", "ticket_audits": "TicketAuditObject", "custom_roles": "CustomRoleObject", "custom_statuses": "CustomStatusObject",
    "organization_memberships": "OrganizationMembershipObject", "user_fields": "UserFieldObject", "organization_fields": "OrganizationFieldObject",
}  # fmt: skip
"""What the declaration calls the records of each list."""

TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,), "integer": (int,), "boolean": (bool,), "array": (list,), "object": (dict,), "number": (int, float),
}  # fmt: skip


def declared(schemas: Any, schema: Any) -> dict[str, Any]:
    """The properties of a schema, and of those that it is made of."""
    schema = referred(schemas, schema)
    found = dict(schema.get("properties", {}))
    for part in schema.get("allOf", []):
        found |= declared(schemas, part)
    return found


def referred(schemas: Any, schema: Any) -> Any:
    """The schema that a reference stands for."""
    while "$ref" in schema:
        schema = schemas[schema["$ref"].split("/")[-1]]
    return schema


@pytest.mark.skipif(not DECLARED.is_file(), reason="Zendesk's declaration of its API is not beside this checkout")
def test_every_value_has_the_type_that_the_schema_declares(connector: Connector) -> None:
    """A connector that validates records against Zendesk's own declaration finds nothing to refuse; nulls are its own affair."""
    schemas = yaml.load(DECLARED.read_text(), getattr(yaml, "CSafeLoader", yaml.SafeLoader))["components"]["schemas"]
    wrong, seen = set(), 0
    for path, schema in SCHEMAS.items():
        properties = declared(schemas, schemas[schema])
        for row in connector.get(f"{path}.json")[key_of(path) if path != "ticket_audits" else "audits"]:
            for name in row.keys() & properties.keys():
                wanted = TYPES.get(str(referred(schemas, properties[name]).get("type")))
                value = row[name]
                seen += value is not None
                flag = isinstance(value, bool) and wanted is not None and bool not in wanted
                if value is not None and wanted is not None and (flag or not isinstance(value, wanted)):
                    wrong.add(f"{path}: {name} is {value!r}")

    assert wrong == set()
    assert seen > 1_000
