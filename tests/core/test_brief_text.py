"""What people write into the fields of a brief, read as sentences, steps and attempts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskhand.core.brief import Tried
from deskhand.core.brief_text import listed, sentences, tried


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("   \n\n", 0),
        ("...", 0),
        ("Exports stop", 1),
        ("Exports stop. Since 5.2 they never end! Is it the size? Nobody knows…", 4),
        ("It fails e.g. on Mondays, i.e. after the import, at approx. 9 a.m. on acme.example.", 1),
        ('He said "it stops." Then it went on.', 2),
        ("1. Exports stop\n2. Since Monday\n- For all", 3),
        ("エクスポートが止まる。昨日から。", 2),
        ("It stops\nand goes on. Again.", 3),
    ],
)
def test_sentences_are_counted_as_people_count_them(text: str, count: int) -> None:
    """A stop ends one where a space or the end follows; short forms, versions and addresses end none; a line ends one anyhow."""
    assert sentences(text) == count


def test_lists_lose_their_numbers_and_bullets() -> None:
    """One entry a line, however people number them; an indented line belongs to the one before it."""
    text = "1. Open it\n2) Press save\n- Wait\n  for a minute\n* Look\n\nStep 5: read\n3 users see it"

    assert listed(text) == ("Open it", "Press save", "Wait for a minute", "Look", "read", "3 users see it")


def test_what_was_tried_is_an_action_and_its_result() -> None:
    """Any arrow parts them; without one there is no result yet."""
    assert tried("1. Restarted -> no change\n2. Cleared => works for a minute -> fails\nAsked\n- Waited → nothing") == (
        Tried("Restarted", "no change"),
        Tried("Cleared", "works for a minute -> fails"),
        Tried("Asked", ""),
        Tried("Waited", "nothing"),
    )


@given(st.text(max_size=300))
def test_any_text_can_be_read(text: str) -> None:
    """No text is refused, and no entry is empty or breaks a line."""
    assert sentences(text) >= 0
    assert all(entry and "\n" not in entry for entry in listed(text))
    assert len(tried(text)) == len(listed(text))
