"""Who signed what: the state that follows from marks."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskhand.core.sign_off import Did, Mark, Version, is_name, last_signed, listed, same_person, versions
from tests.core.builders import at

ADA, BO, CY = "Ada Admin <ada@acme.example>", "Bo Boss <bo@acme.example>", "Cy"
NAMES = st.sampled_from([ADA, BO, CY])
MARKS = st.lists(
    st.builds(
        Mark, st.sampled_from("abc"), st.sampled_from(["signed", "taken back", "in force"]), st.just(at()), NAMES
    ),
    max_size=30,
)


def made(*marks: tuple[str, Did, str]) -> dict[str, Version]:
    """Versions after marks, one a minute."""
    return versions(Mark(digest, did, at(minute), by) for minute, (digest, did, by) in enumerate(marks))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (ADA, "ada  ADMIN"),
        (ADA, "Ada Admin <other@acme.example>"),
        (ADA, "A. Admin <ADA@acme.example>"),
        (ADA, "ada+phone@Acme.Example"),
        (ADA, "<ada@acme.example> Ada Admin"),
        ("Ada Admin", "  ada\tadmin "),
        ("Ada Admin", "\uff21da Admin"),
        ("Ada Admin", "Ada-Admin"),
        ("STRASSE", "straße"),
    ],
)
def test_one_person_is_known_by_name_or_by_mail(one: str, other: str) -> None:
    """Case, spaces, width and a part behind a plus do not make another person; where either is the same, it is the same person."""
    assert same_person(one, other)
    assert same_person(other, one)


@pytest.mark.parametrize(
    ("one", "other"), [(ADA, BO), ("Ada", "Ada Admin"), ("ada@acme.example", "ada@other.example"), ("Ada", "")]
)
def test_other_people_are_others(one: str, other: str) -> None:
    """Neither name nor mail is the same."""
    assert not same_person(one, other)


@pytest.mark.parametrize(("name", "good"), [(ADA, True), ("李雷", True), ("ada@acme.example", True), ("", False), (" <> - ", False), ("Ada\nBo", False), ("Ada\x1b[31m", False), ("A" * 201, False)])  # fmt: skip
def test_a_signer_has_a_name(name: str, *, good: bool) -> None:
    """In one line that nothing is hidden in."""
    assert is_name(name) is good


def test_signatures_are_counted_by_people() -> None:
    """The same person twice is one signature, and it is the first one that stays."""
    one = made(("a", "signed", ADA), ("a", "signed", "ADA ADMIN"), ("a", "signed", BO))["a"]

    assert [mark.at for mark in one.signatures] == [at(0), at(2)]
    assert (one.lacks(2), one.lacks(3), one.lacks(0)) == (0, 1, 0)
    assert one.signers == "Ada Admin and Bo Boss"


def test_a_signature_that_was_taken_back_does_not_count_until_it_is_given_again() -> None:
    """Of the others nothing changes."""
    marks: list[tuple[str, Did, str]] = [("a", "signed", ADA), ("a", "signed", BO), ("a", "taken back", "ada admin")]

    assert made(*marks)["a"].signers == "Bo Boss"
    assert made(*marks, ("a", "signed", ADA))["a"].signers == "Bo Boss and Ada Admin"
    assert made(*marks, ("a", "taken back", CY), ("b", "taken back", BO))["a"].signers == "Bo Boss"


def test_the_last_signed_version_is_the_one_that_was_signed_or_in_force_last() -> None:
    """To go back to an older one needs no new signatures, and then that one is the last."""
    both: list[tuple[str, Did, str]] = [(name, "signed", who) for name in "ab" for who in (ADA, BO)]

    assert _last(*both) == "b"
    assert _last(*both, ("a", "in force", "")) == "a"
    assert _last(*both, ("c", "signed", ADA)) == "b"
    assert _last(*both, ("a", "in force", ""), ("a", "taken back", BO)) == "b"
    assert _last(*both, ("b", "taken back", BO), ("a", "taken back", BO)) is None
    assert _last(*both, but="b") == "a"


def _last(*marks: tuple[str, Did, str], but: str = "") -> str | None:
    found = last_signed(made(*marks), 2, but=but)
    return found.digest if found else None


@given(MARKS)
def test_nobody_alone_is_two(marks: list[Mark]) -> None:
    """Whatever was marked in whatever order: two signatures are of two people who signed that very version and did not take it back since."""
    for digest, one in versions(marks).items():
        people = {mark.by for mark in one.signatures}
        assert len(people) == len(one.signatures)
        for person in people:
            own = [mark.did for mark in marks if mark.digest == digest and mark.by == person and mark.did != "in force"]
            assert own[-1] == "signed"


@given(MARKS, st.integers(1, 3))
def test_more_signatures_needed_never_let_another_version_in(marks: list[Mark], needed: int) -> None:
    """Each version that is complete with more is so with fewer."""
    known = versions(marks)
    complete = [{name for name, one in known.items() if not one.lacks(count)} for count in (needed, needed + 1)]

    assert all(few >= many for few, many in pairwise(complete))


def test_names_in_a_line() -> None:
    """Without the mail addresses, unless there is nothing else."""
    assert listed([ADA, BO, CY]) == "Ada Admin, Bo Boss and Cy"
    assert listed(["<ada@acme.example>"]) == "<ada@acme.example>"
    assert listed([]) == ""
