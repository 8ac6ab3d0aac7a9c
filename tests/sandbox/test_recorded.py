"""The keys of the sandbox's records against recordings of real accounts."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.builders import Account

RECORDED = Path(__file__).parents[2].parent / "shared" / "data" / "recorded-api"
pytestmark = pytest.mark.skipif(
    not RECORDED.is_dir(), reason="the recordings of real accounts are not beside this checkout"
)


def recorded(name: str) -> Any:
    """The first recorded answer of a file."""
    return json.loads((RECORDED / f"{name}.json").read_text())["interactions"][0]["response_body"]


def test_a_ticket_has_the_keys_of_a_real_one_in_the_same_order(account: Account) -> None:
    """A ticket has every key of a recorded ticket, in the same order."""
    ticket = account.get(f"/tickets/{account.ticket().id}.json")["ticket"]
    assert list(ticket) == list(recorded("GET_tickets-id_200")["ticket"])


def test_an_export_row_has_the_keys_of_a_real_one(account: Account) -> None:
    """A row of the cursor export has every key of a recorded row, and its page those of a recorded page."""
    account.ticket()
    account.wait(120)
    page, real = (
        account.get("/incremental/tickets/cursor.json?start_time=0"),
        recorded("GET_incremental-tickets-cursor_200"),
    )
    assert set(page) == set(real)
    assert list(page["tickets"][0]) == list(real["tickets"][0])


def test_an_audit_and_its_events_have_the_keys_of_real_ones(account: Account) -> None:
    """An audit, its comment and its creation events have the keys of recorded ones."""
    ticket = account.ticket()
    mine = account.get(f"/tickets/{ticket.id}/audits.json")["audits"][0]
    real = recorded("POST_tickets_201")["audit"]
    assert set(mine) == set(real)
    kinds = {event["type"]: set(event) for event in real["events"]}
    assert {event["type"]: set(event) for event in mine["events"]} == {
        kind: kinds[kind] for kind in ("Comment", "Create")
    }


def test_a_change_event_has_the_keys_of_a_real_one(account: Account) -> None:
    """A change event has type, field, value and previous value, as recorded."""
    body = account.put(f"/tickets/{account.ticket().id}.json", {"ticket": {"subject": "Other"}})
    assert set(body["audit"]["events"][0]) == set(recorded("PUT_tickets-id_200")["audit"]["events"][0])


def test_a_comment_has_the_keys_of_a_real_one(account: Account) -> None:
    """A comment in the list of comments has the recorded keys."""
    ticket = account.ticket()
    assert set(account.get(f"/tickets/{ticket.id}/comments.json")["comments"][0]) == set(
        recorded("GET_tickets-id-comments_200")["comments"][0]
    )


@pytest.mark.parametrize(
    ("path", "name", "many"),
    [
        ("/groups.json?page[size]=100", "GET_groups_200", "groups"),
        ("/group_memberships.json?page[size]=100", "GET_group_memberships_200", "group_memberships"),
    ],
)
def test_lists_have_the_keys_of_real_ones(account: Account, path: str, name: str, many: str) -> None:
    """A page by cursor has the recorded keys, and so have its rows."""
    page, real = account.get(path), recorded(name)
    assert set(page) == set(real)
    assert set(page["meta"]) == set(real["meta"])
    assert set(page["links"]) == set(real["links"])
    assert set(page[many][0]) == set(real[many][0])


def test_a_user_has_the_keys_of_a_real_one(account: Account) -> None:
    """A user has the recorded keys."""
    assert set(account.get(f"/users/{account.agent}.json")["user"]) == set(recorded("GET_users-id_200")["user"])


def test_me_has_the_keys_of_a_real_one(account: Account) -> None:
    """users/me has the recorded keys."""
    assert set(account.get("/users/me.json")["user"]) == set(recorded("GET_users-me_200")["user"])


def test_a_job_has_the_keys_of_a_real_one(account: Account) -> None:
    """A job has the recorded keys (later recordings have job_type too)."""
    made = account.call(
        "POST", "/tickets/create_many.json", {"tickets": [{"subject": "a", "comment": {"body": "b"}}]}
    ).json()
    job = account.job(made)
    real = recorded("GET_job_statuses-id_200")["job_status"]
    assert set(job) - {"job_type"} == set(real)
    assert set(job["results"][0]) == set(real["results"][0])


def test_a_new_ticket_field_brand_and_status_have_the_keys_of_real_ones(account: Account) -> None:
    """Fields, brands and custom statuses have the recorded keys."""
    field = account.call("POST", "/ticket_fields.json", {"ticket_field": {"type": "text", "title": "X"}}).json()[
        "ticket_field"
    ]
    assert set(field) == set(recorded("POST_ticket_fields_201")["ticket_field"])
    brand = account.get("/brands.json")["brands"][0]
    assert set(brand) == set(recorded("GET_brands-id_200")["brand"])
    made = account.call(
        "POST", "/custom_statuses.json", {"custom_status": {"agent_label": "A", "status_category": "open"}}
    )
    assert made.status == 201
    assert set(made.json()["custom_status"]) == set(recorded("POST_custom_statuses_201")["custom_status"])


def test_an_organization_has_the_keys_of_a_real_one(account: Account) -> None:
    """An organization has the recorded keys."""
    account.world.add_organization("Umbrella")
    assert set(account.get("/organizations.json")["organizations"][0]) == set(
        recorded("GET_organizations_200")["organizations"][0]
    )


def test_a_missing_ticket_answers_as_recorded(account: Account) -> None:
    """404 has the recorded body."""
    response = account.call("PUT", "/tickets/9223372036854775807.json", {"ticket": {"subject": "x"}})
    assert (response.status, response.json()) == (404, recorded("PUT_tickets-id_404"))


def test_too_many_rows_answer_as_recorded(account: Account) -> None:
    """400 TooManyValues has the recorded body."""
    response = account.call("POST", "/tickets/create_many.json", {"tickets": [{"subject": "x"}] * 101})
    assert (response.status, response.json()) == (400, recorded("POST_tickets-create_many_400"))
