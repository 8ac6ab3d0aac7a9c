"""People, fields, policies, schedules and the account."""

import pytest

from deskhand.sandbox import Options
from tests.sandbox.builders import Account


def test_groups_are_made_changed_and_deleted(account: Account) -> None:
    """The life of a group over HTTP."""
    made = account.call("POST", "/groups.json", {"group": {"name": "New"}})
    key = made.json()["group"]["id"]
    assert (made.status, made.headers["location"]) == (201, f"https://acme.zendesk.com/api/v2/groups/{key}.json")
    assert account.put(f"/groups/{key}.json", {"group": {"name": "Newer"}})["group"]["name"] == "Newer"
    assert account.call("DELETE", f"/groups/{key}.json").status == 204
    assert account.call("GET", f"/groups/{key}.json").status == 404


def test_lists_can_be_walked_by_cursor(account: Account) -> None:
    """Groups by cursor, one a page, give each once."""
    names, path = [], "/groups.json?page[size]=1"
    while True:
        page = account.get(path)
        names += [row["name"] for row in page["groups"]]
        if not page["meta"]["has_more"]:
            break
        path = page["links"]["next"].partition("/api/v2")[2]
    assert names == ["Billing", "Network", "Support"]


def test_an_agent_may_not_change_settings(account: Account) -> None:
    """Making a group as an agent answers 403."""
    assert account.call("POST", "/groups.json", {"group": {"name": "x"}}, user="ana@example.com").status == 403


def test_a_blank_name_is_refused(account: Account) -> None:
    """A group without a name answers 422 with the field."""
    response = account.call("POST", "/groups.json", {"group": {}})
    assert (response.status, response.json()["details"]["name"][0]["error"]) == (422, "BlankValue")


def test_people_are_found_by_word_and_by_address(account: Account) -> None:
    """users/search takes words of the name and the e-mail address."""
    assert [row["name"] for row in account.get("/users/search.json?query=ruiz")["users"]] == ["Ana Ruiz"]
    assert [row["id"] for row in account.get("/users/search.json?query=email:cleo@customer.example")["users"]] == [
        account.customer
    ]


def test_an_address_belongs_to_one_person(account: Account) -> None:
    """A second user with the same address answers 422 DuplicateValue and is not made."""
    before = len(account.world.tables["users"])
    response = account.call("POST", "/users.json", {"user": {"name": "Twin", "email": "ana@example.com"}})
    assert response.json()["details"]["email"][0]["error"] == "DuplicateValue"
    assert len(account.world.tables["users"]) == before


def test_many_organizations_are_made_by_a_job(account: Account) -> None:
    """create_many makes what it can and names what it cannot."""
    rows = [{"name": "One"}, {"name": "one"}]
    job = account.job(account.call("POST", "/organizations/create_many.json", {"organizations": rows}).json())
    assert [row.get("status", row.get("error")) for row in job["results"]] == ["Created", "OrganizationCreateFailed"]


def test_a_field_gets_its_options_and_tickets_their_field(account: Account) -> None:
    """A new drop-down has ids for its options and shows in every ticket."""
    ticket = account.ticket()
    options = [{"name": "Red", "value": "red"}, {"name": "Blue", "value": "blue"}]
    made = account.call(
        "POST",
        "/ticket_fields.json",
        {"ticket_field": {"type": "tagger", "title": "Colour", "custom_field_options": options}},
    )
    field = made.json()["ticket_field"]
    assert [option["value"] for option in field["custom_field_options"]] == ["red", "blue"]
    assert {"id": field["id"], "value": None} in account.get(f"/tickets/{ticket.id}.json")["ticket"]["custom_fields"]


def test_a_deleted_field_leaves_the_tickets(account: Account) -> None:
    """After its field is deleted, a ticket lists it no more."""
    ticket = account.ticket(custom_fields=[{"id": account.order, "value": "7"}])
    assert account.call("DELETE", f"/ticket_fields/{account.order}.json").status == 204
    row = account.get(f"/tickets/{ticket.id}.json")["ticket"]
    assert [field["id"] for field in row["custom_fields"]] == [account.tier]


def test_a_custom_status_brings_its_category(account: Account) -> None:
    """Setting a custom status sets the status to its category; setting the status picks the category's default."""
    waiting = account.world.add_custom_status("Waiting for parts", "hold")
    ticket = account.ticket()
    row = account.put(f"/tickets/{ticket.id}.json", {"ticket": {"custom_status_id": waiting["id"]}})["ticket"]
    assert (row["status"], row["custom_status_id"]) == ("hold", waiting["id"])
    row = account.put(f"/tickets/{ticket.id}.json", {"ticket": {"status": "pending"}})["ticket"]
    assert row["custom_status_id"] == account.world.default_status("pending")


def test_policies_are_made_and_put_in_order(account: Account) -> None:
    """SLA policies over HTTP: targets come with minutes and seconds, and reorder changes positions."""
    body = {
        "title": "A",
        "filter": {"all": [], "any": []},
        "policy_metrics": [{"priority": "low", "metric": "first_reply_time", "target": 5}],
    }
    first = account.call("POST", "/slas/policies.json", {"sla_policy": body}).json()["sla_policy"]
    second = account.call("POST", "/slas/policies.json", {"sla_policy": body | {"title": "B"}}).json()["sla_policy"]
    assert first["policy_metrics"][0] == {
        "priority": "low", "metric": "first_reply_time", "target": 5, "business_hours": False, "target_in_seconds": 300,
    }  # fmt: skip
    account.put(f"/slas/policies/reorder.json?sla_policy_ids={second['id']},{first['id']}", {})
    assert [row["title"] for row in account.get("/slas/policies.json")["sla_policies"]] == ["B", "A"]
    assert "definitions" in account.get("/slas/policies/definitions.json")


@pytest.mark.parametrize(
    "metric",
    [{"metric": "odd", "priority": "low", "target": 5}, {"metric": "first_reply_time", "priority": "low", "target": 0}],
)
def test_a_policy_with_a_bad_target_is_refused(account: Account, metric: dict[str, object]) -> None:
    """An unknown metric or an empty target answers 422, and no policy is made."""
    body = {"sla_policy": {"title": "A", "filter": {"all": []}, "policy_metrics": [metric]}}
    assert account.call("POST", "/slas/policies.json", body).status == 422
    assert account.get("/slas/policies.json")["count"] == 0


def test_schedules_have_workweeks_and_holidays(account: Account) -> None:
    """A schedule is made with a Rails zone name, its workweek replaced, a holiday added."""
    made = account.call(
        "POST",
        "/business_hours/schedules.json",
        {"schedule": {"name": "Office", "time_zone": "Eastern Time (US & Canada)"}},
    )
    key = made.json()["schedule"]["id"]
    path = f"/business_hours/schedules/{key}"
    account.put(f"{path}/workweek.json", {"workweek": {"intervals": [{"start_time": 1_980, "end_time": 2_460}]}})
    holiday = {"holiday": {"name": "X", "start_date": "2026-12-24", "end_date": "2026-12-26"}}
    assert account.call("POST", f"{path}/holidays.json", holiday).status == 201
    assert account.get(f"{path}.json")["schedule"]["intervals"] == [{"start_time": 1_980, "end_time": 2_460}]
    assert account.get(f"{path}/holidays.json")["holidays"][0]["end_date"] == "2026-12-26"
    bad = {"workweek": {"intervals": [{"start_time": 0, "end_time": 3_000}]}}
    assert account.call("PUT", f"{path}/workweek.json", bad).status == 422


def test_the_account_tells_its_settings_and_zones(account: Account) -> None:
    """Settings, time zones and locales are answered."""
    assert account.get("/account/settings.json")["settings"]["active_features"]["sla_policy"] is True
    zones = {row["name"]: row["iana_name"] for row in account.get("/time_zones.json")["time_zones"]}
    assert zones["Eastern Time (US & Canada)"] == "America/New_York"
    assert account.get("/locales.json")["locales"][0]["locale"] == "en-US"


def test_addresses_for_mail_belong_to_a_brand(account: Account) -> None:
    """A new address waits for its mail to be forwarded, belongs to the default brand, and no second one is the same."""
    made = account.call(
        "POST", "/recipient_addresses.json", {"recipient_address": {"email": "help@acme.example", "name": "Help"}}
    )
    row = made.json()["recipient_address"]

    assert (made.status, row["brand_id"], row["default"], row["forwarding_status"]) == (
        201,
        account.world.default_id("brands"),
        None,
        "waiting",
    )
    assert (
        account.call("POST", "/recipient_addresses.json", {"recipient_address": {"email": "HELP@acme.example"}}).status
        == 422
    )
    path = f"/recipient_addresses/{row['id']}.json"
    assert account.put(path, {"recipient_address": {"default": True}})["recipient_address"]["default"] is True
    assert account.call("DELETE", path).status == 204


def test_a_status_stays_in_its_category(account: Account) -> None:
    """An update of a custom status ignores another category."""
    row = account.world.add_custom_status("Parts", "hold")
    changed = account.put(
        f"/custom_statuses/{row['id']}.json", {"custom_status": {"status_category": "open", "agent_label": "Parts due"}}
    )

    assert (changed["custom_status"]["status_category"], changed["custom_status"]["agent_label"]) == (
        "hold",
        "Parts due",
    )


def test_an_account_may_have_several_locales() -> None:
    """The locales of the account are those that were chosen, the default first."""
    rows = Account(Options(locales="en-US,de")).get("/locales.json")["locales"]

    assert [(row["id"], row["locale"], row["default"]) for row in rows] == [(1, "en-US", True), (101, "de", False)]
