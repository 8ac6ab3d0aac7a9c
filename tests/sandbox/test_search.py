"""The search language and its endpoints."""

from typing import Any
from urllib.parse import quote

import pytest

from deskhand.sandbox import Options
from tests.sandbox.builders import Account


@pytest.fixture
def five(account: Account) -> Account:
    """Five tickets that differ."""
    company = account.world.add_organization("Umbrella")
    account.ticket(subject="Printer on fire", priority="urgent", tags=["hot"])
    account.ticket(subject="Invoice", assignee_id=account.agent, type="question")
    account.wait(86_400)
    account.ticket(
        subject="Printer again", organization_id=company["id"], custom_fields=[{"id": account.order, "value": "A7"}]
    )
    solved = account.ticket(subject="Done")
    account.world.update_ticket(solved, {"status": "solved"}, author=account.agent)
    gone = account.ticket(subject="Printer gone")
    account.world.delete_ticket(gone, account.agent)
    return account


def found(account: Account, query: str, path: str = "/search.json?") -> list[int]:
    """The ids of all results, ascending."""
    page: Any = account.get(f"{path}query={quote(query)}")
    return sorted(row["id"] for row in page["results"])


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("type:ticket", [1, 2, 3, 4]), ("type:ticket status<solved", [1, 2, 3]), ("type:ticket status:solved", [4]), ("type:ticket -status:solved", [1, 2, 3]),
        ("type:ticket printer", [1, 3]), ("type:ticket -printer", [2, 4]), ('type:ticket subject:"printer on"', [1]), ("type:ticket tags:hot", [1]),
        ("type:ticket priority>=high", [1]), ("type:ticket assignee:none", [1, 3]), ('type:ticket assignee:"Ana Ruiz"', [2, 4]),
        ("type:ticket assignee:ana@example.com status:open", [2]), ("type:ticket organization:Umbrella", [3]), ("type:ticket ticket_type:question", [2]),
        ("type:ticket created>2026-03-02", [3, 4]), ("type:ticket created:2026-03-02", [1, 2]), ("type:ticket created<1hour", [1, 2]),
        ("type:ticket status:new status:open", [1, 2, 3]), ("type:ticket group:Billing", [2, 4]), ("type:ticket nothing:odd", []),
    ],
)  # fmt: skip
def test_queries_find_what_they_say(five: Account, query: str, ids: list[int]) -> None:
    """Each operator and field finds the tickets that have it; deleted ones are never found."""
    assert found(five, query) == ids
    assert five.get(f"/search/count.json?query={quote(query)}")["count"] == len(ids)
    assert found(five, query, "/search/export.json?filter[type]=ticket&") == ids


def test_custom_fields_can_be_searched(five: Account) -> None:
    """custom_field_ID finds a value."""
    assert found(five, f"type:ticket custom_field_{five.order}:A7") == [3]


def test_people_are_results_too(five: Account) -> None:
    """type:user finds people, with their result type."""
    page = five.get("/search.json?query=type:user%20ruiz")
    assert [(row["name"], row["result_type"]) for row in page["results"]] == [("Ana Ruiz", "user")]


def test_a_change_may_be_found_late() -> None:
    """With a lag, a new ticket is found so much later."""
    account = Account(Options(search_lag=120))
    account.ticket()
    assert found(account, "type:ticket") == []
    account.wait(120)
    assert found(account, "type:ticket") == [1]


def test_results_end_at_a_thousand(account: Account) -> None:
    """The eleventh page of a hundred answers 422, and the count stays true."""
    response = account.call("GET", "/search.json?query=type:ticket&page=11")
    assert (response.status, response.json()["error"]) == (422, "invalid")


def test_the_export_pages_by_cursor_for_an_hour(five: Account) -> None:
    """Pages of one hold each ticket once; after an hour the cursor has expired."""
    path, seen = "/search/export.json?query=status<closed&filter[type]=ticket&page[size]=1", []
    while True:
        page = five.get(path)
        seen += [row["id"] for row in page["results"]]
        if not page["meta"]["has_more"]:
            break
        path = page["links"]["next"].partition("/api/v2")[2]
    assert seen == [4, 3, 2, 1]
    five.wait(3_601)
    assert five.call("GET", path).status == 400


def test_the_export_needs_a_type(account: Account) -> None:
    """Without filter[type] the export answers 400."""
    assert account.call("GET", "/search/export.json?query=x").status == 400


def test_tags_are_counted(five: Account) -> None:
    """The list of tags names each with its number of tickets."""
    assert five.get("/tags.json")["tags"] == [{"name": "hot", "count": 1}]
    assert five.get("/autocomplete/tags.json?name=h")["tags"] == ["hot"]
