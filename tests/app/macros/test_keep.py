"""The state by hand."""

import pytest

from deskhand.app.macros import keep
from deskhand.errors import MacrosError, NotKnown
from deskhand.store import MemoryStore
from tests.app.macros.places import Place
from tests.core.macros.makers import macro, want


def test_a_lost_state_is_rebuilt_from_the_markers() -> None:
    """What is as its template wants it is known again; of the rest nobody can say who changed it."""
    place = Place()
    wants = (want("a", macro("A")), want("b", macro("B")))
    place.bind(wants)
    place.store = MemoryStore()
    place.row("B")["actions"] = [{"field": "status", "value": "hold"}]

    found = keep.rebuild(place.shop(read_only=True), wants)

    assert set(found) == {"a", "b"}
    assert [(item.kind, item.key) for item in place.plan(wants).items] == [("conflict", "b")]
    place.apply(wants, take={"b"})
    assert place.plan(wants).items == ()


def test_copies_are_not_taken_for_the_original() -> None:
    """Their marker holds another id."""
    place = Place()
    place.bind([want("a", macro("A"))])
    row = place.row("A")
    place.world.add_rule("macros", "Copy", restriction=None, description=row["description"], actions=row["actions"])
    place.store = MemoryStore()

    assert keep.rebuild(place.shop(), (want("a", macro("A")),))["a"].macro_id == row["id"]


def test_a_key_can_be_moved_and_removed() -> None:
    """In the state alone; the account is not asked."""
    place = Place()
    place.bind([want("a", macro("A"))])
    place.sandbox.calls.clear()

    keep.move(place.shop(), "a", "b")
    assert list(place.shop().states.load("prod").bindings) == ["b"]
    for wrong in (("a", "c"), ("b", "b")):
        with pytest.raises((NotKnown, MacrosError)):
            keep.move(place.shop(), *wrong)
    keep.remove(place.shop(), "b")
    with pytest.raises(NotKnown):
        keep.remove(place.shop(), "b")
    assert place.shop().states.load("prod").bindings == {}
    assert place.calls() == []
