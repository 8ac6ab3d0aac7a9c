"""Who may change whom."""

import pytest

from tests.sandbox.builders import Account

AGENT = "ana@example.com"


def test_an_agent_changes_end_users_and_is_refused_the_rest(account: Account) -> None:
    """An agent changes end users and their own row, but neither roles nor other agents or admins."""
    admin = account.get("/users/me.json")["user"]["id"]
    for user, given, status in (
        (account.customer, {"name": "C", "role": "end-user"}, 200),
        (account.agent, {"phone": "1"}, 200),
        (account.agent, {"role": "admin"}, 403),
        (account.customer, {"role": "agent"}, 403),
        (account.light, {"name": "L"}, 403),
        (admin, {"role": "end-user"}, 403),
    ):
        assert account.call("PUT", f"/users/{user}.json", {"user": given}, user=AGENT).status == status, given


@pytest.mark.parametrize(("role", "status"), [("end-user", 201), ("agent", 403), ("admin", 403)])
def test_an_agent_makes_end_users_alone(account: Account, role: str, status: int) -> None:
    """A new agent or admin is refused to an agent and made by an admin."""
    given = {"user": {"name": "New", "email": "new@example.com", "role": role}}
    assert account.call("POST", "/users.json", given, user=AGENT).status == status
    assert status == 201 or account.call("POST", "/users.json", given).status == 201
