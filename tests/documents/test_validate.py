"""From pydantic's complaints to sentences at places, and what is left out so that the rest can be judged."""

from deskhand.documents.node import Node
from deskhand.documents.validate import lost_names, subject, validate
from deskhand.documents.yaml_reader import read_bytes


def top(text: str) -> Node:
    """The top node of a text."""
    node = read_bytes(text.encode(), "f.yaml").node
    assert node is not None
    return node


GOOD = "{id: a, when: always, then: {add_tags: a}}"


def test_broken_parts_are_left_out_and_named() -> None:
    """A test or action of a rule, a rule, a named declaration; all else stays."""
    checked = validate(
        top(f"""\
notes: {{n: 5, m: x}}
roles: {{x: {{agent: nobody}}}}
rules:
- {GOOD}
- {{id: B, when: always, then: {{add_tags: a}}}}
- {{id: c, when: always, then: [{{add_tags: a}}, {{add_tags: B}}], tests: [{{name: t}}]}}
groups:
- id: g
  rules: [{GOOD}, 5]
- id: h
  match: some
  rules: []
""")
    )

    assert set(checked.dropped) == {
        ("notes", "n"), ("roles", "x"), ("rules", 1), ("rules", 2, "then", 1), ("rules", 2, "tests", 0), ("groups", 0, "rules", 1), ("groups", 1),
    }  # fmt: skip
    assert [rule.id for rule in checked.document.rules or []] == ["a", "c"]
    assert [len(group.rules) for group in checked.document.groups or []] == [1]
    assert checked.document.notes == {"m": "x"}
    assert [item.at(("id",)).value for item in checked.node.at(("rules",)).items] == ["a", "c"]


def test_a_rule_whose_last_action_is_broken_goes_as_a_whole() -> None:
    """A rule without actions is no rule; its neighbours keep their places."""
    checked = validate(top(f"rules:\n- {{id: B}}\n- {{id: b, when: always, then: [{{add_tags: B}}]}}\n- {GOOD}\n"))

    assert [rule.id for rule in checked.document.rules or []] == ["a"]
    assert set(checked.dropped) >= {("rules", 0), ("rules", 1)}
    assert len(checked.problems) == 4


def test_each_mistake_is_told_once() -> None:
    """Though broken parts are looked at again."""
    problems = validate(top("rules:\n- {id: b, when: always, then: [{add_tags: B}]}\n")).problems

    assert [problem.check for problem in problems] == ["bad-tag"]


def test_a_union_is_one_sentence() -> None:
    """What each choice expects, joined."""
    (problem,) = validate(top("calendars: {c: {hours: 5}}")).problems
    assert problem.message == "calendar 'c': 'hours': 5 should be a mapping"
    text = "p1: {definition: d, sla_response_minutes: 1, sla_resolution_hours: x, page_on_call: true, notify: [], customer_update_cadence: daily, requires_status_page: true}"
    (problem,) = validate(top(text)).problems
    assert problem.message == "severity 'p1': 'sla_resolution_hours': 'x' should be a number or 'weekly'"


def test_messages_begin_with_whose_business_it_is() -> None:
    """The nearest rule, group or declaration around a place."""
    node = top(f"groups: [{{id: g, rules: [{GOOD}, {{when: always}}]}}]")

    assert subject(node, ("groups", 0, "rules", 0, "when")) == "rule 'a': "
    assert subject(node, ("groups", 0, "rules", 1, "when")) == "a rule without an id: "
    assert subject(node, ("groups", 0, "match")) == "group 'g': "
    assert subject(node, ("clocks", "ack", "stops")) == "clock 'ack': "
    assert subject(node, ("p1", "notify")) == "severity 'p1': "
    assert subject(node, ("foo",)) == ""


def test_lost_names_are_known_by_kind() -> None:
    """So that what refers to them is not called unknown."""
    assert list(lost_names(("notes", "n"))) == [("note", "n")]
    assert list(lost_names(("p1",))) == [("severity", "p1")]
    assert list(lost_names(("rules", 1))) == []
