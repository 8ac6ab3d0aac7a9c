"""What trials reach, and what they print."""

from argparse import Namespace
from collections import Counter
from typing import Any

import pytest

from tests.trials.checks import SILENCE, repeated
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


def silence(came: str, made: str) -> dict[str, Any]:
    """An audit of ours with a note about silence."""
    comment = {"type": "Comment", "body": f"{SILENCE} {made} UTC."}
    return {"created_at": came, "metadata": {"custom": {"deskhand": {"op": came}}}, "events": [comment]}


@pytest.mark.parametrize(
    ("came", "made", "found"),
    [
        ("2026-03-25T03:33:43Z", "2026-03-25 03:33", 0),
        ("2026-03-25T03:33:43Z", "2026-03-24 15:49", 1),
        ("2026-03-25T23:33:43Z", "2026-03-24 15:33", 1),
    ],
)
def test_a_note_that_is_made_again_too_soon_is_found_whenever_it_came(came: str, made: str, found: int) -> None:
    """The first one was made at 15:33 and came eleven hours later; the very same once more is found as well."""
    late = silence("2026-03-25T02:23:43Z", "2026-03-24 15:33")

    assert len(list(repeated([late, silence(came, made)]))) == found


def test_a_note_that_does_not_say_when_it_was_made_is_no_good() -> None:
    """Else the check would find nothing."""
    with pytest.raises(AssertionError, match="does not say when"):
        list(repeated([silence("2026-03-25T02:23:43Z", "yesterday")]))
