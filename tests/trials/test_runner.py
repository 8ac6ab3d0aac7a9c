"""What trials reach, and what they print."""

from argparse import Namespace
from collections import Counter

import pytest

from tests.trials.runner import _tell
from tests.trials.trial import Trial, Verdict

JOBS = ("poll", "hear", "judge", "deliver")
PLACES = ("before the transaction", "before the commit", "after the commit", "before the request", "after the answer")


def test_the_process_dies_at_every_place_of_every_job() -> None:
    """R2: five places of four jobs, over small trials that lose nothing and double nothing."""
    died = set()
    for seed in range(4):
        trial = Trial(seed, 5)
        trial.fate.deaths = 0.03
        assert trial.run().problems == [], seed
        died |= {*trial.fate.where}

    assert died == {f"{job}: {place}" for job in JOBS for place in PLACES}


def test_a_failing_seed_prints_how_to_see_it_again(capsys: pytest.CaptureFixture[str]) -> None:
    """R3: in one line."""
    verdict = Verdict(17, ["never twice: write a was done 2 times"], Counter())

    _tell(verdict, Namespace(restores=0, services=False))

    assert "scripts/trials --first 17 --seeds 1" in capsys.readouterr().out.splitlines()[0]
