"""Audits of one ticket and of all."""

from typing import Any

from tests.sandbox.builders import Account


def walk(account: Account, path: str) -> list[list[int]]:
    """The ids of each page, following the links to the next."""
    pages = []
    body: Any = {"meta": {"has_more": True}, "links": {"next": account.sandbox.url + "/api/v2" + path}}
    while body["meta"]["has_more"]:
        body = account.get(body["links"]["next"].partition("/api/v2")[2])
        pages.append([row["id"] for row in body["audits"]])
    return pages


def test_all_audits_are_walked_by_cursor_each_once(account: Account) -> None:
    """By cursor come all audits of all tickets, the oldest first, whatever the size of a page, and back again."""
    tickets = [account.ticket() for _ in range(3)]
    for number in range(4):
        account.wait(number % 2)
        for ticket in tickets:
            account.world.update_ticket(ticket, {"tags": [f"t{number}"]}, author=account.agent)
    expected = sorted((audit.at, audit.id) for ticket in tickets for audit in ticket.audits)

    for size in (1, 4, 100):
        found = walk(account, f"/ticket_audits.json?page[size]={size}")
        assert [key for page in found for key in page] == [key for _, key in expected]
        assert all(len(page) == size for page in found[:-1])
    last = account.get("/ticket_audits.json?page[size]=100")["meta"]["after_cursor"]
    before = account.get(f"/ticket_audits.json?page[size]=5&page[before]={last}")
    assert [row["id"] for row in before["audits"]] == [key for _, key in expected][-6:-1]


def test_a_ticket_made_for_somebody_shows_whom_a_trigger_told(account: Account) -> None:
    """The audit of a ticket made over the API carries the requester's address where a trigger wrote to them, and which revision of it did."""
    conditions = {"all": [{"field": "update_type", "operator": "is", "value": "Create"}], "any": []}
    actions = [{"field": "notification_user", "value": ["requester_id", "Hello", "Body"]}]
    rule = account.world.add_rule("triggers", "Notify", conditions=conditions, actions=actions)
    account.put(f"/triggers/{rule['id']}.json", {"trigger": {"title": "Tell"}})
    body = {"ticket": {"subject": "x", "comment": {"body": "y"}, "requester_id": account.customer}}

    made = account.call("POST", "/tickets.json", body).json()

    assert made["audit"]["via"]["source"]["to"] == {"name": "Cleo Cust", "address": "cleo@customer.example"}
    assert made["ticket"]["via"]["source"]["to"] == {}
    notice = made["audit"]["events"][-1]
    assert notice["recipients"] == [account.customer]
    assert notice["via"]["source"] == {
        "from": {"deleted": False, "title": "Tell", "id": rule["id"], "revision_id": 2},
        "rel": "trigger",
    }
