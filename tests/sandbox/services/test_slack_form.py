"""What Slack takes for blocks, and whom a message would ping."""

from typing import Any

import pytest

from deskhand.sandbox.services.slack_form import MOST_BLOCKS, faults, length, links, pinged, words


def _rich(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(elements)}]}


FINE: list[dict[str, Any]] = [
    {"type": "header", "text": {"type": "plain_text", "text": "P1"}},
    {"type": "section", "text": {"type": "mrkdwn", "text": "*a*"}, "fields": [{"type": "plain_text", "text": "b"}]},
    {"type": "divider"},
    _rich({"type": "text", "text": "c"}, {"type": "link", "url": "https://x.example"}, {"type": "user", "user_id": "U1"}),
    {"type": "rich_text", "elements": [{"type": "rich_text_list", "style": "ordered", "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "d"}]}]}]},
    {"type": "context", "elements": [{"type": "mrkdwn", "text": "e <!here>"}]},
]  # fmt: skip


def test_good_blocks_have_no_faults() -> None:
    """And their words, links, length and mentions are known."""
    assert list(faults(FINE)) == []
    assert (words(FINE), length(FINE), links(FINE)) == ("P1*a*bcde <!here>", 17, ["https://x.example"])
    assert pinged("<@U9> <!subteam^S1|team> <!channel> &lt;!everyone&gt; @here", FINE) == [
        "S1",
        "U1",
        "U9",
        "channel",
        "here",
    ]


@pytest.mark.parametrize(
    ("block", "said"),
    [
        ({"type": "header", "text": {"type": "plain_text", "text": "a" * 151}}, "less than 151"),
        ({"type": "header", "text": {"type": "plain_text", "text": ""}}, "more than 0"),
        ({"type": "header", "text": {"type": "mrkdwn", "text": "a"}}, "allowed schemas"),
        ({"type": "section", "text": {"type": "plain_text", "text": "a" * 3001}}, "less than 3001"),
        ({"type": "section", "fields": [{"type": "plain_text", "text": "a" * 2001}]}, "less than 2001"),
        ({"type": "section", "fields": [{"type": "plain_text", "text": "a"}] * 11}, "more than 10 items"),
        ({"type": "section"}, "missing required field"),
        ({"type": "context", "elements": []}, "between 1 and 10"),
        ({"type": "context", "elements": [{"type": "plain_text", "text": "a"}] * 11}, "between 1 and 10"),
        ({"type": "poem"}, "unsupported type: poem"),
        ("text", "unsupported type: None"),
        (_rich(), "missing required field: elements"),
        (_rich({"type": "text", "text": ""}), "more than 0"),
        (_rich({"type": "link", "text": "x"}), "more than 0"),
        (_rich({"type": "mrkdwn", "text": "x"}), "unsupported type: mrkdwn"),
        ({"type": "rich_text", "elements": [{"type": "rich_text_list", "elements": [{}]}]}, "valid enum"),
    ],
)
def test_each_limit_is_kept_to(block: object, said: str) -> None:
    """The fault names the place."""
    assert any(said in one and "/blocks/0" in one for one in faults([block]))


def test_there_are_only_so_many_blocks_and_each_id_is_there_once() -> None:
    """Fifty of them."""
    divider = {"type": "divider"}

    assert list(faults([divider] * MOST_BLOCKS)) == []
    assert list(faults([divider] * (MOST_BLOCKS + 1)))
    assert list(faults([divider | {"block_id": "a"}] * 2))
    assert list(faults({"type": "divider"}))
