"""People, groups and fields that an event log names."""

from pathlib import Path

from deskhand.sandbox import Sandbox
from deskhand.sandbox.eventlog_people import NOBODY, UNSTATED, add_known, option
from deskhand.sandbox.eventlog_read import read_log
from tests.sandbox.logs import line, saved


def test_everybody_is_made_once_and_in_the_groups_they_are_assigned_in(tmp_path: Path) -> None:
    """An assignee is a member of each group of their rows, the first one by default, and of a group of its own where a row names none."""
    path = saved(
        tmp_path,
        line("A", "New", "2/3/2026 09:00", assigned_to="Resolver 1", assignment_group="Group 1"),
        line("A", "Active", "2/3/2026 09:10", assigned_to="Resolver 1", assignment_group="Group 2"),
        line("A", "Active", "2/3/2026 09:20", assigned_to="Resolver 1", assignment_group="?"),
        line("A", "Active", "2/3/2026 09:30", assigned_to="Resolver 2", assignment_group="?", caller_id="?"),
    )
    sandbox = Sandbox()
    world = sandbox.world

    known = add_known(world, read_log(path))

    assert set(known.groups) == {"Group 1", "Group 2", UNSTATED}
    assert set(known.customers) == {"Caller 1", NOBODY}
    assert set(known.agents) == {"Resolver 1", "Resolver 2", "Updated by 21", "Opened by  8"}
    assert all(known.agents["Resolver 1"] in world.members[group] for group in known.groups.values())
    assert world.tables["users"].need(known.agents["Resolver 1"])["default_group_id"] == known.groups["Group 1"]
    assert world.tables["users"].need(known.agents["Updated by 21"])["default_group_id"] == known.groups[UNSTATED]


def test_drop_downs_have_the_options_of_the_log(tmp_path: Path) -> None:
    """Their values are tags of the account: lower case, with the column's name before what lacks it."""
    path = saved(
        tmp_path,
        line("A", "New", "2/3/2026 09:00"),
        line("B", "New", "2/3/2026 09:00", category="Category 9", contact_type="Self service"),
    )
    sandbox = Sandbox()

    known = add_known(sandbox.world, read_log(path))
    rows = [sandbox.world.tables["ticket_fields"].need(key) for key in known.fields]

    assert [row["title"] for row in rows] == [
        "Category",
        "Subcategory",
        "Symptom",
        "Location",
        "Cmdb ci",
        "Contact type",
    ]
    assert [one["value"] for one in rows[0]["custom_field_options"]] == ["category_55", "category_9"]
    assert [one["value"] for one in rows[5]["custom_field_options"]] == [
        "contact_type_phone",
        "contact_type_self_service",
    ]
    assert option("contact_type", "Self service") == "contact_type_self_service"
