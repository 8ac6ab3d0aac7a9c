"""Scripted agents and customers."""

from collections.abc import Callable
from datetime import timedelta
from random import Random

import pytest

from deskhand.sandbox import Options, Sandbox, SimClock
from deskhand.sandbox.actors import HALF_TARGET, Cast, NewTicket
from deskhand.sandbox.actors_time import DAY, at_work
from deskhand.sandbox.company import MONDAY, build_company
from deskhand.sandbox.records import Change, Comment, Ticket
from tests.sandbox.builders import Account


def _cast(account: Account, seed: int = 1) -> Cast:
    sandbox = account.sandbox

    def schedule(epoch: float, happening: Callable[[], object]) -> None:
        sandbox.agenda.at(round(epoch), happening)

    return Cast(account.world, schedule, Random(seed), {"Billing": account.group}, {})


def _comments(ticket: Ticket) -> list[Comment]:
    return [event for audit in ticket.audits for event in audit.events if isinstance(event, Comment)]


def _run(account: Account, days: float) -> None:
    account.sandbox.run_until(account.sandbox.clock.now() + timedelta(days=days))


def test_an_agent_of_the_group_answers_a_new_ticket() -> None:
    """The first answer is public, by a member of the ticket's group, who becomes its assignee."""
    account = Account()
    ticket = _cast(account).arrive(
        NewTicket(account.customer, "Help", "It broke", "high", group=account.group, idle=60)
    )

    account.sandbox.run_until(account.sandbox.clock.now().replace(hour=8, minute=2))

    assert [c.author for c in _comments(ticket) if c.public] == [account.customer, account.agent]
    assert ticket.assignee_id == account.agent
    assert ticket.status in ("open", "pending")


def test_lives_go_on_until_tickets_are_closed() -> None:
    """Within two weeks nearly all of thirty tickets are closed, and some came back after they were solved."""
    account = Account()
    cast = _cast(account)
    tickets = [
        cast.arrive(NewTicket(account.customer, f"Help {n}", "It broke", "normal", group=account.group))
        for n in range(30)
    ]

    _run(account, 21)

    statuses = [
        event.value
        for t in tickets
        for audit in t.audits
        for event in audit.events
        if isinstance(event, Change) and event.name == "status"
    ]
    assert sum(ticket.status == "closed" for ticket in tickets) > 20
    assert {"open", "pending", "hold", "solved", "closed"} <= set(statuses)
    assert cast.refusals == []


def test_a_ticket_that_was_moved_is_answered_by_its_new_group() -> None:
    """People look at the ticket as it stands: after a reassignment somebody of the new group answers."""
    account = Account()
    other = account.world.add_user("Nia Net", "nia@example.com", "agent", [account.other_group])["id"]
    ticket = _cast(account).arrive(
        NewTicket(account.customer, "Help", "It broke", "high", group=account.group, idle=600)
    )

    account.world.update_ticket(
        ticket, {"group_id": account.other_group}, author=account.world.emails["admin@example.com"]
    )
    account.sandbox.run_until(account.sandbox.clock.now().replace(hour=8, minute=11))

    assert ticket.assignee_id == other


def test_nobody_works_on_a_holiday() -> None:
    """On a holiday no agent answers, and the day after somebody does."""
    account = Account()
    cast = _cast(account)
    cast.holidays = frozenset({int(account.sandbox.clock.epoch() // DAY)})
    tickets = [
        cast.arrive(NewTicket(account.customer, "Help", "It broke", "normal", group=account.group)) for _ in range(8)
    ]

    _run(account, 0.6)
    written = [c.author for t in tickets for c in _comments(t) if c.public and c.author != account.customer]
    _run(account, 1)

    assert written == []
    assert all(any(c.author == account.agent for c in _comments(ticket)) for ticket in tickets)


def test_a_duplicate_is_closed_with_a_word_on_both_sides() -> None:
    """A merge closes the ticket with the tag that Zendesk gives, and both tickets carry an internal note."""
    account = Account()
    cast = _cast(account)
    old, new = account.ticket(group_id=account.group), account.ticket(group_id=account.group)

    cast.merge(old, account.agent)

    assert old.status == "closed"
    assert "closed_by_merge" in old.tags
    assert f"#{new.id}" in _comments(old)[-1].body
    assert f"#{old.id}" in _comments(new)[-1].body
    assert not _comments(new)[-1].public


def test_some_edits_come_within_seconds_of_half_the_time() -> None:
    """So that others who act at that instant meet a changed ticket."""
    account = Account()
    cast = _cast(account)
    tickets = [
        cast.arrive(NewTicket(account.customer, "Help", "It broke", "high", group=account.group, idle=5 * DAY))
        for _ in range(60)
    ]

    _run(account, 0.1)

    close = [t for t in tickets if any(abs(audit.at - t.created - HALF_TARGET["high"]) <= 4 for audit in t.audits)]
    assert 20 <= len(close) <= 50


@pytest.mark.parametrize(
    "options", [Options(), Options(group_change="refuse", solve_unassigned="refuse", noop_update="nothing")]
)
def test_the_account_refuses_nothing_of_a_whole_week(options: Options) -> None:
    """Whatever the account's way with assignees, people keep to it."""
    sandbox = Sandbox(clock=SimClock(), options=options)
    company = build_company(sandbox, tickets=150)

    sandbox.run_until(MONDAY.replace(day=9))

    assert company.cast.refusals == []
    assert len(company.sandbox.world.tickets) > 300


def test_the_workers_own_user_never_acts_by_itself() -> None:
    """No scripted change is by the user as whom the worker signs in."""
    sandbox = Sandbox(clock=SimClock())
    company = build_company(sandbox, tickets=200)
    sandbox.run_until(MONDAY.replace(hour=18))

    authors = {audit.author for ticket in sandbox.world.tickets.values() for audit in ticket.audits}

    assert company.worker not in authors


def test_agents_answer_in_office_hours_unless_it_is_urgent() -> None:
    """Public answers to tickets that are not urgent are written in office hours."""
    sandbox = Sandbox(clock=SimClock())
    company = build_company(sandbox, tickets=200, cases=False)
    late = [
        audit.at
        for ticket in company.sandbox.world.tickets.values()
        if ticket.priority in ("low", "normal") and not any(isinstance(e, Change) and e.name == "priority" for a in ticket.audits[1:] for e in a.events)
        for audit in ticket.audits[1:]
        if any(isinstance(event, Comment) and event.public and event.author in sandbox.world.staff for event in audit.events)
        and not at_work(audit.at)
    ]  # fmt: skip

    assert late == []
