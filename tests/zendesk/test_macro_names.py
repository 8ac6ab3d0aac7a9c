"""Names that macros use, both ways."""

import pytest

from deskhand.errors import Rejected
from tests.app.macros.places import Place


def test_names_lead_to_numbers_and_back() -> None:
    """Of every kind; each is read once, when it is first asked for."""
    place = Place()
    agent = place.world.add_user("Ana", "ana@acme.example", "agent", [place.group])["id"]
    names = place.desk().names
    place.sandbox.calls.clear()

    for kind, name, number in (
        ("group", "Billing", place.group),
        ("agent", "ana@acme.example", agent),
        ("field", "order_no", place.field),
        ("locale", "en-US", 1),
    ):
        assert names.number(kind, name) == str(number)
        assert names.name(kind, str(number)) == name
    assert names.number("agent", "Ana@ACME.example") == str(agent)
    assert names.number("field", "Order no") == str(place.field)
    assert names.number("option", "order_no=late") == "late"
    assert names.name("option", "order_no=late") == "late"
    assert names.name("group", "1") is None
    assert place.calls().count("GET groups") == 1
    assert place.calls().count("GET ticket_fields") == 1


def test_a_name_that_is_not_there_is_told_with_the_nearest() -> None:
    """Nothing is dropped."""
    names = Place().desk().names

    with pytest.raises(Rejected, match="no group 'Biling'; did you mean 'Billing'"):
        names.number("group", "Biling")
    with pytest.raises(Rejected, match="no option 'laate'; did you mean 'late'"):
        names.number("option", "order_no=laate")


def test_a_name_that_two_have_is_told_with_both_numbers() -> None:
    """And gives no name for either."""
    place = Place()
    other = place.world.add_group("Billing")["id"]
    names = place.desk().names

    with pytest.raises(Rejected, match=f"is there 2 times .*{other}"):
        names.number("group", "Billing")
    assert names.name("group", str(other)) is None


def test_a_deactivated_field_is_no_field() -> None:
    """Zendesk would refuse the action."""
    place = Place()
    place.world.tables["ticket_fields"].need(place.field)["active"] = False

    with pytest.raises(Rejected, match="field 'order_no' is deactivated"):
        place.desk().names.number("field", "order_no")


def test_an_empty_list_is_an_error_and_not_an_absence() -> None:
    """A role that may not see groups looks like that."""
    place = Place()
    place.world.tables["groups"].rows.clear()

    with pytest.raises(Rejected, match="came back empty"):
        place.desk().names.number("group", "Billing")
    assert place.desk().names.name("group", "5") is None
