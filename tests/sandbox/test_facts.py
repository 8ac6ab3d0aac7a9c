"""What was observed on a real account about metric events, pages and exports, each fact by its own words."""

from typing import Any

import pytest

from deskhand.sandbox import Limits, Options
from deskhand.sandbox.clock import epoch_of, iso
from tests.sandbox.builders import Account

METRICS = {
    "reply_time", "agent_work_time", "requester_wait_time", "periodic_update_time", "pausable_update_time", "resolution_time",
    "group_ownership_time",
}  # fmt: skip
EXPORT = "/incremental/ticket_metric_events.json?start_time=0"


def account_of(**options: Any) -> Account:
    """An account with an hour for the first reply, without a limit on exports."""
    account = Account(Options(**options), Limits(incremental=0))
    account.world.add_sla_policy("All", [("high", "first_reply_time", 60)])
    return account


def exported(account: Account, key: int, kind: str | None = None) -> list[Any]:
    """The rows of a ticket in the export, of one type where named."""
    rows = account.get(EXPORT)["ticket_metric_events"]
    return [row for row in rows if row["ticket_id"] == key and kind in (None, row["type"])]


def reply(account: Account, key: int) -> None:
    """The agent answers in public."""
    account.world.update_ticket(key, {}, author=account.agent, comment={"body": "hello", "public": True})


def test_a_breach_changes_neither_updated_at_nor_the_metric_set() -> None:
    """An hour after the breach the ticket and its metric set are what they were before it, and the export has nothing new."""
    account = account_of()
    ticket = account.ticket(priority="high")
    account.wait(120)
    path = f"/tickets/{ticket.id}.json?include=metric_sets"
    cursor = account.get("/incremental/tickets/cursor.json?start_time=0")["after_cursor"]
    before = account.get(path)["ticket"]
    account.wait(7_200)
    after = account.get(path)["ticket"]
    assert account.get(f"/tickets/{ticket.id}.json?include=slas")["ticket"]["slas"]["policy_metrics"][0]["minutes"] < 0
    assert (after["updated_at"], after["metric_set"]) == (before["updated_at"], before["metric_set"])
    assert account.get(f"/incremental/tickets/cursor.json?cursor={cursor}")["tickets"] == []


@pytest.mark.parametrize("gone", ["gone", "deleted"])
def test_a_breach_is_written_ahead_and_is_gone_if_fulfilled_first(gone: Any) -> None:
    """It has a time to come; once answered it is no longer there, or there as deleted, by the option."""
    account = account_of(gone_breaches=gone)
    ticket = account.ticket(priority="high")
    (row,) = exported(account, ticket.id, "breach")
    assert (epoch_of(row["time"]), row["deleted"]) == (account.world.now() + 3_600, False)
    account.wait(60)
    reply(account, ticket.id)
    left = exported(account, ticket.id, "breach")
    assert left == ([] if gone == "gone" else [row | {"deleted": True}])


def test_a_breach_that_is_gone_leaves_the_ids_of_the_others() -> None:
    """Each other event keeps its id when the breach of its update goes."""
    account = account_of(gone_breaches="gone")
    ticket = account.ticket(priority="high")
    before = exported(account, ticket.id)
    account.wait(60)
    reply(account, ticket.id)
    after = exported(account, ticket.id)
    assert [row for row in before if row not in after] == exported_breaches(before)


def exported_breaches(rows: list[Any]) -> list[Any]:
    """The breaches among rows."""
    return [row for row in rows if row["type"] == "breach"]


def test_a_policy_applied_to_a_late_metric_writes_apply_sla_and_breach_with_the_same_time() -> None:
    """Both have the time of the update that applied it."""
    account = account_of()
    ticket = account.ticket()
    account.wait(7_200)
    account.world.update_ticket(ticket, {"priority": "high"}, author=account.agent)
    rows = exported(account, ticket.id, "apply_sla") + exported(account, ticket.id, "breach")
    assert [(row["type"], row["time"]) for row in rows] == [
        ("apply_sla", iso(account.world.now())), ("breach", iso(account.world.now())),
    ]  # fmt: skip


def test_on_creation_every_metric_is_measured_and_five_are_activated(account: Account) -> None:
    """All seven get `measure` with instance 0; reply, requester wait, agent work, resolution and ownership `activate` with instance 1."""
    ticket = account.ticket(group_id=account.group)
    rows = exported(account, ticket.id)
    assert {row["time"] for row in rows} == {iso(ticket.created)}
    assert {row["metric"] for row in rows if (row["type"], row["instance_id"]) == ("measure", 0)} == METRICS
    assert {row["metric"] for row in rows if (row["type"], row["instance_id"]) == ("activate", 1)} == METRICS - {
        "periodic_update_time", "pausable_update_time",
    }  # fmt: skip
    assert len(rows) == 7 + 5


def test_periodic_and_pausable_update_activate_with_the_first_agent_reply(account: Account) -> None:
    """Their first instance begins when an agent first answers in public."""
    ticket = account.ticket()
    account.wait(600)
    reply(account, ticket.id)
    now = iso(account.world.now())
    begun = [row for row in exported(account, ticket.id, "activate") if "update_time" in row["metric"]]
    assert [(row["metric"], row["instance_id"], row["time"]) for row in begun] == [
        ("periodic_update_time", 1, now), ("pausable_update_time", 1, now),
    ]  # fmt: skip


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_metric_events_come_within_seconds_or_minutes_late_with_original_times(share: float) -> None:
    """Those of an ordinary ticket show after 12 s, those of a late one after 13 minutes; both tell when it happened."""
    account = account_of(metric_event_delay=12, metric_event_lag=780, late_metric_share=share)
    ticket = account.ticket(priority="high")
    delay = 780 if share else 12
    account.wait(delay - 1)
    assert exported(account, ticket.id) == []
    account.wait(1)
    assert {row["time"] for row in exported(account, ticket.id, "activate")} == {iso(ticket.created)}


def test_what_is_late_is_told_as_it_stood() -> None:
    """A breach answered in time is still foreseen until the answer has come to the export, and the ticket's own sideload agrees."""
    account = account_of(metric_event_lag=700)
    ticket = account.ticket(priority="high")
    account.wait(1_000)
    reply(account, ticket.id)
    account.wait(600)
    assert [row["deleted"] for row in exported(account, ticket.id, "breach")] == [False]
    assert exported(account, ticket.id, "fulfill") == []
    told = account.get(f"/tickets/{ticket.id}.json?include=metric_events")["ticket"]["metric_events"]
    assert [row for rows in told.values() for row in rows if row["type"] == "fulfill"] == []
    account.wait(100)
    assert [row["deleted"] for row in exported(account, ticket.id, "breach")] == [True]
    assert len(exported(account, ticket.id, "fulfill")) == 1


def test_some_tickets_are_late_and_others_are_not() -> None:
    """With half of the tickets late, the others' events show at once."""
    account = account_of(metric_event_lag=700, late_metric_share=0.5)
    tickets = [account.ticket().id for _ in range(40)]
    account.wait(1)
    told = {row["ticket_id"] for row in account.get(EXPORT)["ticket_metric_events"]}
    assert 5 < len(told) < len(tickets) - 5


@pytest.mark.parametrize("path", ["/tickets.json?", "/incremental/ticket_metric_events.json?start_time=0&"])
@pytest.mark.parametrize(
    "page",
    ["page[size]=101", "page[size]=0", "page[after]=garbage", "page[after]=eyJvIjoibmljZV9pZCIsInYiOlsieCJdfQ=="],
)
def test_a_page_of_101_and_a_garbage_cursor_are_refused(account: Account, path: str, page: str) -> None:
    """Both answer 400 InvalidPaginationParameter."""
    response = account.call("GET", path + page)
    assert response.status == 400
    assert response.json()["errors"][0]["code"] == "InvalidPaginationParameter"


def test_cursor_pages_may_carry_tickets_total() -> None:
    """With the option, a page by cursor tells how many tickets there are; one by number does not."""
    for option in (False, True):
        account = account_of(tickets_total=option)
        for _ in range(3):
            account.ticket()
        assert account.get("/tickets.json?page[size]=2").get("tickets_total") == (3 if option else None)
        assert "tickets_total" not in account.get("/tickets.json?per_page=2")


def test_the_list_leaves_out_archived_tickets_and_the_exports_hold_them(account: Account) -> None:
    """A ticket closed for long is not in GET /tickets, and is in the incremental export and in search/export."""
    ticket = account.ticket()
    account.world.update_ticket(ticket, {"status": "closed"}, author=account.agent)
    account.wait(121 * 86_400)
    assert account.get("/tickets.json?page[size]=10")["tickets"] == []
    assert [row["id"] for row in account.get("/incremental/tickets/cursor.json?start_time=0")["tickets"]] == [ticket.id]
    found = account.get("/search/export.json?query=status:closed&filter[type]=ticket&page[size]=10")["results"]
    assert [row["id"] for row in found] == [ticket.id]


def test_deleted_tickets_are_exported_as_deleted(account: Account) -> None:
    """The export keeps the row with the status deleted, unless told to leave it out."""
    ticket = account.ticket()
    assert account.call("DELETE", f"/tickets/{ticket.id}.json").status == 204
    account.wait(61)
    path = "/incremental/tickets/cursor.json?start_time=0"
    assert [row["status"] for row in account.get(path)["tickets"]] == ["deleted"]
    assert account.get(f"{path}&exclude_deleted=true")["tickets"] == []


def test_the_headers_announce_the_limits() -> None:
    """The account's limit in both spellings with the seconds to the end of the minute, and the exports' own, which older accounts kept to themselves."""
    account = Account()
    account.wait(48)
    headers = account.call("GET", "/tickets.json").headers
    assert (headers["x-rate-limit"], headers["ratelimit-limit"]) == ("700", "700")
    assert (headers["ratelimit-remaining"], headers["ratelimit-reset"]) == ("699", "12")
    assert headers["x-rate-limit-remaining"] == "699"
    path = "/incremental/tickets/cursor.json?start_time=0"
    shown = account.call("GET", path).headers["zendesk-ratelimit-incremental-exports"]
    assert shown == "total=10; remaining=9; resets=12"
    old = Account(Options(header_spelling="rate-limit")).call("GET", path).headers
    assert not [name for name in old if "incremental" in name]
