"""A running worker as those who watch it see it."""

import json
import re
import signal
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.acceptance.processes import sandbox, start
from tests.acceptance.test_service import settings

GOOD = "rules:\n  - {id: one, when: {priority: low}, then: {add_tags: one}}\n"


def test_a_running_worker_tells_when_it_is_ready_and_which_policies_it_refused(tmp_path: Path) -> None:
    """Ready after a full cycle; a mistake in the policies is loud, keeps the last good ones, and ends when it is mended; the stop file is seen."""
    policies, stop = tmp_path / "policies", tmp_path / "stop"
    policies.mkdir()
    (policies / "a.yaml").write_text(GOOD, encoding="utf-8")
    with sandbox("--tickets", "5") as address:
        more = {"DESKHAND_LISTEN": "0", "DESKHAND_STOP_FILE": str(stop), "DESKHAND_POLL_SECONDS": "5"}
        worker = start(
            "run", **settings(address, tmp_path, **more, DESKHAND_POLICIES=str(policies), DESKHAND_MODE="enforce")
        )
        try:
            assert worker.stderr is not None
            found = next(line for line in worker.stderr if "listening" in line)
            pages = re.findall(r"http://127\.0\.0\.1:\d+", found)[-1]
            ready = until(pages, lambda told: told["ready"] is True)
            stop.touch()
            (policies / "a.yaml").write_text("rules: [", encoding="utf-8")
            refused = until(pages, lambda told: told["policy_refused"])
            stop.unlink()
            (policies / "a.yaml").write_text(GOOD, encoding="utf-8")
            mended = until(pages, lambda told: not told["policy_refused"])
        finally:
            worker.send_signal(signal.SIGTERM)
            code = worker.wait(20)
            for pipe in (worker.stdout, worker.stderr):
                if pipe:
                    pipe.close()

    assert code == 0
    assert ready["last_cycle"]
    assert "yaml-syntax" in refused["policy_refused"]
    assert "exists; remove it to go on" in refused["stopped"]
    assert refused["policy"] == ready["policy"] == mended["policy"]
    assert (mended["stopped"], mended["ready"]) == ("", True)


def until(pages: str, wanted: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    """What /readyz says as soon as it says what is wanted."""
    end = time.monotonic() + 40
    while True:
        try:
            with urllib.request.urlopen(f"{pages}/readyz", timeout=5) as answer:
                told: dict[str, Any] = json.load(answer)
        except urllib.error.HTTPError as unready:
            told = json.load(unready)
            unready.close()
        if wanted(told):
            return told
        assert time.monotonic() < end, told
        threading.Event().wait(0.2)
