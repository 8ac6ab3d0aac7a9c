"""A plan as a comment."""

from deskhand.cli.macros.markdown import LONGEST, fence, rendered, safe
from tests.app.macros.places import Place
from tests.core.macros.makers import macro, want


def test_a_comment_has_its_mark_table_and_folded_details() -> None:
    """CI finds it again by its first line."""
    place = Place()
    place.bind([want("a", macro("A"))])
    text = rendered(place.plan([want("a", macro("A", ("comment_value_html", "<p>Hi</p>")))], commit="abcdef"))

    assert text.startswith("<!-- deskhand macros acme/prod -->\n")
    assert "| 1 update | `a` |" in text
    assert "```diff\n" in text
    assert "+ reply: Hi" in text
    assert "commit abcdef" in text


def test_no_text_of_a_macro_can_break_the_comment() -> None:
    """Mentions, tables, HTML and fences are held in."""
    assert "@everyone" not in safe("@everyone | <b>`x`</b>")
    assert "|" not in safe("a | b").replace("\\|", "")
    assert fence("a ```` b") == "`````"
    place = Place()
    text = rendered(place.plan([want("a", macro("@all | <script>", ("comment_value", "```\n</details>")))]))
    outside = "".join(text.split("````")[::2])
    assert "<script>" not in outside
    assert "@all" not in outside
    assert outside.count("</details>") == 1


def test_a_long_plan_is_cut_by_whole_items() -> None:
    """It says how many are missing."""
    place = Place()
    text = rendered(place.plan([want(f"k{n}", macro(f"T{n}", ("comment_value", "x" * 3_000))) for n in range(60)]))

    assert len(text) < LONGEST
    assert "further items are not shown here" in text
    assert text.count("<details>") == text.count("</details>")


def test_no_changes_is_said() -> None:
    """The same comment then says so."""
    assert "No changes." in rendered(Place().plan([]))
