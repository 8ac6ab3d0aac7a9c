"""Signing and taking back: what is entered, and what is refused."""

import pytest

from deskhand.app.sign_off import Signer, give, known_versions, named, take_back
from deskhand.core.trail import Draft, verify
from deskhand.errors import NotKnown, UsageError, WrongState
from deskhand.store import MemoryStore
from tests.core.builders import at

ONE, TWO = "ab" * 32, "ab" * 4 + "cd" * 28
ADA = Signer("Ada Admin <ada@acme.example>", "ada", "read it twice")
TEXTS = {"a.yaml": "rules: []"}


def test_a_signature_is_an_entry_of_the_trail() -> None:
    """S12: with the person, the account that they used, what they said, and the version; its texts are kept with the first one."""
    store = MemoryStore()
    version = give(store, ONE, TEXTS, ADA, at())

    with store.read() as tx:
        (entry,) = tx.trail.entries()
        assert tx.texts.of(ONE) == TEXTS
    assert (entry.kind, entry.by, entry.at) == ("signed", ADA.by, at())
    assert entry.told == {"policy": ONE, "user": "ada", "note": "read it twice"}
    assert version.signers == "Ada Admin"
    assert known_versions(store) == {ONE: version}


def test_what_is_refused_leaves_nothing() -> None:
    """Neither an entry nor texts: a second signature, a signature that nobody gave, a name that is none, words that are not seen."""
    store = MemoryStore()
    give(store, ONE, TEXTS, ADA, at())

    with pytest.raises(WrongState, match="signed abababababab already"):
        give(store, ONE, TEXTS, Signer("ada admin"), at(1))
    with pytest.raises(WrongState, match="Bo has not signed"):
        take_back(store, ONE, Signer("Bo"), at(1))
    with pytest.raises(UsageError, match="name of a person"):
        give(store, TWO, TEXTS, Signer("\n"), at(1))
    with pytest.raises(UsageError, match="not seen"):
        give(store, TWO, TEXTS, Signer("Bo", note="fine\x1b[8m not"), at(1))
    with store.read() as tx:
        assert len(tx.trail.entries()) == 1
        assert list(tx.texts.kept()) == [ONE]


def test_who_took_back_may_sign_again() -> None:
    """The trail tells of all of it, in one chain."""
    store = MemoryStore()
    give(store, ONE, TEXTS, ADA, at())
    assert take_back(store, ONE[:8], Signer("ADA ADMIN"), at(1)).signatures == ()
    with pytest.raises(WrongState, match="nobody's signature is on it"):
        take_back(store, ONE, ADA, at(2))

    give(store, ONE, TEXTS, ADA, at(3))

    with store.read() as tx:
        entries = tx.trail.entries()
    assert [entry.kind for entry in entries] == ["signed", "taken back", "signed"]
    assert verify(entries).broken is None
    assert known_versions(store)[ONE].lacks(2) == 1


def test_an_entry_that_says_nothing_of_a_version_counts_for_none() -> None:
    """Whoever put it there by hand has signed nothing, and keeps nobody from reading the rest."""
    store = MemoryStore()
    with store.begin() as tx:
        tx.trail.add([Draft(at(), "signed", "Mallory", {})])
    give(store, ONE, TEXTS, ADA, at())

    assert known_versions(store)[ONE].signers == "Ada Admin"


def test_a_version_is_named_by_its_first_letters() -> None:
    """As many as it takes, and at least eight."""
    assert named("ABABABABAB ", [ONE, TWO]) == ONE
    with pytest.raises(UsageError, match="'ababab' is too short"):
        named("ababab", [ONE])
    with pytest.raises(NotKnown, match="2 versions begin with 'abababab'"):
        named("abababab", [ONE, TWO])
    with pytest.raises(NotKnown, match="no version begins"):
        named("12345678", [ONE, TWO])
