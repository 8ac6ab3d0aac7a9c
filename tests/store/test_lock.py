"""The lock beside a SQLite database."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from deskhand.errors import StoreBusy
from deskhand.store.lock import InstanceLock


def holder(database: Path) -> "subprocess.Popen[str]":
    """Another process that holds the lock and says so."""
    code = "import sys, time; from pathlib import Path; from deskhand.store.lock import InstanceLock\n"
    code += "lock = InstanceLock(Path(sys.argv[1])); print('held', flush=True); time.sleep(60)"
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(database)],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_a_second_worker_is_refused_and_told_who_holds_it(tmp_path: Path) -> None:
    """The error names the process, the database and the lock's file; the holder is not disturbed."""
    database = tmp_path / "a.db"
    with holder(database) as process:
        for _ in range(2):
            with pytest.raises(StoreBusy) as refused:
                InstanceLock(database)
            assert f"(process {process.pid})" in str(refused.value)
            assert f"{database}.lock" in str(refused.value)
        process.kill()


def test_the_lock_of_a_dead_process_is_taken_over(tmp_path: Path) -> None:
    """A process killed by SIGKILL leaves its lock's file behind, and the next worker still gets in."""
    database = tmp_path / "a.db"
    with holder(database) as process:
        process.send_signal(signal.SIGKILL)
    lock = InstanceLock(database)
    assert lock.path.read_text() == f"{os.getpid()}\n"
    lock.release()


def test_a_released_lock_can_be_taken_again(tmp_path: Path) -> None:
    """Within one process too, and only after it was released; releasing twice does no harm."""
    first = InstanceLock(tmp_path / "a.db")
    with pytest.raises(StoreBusy):
        InstanceLock(tmp_path / "a.db")
    first.release()
    first.release()
    InstanceLock(tmp_path / "a.db").release()


def test_the_lock_is_private(tmp_path: Path) -> None:
    """Only its owner may read or write it."""
    lock = InstanceLock(tmp_path / "a.db")
    assert lock.path.stat().st_mode & 0o777 == 0o600
    lock.release()
