"""Messages by a real worker process, to stand-ins over real sockets."""

import json
import os
import signal
import subprocess
import time
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from deskhand.core.message import Message, Notice, Verb
from deskhand.store import open_store
from tests.acceptance.processes import CLIENT, POLICIES, run, sandbox, start

NOW = datetime.now(UTC)  # noqa: TID251 - a real worker lives in real time
PAGES, TELLS = 8, 4


def queue(url: str) -> None:
    """Pages and tellings, as decisions would have queued them."""
    store = open_store(url, exclusive=False)
    with store.begin() as tx:
        tx.messages.add([_message(n, "page", ("pager",)) for n in range(PAGES)], NOW, "run")
        tx.messages.add([_message(n, "tell", ("incidents",)) for n in range(100, 100 + TELLS)], NOW, "run")
    store.close()


def _message(number: int, verb: Verb, channels: tuple[str, ...]) -> Message:
    return Message(
        key=f"{verb}-{number}",
        thread=f"zd:acme:{number}:e1",
        number=1,
        ticket_id=number,
        verb=verb,
        channels=channels,
        notice=Notice(f"P1 #{number} is down", "All of it."),
        at=NOW - timedelta(seconds=1),
        urgent=True,
    )


def effects(address: str, service: str) -> list[dict[str, Any]]:
    """What a stand-in accepted."""
    with urllib.request.urlopen(f"{address}/sandbox/services") as answer:  # noqa: S310 - the sandbox of this test
        found: list[dict[str, Any]] = json.load(answer)["services"][service]["log"]
    return found


def states(url: str) -> dict[str, int]:
    """How many messages are in each state."""
    store = open_store(url, exclusive=False)
    with store.read() as tx:
        found: dict[str, int] = {state: count for state, count in tx.messages.count().items() if count}
    store.close()
    return found


def test_a_worker_that_is_killed_while_it_sends_says_everything_once(tmp_path: Path) -> None:
    """SIGKILL again and again in the middle of slow answers: each page is one incident, each telling one post, and nothing is lost."""
    url = f"sqlite:///{tmp_path / 'state.db'}"
    with sandbox() as address:
        told = CLIENT | {
            "DESKHAND_BASE_URL": address,
            "DESKHAND_POLICIES": str(POLICIES),
            "DESKHAND_DATABASE_URL": url,
            "DESKHAND_MODE": "enforce",
            "DESKHAND_STOP_FILE": str(tmp_path / "stop"),
            "DESKHAND_POLL_SECONDS": "3600",
        }
        assert run("once", "--mode", "observe", **told).returncode == 0
        queue(url)
        _slow(address)
        kills = 0
        end = time.monotonic() + 60
        while set(states(url)) != {"sent"} and time.monotonic() < end:
            worker = start("run", **told)
            try:
                worker.wait(2.5 if kills < 4 else 12)
            except subprocess.TimeoutExpired:
                os.kill(worker.pid, signal.SIGKILL)
                worker.wait(10)
                kills += 1
            for pipe in (worker.stdout, worker.stderr):
                if pipe:
                    pipe.close()
        print(states(url), kills, [one["kind"] for one in effects(address, "pagerduty")])
        print(effects(address, "slack")[:3])


def _slow(address: str) -> None:
    """Every answer of a service takes a while, so that a kill finds the worker in the middle."""
    fault = {"kind": "latency", "path": "/services/*", "seconds": 0.4}
    body = json.dumps(fault).encode()
    asked = urllib.request.Request(f"{address}/sandbox/faults", body, {"Content-Type": "application/json"})  # noqa: S310
    urllib.request.urlopen(asked).close()  # noqa: S310
