"""Views: which tickets they show."""

from deskhand.sandbox import Limits
from tests.sandbox.builders import Account


def view(account: Account) -> int:
    """A view of unsolved tickets, over HTTP."""
    body = {"view": {"title": "Unsolved", "all": [{"field": "status", "operator": "less_than", "value": "solved"}]}}
    response = account.call("POST", "/views.json", body)
    assert response.status == 201, response.body
    row = response.json()["view"]
    assert row["conditions"] == {"all": [{"field": "status", "operator": "less_than", "value": "solved"}], "any": []}
    return int(row["id"])


def test_a_view_shows_the_tickets_that_match() -> None:
    """Tickets, rows and counts of a view are of those that match, newest first."""
    account = Account(limits=Limits(view_execute=2))
    key = view(account)
    first, second, done = account.ticket(), account.ticket(), account.ticket()
    account.world.update_ticket(done, {"status": "solved"}, author=account.agent)
    assert [row["id"] for row in account.get(f"/views/{key}/tickets.json")["tickets"]] == [second.id, first.id]
    assert [row["ticket"]["id"] for row in account.get(f"/views/{key}/execute.json")["rows"]] == [second.id, first.id]
    assert account.get(f"/views/{key}/count.json")["view_count"]["value"] == 2
    assert account.get(f"/views/count_many.json?ids={key}")["view_counts"][0]["view_id"] == key
    assert account.call("GET", f"/views/{key}/execute.json").status == 200
    assert account.call("GET", f"/views/{key}/execute.json").status == 429


def test_views_are_changed_and_deleted(account: Account) -> None:
    """A view takes new conditions and columns, and can be deleted."""
    key = view(account)
    body = {
        "view": {
            "all": [{"field": "priority", "operator": "is", "value": "high"}],
            "output": {"columns": ["status"], "sort_order": "asc"},
        }
    }
    row = account.put(f"/views/{key}.json", body)["view"]
    assert [column["id"] for column in row["execution"]["columns"]] == ["status"]
    high = account.ticket(priority="high")
    account.ticket()
    assert [ticket["id"] for ticket in account.get(f"/views/{key}/tickets.json?page[size]=5")["tickets"]] == [high.id]
    assert account.get("/views/active.json")["count"] == 1
    assert account.call("DELETE", f"/views/destroy_many.json?ids={key}").status == 204
    assert account.get("/views.json")["views"] == []


def test_a_view_of_the_companys_is_executed_too(account: Account) -> None:
    """A view that a world begins with has columns and an order like one that was made over HTTP."""
    key = account.world.add_rule("views", "All", conditions={"all": [], "any": []})["id"]
    ticket = account.ticket()
    body = account.get(f"/views/{key}/execute.json")
    assert [row["ticket"]["id"] for row in body["rows"]] == [ticket.id]
    assert body["columns"][0]["id"] == "subject"


def test_a_view_is_previewed_found_and_shown_with_others(account: Account) -> None:
    """A preview has the rows that the view would have and keeps nothing; views are found by words of their title, or by id."""
    ticket, key = account.ticket(), view(account)
    body = {"view": {"all": [{"field": "status", "operator": "is", "value": "new"}], "output": {"columns": ["status"]}}}
    rows = account.call("POST", "/views/preview.json", body).json()

    assert ([row["ticket"]["id"] for row in rows["rows"]], [column["id"] for column in rows["columns"]]) == (
        [ticket.id],
        ["status"],
    )
    assert account.call("POST", "/views/preview/count.json", body).json()["view_count"]["value"] == 1
    assert [row["id"] for row in account.get("/views/search.json?query=solved")["views"]] == [key]
    assert [row["id"] for row in account.get(f"/views/show_many.json?ids={key},7")["views"]] == [key]


def test_views_by_cursor_are_in_the_order_of_their_making(account: Account) -> None:
    """By page number views come by position, by cursor by the time at which they were made."""
    keys = []
    for position in (3, 1, 2):
        account.wait(1)
        keys.append(account.world.add_rule("views", f"V{position}", position=position)["id"])

    assert [row["id"] for row in account.get("/views.json")["views"]] == [keys[1], keys[2], keys[0]]
    assert [row["id"] for row in account.get("/views.json?page[size]=5")["views"]] == keys
