"""Shared macros of an account."""

from pathlib import Path
from typing import Any

import pytest

from deskhand.core.macros.value import Action, Macro, Opaque, Restriction
from deskhand.errors import Rejected
from deskhand.zendesk.macros import body_of, live_of
from tests.app.macros.places import Place
from tests.core.macros.makers import macro

ROW: dict[str, Any] = {
    "id": 5, "title": "Resolved", "raw_title": "{{dc.title}}", "active": None, "description": "d\n\nmanaged: acme/a env=prod id=5 v1",
    "actions": [{"field": "comment_value", "value": ["channel:all", "Hi"]}, {"field": "group_id", "value": 7}], "restriction": {},
    "attachments": [8], "usage_30d": 3, "updated_at": "2026-03-02T09:00:00Z",
}  # fmt: skip


def test_a_body_becomes_a_value() -> None:
    """The raw title counts, numbers become texts, and the marker is no part of the description."""
    live = live_of(ROW)

    assert live.macro == Macro(
        "{{dc.title}}",
        (Action("comment_value", Opaque('["channel:all", "Hi"]')), Action("group_id", "7")),
        description="d",
        attachments=("id:8",),
    )
    assert (str(live.marker), live.uses) == ("managed: acme/a env=prod id=5 v1", 3)


def test_no_restriction_is_sent_as_null_and_files_only_when_they_matter() -> None:
    """What is left out would stay as it was."""
    made = macro("t", restriction=Restriction("Group", ("7", "8")), attachments=("x 9f", "id:4"))

    assert body_of(macro("t"), "d")["restriction"] is None
    assert "attachments" not in body_of(macro("t"), "d")
    assert body_of(macro("t"), "d", {})["attachments"] == []
    body = body_of(made, "d", {"x 9f": 3})
    assert (body["restriction"], body["attachments"]) == ({"type": "Group", "id": 7, "ids": [7, 8]}, [3, 4])


def test_usage_is_done_without_where_the_plan_has_none() -> None:
    """The list is asked for again without it."""
    place = Place()
    place.world.add_rule("macros", "A", restriction=None, actions=[{"field": "status", "value": "open"}])
    place.sandbox.faults.add(
        {"kind": "status", "path": "/api/v2/macros", "status": 400, "count": 1, "body": {"error": "BadRequest"}}
    )

    assert [live.macro.title for live in place.desk().all()] == ["A"]


def test_a_macro_that_is_gone_or_personal_is_none() -> None:
    """Neither is in scope."""
    place = Place()
    user = place.world.add_user("Ana", "ana@acme.example", "agent", [place.group])["id"]
    mine = place.world.add_rule(
        "macros", "M", restriction={"type": "User", "id": user}, actions=[{"field": "status", "value": "open"}]
    )["id"]

    assert place.desk().one(404) is None
    assert place.desk().one(mine) is None
    place.desk().delete(404)


def test_a_file_goes_in_as_a_form(tmp_path: Path) -> None:
    """With its name and its bytes."""
    place = Place()
    (tmp_path / "täst.txt").write_bytes(b"abc")

    number = place.desk().upload(tmp_path / "täst.txt")

    row = place.world.tables["attachments"].need(number)
    assert row["size"] == 3


def test_a_preview_of_a_ticket_has_its_people() -> None:
    """As placeholders see them, without a change to the ticket."""
    place = Place()
    zoe = place.world.add_user("Zoe Novak", "zoe@customer.example", "end-user")["id"]
    ticket = place.world.create_ticket({"subject": "Help", "comment": {"body": "x"}}, author=zoe)
    desk = place.desk(read_only=True)

    seen = desk.ticket(ticket.id)

    assert seen["ticket"]["requester"]["first_name"] == "Zoe"
    assert seen["ticket"]["title"] == "Help"
    assert seen["current_user"]["name"]


def test_the_effect_and_the_actions_of_the_account_can_be_asked() -> None:
    """Free checks against the account itself."""
    place = Place()
    number = place.world.add_rule("macros", "A", restriction=None, actions=[{"field": "status", "value": "open"}])["id"]
    desk = place.desk(read_only=True)

    assert desk.effect(number)["ticket"]["status"] == "open"
    assert str(place.group) in desk.actions()["group_id"]


def test_a_page_that_is_no_page_is_refused() -> None:
    """An empty object is not an empty account."""
    place = Place()
    place.sandbox.faults.add({"kind": "empty_object", "path": "/api/v2/macros"})

    with pytest.raises(Rejected, match="no page of macros"):
        place.desk().all()
