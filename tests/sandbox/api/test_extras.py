"""The smaller records."""

from tests.sandbox.builders import Account


def test_dynamic_content_keeps_its_placeholder_and_fills_comments(account: Account) -> None:
    """The placeholder comes from the first name, survives a rename, and is filled in what agents write; in use it stays."""
    made = account.call(
        "POST", "/dynamic_content/items.json", {"item": {"name": "Sign Off", "content": "Yours, deskhand"}}
    )
    item = made.json()["item"]
    assert (made.status, item["placeholder"]) == (201, "{{dc.sign_off}}")
    path = f"/dynamic_content/items/{item['id']}.json"
    assert account.put(path, {"item": {"name": "Other"}})["item"]["placeholder"] == "{{dc.sign_off}}"
    ticket = account.ticket()
    account.put(f"/tickets/{ticket.id}.json", {"ticket": {"comment": {"body": "{{dc.sign_off}}", "public": False}}})
    assert account.get(f"/tickets/{ticket.id}/comments.json")["comments"][-1]["body"] == "Yours, deskhand"
    account.world.add_rule(
        "macros", "M", actions=[{"field": "comment_value", "value": "{{dc.sign_off}}"}], restriction=None
    )
    assert account.call("DELETE", path).status == 422


def test_an_address_can_be_added_to_a_person(account: Account) -> None:
    """A new identity is listed behind the main one and signs its person in."""
    path = f"/users/{account.agent}/identities.json"
    assert account.call("POST", path, {"identity": {"type": "email", "value": "two@example.com"}}).status == 201
    assert [row["value"] for row in account.get(path)["identities"]] == ["ana@example.com", "two@example.com"]
    assert account.get("/users/me.json", user="two@example.com")["user"]["id"] == account.agent


def test_the_requester_rates_a_solved_ticket(account: Account) -> None:
    """A rating shows in the ticket; an open ticket cannot be rated."""
    ticket = account.ticket()
    path, body = f"/tickets/{ticket.id}/satisfaction_rating.json", {"satisfaction_rating": {"score": "good"}}
    assert account.call("POST", path, body).status == 422
    account.world.update_ticket(ticket, {"status": "solved"}, author=account.agent)
    assert account.call("POST", path, body).status == 201
    assert account.get(f"/tickets/{ticket.id}.json")["ticket"]["satisfaction_rating"]["score"] == "good"
    assert account.get("/satisfaction_ratings.json")["count"] == 1


def test_a_person_joins_an_organization(account: Account) -> None:
    """A first membership is the person's organization, and a second of the same is refused."""
    row = account.world.add_organization("Umbrella")
    body = {"organization_membership": {"user_id": account.customer, "organization_id": row["id"]}}
    assert account.call("POST", "/organization_memberships.json", body).status == 201
    assert account.call("POST", "/organization_memberships.json", body).status == 422
    assert account.get(f"/users/{account.customer}/organizations.json")["organizations"][0]["name"] == "Umbrella"


def test_group_slas_need_a_group_and_have_text_ids(account: Account) -> None:
    """A group SLA policy is made with a condition on the group, has a ULID, and takes ownership time only."""
    where = {"all": [{"field": "group_id", "operator": "includes", "value": [account.group]}]}
    body = {
        "title": "OLA",
        "filter": where,
        "policy_metrics": [{"priority": "high", "metric": "group_ownership_time", "target": 60}],
    }
    row = account.call("POST", "/group_slas/policies.json", {"group_sla_policy": body}).json()["group_sla_policy"]
    assert len(row["id"]) == 26
    assert account.get(f"/group_slas/policies/{row['id']}.json")["group_sla_policy"]["title"] == "OLA"
    assert (
        account.call("POST", "/group_slas/policies.json", {"group_sla_policy": body | {"filter": {"all": []}}}).status
        == 422
    )
