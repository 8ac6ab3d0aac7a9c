"""Markdown and HTML to the one form that is sent."""

from deskhand.documents.macros.rich import from_html, from_markdown


def test_markdown_becomes_one_line_of_html() -> None:
    """As Zendesk stores it; a line break in the source is one in the text."""
    assert from_markdown("Hello **you**,\nall\n\n* a\n* b\n") == (
        "<p>Hello <strong>you</strong>,<br>all</p><ul><li>a</li><li>b</li></ul>"
    )


def test_liquid_in_markdown_is_no_markdown() -> None:
    """Underscores, stars and quotes inside stay what they are, also in a link."""
    text = 'Hi {{ticket.ticket_field_1 | default: "a_b_c *d*"}} [here]({{ticket.link}})'

    assert from_markdown(text) == (
        '<p>Hi {{ticket.ticket_field_1 | default: "a_b_c *d*"}} <a href="{{ticket.link}}">here</a></p>'
    )


def test_html_inside_markdown_is_text() -> None:
    """Who wants HTML says so."""
    assert from_markdown("<script>x</script>") == "<p>&lt;script&gt;x&lt;/script&gt;</p>"


def test_html_is_brought_to_its_fixed_form() -> None:
    """However it was written down."""
    assert from_html("<P>\n  a\n</P>\n") == "<p>a</p>"
