"""Audits as values, from the export of ticket events and from one ticket's own list."""

from datetime import datetime, timedelta
from typing import Any

from deskhand.core.audited import Audit
from deskhand.zendesk.audit_log import AuditLog, AuditReader
from deskhand.zendesk.pace import Pacer
from deskhand.zendesk.past import Past
from deskhand.zendesk.people import People
from tests.http.canned import NOW, Canned, answer
from tests.zendesk.places import directory, gateway

STAMP = NOW.strftime("%Y-%m-%dT%H:%M:%SZ")


def reader(*answers: tuple[int, bytes, dict[str, str]]) -> AuditReader:
    """A reader over canned answers; Ann (5) is an agent, nobody else is known."""
    open_gateway = gateway(Canned(list(answers)))
    return AuditReader(open_gateway, directory(), People(open_gateway, lambda: NOW))


def exported(*children: dict[str, Any], updater: int = 5, **more: Any) -> dict[str, Any]:
    """A row of the export."""
    facts = {"id": 1, "ticket_id": 7, "created_at": STAMP, "updater_id": updater, "event_type": "Audit"}
    return {**facts, "child_events": list(children), **more}


def test_a_change_names_its_field_as_a_key_of_its_own() -> None:
    """System fields by name, custom ones by number or inside `custom_ticket_fields`; numbers become the account's names."""
    (found,) = reader().exported(
        [
            exported(
                {"id": 2, "event_type": "Change", "status": "pending", "previous_value": "open"},
                {"id": 3, "event_type": "Change", "group_id": "2", "previous_value": "1"},
                {"id": 4, "event_type": "Change", "assignee_id": 5, "previous_value": None},
                {"id": 5, "event_type": "Change", "custom_ticket_fields": {"11": "alarm"}, "previous_value": "calm"},
                {"id": 6, "event_type": "Change", "13": "1", "previous_value": "0"},
                {"id": 7, "event_type": "Change", "tags": ["a"], "previous_value": []},
            )
        ]
    )

    assert found.changes == {
        "status": "pending", "group": "Billing", "assignee": "ann@acme.example", "field.state": "alarm", "field.ticked": True,
    }  # fmt: skip
    assert found.before == {
        "status": "open", "group": "Network", "assignee": None, "field.state": "calm", "field.ticked": False,
    }  # fmt: skip


def test_a_public_comment_is_an_agents_or_a_customers() -> None:
    """Agents are known by the account; of others the role is asked, since an agent may have left."""
    people = answer(
        200, {"users": [{"id": 91, "name": "Gone", "role": "agent"}, {"id": 92, "name": "Zoe", "role": "end-user"}]}
    )
    public = {"id": 2, "event_type": "Comment", "comment_present": True, "comment_public": True}

    rows = [exported(public, updater=writer) for writer in (5, 91, 92)]
    assert [one.comment for one in reader(people).exported(rows)] == ["agent", "agent", "customer"]


def test_an_internal_note_is_no_comment_and_a_mark_of_ours_is_seen() -> None:
    """Custom metadata carry it."""
    note = {"id": 2, "event_type": "Comment", "comment_present": True, "comment_public": False}
    (found,) = reader().exported(
        [exported(note, metadata={"custom": {"deskhand": {"op": "abc", "fired": "late/e1/1 /zd:acme:7:1/2"}}})]
    )

    assert found == Audit(1, 7, NOW, ours=True, op="abc", fired=("late/e1/1", "/zd:acme:7:1/2"))


def test_a_tickets_own_audits_say_the_same_in_other_words() -> None:
    """`field_name` and `value` instead of a key of its own; every page is read."""
    first = {
        "id": 1, "ticket_id": 7, "created_at": STAMP, "author_id": 5, "metadata": {"custom": {}},
        "events": [{"id": 2, "type": "Create", "field_name": "status", "value": "new"}, {"id": 3, "type": "Comment", "public": True, "author_id": 5}],
    }  # fmt: skip
    second = {
        "id": 4, "ticket_id": 7, "created_at": STAMP, "author_id": 5,
        "events": [{"id": 5, "type": "Change", "field_name": "11", "value": "calm", "previous_value": None}],
    }  # fmt: skip
    pages = [
        answer(200, {"audits": [first], "meta": {"has_more": True, "after_cursor": "x"}}),
        answer(200, {"audits": [second], "meta": {"has_more": False}}),
    ]

    assert reader(*pages).of_ticket(7) == (
        Audit(1, 7, NOW, changes={"status": "new"}, comment="agent", created=True),
        Audit(4, 7, NOW, changes={"field.state": "calm"}, before={"field.state": None}),
    )


def test_an_archived_ticket_has_no_audits_to_tell() -> None:
    """Zendesk refuses to list them."""
    open_gateway = gateway(Canned([answer(404, {"error": "RecordNotFound"})]))
    past = Past(open_gateway, AuditReader(open_gateway, directory(), People(open_gateway, lambda: NOW)))

    assert past.audits(7) == ()


def test_the_log_goes_on_where_the_page_ended() -> None:
    """Its cursor is an instant."""
    page = {"ticket_events": [exported()], "end_time": int(NOW.timestamp()) - 90, "end_of_stream": False}
    open_gateway = gateway(Canned([answer(200, page)]))
    own = AuditReader(open_gateway, directory(), People(open_gateway, lambda: NOW))
    log = AuditLog(open_gateway, own, Pacer(lambda: NOW, lambda _: None), lambda: NOW)

    found = log.read(None, since=NOW - timedelta(hours=1))

    assert (len(found.rows), found.more) == (1, True)
    assert datetime.fromisoformat(found.cursor) == NOW - timedelta(seconds=90)
