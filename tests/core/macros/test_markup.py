"""HTML in its fixed form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskhand.core.macros.markup import canonical, visible
from tests.core.macros.makers import HTML


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("<p>a</p>\n<p>b</p>", "<p>a</p><p>b</p>"),
        ("<p>\n  a\n  b\n</p>", "<p>a b</p>"),
        ("<p>a&nbsp;b &quot;c&quot; &#39;d&#39;</p>", "<p>a\xa0b \"c\" 'd'</p>"),
        ('<a href="x" class="y">l</a>', "<A class='y' href='x'>l</A>"),
        ("a<br />b", "a<br>b"),
        ("<p>{{ x | default: &quot;you&quot; }}</p>", '<p>{{ x | default: "you" }}</p>'),
        ("<ul>\n<li>a</li>\n</ul>", "<ul><li>a</li></ul>"),
    ],
)
def test_ways_to_write_one_text_have_one_form(one: str, other: str) -> None:
    """Entities, quotes, the order of attributes, lines: what nobody sees makes no difference."""
    assert canonical(one) == canonical(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("<p>a b</p>", "<p>ab</p>"),
        ("<p>a&nbsp;b</p>", "<p>a b</p>"),
        ("<p>a</p>", "<div>a</div>"),
        ("a <b>b</b>", "a<b>b</b>"),
        ("<pre>a\n b</pre>", "<pre>a\nb</pre>"),
        ("{{ticket.id}}", "{{ticket.Id}}"),
        ('<a href="x">l</a>', '<a href="y">l</a>'),
    ],
)
def test_what_differs_stays_different(one: str, other: str) -> None:
    """The fixed form loses nothing that is said."""
    assert canonical(one) != canonical(other)


@given(HTML)
def test_the_fixed_form_of_a_fixed_form_is_itself(markup: str) -> None:
    """Twice is as good as once."""
    assert canonical(canonical(markup)) == canonical(markup)


@given(st.text(max_size=60))
def test_no_text_is_too_strange(text: str) -> None:
    """Whatever stands in a macro, it has a fixed form."""
    assert isinstance(canonical(text), str)
    assert isinstance(visible(text), tuple)


def test_liquid_passes_through_untouched() -> None:
    """Comparisons, quotes and ampersands inside Liquid are not taken for HTML."""
    text = '{% if ticket.id > 3 and x == "a & b" %}<p>yes</p>{% endif %}'

    assert canonical(text) == text


def test_readers_see_paragraphs_without_tags() -> None:
    """A text in one line is compared paragraph by paragraph."""
    assert visible("<p>Hello&nbsp;<b>you</b>,</p><ul><li>one</li><li></li><li>two</li></ul>") == (
        "Hello you,",
        "one",
        "two",
    )
