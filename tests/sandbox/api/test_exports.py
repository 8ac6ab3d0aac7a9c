"""Incremental exports of tickets."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from deskhand.sandbox import Options
from tests.sandbox.builders import Account

PATH = "/incremental/tickets/cursor.json"


def ids(page: dict[str, list[dict[str, int]]]) -> list[int]:
    """The tickets of a page."""
    return [row["id"] for row in page["tickets"]]


def test_the_last_minute_is_withheld(account: Account) -> None:
    """A change shows 60 seconds later, not before."""
    account.ticket()
    account.wait(59)
    assert ids(account.get(f"{PATH}?start_time=0")) == []
    account.wait(1)
    assert ids(account.get(f"{PATH}?start_time=0")) == [1]


def test_pages_follow_the_cursor_without_loss_or_repeat(account: Account) -> None:
    """Walking by cursor with small pages gives each ticket once, in the order of changes, and ends with end_of_stream."""
    tickets = [account.ticket() for _ in range(7)]
    account.wait(5)
    account.world.update_ticket(tickets[0], {"priority": "low"}, author=account.agent)
    account.wait(100)
    page, seen = account.get(f"{PATH}?start_time=0&per_page=3"), []
    while True:
        seen += ids(page)
        if page["end_of_stream"]:
            break
        assert len(page["tickets"]) == 3
        page = account.get(f"{PATH}?per_page=3&cursor={page['after_cursor']}")
    assert seen == [2, 3, 4, 5, 6, 7, 1]


def test_the_last_cursor_goes_on_with_later_changes(account: Account) -> None:
    """The cursor of the end gives nothing, then what changed after it."""
    ticket = account.ticket()
    account.wait(100)
    cursor = account.get(f"{PATH}?start_time=0")["after_cursor"]
    assert ids(account.get(f"{PATH}?cursor={cursor}")) == []
    account.world.update_ticket(ticket, {"priority": "low"}, author=account.agent)
    account.wait(100)
    assert ids(account.get(f"{PATH}?cursor={cursor}")) == [ticket.id]


def test_a_deleted_ticket_is_exported_as_deleted(account: Account) -> None:
    """A deletion shows as status deleted, unless it is excluded."""
    ticket = account.ticket()
    account.world.delete_ticket(ticket, account.agent)
    account.wait(100)
    assert account.get(f"{PATH}?start_time=0")["tickets"][0]["status"] == "deleted"
    assert ids(account.get(f"{PATH}?start_time=0&exclude_deleted=true")) == []


def test_a_change_without_event_moves_only_the_export(account: Account) -> None:
    """A system change brings a ticket into the export again with its old updated_at."""
    ticket = account.ticket()
    before = account.get(f"/tickets/{ticket.id}.json")["ticket"]["updated_at"]
    account.wait(100)
    cursor = account.get(f"{PATH}?start_time=0")["after_cursor"]
    account.world.touch(ticket)
    account.wait(100)
    row = account.get(f"{PATH}?cursor={cursor}")["tickets"][0]
    assert (row["updated_at"], row["generated_timestamp"]) == (before, ticket.generated)


@pytest.mark.parametrize("form", ["new", "old"])
def test_a_recent_start_is_refused(form: str) -> None:
    """A start within the last minute is 400 with a code, or 422 as in older accounts."""
    account = Account(Options(start_time_error="new" if form == "new" else "old"))
    response = account.call("GET", f"{PATH}?start_time={account.world.now() - 30}")
    assert response.status == (400 if form == "new" else 422)
    if form == "new":
        assert response.json()["errors"][0]["code"] == "StartTimeTooRecent"


@pytest.mark.parametrize("cursor", ["garbage", "bm90aGluZw==", ""])
def test_a_cursor_that_was_never_given_is_refused(account: Account, cursor: str) -> None:
    """A garbage cursor answers 400 InvalidCursor."""
    response = account.call("GET", f"{PATH}?cursor={cursor}")
    assert (response.status, response.json()["errors"][0]["code"]) == (400, "InvalidCursor")


def test_an_old_cursor_may_expire() -> None:
    """With a limited life, an old cursor answers 400 InvalidCursor."""
    account = Account(Options(cursor_life=3_600))
    account.ticket()
    account.wait(100)
    cursor = account.get(f"{PATH}?start_time=0")["after_cursor"]
    account.wait(3_600)
    assert account.call("GET", f"{PATH}?cursor={cursor}").status == 400


def test_only_admins_may_export(account: Account) -> None:
    """An agent is answered with 403."""
    assert account.call("GET", f"{PATH}?start_time=0", user="ana@example.com").status == 403


@pytest.mark.parametrize("spelling", ["ratelimit", "rate-limit"])
def test_the_eleventh_call_of_a_minute_is_refused(spelling: Any) -> None:
    """Ten calls a minute are answered, announced by a header of their own but in older accounts; the eleventh is 429 with Retry-After."""
    account = Account(Options(header_spelling=spelling))
    answers = [account.call("GET", f"{PATH}?start_time=0") for _ in range(11)]
    assert [answer.status for answer in answers] == [200] * 10 + [429]
    assert any("incremental" in name for name in answers[0].headers) == (spelling == "ratelimit")
    wait = int(answers[-1].headers["retry-after"])
    account.wait(wait)
    assert account.call("GET", f"{PATH}?start_time=0").status == 200


@pytest.mark.parametrize("shown", [True, False])
def test_slas_on_the_export_follow_the_option(shown: bool) -> None:
    """The slas sideload works on the export or is ignored."""
    account = Account(Options(export_slas=shown))
    account.ticket()
    account.wait(100)
    assert ("slas" in account.get(f"{PATH}?start_time=0&include=slas,metric_sets")["tickets"][0]) == shown


def test_the_time_based_export_repeats_the_last_second(account: Account) -> None:
    """The next page of the last page starts with its last second."""
    account.ticket()
    account.wait(100)
    page = account.get("/incremental/tickets.json?start_time=0")
    assert (page["count"], page["end_of_stream"]) == (1, True)
    assert page["next_page"].endswith(f"start_time={page['end_time']}")


def test_a_page_by_time_does_not_split_a_second(account: Account) -> None:
    """Tickets of one second come on one page, though per_page is smaller."""
    for _ in range(4):
        account.ticket()
    account.wait(100)
    assert len(account.get("/incremental/tickets.json?start_time=0&per_page=1")["tickets"]) == 4


@pytest.mark.parametrize("path", [PATH, "/incremental/tickets.json", "/incremental/users/cursor.json"])
def test_the_next_page_asks_for_what_this_one_asked_for(account: Account, path: str) -> None:
    """Size, sideloads and the wish to leave out deleted tickets are in the address of the next page, written as an address has to be."""
    account.ticket()
    account.wait(100)
    body = account.get(f"{path}?start_time=1&per_page=1&exclude_deleted=true&include=users%2Cgroups&note=a%26b%20c")
    parts = urlsplit(body.get("after_url") or body["next_page"])
    asked = dict(parse_qsl(parts.query, strict_parsing=True))
    place = {name: asked.pop(name) for name in ("cursor", "start_time") if name in asked}
    assert asked == {"per_page": "1", "exclude_deleted": "true", "include": "users,groups", "note": "a&b c"}
    assert len(place) == 1
    assert parts.path.endswith(path)


def test_who_answers_a_ticket_is_asked_for_by_support_type_scope(account: Account) -> None:
    """People answer every ticket here: `agent`, which is usual, and `all` give them, `ai_agent` none; anything else is 400."""
    account.ticket()
    account.wait(120)
    path = "/incremental/tickets/cursor.json?start_time=1&support_type_scope="
    assert [len(account.get(path + scope)["tickets"]) for scope in ("agent", "all", "ai_agent")] == [1, 1, 0]
    assert account.call("GET", path + "robot").status == 400
