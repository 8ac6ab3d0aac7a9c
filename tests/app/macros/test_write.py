"""One item's writes."""

from deskhand.sandbox import Options
from tests.app.macros.places import Place
from tests.core.macros.makers import macro, want


def test_the_journal_tells_what_was_and_what_is() -> None:
    """A line before and one after each item, with what a revert needs."""
    place = Place()
    place.bind([want("a", macro("A"))])
    run = place.apply([want("a", macro("A", ("status", "open")))]).run

    lines = place.journals.read(run)

    assert [line["event"] for line in lines] == ["begin", "doing", "done", "end"]
    assert lines[2]["was"]["actions"] == [{"field": "status", "value": "solved"}]
    assert lines[2]["bound"]["macro_id"] == place.row("A")["id"]


def test_what_zendesk_writes_in_its_own_way_is_told_once() -> None:
    """It becomes the base, so that it is no drift."""
    place = Place(Options(macro_text="tidied"))
    wants = [want("a", macro("A", ("comment_value_html", "<pre>a  b</pre>")))]

    done = place.apply(wants)

    assert done.warnings == ("a: Zendesk wrote actions down in its own way, which is now what it is held against",)
    assert place.plan(wants).items == ()
