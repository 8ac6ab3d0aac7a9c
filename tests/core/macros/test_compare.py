"""Base, live and wanted."""

import pytest

from deskhand.core.macros.compare import changes
from deskhand.core.macros.value import FIELDS, Macro
from tests.core.macros.makers import macro

A, B, C = (macro("t", ("priority", value)) for value in ("low", "normal", "high"))


@pytest.mark.parametrize(
    ("live", "want", "verdict"),
    [(A, A, None), (A, B, "update"), (B, A, "drift"), (B, B, "converged"), (B, C, "conflict")],
)
def test_each_pair_of_moves_has_its_verdict(live: Macro, want: Macro, verdict: str | None) -> None:
    """The base is A on both sides."""
    assert [one.verdict for one in changes(want, live, A, A, FIELDS)] == ([verdict] if verdict else [])


def test_what_zendesk_writes_in_its_own_way_is_neither_drift_nor_change() -> None:
    """A was sent, B is what Zendesk made of it: nothing happened since."""
    assert changes(A, B, A, B, FIELDS) == ()
    assert [one.verdict for one in changes(C, B, A, B, FIELDS)] == ["update"]


@pytest.mark.parametrize(("live", "verdict"), [(A, "converged"), (B, "conflict")])
def test_without_a_base_only_equality_is_known(live: Macro, verdict: str) -> None:
    """After the state was lost, nobody can say who changed what."""
    assert {one.verdict for one in changes(A, live, None, None, ("actions",))} == {verdict}


def test_fields_that_are_left_to_the_user_interface_are_not_looked_at() -> None:
    """Only what a template owns can drift."""
    live = macro("t", ("priority", "low"), active=False)

    assert changes(A, live, A, A, ("title", "actions")) == ()
    assert [one.field for one in changes(A, live, A, A, FIELDS)] == ["active"]
