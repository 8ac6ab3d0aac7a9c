"""Messages by a real worker process, to stand-ins over real sockets."""

import json
import threading
import time
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from deskhand.core.message import Message, Notice, Verb
from deskhand.store import open_store
from tests.acceptance.processes import CLIENT, POLICIES, run, sandbox, start

NOW = datetime.now(UTC)  # noqa: TID251 - a real worker lives in real time
PAGES, TELLS, KILLS = 8, 4, 4
ENDS = {"sent", "confirmed"}


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
    with urllib.request.urlopen(f"{address}/sandbox/services") as answer:
        found: list[dict[str, Any]] = json.load(answer)[service]["log"]
    return found


def states(url: str) -> dict[str, int]:
    """How many messages are in each state."""
    store = open_store(url, exclusive=False)
    with store.read() as tx:
        found: dict[str, int] = {state: count for state, count in tx.messages.count().items() if count}
    store.close()
    return found


@pytest.mark.slow
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
        kills = sum(_worked(told, url, kill=True) for _ in range(KILLS))
        _worked(told, url, kill=False)
        pages = [one["key"] for one in effects(address, "pagerduty") if one["kind"] == "paged"]
        posts = [one["key"] for one in effects(address, "slack") if one["kind"] == "post"]

    assert kills == KILLS
    assert sorted(pages) == [f"zd:acme:{n}:e1" for n in range(PAGES)]
    assert sorted(posts) == [f"tell-{n}" for n in range(100, 100 + TELLS)]
    assert sum(states(url).get(state, 0) for state in ENDS) == PAGES + TELLS


def _worked(told: dict[str, str], url: str, *, kill: bool) -> bool:
    """Let a worker run until it is in the middle of sending, and kill it there; or until everything was said. Says whether it was killed."""
    worker, found = start("run", **told), states(url)
    end = time.monotonic() + 60
    try:
        while time.monotonic() < end and worker.poll() is None:
            found = states(url)
            if set(found) <= ENDS:
                return False
            if kill and found.get("sending"):
                worker.kill()
                return True
            threading.Event().wait(0.05)
        raise AssertionError(f"not done within a minute: {found}; {worker.poll()}")
    finally:
        worker.kill()
        worker.communicate()


def _slow(address: str) -> None:
    """Every answer of a service takes a while, so that a kill finds the worker in the middle."""
    fault = {"kind": "latency", "path": "/services/*", "seconds": 0.4}
    body = json.dumps(fault).encode()
    asked = urllib.request.Request(f"{address}/sandbox/faults", body, {"Content-Type": "application/json"})
    urllib.request.urlopen(asked).close()
