"""A plan for people."""

from deskhand.cli.macros.shown import lines, summary
from tests.app.macros.places import Place
from tests.core.macros.makers import macro, want


def test_a_plan_shows_words_and_hides_tags() -> None:
    """Environment and account first, the sum last; HTML only when asked for."""
    place = Place()
    place.bind([want("a", macro("A", ("comment_value_html", "<p>Hello</p><p>Bye</p>")))])
    plan = place.plan([want("a", macro("A", ("comment_value_html", "<p>Hello</p><p>Ciao</p>")))])

    text = list(lines(plan))

    assert text[0].startswith("[bold]prod[/] on account [bold]acme[/]")
    assert any("- reply: Bye" in line for line in text)
    assert any("+ reply: Ciao" in line for line in text)
    assert not any("<p>" in line for line in text)
    assert any("<p>" in line for line in lines(plan, raw=True))
    assert text[-1] == summary(plan) == "Plan: 0 create, 1 update, 0 deactivate, 0 delete (of 1 managed, 1 shared)"


def test_a_conflict_shows_all_three_sides() -> None:
    """Base, live and wanted."""
    place = Place()
    place.bind([want("a", macro("A"))])
    place.row("A")["actions"] = [{"field": "status", "value": "hold"}]

    text = "\n".join(lines(place.plan([want("a", macro("A", ("status", "open")))])))

    assert "- status: open" in text
    assert "+ status: hold" in text
    assert '"solved"' in text


def test_names_stand_beside_numbers() -> None:
    """As the templates gave them."""
    place = Place()
    made = macro("A", ("group_id", str(place.group)), (f"custom_fields_{place.field}", "late"))
    references = (("group Billing", str(place.group)), ("field order_no", str(place.field)))

    text = "\n".join(lines(place.plan([want("a", made, references=references)])))

    assert f"+ group_id: {place.group} (Billing)" in text
    assert f"+ custom_fields_{place.field}: late (order_no)" in text
