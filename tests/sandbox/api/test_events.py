"""Incremental exports of events and people."""

from typing import Any

import pytest

from deskhand.sandbox import Limits, Options
from tests.sandbox.builders import Account


@pytest.fixture
def busy() -> Account:
    """An account whose tickets have SLAs, replies and a solution, without a limit on exports."""
    account = Account(limits=Limits(incremental=0))
    account.world.add_sla_policy("All", [("high", "first_reply_time", 60), ("high", "total_resolution_time", 600)])
    for _ in range(4):
        ticket = account.ticket(priority="high")
        account.wait(60)
        account.world.update_ticket(
            ticket, {"status": "solved"}, author=account.agent, comment={"body": "done", "public": True}
        )
        account.wait(60)
    account.ticket(priority="high")
    account.wait(120)
    return account


def test_ticket_events_hold_each_audit_once(busy: Account) -> None:
    """The export gives every audit in the order of time, a comment without its text unless asked for."""
    rows = busy.get("/incremental/ticket_events.json?start_time=0")["ticket_events"]
    audits = [audit.id for ticket in busy.world.tickets.values() for audit in ticket.audits]
    assert sorted(row["id"] for row in rows) == sorted(audits)
    assert [row["timestamp"] for row in rows] == sorted(row["timestamp"] for row in rows)
    comment = next(child for child in rows[0]["child_events"] if child["event_type"] == "Comment")
    assert (comment["comment_present"], comment["comment_public"], "body" in comment) == (True, True, False)
    told = busy.get("/incremental/ticket_events.json?start_time=0&include=comment_events")["ticket_events"][0][
        "child_events"
    ]
    assert next(child for child in told if child["event_type"] == "Comment")["body"] == "It broke"


def walk(account: Account, size: int) -> list[Any]:
    """All metric events by cursor."""
    path, rows = f"/incremental/ticket_metric_events.json?start_time=0&page[size]={size}", []
    while True:
        page = account.get(path)
        rows += page["ticket_metric_events"]
        if not page["meta"]["has_more"]:
            return rows
        path = page["links"]["next"].partition("/api/v2")[2]


@pytest.mark.parametrize("size", [1, 7, 100])
def test_metric_events_are_the_same_in_both_paginations(busy: Account, size: int) -> None:
    """By cursor with any size of page and by time, the same events come in the same order, each id once."""
    by_time = busy.get("/incremental/ticket_metric_events.json?start_time=0")["ticket_metric_events"]
    by_cursor = walk(busy, size)
    assert by_cursor == by_time
    assert len({row["id"] for row in by_time}) == len(by_time)
    assert [row["time"] for row in by_time] == sorted(row["time"] for row in by_time)


def test_a_breach_to_come_is_exported_ahead(busy: Account) -> None:
    """The open ticket's breach has a time in the future; the answered ones are deleted, and can be left out."""
    rows = busy.get("/incremental/ticket_metric_events.json?start_time=0")["ticket_metric_events"]
    now = busy.sandbox.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    ahead = [row for row in rows if row["type"] == "breach" and row["time"] > now and not row["deleted"]]
    assert {row["ticket_id"] for row in ahead} == {5}
    kept = busy.get("/incremental/ticket_metric_events.json?start_time=0&exclude_deleted=true")["ticket_metric_events"]
    assert len(kept) == len(rows) - sum(row["deleted"] for row in rows)


def test_an_answer_moves_a_foreseen_breach_to_the_deleted_ones(busy: Account) -> None:
    """A breach that was exported is exported as deleted after the answer."""
    busy.get("/incremental/ticket_metric_events.json?start_time=0")
    busy.world.update_ticket(5, {}, author=busy.agent, comment={"body": "here", "public": True})
    rows = busy.get("/incremental/ticket_metric_events.json?start_time=0")["ticket_metric_events"]
    first = [row for row in rows if row["ticket_id"] == 5 and row["type"] == "breach" and row["metric"] == "reply_time"]
    assert [row["deleted"] for row in first] == [True]


def test_metric_events_may_come_late() -> None:
    """With a lag, events show so much later, with their original times."""
    account = Account(Options(metric_event_lag=700))
    account.ticket()
    account.wait(650)
    path = "/incremental/ticket_metric_events.json?start_time=0"
    assert account.get(path)["ticket_metric_events"] == []
    account.wait(100)
    assert account.get(path)["ticket_metric_events"][0]["time"] == "2026-03-02T08:00:00Z"


def test_what_is_foreseen_comes_with_the_last_page() -> None:
    """Though more than a page of breaches is to come, a walk by time ends, and holds each event once."""
    account = Account(limits=Limits(incremental=0))
    account.world.add_sla_policy("All", [("high", "first_reply_time", 60)])
    for _ in range(1_100):
        account.ticket(priority="high")
    account.wait(100)
    path, rows, ended = "/incremental/ticket_metric_events.json?start_time=0", list[int](), False
    while not ended:
        page = account.get(path)
        rows += [row["id"] for row in page["ticket_metric_events"]]
        path, ended = page["next_page"].partition("/api/v2")[2], page["end_of_stream"]
        assert page["count"]
    assert len(rows) == len(set(rows)) == 1_100 * (7 + 4 + 2)


def test_rows_that_are_left_out_do_not_end_a_walk() -> None:
    """A walk by cursor without deleted events goes on behind a page that had many of them."""
    account = Account(limits=Limits(incremental=0))
    account.world.add_sla_policy("All", [("high", "first_reply_time", 60)])
    for _ in range(30):
        ticket = account.ticket(priority="high")
        account.world.update_ticket(ticket, {}, author=account.agent, comment={"body": "hello", "public": True})
    kept = [row for row in walk(account, 100) if not row["deleted"]]
    path, rows = "/incremental/ticket_metric_events.json?start_time=0&exclude_deleted=true&page[size]=7", []
    while path:
        page = account.get(path)
        rows += page["ticket_metric_events"]
        path = (page["links"]["next"] or "").partition("/api/v2")[2]
    assert rows == kept


def test_people_and_organizations_are_exported(account: Account) -> None:
    """Users by cursor and by time and organizations by time give every row once the minute has passed."""
    account.world.add_organization("Umbrella")
    account.wait(61)
    total = len(account.world.tables["users"])
    assert len(account.get("/incremental/users.json?start_time=0")["users"]) == total
    page = account.get("/incremental/users/cursor.json?start_time=0&per_page=2")
    rest = account.get(f"/incremental/users/cursor.json?cursor={page['after_cursor']}")
    assert (len(page["users"]) + len(rest["users"]), rest["end_of_stream"]) == (total, True)
    assert account.get("/incremental/organizations.json?start_time=0")["count"] == 2


def test_a_sample_has_at_most_fifty_rows(account: Account) -> None:
    """The sample of an export is answered, and an unknown one is not."""
    account.wait(100)
    assert account.get("/incremental/users/sample.json?start_time=0")["count"] == 4
    assert account.call("GET", "/incremental/odd/sample.json?start_time=0").status == 404
