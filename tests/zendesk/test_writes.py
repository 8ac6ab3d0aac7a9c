"""A write as Zendesk's JSON."""

from dataclasses import replace

import pytest

from deskhand.core.effect import TicketWrite
from deskhand.errors import Rejected
from deskhand.zendesk.writes import CUT, LONGEST_NOTE, plain, row_of
from tests.zendesk.places import directory

WRITE = TicketWrite(op_id="op-1", ticket_id=7, stamp="2026-03-02T09:00:00Z", rules=("one", "two"))


def test_every_write_is_conditional_and_marked() -> None:
    """Stamp, safe update and mark are always there, and nothing else that was not decided."""
    assert row_of(WRITE, directory()) == {
        "id": 7,
        "safe_update": True,
        "updated_stamp": "2026-03-02T09:00:00Z",
        "metadata": {"deskhand": {"op": "op-1", "rules": "one,two"}},
    }


def test_names_become_numbers_and_a_note_is_internal() -> None:
    """Group, agent, follower, status, brand, form and fields by name."""
    write = replace(
        WRITE,
        sets=(
            ("priority", "high"),
            ("custom_status", "Waiting for parts"),
            ("brand", "EU"),
            ("form", "Default"),
            ("field.count", 3),
            ("field.ticked", True),
            ("field.areas", ("a",)),
            ("field.state", None),
        ),
        group="Network",
        assignee="ann@acme.example",
        followers=("lead@acme.example",),
        note="Half of the SLA is used.",
    )

    row = row_of(write, directory())

    assert row["priority"] == "high"
    assert (row["custom_status_id"], row["brand_id"], row["ticket_form_id"]) == (9, 7, 8)
    assert (row["group_id"], row["assignee_id"]) == (1, 5)
    assert row["custom_fields"] == [
        {"id": 12, "value": 3},
        {"id": 13, "value": True},
        {"id": 14, "value": ["a"]},
        {"id": 11, "value": None},
    ]
    assert row["followers"] == [{"user_id": 6, "action": "put"}]
    assert row["comment"] == {"body": "Half of the SLA is used.", "public": False}
    assert "tags" not in row


def test_a_drop_downs_tag_follows_its_field_in_the_full_list() -> None:
    """Zendesk keeps the option's tag on the ticket: sending the old one with the new value would undo the field."""
    write = replace(WRITE, sets=(("field.state", "alarm"),), tags=("calm", "vip"), tags_added=("vip",))

    assert row_of(write, directory())["tags"] == ["alarm", "vip"]


@pytest.mark.parametrize(
    ("write", "words"),
    [
        (replace(WRITE, group="Netwrok"), "no group 'Netwrok'; did you mean 'Network'?"),
        (replace(WRITE, group="Twins"), "group 'Twins' is there 2 times \\(ids 3, 4\\)"),
        (replace(WRITE, assignee="nobody@acme.example"), "no agent 'nobody@acme.example'"),
        (replace(WRITE, sets=(("field.stat", "x"),)), "no field 'stat'; did you mean 'state'"),
    ],
)
def test_a_name_that_the_account_lacks_is_refused_with_the_nearest(write: TicketWrite, words: str) -> None:
    """The reason says what to mend."""
    with pytest.raises(Rejected, match=words):
        row_of(write, directory())


@pytest.mark.parametrize("text", ["{{ticket.id}}", "{% if x %}", "{{{{", "{{%"])
def test_quoted_placeholders_arrive_as_text(text: str) -> None:
    """S2: nothing that Zendesk would expand is left, and what is seen is the same."""
    sent = plain(text)

    assert "{{" not in sent
    assert "{%" not in sent
    assert sent.replace("\u2060", "") == text


def test_a_note_that_is_too_long_is_cut_where_zendesk_would_cut_silently() -> None:
    """At a character, with a word about it, within 64 kB."""
    sent = plain("é" * 60_000)

    assert len(sent.encode()) <= LONGEST_NOTE
    assert sent.endswith(CUT)
    assert plain("short") == "short"
