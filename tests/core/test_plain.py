"""Text of people, made fit to be sent on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskhand.core.plain import CUT, cut, line, plain


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("a\r\nb\rc\u2028d\x0be", "a\nb\nc\nd\ne"),
        ("\x1b[31mred\x1b[0m\x00", "[31mred[0m"),
        ("\u202egnp.exe\u2066x\u2069", "gnp.exex"),
        ("half \ud83d of one", "half \ufffd of one"),
        ("family \U0001f469\u200d\U0001f469\u200d\U0001f467\ttab", "family \U0001f469\u200d\U0001f469\u200d\U0001f467\ttab"),
    ],
)  # fmt: skip
def test_nothing_unseen_is_left(written: str, sent: str) -> None:
    """Escape sequences, characters that turn the text round, and halves of characters do not get through; emoji and tabs do."""
    assert plain(written) == sent


def test_a_line_is_one_line() -> None:
    """Titles and subjects have no breaks."""
    assert line("  a\r\n\n b\tc ") == "a b c"


def test_what_is_cut_says_so() -> None:
    """The limit counts the words that say so."""
    assert cut("short", 5) == "short"
    assert cut("a" * 30, 20) == "a" * 13 + CUT
    assert cut("a" * 30, 3) == CUT[:3]


@given(st.text(st.characters(exclude_categories=())), st.integers(0, 40))
def test_what_is_sent_can_be_sent(written: str, most: int) -> None:
    """Whatever it is, it can be encoded, is plain already, and keeps the limit."""
    sent = cut(plain(written), most)

    sent.encode()
    assert plain(sent) == sent
    assert len(sent) <= most
