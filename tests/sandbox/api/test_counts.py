"""Counts under another record."""

from tests.sandbox.builders import Account


def test_a_count_is_that_of_its_list(account: Account) -> None:
    """Each count endpoint under a person, a group or an organization tells what its list tells."""
    organization = account.call("POST", "/organizations.json", {"organization": {"name": "Birch"}}).json()[
        "organization"
    ]
    account.put(f"/users/{account.customer}.json", {"user": {"organization_id": organization["id"]}})
    for number in range(3):
        account.ticket(
            subject=f"{number}",
            assignee_id=account.agent,
            organization_id=organization["id"],
            email_ccs=[{"user_id": account.light}],
        )
    for path in (
        f"/organizations/{organization['id']}/tickets",
        f"/organizations/{organization['id']}/users",
        f"/groups/{account.group}/users",
        f"/users/{account.agent}/groups",
        f"/users/{account.agent}/tickets/assigned",
        f"/users/{account.light}/tickets/ccd",
    ):
        told = account.get(f"{path}/count.json")["count"]["value"]
        assert told == account.get(f"{path}.json")["count"], path
    assert account.get(f"/users/{account.agent}/tickets/assigned/count.json")["count"]["value"] == 3
