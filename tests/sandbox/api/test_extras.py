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


def test_counts_have_a_value_and_a_time(account: Account) -> None:
    """What is counted answers with a value and when it was counted."""
    ticket = account.ticket(tags=["a", "b"])
    paths = (
        "/tags/count",
        "/satisfaction_ratings/count",
        f"/tickets/{ticket.id}/audits/count",
        "/activities/count",
        "/deleted_users/count",
    )

    assert [account.get(f"{path}.json")["count"]["value"] for path in paths] == [2, 0, 1, 0, 0]
    assert all("refreshed_at" in account.get(f"{path}.json")["count"] for path in paths)


def test_reasons_for_bad_ratings_have_addresses(account: Account) -> None:
    """Each reason is answered at its number."""
    reasons = account.get("/satisfaction_reasons.json")["reasons"]

    assert account.get(f"/satisfaction_reasons/{reasons[0]['id']}.json")["reason"] == reasons[0]
    assert account.call("GET", "/satisfaction_reasons/1.json").status == 404


def test_the_locale_is_found_on_every_way(account: Account) -> None:
    """The account's one language is listed for all, for agents and in public, and is the current and the best one."""
    one = account.get("/locales/1.json")["locale"]

    assert [account.get(f"/locales{path}.json")["locales"] for path in ("", "/agent", "/public")] == [[one]] * 3
    assert [account.get(f"/locales/{name}.json")["locale"] for name in ("current", "detect_best_locale", "en-US")] == [
        one
    ] * 3
    assert account.call("GET", "/locales/99.json").status == 404


def test_a_policy_put_first_alone_is_the_first(account: Account) -> None:
    """Policies that a new order does not name follow those that it names, each at a position of its own."""
    made = [
        account.call("POST", "/slas/policies.json", {"sla_policy": {"title": title, "filter": {"all": [], "any": []}}})
        for title in "abc"
    ]
    last = made[2].json()["sla_policy"]["id"]
    account.put(f"/slas/policies/reorder.json?sla_policy_ids={last}", {})
    rows = account.get("/slas/policies.json")["sla_policies"]
    assert [(row["position"], row["title"]) for row in rows] == [(1, "c"), (2, "a"), (3, "b")]
