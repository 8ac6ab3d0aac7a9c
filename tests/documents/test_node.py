"""Nodes: values with places."""

from deskhand.documents.node import Node
from deskhand.documents.yaml_reader import read_bytes


def top(text: str) -> Node:
    """The top node of a text."""
    node = read_bytes(text.encode(), "f.yaml").node
    assert node is not None
    return node


def test_a_path_that_leads_nowhere_ends_at_the_last_node_that_exists() -> None:
    """So that a problem about something missing is told where it is missed."""
    node = top("a: [{b: 1}]")

    assert node.at(("a", 0, "c", 5)).plain == {"b": 1}
    assert node.at(("z",)) is node


def test_every_node_can_be_walked() -> None:
    """The node itself, then all below it."""
    assert [node.plain for node in top("a: [1, {b: 2}]").walk()][1:] == [[1, {"b": 2}], 1, {"b": 2}, 2]


def test_what_a_node_is_can_be_said_in_words() -> None:
    """Texts in quotes and cut, others as they are."""
    node = top(f"[{{a: 1}}, [1], null, true, x, 3, {'y' * 100}]")

    assert [item.kind for item in node.items] == [
        "a mapping",
        "a list",
        "nothing",
        "true",
        "'x'",
        "3",
        f"'{'y' * 57}...'",
    ]
