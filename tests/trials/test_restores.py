"""Restore drills of the default run; as many as you like: scripts/trials --restores 500."""

import pytest

from deskhand.app import take_in
from deskhand.core.memory import Memory
from tests.trials.restores import run_restore, run_restore_services

TICKETS = 20


@pytest.mark.parametrize("seed", range(4))
def test_a_backup_that_is_put_back_does_nothing_twice(seed: int) -> None:
    """R19: what was done after the backup is found in the audits and not done again, and nothing is lost. To see a seed again: scripts/trials --restores 1 --first SEED."""
    verdict = run_restore(seed, TICKETS)

    assert verdict.problems == []
    assert verdict.counts["restores"] == 1


@pytest.mark.parametrize("seed", range(1))
def test_a_backup_that_is_put_back_says_nothing_twice(seed: int) -> None:
    """R19: messages that were sent after the backup are asked for first, and ladders go on. To see a seed again: scripts/trials --services --restores 1 --first SEED."""
    assert run_restore_services(seed).problems == []


def test_without_reading_the_audits_the_drill_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """The line that finds our own writes is broken: drills must show it, else they would prove nothing."""

    def forgetful(memory: Memory, audits: object) -> Memory:
        return memory

    monkeypatch.setattr(take_in, "remembered", forgetful)

    assert any("never twice" in problem for seed in range(6) for problem in run_restore(seed, TICKETS).problems)


def test_calm_drills_find_what_the_backup_lacks() -> None:
    """Without anything else going wrong there are writes that the backup does not know."""
    verdicts = [run_restore(seed, TICKETS, wild=False) for seed in range(3)]

    assert [verdict.problems for verdict in verdicts] == [[]] * 3
    assert sum(verdict.counts["writes that the backup does not know"] for verdict in verdicts) >= 1


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_hundreds_of_backups_are_put_back() -> None:
    """R19 in full, nightly: three hundred weeks, and sixty with ladders; nothing is done twice and nothing is lost."""
    assert [problem for seed in range(300) for problem in run_restore(seed).problems] == []
    assert [problem for seed in range(60) for problem in run_restore_services(seed).problems] == []
