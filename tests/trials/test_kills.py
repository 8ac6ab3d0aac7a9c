"""Kill runs of the real worker; a thousand kills: scripts/trials --kills 1000."""

import pytest

from tests.trials.kills import Result, run_kills


def _holds(result: Result, kills: int) -> None:
    assert result.problems == []
    assert result.counts["kills"] == kills
    assert result.counts["effects"] >= 3 * kills
    assert result.counts["entries of the trail"] > kills


@pytest.mark.timeout(300)
def test_a_worker_killed_a_hundred_times_loses_nothing_and_does_nothing_twice() -> None:
    """R1, S12: with commits that land after the worker is gone; each start is ready within five seconds, loading included, the database is sound, and the trail tells of each effect once."""
    result = run_kills(100, 3, warm=True)
    _holds(result, 100)
    assert result.counts["started from nothing"] >= 10


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_a_worker_killed_a_thousand_times_loses_nothing_and_does_nothing_twice() -> None:
    """R1 in full: at least three thousand effects, none lost and none doubled."""
    _holds(run_kills(1000), 1000)
