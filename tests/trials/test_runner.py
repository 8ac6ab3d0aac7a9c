"""What trials reach, and what they print."""

from collections import Counter

import pytest

from tests.trials.runner import _tell
from tests.trials.trial import Trial, Verdict


def test_a_trial_dies_at_every_place() -> None:
    """R2: before and after transactions, commits and calls."""
    trial = Trial(1, 4)
    trial.fate.deaths = 0.02

    assert trial.run().problems == []
    assert {*trial.fate.where} == {
        "before the transaction",
        "before the commit",
        "after the commit",
        "before the request",
        "after the answer",
    }


def test_a_failing_seed_prints_how_to_see_it_again(capsys: pytest.CaptureFixture[str]) -> None:
    """R3: in one line."""
    verdict = Verdict(17, ["never twice: write a was done 2 times"], Counter())

    _tell(verdict)

    assert "scripts/trials --first 17 --seeds 1" in capsys.readouterr().out.splitlines()[0]
