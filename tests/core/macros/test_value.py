"""When two macros are the same."""

import pytest
from hypothesis import given

from deskhand.core.macros.codec import macro_of, plain
from deskhand.core.macros.value import Macro, Restriction, canonical, digest, json_of, reads, same, value_of
from tests.core.macros.makers import MACROS, macro


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("group_id", 5), ("group_id", "5")),
        (("comment_mode_is_public", False), ("comment_mode_is_public", "false")),
        (("assignee_id", None), ("assignee_id", "")),
        (("group_id", "__NULL__"), ("group_id", "")),
        (("set_tags", "b a"), ("set_tags", "a  b")),
        (("comment_value", "a\r\nb"), ("comment_value", "a\nb")),
        (("comment_value_html", "<p>a&nbsp;b</p>\n"), ("comment_value_html", "<p>a\xa0b</p>")),
        (("side_conversation", ["a", 5]), ("side_conversation", ["a", "5"])),
    ],
)
def test_values_that_zendesk_writes_in_several_ways_are_the_same(
    one: tuple[str, object], other: tuple[str, object]
) -> None:
    """Ids as numbers or texts, truth values, nothing, tags in any order."""
    assert digest(macro("t", one)) == digest(macro("t", other))


def test_the_order_of_actions_counts() -> None:
    """Tags that are set and then added are not tags that are added and then set."""
    rows = ("set_tags", "a"), ("current_tags", "b")

    assert not same(macro("t", *rows), macro("t", *rows[::-1]))


def test_groups_in_any_order_are_the_same_restriction() -> None:
    """And no restriction is not an empty one."""
    one, other = (macro(restriction=Restriction("Group", ids)) for ids in (("1", "2"), ("2", "1")))

    assert same(one, other)
    assert canonical(macro())["restriction"] is None


@pytest.mark.parametrize("raw", [["a", {"b": [1, None, True]}], None, {"x": "y"}, "text", []])
def test_values_that_are_not_known_survive(raw: object) -> None:
    """What the API gave is what it gets back."""
    assert json_of(value_of(raw)) == raw


@given(MACROS)
def test_a_macro_written_as_json_comes_back(made: Macro) -> None:
    """Plans, states and backups lose nothing."""
    assert macro_of(plain(made)) == made


@given(MACROS)
def test_only_some_fields_may_be_compared(made: Macro) -> None:
    """A macro is the same as itself with another title, but for the title."""
    other = macro(
        "another title!", *((one.field, json_of(one.value)) for one in made.actions), description=made.description
    )

    assert same(made, other, ("actions", "description"))
    assert not same(made, other, ("title",))


def test_people_read_paragraphs() -> None:
    """Replies are shown without tags, other actions as field and value."""
    made = macro(
        "T", ("comment_value_html", "<p>a</p><p>b</p>"), ("comment_value", ["channel:all", "x\ny"]), ("status", "open")
    )

    assert reads(made)[3:] == ("reply: a", "reply: b", "reply (plain): x", "reply (plain): y", "status: open")


@pytest.mark.parametrize("plain", ["Hello Ana,\n\nbye", ["channel:all", "Hello Ana, bye"]])
def test_a_plain_text_that_repeats_the_rich_one_counts_for_nothing(plain: object) -> None:
    """Zendesk's editor stores a reply in both forms; one that says something else is another action."""
    rich = ("comment_value_html", "<p>Hello&nbsp;Ana,</p><p>bye</p>")

    assert same(macro("t", rich), macro("t", rich, ("comment_value", plain)))
    assert not same(macro("t", rich), macro("t", rich, ("comment_value", "Something else")))
