"""From templates, state and account to a plan."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from deskhand.core.macros.marker import Marker, Owner
from deskhand.core.macros.plan import Item, plan
from deskhand.core.macros.record import Binding, Live
from deskhand.core.macros.value import Macro
from tests.core.macros.makers import MACROS, OWNER, bound, live, macro, sides, want

A, B, C = (macro("t", ("priority", value)) for value in ("low", "normal", "high"))


def kinds(items: tuple[Item, ...]) -> list[tuple[str, str]]:
    """Each item's kind and key."""
    return [(item.kind, item.key) for item in items]


@given(st.lists(MACROS, max_size=4))
def test_what_is_as_it_was_left_needs_nothing(made: list[Macro]) -> None:
    """The plan after an apply is empty."""
    wants = [want(f"k{n}", one) for n, one in enumerate(made)]
    bindings = [bound(f"k{n}", n, one) for n, one in enumerate(made)]
    lives = [live(n, one, f"k{n}") for n, one in enumerate(made)]

    assert plan(sides(wants, bindings, lives)) == ()


def test_a_new_template_is_made_and_a_changed_one_updated() -> None:
    """The update says what it will be and what it was."""
    made = plan(sides([want("a", B), want("b", C)], [bound("a", 1, A)], [live(1, A, "a")]))

    assert kinds(made) == [("create", "b"), ("update", "a")]
    assert made[1].after == B
    assert made[1].live == A


def test_drift_is_told_and_left_alone_unless_it_is_to_be_overwritten() -> None:
    """Nothing is overwritten unasked."""
    parts = [want("a", A)], [bound("a", 1, A)], [live(1, B, "a")]

    assert kinds(plan(sides(*parts))) == [("drift", "a")]
    (item,) = plan(sides(*parts, overwrite=True))
    assert (item.kind, item.after) == ("update", A)


def test_an_update_beside_drift_keeps_what_people_changed() -> None:
    """Fields are judged each by itself: the new actions go in, the title that an agent gave stays."""
    theirs = replace(A, title="Better title")
    (item,) = plan(sides([want("a", B)], [bound("a", 1, A)], [live(1, theirs, "a")]))

    assert item.kind == "update"
    assert item.after == replace(B, title="Better title")
    assert [one.field for one in item.drifted] == ["title"]


def test_a_conflict_is_decided_by_a_person() -> None:
    """Both sides changed one field: nothing is done until the key is named."""
    parts = [want("a", B)], [bound("a", 1, A)], [live(1, C, "a")]

    assert kinds(plan(sides(*parts))) == [("conflict", "a")]
    (item,) = plan(sides(*parts, take={"a"}))
    assert (item.kind, item.after) == ("update", B)


def test_a_macro_deleted_in_zendesk_is_not_silently_made_again() -> None:
    """It needs a decision."""
    parts = [want("a", A)], [bound("a", 1, A)], list[Live]()

    assert kinds(plan(sides(*parts))) == [("gone", "a")]
    assert kinds(plan(sides(*parts, recreate={"a"}))) == [("create", "a")]


def test_a_title_without_our_marker_has_to_be_adopted() -> None:
    """The item holds the command."""
    (item,) = plan(sides([want("a", A)], [], [live(7, B)]))

    assert item.kind == "adopt"
    assert "deskhand macros adopt a=7" in item.note


def test_two_macros_of_one_title_are_both_named() -> None:
    """A person chooses."""
    (item,) = plan(sides([want("a", A)], [], [live(7, A), live(8, A)]))

    assert item.kind == "adopt"
    assert "7 or 8" in item.note


def test_a_key_that_was_renamed_without_moved_is_told_so() -> None:
    """The old key's macro has the title; the sentence names the key to write."""
    made = plan(sides([want("new", A)], [bound("old", 1, A)], [live(1, A, "old")]))

    assert kinds(made) == [("orphan", "old"), ("adopt", "new")]
    assert "moved: old" in made[1].note


def test_a_moved_key_takes_its_macro_along() -> None:
    """The marker is written again, and nothing else."""
    made = plan(sides([want("new", A, moved="old")], [bound("old", 1, A)], [live(1, A, "old")]))

    assert kinds(made) == [("mark", "new")]


def test_a_copy_made_in_the_user_interface_is_told_and_left_alone() -> None:
    """Its marker holds the id of the macro that it was copied from."""
    copy = Live(9, replace(A, title="Copy"), Marker(OWNER, "a", 1))

    assert kinds(plan(sides([want("a", A)], [bound("a", 1, A)], [live(1, A, "a"), copy]))) == [("clone", "a")]


def test_another_installations_macro_is_refused() -> None:
    """Two repositories may look after one account."""
    theirs = Live(1, A, Marker(Owner("other", "prod"), "x", 1))

    assert kinds(plan(sides([want("a", B)], [bound("a", 1, A)], [theirs]))) == [("foreign", "a")]
    assert kinds(plan(sides([want("a", A)], [], [theirs]))) == [("foreign", "a")]


def test_a_creation_that_was_cut_short_is_completed() -> None:
    """Its marker holds a nonce in place of the id."""
    half = Live(5, replace(A, active=False), Marker(OWNER, "a", None, "3f"))
    (item,) = plan(sides([want("a", A)], [], [half]))

    assert (item.kind, item.macro_id) == ("create", 5)


def test_without_state_the_marker_tells_which_macro_it_is() -> None:
    """Equal content is taken over; unequal content is a conflict, since nobody knows the base."""
    assert kinds(plan(sides([want("a", A)], [], [live(1, A, "a")]))) == [("refresh", "a")]
    assert kinds(plan(sides([want("a", B)], [], [live(1, A, "a")]))) == [("conflict", "a")]


def test_an_adopted_macro_is_updated_to_its_template() -> None:
    """It was seen and never written."""
    adopted = Binding("a", 1, wanted=None, seen=A)

    assert kinds(plan(sides([want("a", B)], [adopted], [live(1, A, "a")]))) == [("update", "a")]


def test_what_lost_its_template_is_pruned_only_when_asked() -> None:
    """And a protected one never."""
    left = [bound("a", 1, A), bound("b", 2, A, prune="never"), bound("c", 3, A, prune="confirm")]
    lives = [live(number, A, key) for number, key in ((1, "a"), (2, "b"), (3, "c"))]

    assert kinds(plan(sides([], left, lives))) == [("orphan", "a"), ("orphan", "c"), ("kept", "b")]
    assert kinds(plan(sides([], left, lives, prune=True))) == [("deactivate", "a"), ("orphan", "c"), ("kept", "b")]
    assert ("deactivate", "c") in kinds(plan(sides([], left, lives, prune=True, confirmed={"c"})))


def test_retired_macros_are_deleted_only_by_name() -> None:
    """One that is inactive and due is deleted; the others stay unmentioned."""
    off = replace(A, active=False)
    retired, lives = [bound("a", 1, off, retired_at="2026-01-01")], [live(1, off, "a", uses=0)]

    assert plan(sides([], retired, lives)) == ()
    assert kinds(plan(sides([], retired, lives, delete={"a"}))) == [("delete", "a")]


def test_titles_that_are_given_up_come_before_those_that_are_taken() -> None:
    """So that agents never see two macros of one title."""
    old = macro("Old name")
    made = plan(
        sides(
            [want("a", macro("New name")), want("b", macro("Old name", ("status", "open")))],
            [bound("a", 1, old)],
            [live(1, old, "a")],
        )
    )

    assert [item.kind for item in made] == ["update", "create"]


def test_an_update_names_what_caused_it() -> None:
    """The partial that changed, not the file that did not."""
    wants = [want("a", B, inputs=(("a.yaml", "1"), ("partial sign-off", "3")))]
    (item,) = plan(
        sides(wants, [bound("a", 1, A, inputs=(("a.yaml", "1"), ("partial sign-off", "2")))], [live(1, A, "a")])
    )

    assert item.causes == ("partial sign-off",)
