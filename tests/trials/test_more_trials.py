"""Trials of the default run, the second half, so that two processes share them; and the trials themselves on trial."""

from collections import Counter

import pytest

from tests.trials.mutants import MUTANTS, ROOT
from tests.trials.trial import run


@pytest.mark.parametrize("seed", range(30, 60))
def test_every_promise_holds_whatever_goes_wrong(seed: int) -> None:
    """Nothing is lost, doubled, public, early or undecided. To see a seed again: scripts/trials --first SEED --seeds 1."""
    assert run(seed).problems == []


def test_a_seed_replays_exactly() -> None:
    """The same seed gives the same week, death by death."""
    assert run(3, tickets=15).counts == run(3, tickets=15).counts


def test_a_calm_week_has_work_in_it() -> None:
    """Without anything going wrong there are writes by every rule, and no errors at all."""
    verdict = run(1, wild=False)

    assert verdict.problems == []
    assert verdict.counts["writes"] > 100
    assert (
        verdict.counts
        - Counter(
            dict.fromkeys(("decisions", "writes", "done", "audits", "starts", "edits", "conflict", "races"), 10**6)
        )
        == {}
    )


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda one: str(one.what))
def test_every_line_that_is_to_be_broken_is_there_once(mutant: object) -> None:
    """`scripts/trials --mutants` breaks each in turn, and trials must find it."""
    one = next(known for known in MUTANTS if known is mutant)
    text = (ROOT / "src" / "deskhand" / one.file).read_text(encoding="utf-8")

    assert text.count(one.line) == 1
