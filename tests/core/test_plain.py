"""Text of people, made fit to be sent on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskhand.core.plain import CUT, cut, line, plain, short


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


def test_of_a_text_of_megabytes_only_the_beginning_is_looked_at() -> None:
    """It is still said that it was cut, also where its beginning is nothing but space."""
    assert short(" a  b\n c ", 20) == "a b c"
    assert short(" a\r\nb ", 20, lines=True) == "a\nb"
    assert short("ab " * 9, 20) == "ab ab ab ab a" + CUT
    assert short("ab " * 9_000_000, 20) == "ab ab ab ab a" + CUT
    assert short(" " * 9_000_000 + "end", 20) == CUT


@given(st.text(st.characters(exclude_categories=()), max_size=400), st.integers(len(CUT), 40))
def test_what_is_shortened_keeps_the_limit_and_says_so(written: str, most: int) -> None:
    """Where nothing had to be cut it is the line itself."""
    said = short(written, most)

    assert len(said) <= most
    assert said == line(said)
    assert said == line(written) or said.endswith(CUT)
