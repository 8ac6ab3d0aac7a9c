"""What differs between two versions of the policies."""

from deskhand.documents.differ import Differences, Section, differences

RULES = """
rules:
  - {id: one, when: {priority: low}, then: {add_tags: one}}
  - {id: two, when: {priority: high}, then: {add_tags: two}}
"""
LADDERS = "ladders: {technical: {after: 5m}}\ncalendars: {office: {hours: {mon: 09:00-17:00}}}\n"
BOTH = {"ladders.yaml": LADDERS, "rules.yaml": RULES}


def test_nothing_differs_from_itself() -> None:
    """Neither in words nor in lines."""
    assert differences(BOTH, BOTH) == Differences()


def test_rules_that_came_went_and_changed_are_named() -> None:
    """With the lines of the file, as a patch shows them."""
    new = RULES.replace("priority: low", "priority: normal").replace("id: two", "id: three")

    found = differences(BOTH, {**BOTH, "rules.yaml": new})

    assert found.sections == (Section("rules", added=("three",), removed=("two",), changed=("one",)),)
    assert list(found.files) == ["rules.yaml"]
    assert found.files["rules.yaml"][:2] == ("--- rules.yaml", "+++ rules.yaml")
    assert "-  - {id: one, when: {priority: low}, then: {add_tags: one}}" in found.files["rules.yaml"]
    assert "+  - {id: one, when: {priority: normal}, then: {add_tags: one}}" in found.files["rules.yaml"]


def test_other_documents_are_named_too() -> None:
    """A ladder that waits longer is as much a change as a rule is; rules come first."""
    new = {"ladders.yaml": LADDERS.replace("5m", "50m"), "rules.yaml": RULES.replace("two}}", "2}}"), "c.yaml": "severity: {field: sev}\np1: {a: 1}\nguards: off\n"}  # fmt: skip

    found = differences(BOTH, new)

    assert [(one.name, one.added, one.changed) for one in found.sections] == [
        ("rules", (), ("two",)),
        ("guards", ("guards",), ()),
        ("ladders", (), ("technical",)),
        ("p1", ("a",), ()),
        ("severity", ("field",), ()),
    ]
    assert found.files["c.yaml"][:2] == ("--- (no file)", "+++ c.yaml")


def test_a_comment_is_a_difference_of_lines_alone() -> None:
    """It is another version all the same, since people sign what they read."""
    found = differences(BOTH, {**BOTH, "rules.yaml": f"# why\n{RULES}"})

    assert found.sections == ()
    assert "+# why" in found.files["rules.yaml"]


def test_another_order_of_rules_is_a_difference() -> None:
    """Of rules that match, the first may win."""
    one, two = RULES.strip().splitlines()[1:]

    found = differences(BOTH, {**BOTH, "rules.yaml": f"rules:\n{two}\n{one}\n"})

    assert found.sections == (Section("rules", moved=True),)


def test_a_rule_in_another_group_is_changed() -> None:
    """So is a group that asks its rules in another way."""
    group = "groups:\n  - id: g\n    match: %s\n    rules:\n      - {id: one}\n  - id: h\n    rules: [{id: two}]\n"
    before = {"a.yaml": group % "first"}

    assert differences(before, {"a.yaml": group % "all"}).sections == (Section("groups", changed=("g",)),)
    assert differences(before, {"a.yaml": "rules: [{id: one}]\n" + (group % "first").replace("{id: one}", "{id: three}")}).sections == (
        Section("rules", added=("three",), changed=("one",)),
    )  # fmt: skip


def test_a_file_that_is_no_yaml_still_shows_its_lines() -> None:
    """A version of long ago may not be readable any more."""
    found = differences({"a.yaml": "rules: ["}, {"a.yaml": RULES})

    assert found.sections == (Section("rules", added=("one", "two")),)
    assert "-rules: [" in found.files["a.yaml"]
