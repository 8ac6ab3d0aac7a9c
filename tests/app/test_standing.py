"""What is said of the policy in force, in one line."""

from dataclasses import replace
from datetime import datetime

import pytest

from deskhand.app.sign_off import Signer, give
from deskhand.app.standing import Standing, note, noted, proposal, put_in_force, told
from deskhand.core.sign_off import Mark, Version
from deskhand.store import MemoryStore
from tests.core.builders import at
from tests.store.values import decision

ONE, TWO = "ab" * 32, "cd" * 32
KNOWN = {
    ONE: Version(ONE, (Mark(ONE, "signed", at(), "Ada <ada@acme.example>"), Mark(ONE, "signed", at(), "Bo"))),
    TWO: Version(TWO, (Mark(TWO, "signed", at(), "Cy"),)),
}


@pytest.mark.parametrize(
    ("standing", "words", "waits"),
    [
        (Standing(ONE, "observe"), "abababababab is in force (observe)", ""),
        (Standing(ONE, "enforce"), "abababababab is in force (enforce); no signatures are asked for", ""),
        (Standing(ONE, "enforce", 2), "abababababab is in force (enforce), signed by Ada and Bo", ""),
        (
            Standing(ONE, "notify", 2, TWO),
            "abababababab is in force (notify), signed by Ada and Bo",
            "the files are cdcdcdcdcdcd, which lacks 1 of 2 signatures (signed by Cy): `deskhand sign-off show`",
        ),
        (
            Standing("ef" * 32, "observe", 1, "ef" * 32),
            "efefefefefef is in force, but only observes",
            "efefefefefef lacks 1 of 1 signature: `deskhand sign-off show`",
        ),
    ],
)
def test_what_is_in_force_and_why(standing: Standing, words: str, waits: str) -> None:
    """And what waits, with what it lacks and the command that shows it."""
    assert standing.in_words(KNOWN) == words
    assert standing.waits(KNOWN) == waits


def test_from_when_on_it_counts_stays_where_nothing_changes() -> None:
    """A restart, or another version that waits, is no beginning; another mode is."""
    store, first = MemoryStore(), Standing(ONE, "observe", 2, ONE)
    with store.begin() as tx:
        assert noted(tx) is None
        assert told(tx) is None
        note(tx, first, at(1))
        note(tx, replace(first, waiting=TWO), at(2))
        assert noted(tx) == Standing(ONE, "observe", 2, TWO, since=at(1).isoformat())
        note(tx, replace(first, mode="enforce"), at(3))
        found = noted(tx)
    assert found is not None
    assert datetime.fromisoformat(found.since) == at(3)


def test_only_texts_that_matter_are_kept() -> None:
    """Those that anybody signed, and those in force; what somebody only tried out is gone with the next version."""
    store = MemoryStore()
    give(store, ONE, {"a.yaml": "one"}, Signer("Ada"), at())
    with store.begin() as tx:
        for number, digest in enumerate((TWO, "ef" * 32)):
            put_in_force(tx, Standing(digest, "observe"), {"a.yaml": digest}, at(number))
        assert set(tx.texts.kept()) == {ONE, "ef" * 32}
        assert [entry.kind for entry in tx.trail.entries()] == ["signed"]


def test_decisions_are_counted_while_a_version_observes() -> None:
    """From when it began to; of a version that is not judged by, nothing can be counted."""
    store = MemoryStore()
    with store.begin() as tx:
        tx.decisions.record([decision(1, at(0)), decision(1, at(5)), decision(2, at(6))], "run")
        put_in_force(tx, Standing(ONE, "observe", 2, ONE), {"a.yaml": "one"}, at(4))

        assert proposal(tx, ONE).observed == 2
        assert proposal(tx, TWO).observed is None
        assert proposal(tx, TWO).before == {"a.yaml": "one"}
