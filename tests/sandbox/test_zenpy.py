"""zenpy as its users write it, unchanged, against the sandbox in process."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import requests
from zenpy import Zenpy
from zenpy.lib.api_objects import Automation, Comment, Group, Macro, Organization, Trigger, User, View
from zenpy.lib.api_objects import Ticket as ZTicket

from tests.sandbox.builders import ADMIN, Account

START = datetime(2026, 1, 1, tzinfo=UTC)


def client() -> tuple[Account, Any]:
    """An account with three tickets of more than a minute ago, and a zenpy client on it."""
    account = Account()
    for _ in range(3):
        account.ticket(priority="high")
    account.wait(120)
    session = requests.Session()
    session.mount(account.sandbox.url + "/", account.sandbox.adapter())
    return account, Zenpy(subdomain="acme", email=ADMIN, token="sandbox-token", session=session, disable_cache=True)


def ids(found: Any) -> list[int]:
    """The ids of what zenpy returns."""
    return [item.id for item in found]


def test_tickets_are_listed_sliced_and_got() -> None:
    """List, slice, get, several by id, and the requester behind a ticket."""
    account, zenpy = client()
    assert ids(zenpy.tickets()) == [1, 2, 3]
    assert ids(zenpy.tickets()[1:3]) == [2, 3]
    assert ids(zenpy.tickets(ids=[3, 1])) == [1, 3]
    assert zenpy.tickets(id=1).requester.id == account.customer


def test_a_ticket_is_created_updated_deleted_and_restored() -> None:
    """The life of a ticket, with the audit of an update."""
    _, zenpy = client()
    made = zenpy.tickets.create(ZTicket(subject="New", comment=Comment(body="x"))).ticket
    made.subject = "Newer"
    answer = zenpy.tickets.update(made)
    assert (answer.ticket.subject, answer.audit.events[0]["field_name"]) == ("Newer", "subject")
    zenpy.tickets.delete(made)
    assert ids(zenpy.tickets.deleted()) == [made.id]
    zenpy.tickets.restore(made.id)
    assert zenpy.tickets(id=made.id).subject == "Newer"


def test_tags_comments_and_audits() -> None:
    """Tags are added, set and removed; comments and audits are read."""
    account, zenpy = client()
    zenpy.tickets.add_tags(1, ["a", "b"])
    zenpy.tickets.delete_tags(1, ["a"])
    assert account.world.tickets[1].tags == ("b",)
    zenpy.tickets.set_tags(1, ["c"])
    assert account.world.tickets[1].tags == ("c",)
    assert [comment.body for comment in zenpy.tickets.comments(ticket=1)] == ["It broke"]
    assert len(list(zenpy.tickets.audits(ticket=1))) == 4


def test_many_are_updated_by_a_job() -> None:
    """A list of tickets becomes an update_many job, which zenpy reads to its end."""
    account, zenpy = client()
    job = zenpy.tickets.update([ZTicket(id=1, priority="low"), ZTicket(id=2, priority="low")])
    account.wait(60)
    assert zenpy.job_status(id=job.id).status == "completed"
    assert [account.world.tickets[key].priority for key in (1, 2)] == ["low", "low"]


@pytest.mark.parametrize(
    ("name", "read", "count"),
    [
        ("tickets by time", lambda z: z.tickets.incremental(start_time=START), 3),
        ("tickets by cursor", lambda z: z.tickets.incremental(start_time=START, paginate_by_time=False), 3),
        ("users", lambda z: z.users.incremental(start_time=START), 4),
        ("events", lambda z: z.tickets.events(start_time=START), 3),
        ("metric events", lambda z: z.tickets.metrics_incremental(start_time=START), 33),
        ("search", lambda z: z.search(type="ticket", status="new"), 3),
        ("search export", lambda z: z.search_export(query="status<closed", type="ticket"), 3),
        ("fields", lambda z: z.ticket_fields(), 10),
        ("forms", lambda z: z.ticket_forms(), 1),
        ("brands", lambda z: z.brands(), 1),
        ("memberships", lambda z: z.group_memberships(), 3),
        ("statuses", lambda z: z.custom_statuses(), 5),
        ("roles", lambda z: z.custom_agent_roles(), 3),
        ("policies", lambda z: z.sla_policies(), 0),
        ("webhooks", lambda z: z.webhooks(), 0),
        ("ratings", lambda z: z.satisfaction_ratings(), 0),
        ("dynamic content", lambda z: z.dynamic_content(), 0),
        ("suspended tickets", lambda z: z.suspended_tickets(), 0),
        ("organization memberships", lambda z: z.organization_memberships(), 0),
        ("activities", lambda z: z.activities(), 0),
        ("locales", lambda z: z.locales(), 1),
    ],
)
def test_what_is_read_is_read_to_its_end(name: str, read: Callable[[Any], Any], count: int) -> None:
    """Each export, search and list gives every record once."""
    assert len(list(read(client()[1]))) == count, name


def test_rules_macros_and_views() -> None:
    """Macros with their effect, views with their tickets, triggers and automations."""
    _, zenpy = client()
    macro = zenpy.macros.create(Macro(title="M", actions=[{"field": "status", "value": "open"}]))
    assert zenpy.tickets.show_macro_effect(1, macro).ticket.status == "open"
    view = zenpy.views.create(View(title="V", all=[{"field": "status", "operator": "less_than", "value": "solved"}]))
    assert (ids(zenpy.views.tickets(view)), zenpy.views.count(view).value) == ([3, 2, 1], 3)
    action = [{"field": "priority", "value": "low"}]
    zenpy.triggers.create(
        Trigger(title="T", all=[{"field": "status", "operator": "is", "value": "new"}], actions=action)
    )
    zenpy.automations.create(
        Automation(title="A", all=[{"field": "PENDING", "operator": "is", "value": "100"}], actions=action)
    )
    assert (len(list(zenpy.triggers())), len(list(zenpy.automations()))) == (1, 1)


def test_people_groups_and_organizations() -> None:
    """Users, groups and organizations are made, found and listed."""
    _, zenpy = client()
    zenpy.groups.create(Group(name="G"))
    zenpy.users.create(User(name="Uma", email="uma@example.com"))
    zenpy.organizations.create(Organization(name="O"))
    assert [group.name for group in zenpy.groups()] == ["Billing", "G", "Network", "Support"]
    assert [user.name for user in zenpy.users.search(query="uma")] == ["Uma"]
    assert [row.name for row in zenpy.organizations()] == ["Acme", "O"]
    assert zenpy.users.me().name == "Admin"


def test_a_file_is_uploaded(tmp_path: Any) -> None:
    """An open file is sent as it is."""
    _, zenpy = client()
    file = tmp_path / "log.txt"
    file.write_text("hello")
    assert zenpy.attachments.upload(str(file)).attachment.size == 5
