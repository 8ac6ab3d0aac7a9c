"""Undoing a run."""

import pytest

from deskhand.app.macros.apply import apply_plan
from deskhand.app.macros.revert import reversal
from deskhand.errors import MacrosError, NotKnown
from tests.app.macros.places import Place
from tests.core.macros.makers import macro, want


def test_a_run_is_undone() -> None:
    """What was changed is as before, what was made is switched off, and the templates are pending again."""
    place = Place()
    place.bind([want("a", macro("A")), want("b", macro("B"))])
    wants = [want("a", macro("A2", ("status", "open"))), want("b", macro("B")), want("new", macro("New"))]
    run = place.apply(wants).run

    done = apply_plan(place.shop(), reversal(place.shop(read_only=True), run))

    assert done.failed == ()
    assert place.row("A")["actions"] == [{"field": "status", "value": "solved"}]
    assert place.row("New")["active"] is False
    assert [(item.kind, item.key) for item in place.plan(wants).items] == [("update", "a"), ("update", "new")]


def test_what_somebody_changed_since_stays() -> None:
    """The same guard as for an apply."""
    place = Place()
    place.bind([want("a", macro("A"))])
    run = place.apply([want("a", macro("A", ("status", "open")))]).run
    place.row("A")["actions"] = [{"field": "status", "value": "hold"}]

    plan = reversal(place.shop(), run)

    assert plan.items == ()
    assert plan.warnings == ("a: somebody changed it since, and it stays",)


def test_a_run_that_nobody_has_seen_or_of_another_account_is_refused() -> None:
    """Nothing is guessed."""
    place = Place()
    with pytest.raises(NotKnown):
        reversal(place.shop(), "nope")
    place.journals.note("odd", event="begin", env="prod", account="other")
    with pytest.raises(MacrosError, match="account 'other'"):
        reversal(place.shop(), "odd")
