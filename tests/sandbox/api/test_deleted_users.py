"""People who are gone."""

from tests.sandbox.builders import Account


def test_a_deleted_person_is_listed_until_they_are_deleted_for_good(account: Account) -> None:
    """Deleting leaves a person among the deleted ones; deleting for good empties what is known of them."""
    account.call("DELETE", f"/users/{account.customer}.json")
    path = f"/deleted_users/{account.customer}.json"
    [row] = account.get("/deleted_users.json")["deleted_users"]

    assert account.get(path)["deleted_user"] == row
    assert account.get("/deleted_users/count.json")["count"]["value"] == 1
    assert account.call("DELETE", path).json()["deleted_user"]["email"] is None
    assert account.call("GET", path).status == 404
    account.wait(120)
    exported = account.get("/incremental/users.json?start_time=0")["users"]
    assert [one["permanently_deleted"] for one in exported if one["id"] == account.customer] == [True]
    assert account.call("GET", f"/deleted_users/{account.agent}.json").status == 404


def test_a_merged_person_leaves_everything_to_the_other(account: Account) -> None:
    """Tickets, also closed ones, and the address of the first customer are the second one's; agents are not merged."""
    other = account.world.add_user("Cleo Again", "again@customer.example", tags=["vip"])["id"]
    ticket = account.ticket()
    account.world.update_ticket(ticket, {"status": "solved"}, author=account.agent)
    account.world.update_ticket(ticket, {"status": "closed"}, author=account.agent)

    merged = account.put(f"/users/{account.customer}/merge.json", {"user": {"id": other}})["user"]

    assert merged["id"] == other
    assert account.get(f"/tickets/{ticket.id}.json")["ticket"]["requester_id"] == other
    assert account.get(f"/users/{other}/tickets/requested.json")["count"] == 1
    assert len(account.get(f"/users/{other}/identities.json")["identities"]) == 2
    assert account.get(f"/users/{account.customer}.json")["user"]["active"] is False
    assert account.call("PUT", f"/users/{account.agent}/merge.json", {"user": {"id": other}}).status == 422


def test_many_people_are_made_or_changed_by_their_addresses(account: Account) -> None:
    """A job tells of each row whether it was created, updated or refused."""
    rows = [
        {"email": "cleo@customer.example", "name": "Cleo C"},
        {"email": "new@x.example", "name": "New"},
        {"email": "bad@x.example"},
    ]
    job = account.job(account.call("POST", "/users/create_or_update_many.json", {"users": rows}).json())

    assert [row.get("status", row.get("error")) for row in job["results"]] == [
        "Updated",
        "Created",
        "UserCreateOrUpdateFailed",
    ]
    assert account.get(f"/users/{account.customer}.json")["user"]["name"] == "Cleo C"
