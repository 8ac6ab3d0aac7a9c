"""A backup of the real worker's database, put back by the command."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.trials.kills import Cold, Lane, account, wait


def until(done: Callable[[], bool], seconds: float = 60.0) -> None:
    """Wait for something, no longer than so many seconds."""
    end = time.monotonic() + seconds
    while not done() and time.monotonic() < end:
        wait(0.3)
    assert done()


def deskhand(lane: Lane, *arguments: str) -> str:
    """A command on the lane's database; what it says."""
    command = [sys.executable, "-m", "deskhand", *arguments]
    ended = subprocess.run(
        command, env=lane.environ(), cwd=lane.folder, capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


@pytest.mark.timeout(300)
def test_a_worker_on_a_backup_does_nothing_twice(tmp_path: Path) -> None:
    """R19: real processes, SQLite, HTTP; some effects before the backup, some between it and SIGKILL, some after the restore, each once in the audits."""
    with account(tmp_path) as address:
        lane, starter = Lane(0, address, tmp_path), Cold()
        lane.feed()
        (process, log), began = starter.start(lane.environ(), tmp_path), time.monotonic()
        try:
            assert lane.ready(process, log, began, 0.0)
            until(lane.settled)
            made = deskhand(lane, "backup", "copy.db")
            lane.feed()
            until(lane.settled)
        finally:
            starter.kill()
        put = deskhand(lane, "restore", "copy.db")
        lane.feed()
        lane.finish()

    assert "4 tickets" in made
    assert "restored: " in put
    untold = [one for one in lane.problems if one.endswith("is told 0 times")]
    assert lane.problems == untold
    assert (
        len(untold) == 8
    )  # the trail in the backup knows nothing of what came after it, and says that it was restored
    assert lane.counts["effects"] == 24
