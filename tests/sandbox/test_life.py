"""The lives of a ticket's metrics: what starts, pauses and ends them, and a policy's advanced settings."""

from typing import Any

import pytest

from deskhand.sandbox import API, EMAIL, Ticket
from deskhand.sandbox.life import life_of
from deskhand.sandbox.records import Comment
from tests.sandbox.builders import Account


def lived(account: Account, ticket: Ticket) -> list[tuple[str, str, int]]:
    """Metric, type and instance of the events of a ticket, without the measures."""
    events = life_of(ticket, account.world).events
    return [(event.metric, event.kind, event.instance) for event in events if event.kind != "measure"]


def replies(account: Account, ticket: Ticket) -> list[tuple[str, int]]:
    """Type and instance of the reply time's events."""
    return [(kind, instance) for metric, kind, instance in lived(account, ticket) if metric == "reply_time"]


def policy(account: Account, **settings: bool) -> None:
    """A policy for everything with these advanced settings, named `metric__setting`."""
    rows: dict[str, dict[str, bool]] = {}
    for name, value in settings.items():
        metric, _, setting = name.partition("__")
        rows.setdefault(metric, {})[setting] = value
    body: dict[str, Any] = {
        "title": "All",
        "filter": {"all": [], "any": []},
        "policy_metrics": [],
        "metrics_settings": rows,
    }
    assert account.call("POST", "/slas/policies.json", {"sla_policy": body}).status == 201


def made_by_agent(account: Account, *, public: bool = True, **facts: Any) -> Ticket:
    """A ticket that an agent made, for a customer unless told otherwise."""
    facts = {"requester_id": account.customer, "comment": {"body": "we saw", "public": public}} | facts
    return account.world.create_ticket(facts, author=account.agent, via=API)


def note(account: Account, ticket: Ticket, author: int | None = None) -> None:
    """An internal note a minute later."""
    account.wait(60)
    account.world.update_ticket(ticket, {}, author=author or account.agent, comment={"body": "hm", "public": False})


def test_a_deleted_ticket_stands_still_until_it_is_restored(account: Account) -> None:
    """Deletion pauses what runs, and bringing the ticket back lets it run on."""
    ticket = account.ticket()
    account.wait(60)
    account.world.delete_ticket(ticket, account.agent)
    account.wait(600)
    assert all(clock.since is None and clock.done is None for clock in life_of(ticket, account.world).clocks)
    account.world.restore_ticket(ticket, account.agent)
    clock = life_of(ticket, account.world).newest["resolution_time"]
    assert (clock.spans, clock.since) == ([(ticket.created, ticket.created + 60)], account.world.now())


def test_a_solved_ticket_that_changes_group_starts_no_ownership(account: Account) -> None:
    """Ownership starts with the group that has the ticket when it is opened again, as a new instance."""
    ticket = account.ticket(group_id=account.group)
    account.world.update_ticket(ticket, {"status": "solved"}, author=account.agent)
    account.world.update_ticket(ticket, {"group_id": account.other_group}, author=account.agent)
    assert [event for event in lived(account, ticket) if event[0] == "group_ownership_time"] == [
        ("group_ownership_time", "activate", 1), ("group_ownership_time", "fulfill", 1),
    ]  # fmt: skip
    account.world.update_ticket(ticket, {"status": "open"}, author=account.agent)
    assert lived(account, ticket)[-1] == ("group_ownership_time", "activate", 2)


def test_a_ticket_that_lost_its_group_starts_no_ownership_when_reopened(account: Account) -> None:
    """Without a group nobody owns it."""
    ticket = account.ticket(group_id=account.group)
    account.world.update_ticket(ticket, {"group_id": None}, author=account.agent)
    account.world.update_ticket(ticket, {"status": "solved"}, author=account.customer)
    account.world.update_ticket(ticket, {"status": "open"}, author=account.agent)
    assert life_of(ticket, account.world).newest["group_ownership_time"].instance == 1


def test_who_was_an_agent_when_writing_answered(account: Account) -> None:
    """An agent who becomes an end user later has answered all the same, and one who becomes an agent has asked."""
    ticket = account.ticket()
    account.wait(60)
    account.world.update_ticket(ticket, {}, author=account.agent, comment={"body": "hello", "public": True})
    account.wait(60)
    before = lived(account, ticket)
    for user, role in ((account.agent, "end-user"), (account.customer, "agent")):
        row = account.world.tables["users"].need(user)
        row["role"] = role
        account.world.index_user(row)
    account.wait(60)
    assert account.agent not in account.world.staff
    assert lived(account, ticket) == before


@pytest.mark.parametrize(
    ("setting", "public"),
    [
        ("first_reply_time__activate_on_ticket_created_for_end_user", True),
        ("first_reply_time__activate_on_agent_ticket_created_for_end_user_with_internal_note", False),
    ],
)
def test_a_ticket_made_for_a_customer_may_wait_for_a_reply(account: Account, setting: str, public: bool) -> None:
    """With the setting, what an agent makes for a customer waits for a first reply, and what it opens with is none."""
    assert replies(account, made_by_agent(account, public=public)) == []
    policy(account, **{setting: True})
    ticket = made_by_agent(account, public=public)
    assert replies(account, ticket) == [("activate", 1)]
    account.wait(60)
    account.world.update_ticket(ticket, {}, author=account.agent, comment={"body": "news", "public": True})
    assert replies(account, ticket) == [("activate", 1), ("fulfill", 1)]


def test_an_agents_own_ticket_may_wait_for_replies(account: Account) -> None:
    """What an agent asks for themselves waits for a first and a next reply only with the two settings; their own words are no answer."""
    boss = account.world.add_user("Bo", "bo@example.com", "agent", [account.group])["id"]

    def asked_twice() -> Ticket:
        ticket = made_by_agent(account, requester_id=account.agent)
        account.world.update_ticket(ticket, {}, author=boss, comment={"body": "so", "public": True})
        account.world.update_ticket(ticket, {}, author=account.agent, comment={"body": "and", "public": True})
        return ticket

    assert replies(account, asked_twice()) == []
    policy(
        account,
        first_reply_time__activate_on_agent_created_ticket_for_self=True,
        next_reply_time__activate_on_agent_requested_ticket_with_public_comment_or_internal_note=True,
    )
    assert replies(account, asked_twice()) == [("activate", 1), ("fulfill", 1), ("activate", 2)]


def test_a_light_agents_forwarded_mail_may_wait_for_a_reply(account: Account) -> None:
    """A light agent's mail for a customer starts the first reply with the setting."""

    def forwarded() -> Ticket:
        facts = {"requester_id": account.customer, "comment": {"body": "see below"}}
        return account.world.create_ticket(facts, author=account.light, via=EMAIL)

    assert replies(account, forwarded()) == []
    policy(account, first_reply_time__activate_on_light_agent_on_email_forward_ticket_from_end_user=True)
    assert replies(account, forwarded()) == [("activate", 1)]


def test_a_note_may_answer(account: Account) -> None:
    """An agent's note ends the first reply, and later the next one, with the settings; a light agent's does not."""
    policy(
        account,
        first_reply_time__fulfill_on_agent_internal_note=True,
        next_reply_time__fulfill_on_non_requesting_agent_internal_note_after_activation=True,
    )
    ticket = account.ticket()
    note(account, ticket, account.light)
    assert replies(account, ticket) == [("activate", 1)]
    note(account, ticket)
    account.world.update_ticket(ticket, {}, author=account.customer, comment="and?")
    note(account, ticket)
    assert replies(account, ticket) == [("activate", 1), ("fulfill", 1), ("activate", 2), ("fulfill", 2)]


def test_a_light_agent_who_left_writes_as_a_customer(account: Account) -> None:
    """Who was a light agent writes in public as an end user, and what they noted before stays a light agent's note."""
    policy(account, next_reply_time__activate_on_light_agent_internal_note=True)
    ticket = account.ticket()
    account.world.update_ticket(ticket, {}, author=account.agent, comment={"body": "hello", "public": True})
    note(account, ticket, account.light)
    account.wait(60)
    account.put(f"/users/{account.light}.json", {"user": {"role": "end-user"}})
    before = replies(account, ticket)
    assert before[-1] == ("activate", 2)
    account.wait(60)
    audit = account.world.update_ticket(ticket, {}, author=account.light, comment={"body": "and?", "public": False})
    assert [event.public for event in audit.events if isinstance(event, Comment)] == [True]
    assert replies(account, ticket) == before


def test_a_light_agents_note_may_ask(account: Account) -> None:
    """With the setting, a light agent's note starts the next reply, once the first reply is over."""
    policy(account, next_reply_time__activate_on_light_agent_internal_note=True)
    ticket = account.ticket()
    note(account, ticket, account.light)
    account.world.update_ticket(ticket, {}, author=account.agent, comment={"body": "hello", "public": True})
    assert replies(account, ticket) == [("activate", 1), ("fulfill", 1)]
    note(account, ticket, account.light)
    assert replies(account, ticket)[-1] == ("activate", 2)


def test_a_note_may_count_as_an_update(account: Account) -> None:
    """With the setting, an agent's note restarts the periodic update, and leaves the pausable one alone."""
    ticket = account.ticket()
    note(account, ticket)
    assert "periodic_update_time" not in life_of(ticket, account.world).newest
    policy(account, periodic_update_time__activate_on_agent_internal_note=True)
    note(account, ticket)
    note(account, ticket)
    newest = life_of(ticket, account.world).newest
    assert (newest["periodic_update_time"].instance, "pausable_update_time" in newest) == (2, False)


def test_settings_count_while_their_policy_is_in_force(account: Account) -> None:
    """An edit of the settings reaches a ticket with its next update, and takes nothing back."""
    policy(account, first_reply_time__fulfill_on_agent_internal_note=True)
    key = account.get("/slas/policies.json")["sla_policies"][0]["id"]
    first, second = account.ticket(), account.ticket()
    note(account, first)
    account.put(f"/slas/policies/{key}.json", {"sla_policy": {"metrics_settings": {"first_reply_time": {}}}})
    note(account, second)
    assert [replies(account, ticket)[-1] for ticket in (first, second)] == [("fulfill", 1), ("activate", 1)]
