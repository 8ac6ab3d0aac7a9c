"""First groups, first organizations, and what an organization has."""

from tests.sandbox.builders import Account


def test_an_agents_first_group_can_be_another(account: Account) -> None:
    """Making a membership the default changes the agent's default group, and no other membership stays default."""
    row = account.world.add_membership(account.agent, account.other_group)
    rows = account.put(f"/users/{account.agent}/group_memberships/{row['id']}/make_default.json", {})[
        "group_memberships"
    ]

    assert {one["group_id"]: one["default"] for one in rows} == {account.group: False, account.other_group: True}
    assert account.get(f"/users/{account.agent}.json")["user"]["default_group_id"] == account.other_group


def test_a_persons_first_organization_can_be_another(account: Account) -> None:
    """Organizations are joined by a job, one is made the default, and leaving it is told."""
    first, second = (account.world.add_organization(name)["id"] for name in ("Umbrella", "Cyberdyne"))
    body = {
        "organization_memberships": [{"user_id": account.customer, "organization_id": key} for key in (first, second)]
    }
    assert (
        len(account.job(account.call("POST", "/organization_memberships/create_many.json", body).json())["results"])
        == 2
    )

    account.put(f"/users/{account.customer}/organizations/{second}/make_default.json", {})

    assert account.get(f"/users/{account.customer}.json")["user"]["organization_id"] == second
    assert account.get(f"/organizations/{second}/related.json")["organization_related"] == {
        "tickets_count": 0,
        "users_count": 1,
    }
    assert account.get(f"/organizations/{second}/organization_memberships.json")["count"] == 1
    assert account.call("DELETE", f"/users/{account.customer}/organizations/{second}.json").status == 204
    assert account.call("DELETE", f"/users/{account.customer}/organizations/{second}.json").status == 404
    [row] = account.get(f"/users/{account.customer}/organization_memberships.json")["organization_memberships"]
    changed = account.put(f"/users/{account.customer}/organization_memberships/{row['id']}/make_default.json", {})
    assert changed["organization_memberships"][0]["default"] is True


def test_an_organization_is_made_or_changed_by_its_name(account: Account) -> None:
    """create_or_update answers 201 for a new organization and 200 for one that is known by name or external id."""
    path = "/organizations/create_or_update.json"
    made = account.call("POST", path, {"organization": {"name": "Umbrella", "external_id": "u1"}})
    named = account.call("POST", path, {"organization": {"name": "umbrella", "notes": "n"}})
    known = account.call("POST", path, {"organization": {"name": "Umbrella Corp", "external_id": "U1"}})

    assert [answer.status for answer in (made, named, known)] == [201, 200, 200]
    assert {answer.json()["organization"]["id"] for answer in (made, named, known)} == {
        made.json()["organization"]["id"]
    }
