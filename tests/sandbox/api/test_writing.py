"""Creating and updating single tickets."""

import pytest

from deskhand.sandbox import Options
from tests.sandbox.builders import Account


def test_an_update_answers_with_the_ticket_and_its_audit(account: Account) -> None:
    """PUT returns the changed ticket and an audit with the change, the client and the custom metadata."""
    ticket = account.ticket()
    account.wait(5)
    body = account.put(f"/tickets/{ticket.id}.json", {"ticket": {"priority": "high", "metadata": {"op": "7"}}})
    assert body["ticket"]["priority"] == "high"
    assert body["audit"]["metadata"]["custom"] == {"op": "7"}
    assert body["audit"]["metadata"]["system"]["client"] == "tests/1"
    assert [(e["field_name"], e["value"], e["previous_value"]) for e in body["audit"]["events"]] == [
        ("priority", "high", None)
    ]


def test_a_safe_update_with_the_present_stamp_is_done(account: Account) -> None:
    """A safe update with the ticket's updated_at is carried out."""
    ticket = account.ticket()
    stamp = account.get(f"/tickets/{ticket.id}.json")["ticket"]["updated_at"]
    account.put(
        f"/tickets/{ticket.id}.json", {"ticket": {"priority": "low", "safe_update": True, "updated_stamp": stamp}}
    )
    assert ticket.priority == "low"


@pytest.mark.parametrize("safe", [True, False])
def test_an_outdated_stamp_is_a_conflict_whatever_safe_update_says(account: Account, safe: bool) -> None:
    """An outdated stamp answers 409 UpdateConflict, for safe_update false as well, and changes nothing."""
    ticket = account.ticket()
    facts = {"priority": "low", "safe_update": safe, "updated_stamp": "2020-01-01T00:00:00Z"}
    response = account.call("PUT", f"/tickets/{ticket.id}.json", {"ticket": facts})
    assert (response.status, response.json()["error"]) == (409, "UpdateConflict")
    assert ticket.priority is None


def test_a_closed_ticket_cannot_be_changed(account: Account) -> None:
    """An update of a closed ticket answers 422 and names the status."""
    ticket = account.ticket()
    account.world.update_ticket(ticket, {"status": "closed"}, author=account.agent)
    response = account.call("PUT", f"/tickets/{ticket.id}.json", {"ticket": {"tags": ["x"]}})
    assert response.status == 422
    assert response.json()["details"]["status"][0]["description"] == "Status: closed prevents ticket update"


def test_an_assignee_outside_the_group_is_refused(account: Account) -> None:
    """Group and assignee that do not belong together answer 422 about the assignee."""
    ticket = account.ticket()
    facts = {"group_id": account.other_group, "assignee_id": account.agent}
    response = account.call("PUT", f"/tickets/{ticket.id}.json", {"ticket": facts})
    assert response.status == 422
    assert response.json()["details"]["assignee"][1]["description"] == "Assignee: is not a member of the group"


def test_an_assignee_brings_their_group_and_opens_the_ticket(account: Account) -> None:
    """Setting only the assignee sets the agent's default group, and new becomes open."""
    body = account.put(f"/tickets/{account.ticket().id}.json", {"ticket": {"assignee_id": account.agent}})
    assert (body["ticket"]["group_id"], body["ticket"]["status"]) == (account.group, "open")


@pytest.mark.parametrize(("way", "status"), [("clear", 200), ("refuse", 422)])
def test_a_new_group_without_the_assignee_follows_the_option(way: str, status: int) -> None:
    """Moving a ticket to a group its assignee is not in clears the assignee, or is refused."""
    account = Account(Options(group_change="clear" if way == "clear" else "refuse"))
    ticket = account.ticket(assignee_id=account.agent)
    response = account.call("PUT", f"/tickets/{ticket.id}.json", {"ticket": {"group_id": account.other_group}})
    assert response.status == status
    assert ticket.assignee_id == (None if way == "clear" else account.agent)


def test_a_drop_down_and_its_tag_go_together(account: Account) -> None:
    """Setting a drop-down adds its tag, another option swaps it, and removing the tag empties the field."""
    ticket = account.ticket()
    for value in ("gold", "silver"):
        account.put(f"/tickets/{ticket.id}.json", {"ticket": {"custom_fields": [{"id": account.tier, "value": value}]}})
        assert ticket.tags == (value,)
    account.call("DELETE", f"/tickets/{ticket.id}/tags.json", {"tags": ["silver"]})
    assert (ticket.tags, ticket.fields.get(account.tier)) == ((), None)
    account.call("PUT", f"/tickets/{ticket.id}/tags.json", {"tags": ["gold"]})
    assert ticket.fields[account.tier] == "gold"


def test_an_unknown_option_is_refused(account: Account) -> None:
    """A value that is no option answers 422 and changes nothing."""
    ticket = account.ticket()
    response = account.call(
        "PUT",
        f"/tickets/{ticket.id}.json",
        {"ticket": {"subject": "no", "custom_fields": [{"id": account.tier, "value": "lead"}]}},
    )
    assert (response.status, ticket.subject) == (422, "Help")


def test_a_required_field_must_be_filled_to_solve(account: Account) -> None:
    """Solving with an empty required field answers 422 and names the field."""
    account.world.tables["ticket_fields"].need(account.order)["required"] = True
    account.world.revision += 1
    response = account.call("PUT", f"/tickets/{account.ticket().id}.json", {"ticket": {"status": "solved"}})
    assert response.status == 422
    assert response.json()["details"]["base"][0]["field_key"] == account.order


def test_placeholders_in_an_agents_comment_are_expanded(account: Account) -> None:
    """{{ticket.id}} is replaced where an agent writes, and unknown placeholders vanish."""
    ticket = account.ticket()
    account.put(
        f"/tickets/{ticket.id}.json",
        {"ticket": {"comment": {"body": "No. {{ticket.id}}{{nobody.knows}}!", "public": False}}},
    )
    comment = account.get(f"/tickets/{ticket.id}/comments.json")["comments"][-1]
    assert (comment["body"], comment["public"]) == (f"No. {ticket.id}!", False)


def test_a_customers_placeholders_stay(account: Account) -> None:
    """What a customer writes is not expanded."""
    assert account.ticket(comment={"body": "{{ticket.id}}"}).description == "{{ticket.id}}"


def test_a_long_comment_is_cut_silently(account: Account) -> None:
    """A comment above 64 kB keeps its first 65,536 bytes."""
    ticket = account.ticket()
    account.put(f"/tickets/{ticket.id}.json", {"ticket": {"comment": {"body": "é" * 40_000, "public": False}}})
    body = account.get(f"/tickets/{ticket.id}/comments.json")["comments"][-1]["body"]
    assert body == "é" * 32_768


def test_a_light_agent_writes_only_internal_notes(account: Account) -> None:
    """A light agent's comment is internal even when asked to be public."""
    ticket = account.ticket()
    account.call(
        "PUT",
        f"/tickets/{ticket.id}.json",
        {"ticket": {"comment": {"body": "x", "public": True}}},
        user="lee@example.com",
    )
    assert account.get(f"/tickets/{ticket.id}/comments.json")["comments"][-1]["public"] is False


def test_an_idempotency_key_makes_one_ticket(account: Account) -> None:
    """The same key and body give the same ticket for two hours, another body is refused, and later a new one is made."""
    body = {"ticket": {"subject": "a", "comment": {"body": "b"}}}
    first = account.call("POST", "/tickets.json", body, Idempotency_Key="k")
    again = account.call("POST", "/tickets.json", body, Idempotency_Key="k")
    assert (first.headers["x-idempotency-lookup"], again.headers["x-idempotency-lookup"]) == ("miss", "hit")
    assert first.json() == again.json()
    other = account.call("POST", "/tickets.json", {"ticket": {"comment": {"body": "c"}}}, Idempotency_Key="k")
    assert (other.status, other.json()["error"]) == (400, "IdempotentRequestError")
    account.wait(7_201)
    assert (
        account.call("POST", "/tickets.json", body, Idempotency_Key="k").json()["ticket"]["id"]
        != first.json()["ticket"]["id"]
    )


def test_tags_can_be_added_set_and_removed_safely(account: Account) -> None:
    """The tags endpoints add, set and remove, and refuse an outdated stamp."""
    path = f"/tickets/{account.ticket(tags=['one']).id}/tags.json"
    assert account.call("PUT", path, {"tags": ["Two words"]}).json()["tags"] == ["one", "two", "words"]
    assert account.call("DELETE", path, {"tags": ["one"]}).json()["tags"] == ["two", "words"]
    assert account.call("POST", path, {"tags": ["x"]}).json()["tags"] == ["x"]
    stale = {"tags": ["y"], "safe_update": "true", "updated_stamp": "2020-01-01T00:00:00Z"}
    assert account.call("PUT", path, stale).status == 409


def test_a_change_of_nothing_leaves_updated_at_alone(account: Account) -> None:
    """An update without effect writes an audit without events and moves only generated_timestamp."""
    ticket = account.ticket()
    before = ticket.updated
    account.wait(10)
    body = account.put(f"/tickets/{ticket.id}.json", {"ticket": {"subject": "Help", "metadata": {"op": "1"}}})
    assert body["audit"]["events"] == []
    assert (ticket.updated, ticket.generated) == (before, before + 10)


def test_a_deleted_ticket_is_gone_until_it_is_restored(account: Account) -> None:
    """DELETE answers 204, then 404 until the ticket is restored."""
    ticket = account.ticket()
    path = f"/tickets/{ticket.id}.json"
    assert account.call("DELETE", path).status == 204
    assert account.call("GET", path).status == 404
    assert account.get("/deleted_tickets.json")["deleted_tickets"][0]["id"] == ticket.id
    assert account.call("PUT", f"/deleted_tickets/{ticket.id}/restore.json").status == 200
    assert account.get(path)["ticket"]["status"] == "new"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"[]", 400),
        (b'{"ticket": 1}', 400),
        (b"[" * 100_000, 400),
        (b'{"ticket": {"status": "odd"}}', 422),
        (b'{"ticket": {"tags": 5}}', 400),
    ],
)
def test_bad_bodies_are_refused(account: Account, body: bytes, status: int) -> None:
    """Malformed and wrong bodies get a status of their own and an error."""
    response = account.call("PUT", f"/tickets/{account.ticket().id}.json", body)
    assert response.status == status
    assert "error" in response.json()


def test_a_body_that_is_no_json_by_its_type_is_refused(account: Account) -> None:
    """A form is answered with 415."""
    response = account.call(
        "PUT", f"/tickets/{account.ticket().id}.json", b"a=b", content_type="application/x-www-form-urlencoded"
    )
    assert response.status == 415


def test_a_field_of_several_options_is_emptied_and_filled(account: Account) -> None:
    """A multiselect's changes show the list that was there before and the one that is there now."""
    field = account.world.add_field("Platforms", "multiselect", ["mac", "linux"])["id"]
    ticket = account.ticket(custom_fields=[{"id": field, "value": ["mac"]}])
    for value in ([], ["linux"]):
        account.put(f"/tickets/{ticket.id}.json", {"ticket": {"custom_fields": [{"id": field, "value": value}]}})
    audits = account.get(f"/tickets/{ticket.id}/audits.json")["audits"]
    events = [event for audit in audits for event in audit["events"] if event.get("field_name") == str(field)]
    assert [event["value"] for event in events] == [["mac"], None, ["linux"]]
    assert [event["previous_value"] for event in events[1:]] == [["mac"], None]


def test_spam_is_deleted_and_its_sender_suspended(account: Account) -> None:
    """A ticket marked as spam is gone and its customer is suspended; several are marked by a job."""
    first, second = account.ticket(), account.ticket()
    account.put(f"/tickets/{first.id}/mark_as_spam.json", {})
    job = account.job(account.put(f"/tickets/mark_many_as_spam.json?ids={second.id},99", {}))

    assert (first.deleted, second.deleted) == (True, True)
    assert account.world.tables["users"].need(account.customer)["suspended"] is True
    assert [row.get("success", row.get("error")) for row in job["results"]] == [True, "TicketUpdateFailed"]
