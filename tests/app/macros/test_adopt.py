"""Taking macros over."""

import pytest

from deskhand.app.macros.adopt import adoption
from deskhand.app.macros.apply import apply_plan
from deskhand.errors import NotKnown, Undecided
from tests.app.macros.places import Place
from tests.core.macros.makers import macro, want


def theirs(place: Place) -> int:
    """A hand-made macro."""
    number: int = place.world.add_rule(
        "macros", "A", restriction=None, description="Ours", actions=[{"field": "status", "value": "open"}]
    )["id"]
    return number


def test_adoption_changes_nothing_but_the_marker() -> None:
    """The next plan then brings the macro to its template."""
    place = Place()
    number = theirs(place)
    wants = (want("a", macro("A")),)
    assert [item.kind for item in place.plan(wants).items] == ["adopt"]

    done = apply_plan(place.shop(), adoption(place.shop(read_only=True), wants, {"a": number}))

    assert done.failed == ()
    row = place.row("A")
    assert (row["actions"], row["description"]) == (
        [{"field": "status", "value": "open"}],
        f"Ours\n\nmanaged: acme/a env=prod id={number} v1",
    )
    assert [item.kind for item in place.plan(wants).items] == ["update"]
    place.apply(wants)
    assert place.plan(wants).items == ()


def test_what_cannot_be_adopted_is_told() -> None:
    """A key without a template, a number without a macro, a macro that is managed already."""
    place = Place()
    place.bind([want("b", macro("B"))])
    number = theirs(place)
    wants = (want("a", macro("A")), want("b", macro("B")))

    for pairs, error in (({"x": number}, NotKnown), ({"a": 404}, NotKnown), ({"a": place.row("B")["id"]}, Undecided)):
        with pytest.raises(error):
            adoption(place.shop(), wants, pairs)
