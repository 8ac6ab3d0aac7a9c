"""Reading tickets: lists, pages, sideloads."""

import pytest

from deskhand.sandbox import Options
from tests.sandbox.builders import Account


def walk(account: Account, path: str, size: int) -> list[int]:
    """The ids of all pages by cursor."""
    seen: list[int] = []
    page = account.get(f"{path}page[size]={size}")
    while True:
        seen += [row["id"] for row in page["tickets"]]
        if not page["meta"]["has_more"]:
            return seen
        page = account.get(page["links"]["next"].partition("/api/v2")[2])


@pytest.fixture
def five(account: Account) -> Account:
    """An account with five tickets, of which 2 was changed last and 4 is pending."""
    for _ in range(5):
        account.ticket()
        account.wait(1)
    account.world.update_ticket(4, {"status": "pending"}, author=account.agent)
    account.wait(1)
    account.world.update_ticket(2, {"priority": "low"}, author=account.agent)
    return account


@pytest.mark.parametrize(
    ("sort", "ids"),
    [
        ("id", [1, 2, 3, 4, 5]),
        ("-id", [5, 4, 3, 2, 1]),
        ("updated_at", [1, 3, 5, 4, 2]),
        ("-updated_at", [2, 4, 5, 3, 1]),
        ("status", [1, 2, 3, 5, 4]),
    ],
)
@pytest.mark.parametrize("size", [1, 2, 100])
def test_pages_by_cursor_hold_each_ticket_once(five: Account, sort: str, ids: list[int], size: int) -> None:
    """In each order, walking by cursor gives every ticket once, whatever the size of a page."""
    assert walk(five, f"/tickets.json?sort={sort}&", size) == ids


def test_the_page_before_leads_back(five: Account) -> None:
    """links.prev of the second page is the first page."""
    first = five.get("/tickets.json?page[size]=2")
    second = five.get(first["links"]["next"].partition("/api/v2")[2])
    assert five.get(second["links"]["prev"].partition("/api/v2")[2])["tickets"] == first["tickets"]


def test_pages_by_number_have_counts_and_links(five: Account) -> None:
    """Offset pages state the count and link to the pages around them."""
    page = five.get("/tickets.json?per_page=2&page=2&sort_by=updated_at&sort_order=desc")
    assert [row["id"] for row in page["tickets"]] == [5, 3]
    assert (page["count"], "page=3" in page["next_page"], "page=1" in page["previous_page"]) == (5, True, True)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("page[size]=101", "InvalidPaginationParameter"),
        ("page[size]=2&page[after]=x", "InvalidPaginationParameter"),
        ("page[size]=2&sort=odd", "InvalidPaginationParameter"),
    ],
)
def test_bad_cursors_and_sizes_are_refused(account: Account, query: str, code: str) -> None:
    """A page of 101, a garbage cursor and an unknown order answer 400."""
    response = account.call("GET", f"/tickets.json?{query}")
    assert (response.status, response.json()["errors"][0]["code"]) == (400, code)


def test_page_numbers_end_at_ten_thousand_records(account: Account) -> None:
    """A page number beyond the first 10,000 records answers 400."""
    assert account.call("GET", "/tickets.json?page=101&per_page=100").status == 400


def test_missing_tickets_are_absent_from_show_many(account: Account) -> None:
    """show_many leaves out ids that do not exist."""
    account.ticket()
    assert [row["id"] for row in account.get("/tickets/show_many.json?ids=7,1,x")["tickets"]] == [1]


def test_closed_tickets_leave_the_lists_after_a_time(account: Account) -> None:
    """A ticket closed for 120 days is archived: gone from lists, still shown by id and exported."""
    ticket = account.ticket()
    account.world.update_ticket(ticket, {"status": "closed"}, author=account.agent)
    account.wait(120 * 86_400)
    assert account.get("/tickets.json")["tickets"] == []
    assert account.get(f"/tickets/{ticket.id}.json")["ticket"]["status"] == "closed"
    assert len(account.get("/incremental/tickets/cursor.json?start_time=0")["tickets"]) == 1


def test_every_active_field_is_listed_with_null_where_empty(account: Account) -> None:
    """custom_fields and fields list every active field."""
    row = account.get(f"/tickets/{account.ticket().id}.json")["ticket"]
    assert (
        row["custom_fields"]
        == row["fields"]
        == [{"id": account.tier, "value": None}, {"id": account.order, "value": None}]
    )


def test_sideloads_stand_beside_and_within_tickets(account: Account) -> None:
    """Users and groups stand beside the list, metric_sets and comment_count within each ticket."""
    account.ticket(assignee_id=account.agent)
    page = account.get("/tickets.json?include=users,groups,metric_sets,comment_count,dates")
    assert {row["id"] for row in page["users"]} == {account.customer, account.agent}
    assert [row["id"] for row in page["groups"]] == [account.group]
    assert page["tickets"][0]["comment_count"] == 1
    assert page["tickets"][0]["metric_set"]["assignee_stations"] == 1


def test_a_ticket_can_be_found_by_external_id(account: Account) -> None:
    """The external_id filter gives every ticket that has it."""
    for name in ("a", "b", "a"):
        account.ticket(external_id=name)
    assert [row["id"] for row in account.get("/tickets.json?external_id=a")["tickets"]] == [1, 3]


def test_new_tickets_may_show_late_in_personal_lists() -> None:
    """With a delay, a new ticket is missing from a person's requested tickets for so long."""
    account = Account(Options(list_delay=30))
    account.ticket()
    path = f"/users/{account.customer}/tickets/requested.json"
    assert account.get(path)["count"] == 0
    account.wait(30)
    assert account.get(path)["count"] == 1


def test_metrics_tell_replies_and_minutes(account: Account) -> None:
    """The metric set counts replies and reopens and measures minutes to the first reply and to the solution."""
    ticket = account.ticket()
    account.wait(600)
    account.world.update_ticket(
        ticket, {"assignee_id": account.agent}, author=account.agent, comment={"body": "hi", "public": True}
    )
    account.wait(600)
    account.world.update_ticket(ticket, {"status": "solved"}, author=account.agent)
    account.wait(600)
    account.world.update_ticket(ticket, {"status": "open"}, author=account.customer, comment="again")
    row = account.get(f"/tickets/{ticket.id}/metrics.json")["ticket_metric"]
    assert (row["replies"], row["reopens"], row["solved_at"]) == (1, 1, None)
    assert row["reply_time_in_minutes"] == {"calendar": 10, "business": 10}
    assert row["first_resolution_time_in_minutes"]["calendar"] == 20


def test_the_list_by_cursor_names_custom_fields_once(account: Account) -> None:
    """`fields`, the twin of `custom_fields`, stands in every ticket but those of the list by cursor, even where a text looks like it."""
    ticket = account.ticket(
        subject='","fields":[],"followup_ids":', custom_fields=[{"id": account.order, "value": ',"fields":'}]
    )
    [row] = account.get("/tickets.json?page[size]=5")["tickets"]
    [whole] = account.get("/tickets.json")["tickets"]

    assert whole["fields"] == whole["custom_fields"]
    assert row == {key: value for key, value in whole.items() if key != "fields"}
    assert account.get(f"/tickets/{ticket.id}.json")["ticket"] == whole


def test_a_ticket_is_shown_smaller_where_that_is_asked_for(account: Account) -> None:
    """remove_duplicate_fields leaves `fields` out, reduced_payload_size the custom fields without a value."""
    account.ticket(custom_fields=[{"id": account.tier, "value": "gold"}])
    assert "fields" not in account.get("/tickets/1.json?remove_duplicate_fields=true")["ticket"]
    small = account.get("/tickets/1.json?reduced_payload_size=true")["ticket"]
    assert small["custom_fields"] == small["fields"] == [{"id": account.tier, "value": "gold"}]
