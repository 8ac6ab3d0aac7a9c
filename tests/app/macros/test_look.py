"""Account, state and templates joined."""

from deskhand.app.macros.look import complete, content_of
from deskhand.core.macros.record import Binding
from tests.core.macros.makers import live, macro


def test_attachments_are_known_by_their_content() -> None:
    """One that nobody handed in by template stays a number."""
    found = complete(live(1, macro(attachments=("id:5", "id:6"))), Binding("a", 1, files=((5, "x.pdf 9f"),)), {})

    assert found.macro.attachments == ("x.pdf 9f", "id:6")


def test_the_content_of_a_reply_is_named_by_its_placeholder() -> None:
    """Only where the whole reply is one."""
    assert content_of(macro("t", ("comment_value_html", "{{dc.acme_a}}"))) == "acme_a"
    assert content_of(macro("t", ("comment_value", "{{dc.acme_a}} and more"))) == ""
