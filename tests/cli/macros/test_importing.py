"""`deskhand macros import`: from hand-made macros to managed ones."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.macros.places import Desk, desk
from tests.documents.macros.test_writing import DATA, recorded

__all__ = ["desk"]


def test_from_hand_made_to_managed(desk: Desk) -> None:
    """Import, an empty plan, markers when one is ready, an empty plan."""
    group = desk.place.group
    for number in range(300):
        actions = [
            {"field": "group_id", "value": str(group)},
            {
                "field": "comment_value_html",
                "value": f"<p>Hello&nbsp;{number}</p><p>{{{{ticket.id}}}} &quot;x&quot;</p>",
            },
            {"field": "comment_mode_is_public", "value": "true"},
            {"field": f"custom_fields_{desk.place.field}", "value": "late"},
        ]
        desk.theirs(
            f"Refund::Late {number % 20}",
            actions=actions,
            restriction={"type": "Group", "id": group, "ids": [group]} if number == 3 else None,
        )
    desk.theirs("Mine", restriction={"type": "User", "id": 1})

    code, done = desk.json("import", "--env", "prod", "--json")

    assert (code, len(done["written"]), done["failed"]) == (0, 300, {})
    text = (desk.folder / "refund/refund-late-3.yaml").read_text(encoding="utf-8")
    assert "  groups: [Billing]\n" in text
    assert "  - field: order_no\n    option: late\n" in text
    assert desk.run("plan", "--env", "prod", "--detailed-exitcode")[0] == 0
    assert {call.partition(" ")[0] for call in desk.place.calls()} == {"GET"}

    assert desk.run("state", "rebuild", "--env", "prod")[0] == 0
    assert desk.run("plan", "--env", "prod")[0] == 6
    (desk.folder.parent / "state/prod.json").unlink()


def test_markers_are_written_when_one_is_ready(desk: Desk, tmp_path: Path) -> None:
    """The descriptions get their markers, and nothing else changes."""
    for number in range(12):
        desk.theirs(f"T{number}", description="Ours")
    assert desk.run("import", "--env", "prod")[0] == 0
    plan = str(tmp_path / "plan.json")

    assert desk.run("plan", "--env", "prod", "--mark", "--out", plan)[0] == 0
    assert desk.run("apply", plan, "--env", "prod")[0] == 0
    row = desk.place.row("T3")
    assert row["description"] == f"Ours\n\nmanaged: acme/t3 env=prod id={row['id']} v1"
    assert desk.run("plan", "--env", "prod", "--detailed-exitcode")[0] == 0
    assert "12 macros found by their markers, 0 of them differ" in desk.run("state", "rebuild", "--env", "prod")[1]


@pytest.mark.skipif(not DATA.is_dir(), reason="the recordings are not here")
def test_macros_of_real_accounts_are_imported_and_the_next_plan_is_empty(desk: Desk) -> None:
    """Each one that was recorded; also without the state, where the files alone have to say the same."""
    rows: list[dict[str, Any]] = recorded()
    for row in rows:
        desk.theirs(
            str(row["title"]), actions=row["actions"], active=row["active"] is not False, description=row["description"]
        )

    code, done = desk.json("import", "--env", "prod", "--json")

    assert (code, len(done["written"]), done["failed"]) == (0, len(rows), {})
    assert desk.run("plan", "--env", "prod", "--detailed-exitcode")[0] == 0
    plan = desk.json("plan", "--env", "prod", "--mark", "--format", "json")[1]
    assert {item["kind"] for item in plan["items"]} == {"mark"}
    assert len(json.dumps(plan)) > 1_000


def test_files_and_macros_that_are_there_are_left_alone(desk: Desk) -> None:
    """A second import does nothing, and no file is written over."""
    desk.write("a.yaml", "key: other\ntitle: Other\nactions: [{status: open}]\n")
    desk.theirs("A")

    assert desk.json("import", "--env", "prod", "--json")[1]["written"] == {"a": "a-2.yaml"}
    assert desk.json("import", "--env", "prod", "--json")[1]["written"] == {}
    assert "key: other" in (desk.folder / "a.yaml").read_text(encoding="utf-8")


def test_only_some_may_be_imported(desk: Desk) -> None:
    """By a pattern of titles."""
    for title in ("Refund::a", "Other::b"):
        desk.theirs(title)

    assert list(desk.json("import", "--env", "prod", "--only", "Refund::*", "--json")[1]["written"]) == ["refund-a"]


def test_a_copy_of_a_managed_macro_can_be_imported(desk: Desk) -> None:
    """It becomes a macro of its own; the marker that it took along is written anew when markers are asked for."""
    desk.macro("a")
    assert desk.run("apply", "--auto", "--env", "prod")[0] == 0
    desk.theirs("Copy of A", description=desk.place.row("A")["description"])

    assert list(desk.json("import", "--env", "prod", "--json")[1]["written"]) == ["copy-of-a"]
    assert desk.run("plan", "--env", "prod", "--detailed-exitcode")[0] == 0
    plan = desk.json("plan", "--env", "prod", "--mark", "--format", "json")[1]
    assert [(item["kind"], item["key"]) for item in plan["items"]] == [("mark", "copy-of-a")]
