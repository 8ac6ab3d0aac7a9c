"""A served sandbox that is stopped and started again."""

import signal
from pathlib import Path

import pytest
import requests

from tests.acceptance.processes import run, sandbox, start

ADMIN = ("admin@example.com/token", "sandbox-token")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_an_account_outlives_its_process(number: signal.Signals, tmp_path: Path) -> None:
    """What was written is there again, time stands where it stood, and the same command line serves both times."""
    path = tmp_path / "account.state"
    options = ["--scenario", "empty", "--stepped", "--state", str(path)]
    process = start("sandbox", "--port", "0", *options)
    assert process.stdout is not None
    url = process.stdout.readline().split()[-1]
    body = {"ticket": {"subject": "Kept", "comment": {"body": "x"}}}
    assert requests.post(f"{url}/api/v2/tickets.json", json=body, auth=ADMIN, timeout=5).status_code == 201
    moved = requests.post(f"{url}/sandbox/clock", json={"advance": 3_600}, timeout=5).json()
    process.send_signal(number)
    process.communicate(timeout=20)

    with sandbox(*options) as again:
        shown = requests.get(f"{again}/api/v2/tickets/1.json", auth=ADMIN, timeout=5).json()["ticket"]
        assert shown["subject"] == "Kept"
        assert requests.get(f"{again}/sandbox/clock", timeout=5).json()["now"] == moved["now"]


def test_a_broken_state_is_told_and_left_alone(tmp_path: Path) -> None:
    """With exit code 1, before anything listens."""
    path = tmp_path / "account.state"
    path.write_bytes(b"precious")

    ended = run("sandbox", "--port", "0", "--state", str(path))

    assert ended.returncode == 1
    assert str(path) in ended.stderr
    assert "hint: " in ended.stderr
    assert "Traceback" not in ended.stderr
    assert path.read_bytes() == b"precious"
