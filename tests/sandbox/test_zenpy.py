"""zenpy as its users write it, unchanged, over real sockets: ZENPY_FORCE_NETLOC and ZENPY_FORCE_SCHEME name the sandbox, and nothing else differs."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from zenpy import Zenpy
from zenpy.lib.api_objects import (
    Automation,
    Comment,
    CustomField,
    Group,
    GroupMembership,
    Identity,
    Macro,
    Organization,
    OrganizationMembership,
    Ticket,
    TicketField,
    Trigger,
    User,
    View,
    Webhook,
)  # fmt: skip
from zenpy.lib.exception import APIException, RecordNotFoundException, TooManyValuesException

from deskhand.sandbox.limits import UNLIMITED
from tests.sandbox.builders import ADMIN, Account
from tests.sandbox.listening import Stage, listening

START = datetime(2026, 1, 1, tzinfo=UTC)
UNSOLVED = {"field": "status", "operator": "less_than", "value": "solved"}
LOW = [{"field": "priority", "value": "low"}]


@pytest.fixture
def account() -> Account:
    """An account with three tickets of more than a minute ago, none of whose limits are met."""
    account = Account(limits=UNLIMITED)
    for number in range(3):
        account.ticket(subject=f"Help {number}", priority="high")
    account.wait(120)
    return account


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """A server for all tests of this file."""
    with listening() as stage:
        yield stage


@pytest.fixture
def client(account: Account, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A zenpy client of that account, over the server."""
    stage.sandbox = account.sandbox
    monkeypatch.setenv("ZENPY_FORCE_NETLOC", stage.netloc)
    monkeypatch.setenv("ZENPY_FORCE_SCHEME", "http")
    return Zenpy(subdomain="acme", email=ADMIN, token="sandbox-token", disable_cache=True)


def ids(found: Any) -> list[int]:
    """The ids of what zenpy returns."""
    return [item.id for item in found]


def done(account: Account, client: Any, job: Any) -> Any:
    """A job's status once its time has passed."""
    account.wait(60)
    status = client.job_status(id=job.id)
    assert status.status == "completed"
    return status


# Tickets.


def test_tickets_are_listed(client: Any) -> None:
    """All tickets come, page after page, and their number is known."""
    assert ids(client.tickets()) == [1, 2, 3]
    assert len(client.tickets(cursor_pagination=False)) == 3
    assert ids(client.tickets(per_page=1)) == [1, 2, 3]
    assert ids(client.tickets(cursor_pagination=1)) == [1, 2, 3]


def test_lists_are_sliced(client: Any) -> None:
    """A slice takes the tickets at these places, whichever way the list is paged."""
    assert ids(client.tickets()[1:3]) == [2, 3]
    assert ids(client.tickets(cursor_pagination=False)[:2]) == [1, 2]
    assert ids(client.tickets(cursor_pagination=False)[1:3:1]) == [2, 3]
    assert ids(client.search(type="ticket")[:2]) == [3, 2]


def test_a_ticket_is_got(client: Any) -> None:
    """One by id, several by ids, and what does not exist is an exception of its own."""
    assert client.tickets(id=2).subject == "Help 1"
    assert ids(client.tickets(ids=[3, 1])) == [1, 3]
    with pytest.raises(RecordNotFoundException):
        client.tickets(id=99)


def test_what_a_ticket_names_is_fetched_when_it_is_read(account: Account, client: Any) -> None:
    """Requester, submitter, group, organization, assignee and brand are objects."""
    organization = client.organizations.create(Organization(name="Umbra"))
    client.tickets.update(
        Ticket(id=1, assignee_id=account.agent, group_id=account.group, organization_id=organization.id)
    )
    ticket = client.tickets(id=1)
    assert (ticket.requester.name, ticket.submitter.name, ticket.assignee.name) == (
        "Cleo Cust",
        "Cleo Cust",
        "Ana Ruiz",
    )
    assert (ticket.group.name, ticket.organization.name, ticket.brand.id) == ("Billing", "Umbra", ticket.brand_id)


def test_a_ticket_is_created(account: Account, client: Any) -> None:
    """The answer is a TicketAudit with the ticket, its requester made on the way and its fields set."""
    audit = client.tickets.create(
        Ticket(
            subject="Printer",
            comment=Comment(body="It smokes", public=False),
            requester=User(name="Rita", email="rita@example.com"),
            priority="urgent",
            tags=["hot", "hardware"],
            custom_fields=[CustomField(id=account.tier, value="gold")],
        )
    )
    assert (audit.ticket.id, audit.ticket.priority, sorted(audit.ticket.tags)) == (
        4,
        "urgent",
        ["gold", "hardware", "hot"],
    )
    assert {event["type"] for event in audit.audit.events} >= {"Comment", "Create"}
    assert client.tickets(id=4).requester.email == "rita@example.com"


def test_several_tickets_are_created_by_a_job(account: Account, client: Any) -> None:
    """A list becomes create_many, and its job tells the new ids."""
    job = client.tickets.create([Ticket(subject=f"T{n}", description="x") for n in range(2)])
    assert [row.id for row in done(account, client, job).results] == [4, 5]


def test_a_ticket_is_updated(client: Any) -> None:
    """Changed attributes are sent, and the audit tells what became of them."""
    ticket = client.tickets(id=1)
    ticket.subject = "Newer"
    ticket.comment = Comment(body="Looking into it", public=False)
    answer = client.tickets.update(ticket)
    assert answer.ticket.subject == "Newer"
    assert {event.get("field_name", event["type"]) for event in answer.audit.events} == {"subject", "Comment"}


def test_several_tickets_are_updated_by_a_job(account: Account, client: Any) -> None:
    """A list becomes update_many; more than a hundred are refused with an exception of its own."""
    job = client.tickets.update([Ticket(id=1, priority="low"), Ticket(id=2, priority="low")])
    assert [(row.id, row.success) for row in done(account, client, job).results] == [(1, True), (2, True)]
    assert [client.tickets(id=key).priority for key in (1, 2)] == ["low", "low"]
    with pytest.raises(TooManyValuesException):
        client.tickets.update([Ticket(id=number, priority="low") for number in range(1, 102)])


def test_a_safe_update_of_something_else_is_refused(client: Any) -> None:
    """An outdated stamp is an APIException that carries the answer."""
    with pytest.raises(APIException) as caught:
        client.tickets.update(Ticket(id=1, priority="low", safe_update=True, updated_stamp="2020-01-01T00:00:00Z"))
    assert caught.value.response.status_code == 409


def test_tickets_are_deleted_and_restored(account: Account, client: Any) -> None:
    """One is deleted at once, several by a job; deleted() lists them until they are restored or gone for good."""
    client.tickets.delete(client.tickets(id=1))
    job = client.tickets.delete([Ticket(id=2), Ticket(id=3)])
    done(account, client, job)
    assert sorted(ids(client.tickets.deleted())) == [1, 2, 3]
    client.tickets.restore(1)
    client.tickets.restore([2, 3])
    assert (ids(client.tickets.deleted()), ids(client.tickets())) == ([], [1, 2, 3])
    client.tickets.delete(client.tickets(id=3))
    done(account, client, client.tickets.permanently_delete(Ticket(id=3)))
    assert ids(client.tickets.deleted()) == []


def test_tickets_are_merged(account: Account, client: Any) -> None:
    """The source is closed, and the target says what came into it."""
    job = client.tickets.merge(target=1, source=[2, 3], target_comment="Two more", source_comment="See 1")
    done(account, client, job)
    assert [client.tickets(id=key).status for key in (2, 3)] == ["closed", "closed"]
    assert list(client.tickets.comments(ticket=1))[-1].body == "Two more"


def test_tags_are_added_set_and_removed(client: Any) -> None:
    """Each of the three ways answers with the tags there are."""
    assert list(client.tickets.add_tags(1, ["a", "b"])) == ["a", "b"]
    assert list(client.tickets.delete_tags(1, ["a"])) == ["b"]
    assert list(client.tickets.set_tags(1, ["c"])) == ["c"]
    assert [tag.name for tag in client.tags()] == ["c"]


def test_comments_are_read_and_redacted(client: Any) -> None:
    """A ticket's comments with their authors, the newest last."""
    client.tickets.update(Ticket(id=1, comment=Comment(body="My card is 4111", public=True)))
    first, last = client.tickets.comments(ticket=1)
    assert (first.body, first.author.name, last.public) == ("It broke", "Cleo Cust", True)
    client.tickets.comment_redact(ticket=1, comment=last, text="4111")
    assert "4111" not in list(client.tickets.comments(ticket=1))[-1].body


def test_files_are_uploaded_and_sent_with_a_comment(client: Any, tmp_path: Path) -> None:
    """A file by path or as a stream gets a token, and the comment that names it carries the attachments."""
    file = tmp_path / "log.txt"
    file.write_text("hello")
    upload = client.attachments.upload(str(file), target_name="log.txt")
    client.attachments.upload(BytesIO(b"more"), token=upload.token, target_name="more.txt")
    client.tickets.update(Ticket(id=1, comment=Comment(body="See", uploads=[upload.token])))
    attachments = list(client.tickets.comments(ticket=1))[-1].attachments
    assert [(one.file_name, one.size) for one in attachments] == [("log.txt", 5), ("more.txt", 4)]
    kept = client.attachments.download(attachments[0].id, str(tmp_path / "back.txt"))
    assert Path(kept).read_text() == "hello"


def test_audits_are_read(client: Any) -> None:
    """Those of a ticket, and those of all tickets."""
    client.tickets.update(Ticket(id=1, priority="low"))
    audits = list(client.tickets.audits(ticket=1))
    assert audits[-1].events[0]["previous_value"] == "high"
    every = ids(client.tickets.audits())
    assert every
    assert set(every) >= set(ids(audits))


def test_what_belongs_to_a_ticket_is_read(account: Account, client: Any) -> None:
    """Metrics, incidents, recent tickets, and the tickets of an organization."""
    organization = client.organizations.create(Organization(name="Umbra"))
    client.tickets.update(Ticket(id=1, type="problem", organization_id=organization.id))
    client.tickets.update(Ticket(id=2, type="incident", problem_id=1))
    assert client.tickets.metrics(1).ticket_id == 1
    assert ids(client.tickets.incidents(1)) == [2]
    assert ids(client.tickets.organizations(organization)) == [1]
    assert sorted(ids(client.tickets.recent())) == [1, 2, 3]
    assert sorted(ids(client.users.requested(account.customer))) == [1, 2, 3]


# Exports and search.


@pytest.mark.parametrize(
    ("name", "read", "count"),
    [
        ("tickets by time", lambda z: z.tickets.incremental(start_time=START), 3),
        ("tickets by cursor", lambda z: z.tickets.incremental(start_time=START, paginate_by_time=False, per_page=1), 3),
        ("users", lambda z: z.users.incremental(start_time=START), 4),
        ("users by cursor", lambda z: z.users.incremental(start_time=START, paginate_by_time=False, per_page=1), 4),
        ("organizations", lambda z: z.organizations.incremental(start_time=START), 1),
        ("events", lambda z: z.tickets.events(start_time=START, include=["comment_events"]), 3),
        ("metric events", lambda z: z.tickets.metrics_incremental(start_time=START), 33),
    ],
)
def test_incremental_exports_are_read_to_their_end(
    client: Any, name: str, read: Callable[[Any], Any], count: int
) -> None:
    """Each export gives every record once."""
    assert len(list(read(client))) == count, name


def test_an_export_by_cursor_goes_on_where_it_stood(account: Account, client: Any) -> None:
    """after_cursor is kept by the caller and brings what changed since."""
    export = client.tickets.incremental(start_time=START, paginate_by_time=False)
    assert len(list(export)) == 3
    client.tickets.update(Ticket(id=2, priority="low"))
    account.wait(120)
    assert ids(client.tickets.incremental(cursor=export.after_cursor, paginate_by_time=False)) == [2]


def test_search_takes_names_and_operators(account: Account, client: Any) -> None:
    """Keyword arguments become the documented query: type, equality, less and greater, dates, minus, sorting."""
    client.tickets.update(Ticket(id=2, priority="low", tags=["hot"]))
    search = client.search
    assert sorted(ids(search(type="ticket", status="new"))) == [1, 2, 3]
    assert ids(search(type="ticket", status_less_than="closed", sort_by="created_at", sort_order="asc")) == [1, 2, 3]
    assert ids(search("broke", type="ticket", priority="low")) == [2]
    assert ids(search(type="ticket", tags="hot")) == [2]
    assert ids(search(type="ticket", minus="tags:hot", sort_by="created_at", sort_order="asc")) == [1, 3]
    assert len(list(search(type="ticket", created_after=START))) == 3
    assert len(list(search(type="ticket", created_between=[START, datetime(2026, 1, 2, tzinfo=UTC)]))) >= 0
    assert client.search(type="ticket", status="new").count == 3
    assert client.search.count(type="ticket", status="new") == 3
    assert [user.name for user in search(type="user", email="cleo@customer.example")] == ["Cleo Cust"]
    assert [group.name for group in search(type="group", name="Billing")] == ["Billing"]


def test_search_exports_are_read_to_their_end(client: Any) -> None:
    """search_export walks by cursor."""
    assert len(list(client.search_export(query="status<closed", type="ticket"))) == 3
    assert len(list(client.search_export(type="ticket", status="new"))) == 3


def test_a_job_is_read(account: Account, client: Any) -> None:
    """A job is queued first, then completed; several are read at once."""
    job = client.tickets.update([Ticket(id=1, priority="low")])
    assert client.job_status(id=job.id).status == "queued"
    assert done(account, client, job).total == 1
    assert [one.status for one in client.job_status(ids=[job.id])["job_statuses"]] == ["completed"]


# Rules.


def test_macros_are_kept_and_tried(client: Any) -> None:
    """A macro is made, listed, changed, tried on a ticket and on none, and deleted."""
    macro = client.macros.create(Macro(title="M", actions=[{"field": "status", "value": "open"}]))
    assert client.tickets.show_macro_effect(1, macro).ticket.status == "open"
    assert client.macros.apply(macro).ticket.status == "open"
    assert client.tickets(id=1).status == "new"
    macro.title = "Renamed"
    assert client.macros.update(macro).title == "Renamed"
    assert [one.title for one in client.macros()] == ["Renamed"]
    client.macros.delete(macro)
    assert ids(client.macros()) == []


def test_a_macros_effect_is_written_by_an_update(client: Any) -> None:
    """What show_macro_effect returns is a ticket that can be sent."""
    macro = client.macros.create(Macro(title="M", actions=[{"field": "priority", "value": "low"}]))
    client.tickets.update(client.tickets.show_macro_effect(client.tickets(id=1), macro).ticket)
    assert client.tickets(id=1, _cache=False).priority == "low"


def test_views_are_kept_and_executed(client: Any) -> None:
    """A view is made, listed, executed, counted, searched, and deleted."""
    view = client.views.create(View(title="Mine", all=[UNSOLVED]))
    assert sorted(ids(client.views.tickets(view))) == [1, 2, 3]
    assert client.views.count(view).value == 3
    assert client.views.execute(view).id == view.id
    assert view.id in ids(client.views.active())
    assert view.id in ids(client.views.compact())
    assert ids(client.views.search(query="Mine")) == [view.id]
    client.views.delete(view)
    assert view.id not in ids(client.views())


@pytest.mark.parametrize(
    ("name", "rule", "condition"),
    [
        ("triggers", Trigger, {"field": "status", "operator": "is", "value": "new"}),
        ("automations", Automation, {"field": "PENDING", "operator": "is", "value": "100"}),
    ],
)
def test_rules_are_kept(client: Any, name: str, rule: Any, condition: dict[str, str]) -> None:
    """A trigger, as an automation, is made, read, changed, listed and deleted."""
    api = getattr(client, name)
    made = api.create(rule(title="R", all=[condition], actions=LOW))
    made.title = "Renamed"
    assert api.update(made).title == "Renamed"
    assert (api(id=made.id).actions, ids(api())) == (LOW, [made.id])
    api.delete(made)
    assert ids(api()) == []


# People.


def test_groups_are_kept(account: Account, client: Any) -> None:
    """A group is made, changed, listed with its users and memberships, and deleted."""
    group = client.groups.create(Group(name="G"))
    group.name = "H"
    client.groups.update(group)
    assert [one.name for one in client.groups()] == ["Billing", "H", "Network", "Support"]
    membership = client.group_memberships.create(GroupMembership(user_id=account.agent, group_id=group.id))
    assert ids(client.groups.users(group)) == [account.agent]
    assert ids(client.groups.memberships(group)) == [membership.id]
    assert group.id in ids(client.groups.assignable())
    assert group.id in ids(client.users.groups(account.agent))
    client.group_memberships.make_default(account.agent, membership)
    assert client.users(id=account.agent).default_group_id == group.id
    client.group_memberships.delete(membership)
    client.groups.delete(group)
    assert group.id not in ids(client.groups())


def test_users_are_kept(client: Any) -> None:
    """A user is made, found, changed, made again by create_or_update, listed and deleted."""
    uma = client.users.create(User(name="Uma", email="uma@example.com"))
    assert [user.name for user in client.users.search(query="uma")] == ["Uma"]
    uma.phone = "+4912345"
    assert client.users.update(uma).phone == "+4912345"
    assert client.users.create_or_update(User(name="Uma U", email="uma@example.com")).id == uma.id
    assert ids(client.users(ids=[uma.id])) == [uma.id]
    assert client.users.me().name == "Admin"
    assert client.users.related(uma).requested_tickets == 0
    assert [user.role for user in client.users(role="admin")] == ["admin"]
    client.users.delete(uma)
    assert client.users(id=uma.id).active is False


def test_several_users_are_made_by_a_job(account: Account, client: Any) -> None:
    """Lists become create_many and create_or_update_many."""
    people = [User(name=f"U{n}", email=f"u{n}@example.com") for n in range(2)]
    assert len(done(account, client, client.users.create(people)).results) == 2
    done(account, client, client.users.create_or_update(people))
    assert len(list(client.search(type="user", query="u1@example.com"))) == 1


def test_users_have_identities(client: Any) -> None:
    """An address is added, made the primary one, and removed."""
    uma = client.users.create(User(name="Uma", email="uma@example.com"))
    more = client.users.identities.create(uma.id, Identity(type="email", value="u2@example.com"))
    assert [one.value for one in client.users.identities(id=uma.id)] == ["uma@example.com", "u2@example.com"]
    client.users.identities.make_primary(uma, more)
    assert client.users(id=uma.id).email == "u2@example.com"
    assert client.users.identities.show(uma, more).primary is True
    first = next(one for one in client.users.identities(id=uma.id) if one.value == "uma@example.com")
    client.users.identities.delete(uma, first)
    assert [one.value for one in client.users.identities(id=uma.id)] == ["u2@example.com"]


def test_users_are_merged(account: Account, client: Any) -> None:
    """The tickets of the one become those of the other."""
    uma = client.users.create(User(name="Uma", email="uma@example.com"))
    client.users.merge(source_user=account.customer, dest_user=uma)
    assert client.tickets(id=1).requester_id == uma.id


def test_organizations_are_kept(account: Account, client: Any) -> None:
    """An organization is made, changed, found, joined, listed and deleted."""
    made = client.organizations.create(Organization(name="Umbra", external_id="a-1", tags=["gold"]))
    made.notes = "Nice people"
    assert client.organizations.update(made).notes == "Nice people"
    assert client.organizations.create_or_update(Organization(name="Umbra", external_id="a-1")).id == made.id
    assert ids(client.organizations(external_id="a-1")) == [made.id]
    client.organization_memberships.create(OrganizationMembership(user_id=account.customer, organization_id=made.id))
    assert ids(client.organizations.users(made)) == [account.customer]
    assert ids(client.users.organizations(account.customer)) == [made.id]
    assert len(list(client.organizations.organization_memberships(made))) == 1
    assert list(client.organizations.add_tags(made.id, ["big"])) == ["big", "gold"]
    client.organizations.delete(made)
    assert [one.name for one in client.organizations()] == ["Acme"]


# The rest of an account.


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("ticket_fields", 10), ("ticket_forms", 1), ("brands", 1), ("group_memberships", 3), ("custom_statuses", 5), ("custom_agent_roles", 3),
        ("sla_policies", 0), ("webhooks", 0), ("satisfaction_ratings", 0), ("dynamic_content", 0), ("suspended_tickets", 0),
        ("organization_memberships", 0), ("activities", 0), ("locales", 1), ("user_fields", 0), ("organization_fields", 0), ("recipient_addresses", 1),
        ("skips", 0), ("sharing_agreements", 0), ("targets", 0), ("ticket_metrics", 3),
    ],
)  # fmt: skip
def test_what_is_listed_is_read_to_its_end(client: Any, name: str, count: int) -> None:
    """Each list of the account gives every record once."""
    assert len(list(getattr(client, name)())) == count, name


def test_a_field_and_a_webhook_are_made(client: Any) -> None:
    """A drop-down with its options, and a webhook with its secret."""
    field = client.ticket_fields.create(
        TicketField(type="tagger", title="Size", custom_field_options=[{"name": "Big", "value": "big"}])
    )
    assert [one.value for one in client.ticket_fields(id=field.id).custom_field_options] == ["big"]
    webhook = client.webhooks.create(
        Webhook(
            name="W", endpoint="https://hook.example/x", http_method="POST", request_format="json", status="active",
            subscriptions=["conditional_ticket_events"], authentication={},
        )
    )  # fmt: skip
    assert client.webhooks.show_secret(webhook).algorithm == "SHA256"
    assert list(client.webhooks.invocations(webhook)) == []
    client.webhooks.delete(webhook)
