"""The commands as processes, against a served sandbox over real sockets."""

import json
import re
import signal
import sqlite3
import time
from pathlib import Path

import pytest

from deskhand.sandbox import RealClock, Sandbox
from tests.acceptance.processes import CLIENT, POLICIES, inside, run, sandbox, start
from tests.sandbox.listening import listening

UNHURRIED = tuple(
    part
    for name in ("limits.incremental=1000", "limits.account=100000", "job_start=0.1", "job_row=0")
    for part in ("--set", name)
)
"""An account that keeps nobody waiting: what is tested is not its patience."""


def settings(address: str, folder: Path, **more: str) -> dict[str, str]:
    """What a command needs to work on a sandbox with a database of its own."""
    return {
        "DESKHAND_BASE_URL": address,
        "DESKHAND_POLICIES": str(POLICIES),
        "DESKHAND_DATABASE_URL": f"sqlite:///{folder / 'state.db'}",
        "DESKHAND_LOG_FORMAT": "json",
        "DESKHAND_INCREMENTAL_PER_MINUTE": "30",
        **CLIENT,
        **more,
    }


def test_a_first_look_writes_nothing_and_enforcing_writes_what_was_seen(tmp_path: Path) -> None:
    """Observe first: the decisions of `once` are shown, recorded and not carried out; a new database enforcing carries them out, up to the ceilings."""
    with sandbox(*UNHURRIED, "--tickets", "150") as address:
        look = inside("once", "--json", **settings(address, tmp_path))
        assert look.returncode == 0, look.stderr
        seen = json.loads(look.stdout)
        (tmp_path / "other").mkdir()
        done = run("once", "--mode", "enforce", "--json", **settings(address, tmp_path / "other"))
        assert done.returncode == 0, done.stderr
        status = inside("status", "--json", **settings(address, tmp_path / "other"))
        ticket = next(iter(_decided(done.stderr)))
        explained = inside("explain", str(ticket), **settings(address, tmp_path / "other"))
        trail = inside("trail", "list", "--json", "--limit", "9999", **settings(address, tmp_path / "other"))
        whoami = inside("whoami", "--json", **settings(address, tmp_path))

    assert (seen["written"], seen["mode"]) == (0, "observe")
    assert seen["decisions"] > 50
    written = json.loads(done.stdout)
    assert written["written"] > 50
    assert written["finished"]
    outbox = json.loads(status.stdout)["outbox"]
    assert outbox["done"] == written["written"]
    assert outbox.keys() <= {
        "done",
        "held",
    }  # whether a ceiling is met depends on the hour at which the account is looked at
    told = json.loads(trail.stdout)["entries"]
    assert [one["kind"] for one in told[:2]] == ["policy", "started"]
    assert sum(len(one["facts"]["writes"]) for one in told if one["kind"] == "wrote") == written["written"]
    assert {one["policy"] for entry in told for one in entry["facts"].get("writes", ())} == {
        told[0]["facts"]["after"][:12]
    }
    assert f'"head": "{told[-1]["seq"]}:{told[-1]["digest"]}"' in done.stderr
    assert f"Ticket {ticket}" in explained.stdout
    assert "✓" in explained.stdout
    assert json.loads(whoami.stdout)["user"]["role"] == "admin"


def _decided(log: str) -> set[int]:
    """The tickets that the log says were decided."""
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    return {line["ticket"] for line in lines if line["event"] == "decided" and line["op"]}


def test_a_service_ends_within_ten_seconds_and_keeps_a_second_one_out(tmp_path: Path) -> None:
    """R20, S12: SIGTERM ends it in order, and the last line of its log about the trail is where the trail ends; meanwhile another worker on the same database is refused, with the process that holds it."""
    with sandbox(*UNHURRIED, "--tickets", "60") as address:
        facts = settings(address, tmp_path, DESKHAND_MODE="enforce", DESKHAND_POLL_SECONDS="5")
        worker = start("run", **facts)
        assert worker.stderr is not None
        lines = []
        for line in worker.stderr:
            lines.append(line)
            if '"write_done"' in line:
                break
        second = run("run", **facts)
        asked = time.monotonic()
        worker.send_signal(signal.SIGTERM)
        lines += worker.stderr.readlines()
        code, took = worker.wait(20), time.monotonic() - asked
        worker.stderr.close()
        if worker.stdout:
            worker.stdout.close()
        heads = [json.loads(line)["head"] for line in lines if '"event": "trail"' in line]
        trail = [inside("trail", "verify", "--head", head, **facts) for head in heads]

    assert code == 0
    assert heads, "the log never said where the trail ends"
    assert [one.returncode for one in trail] == [0] * len(heads)
    assert f", unbroken, head {heads[-1]}" in trail[-1].stdout
    assert took < 10
    assert '"worker_stopped"' in lines[-1]
    assert second.returncode == 1
    assert f"{worker.pid}" in second.stderr
    assert "hint: Stop the other worker" in second.stderr
    with sqlite3.connect(tmp_path / "state.db") as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    database.close()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"DESKHAND_CLIENT_SECRET": "wrong"}, "error: Zendesk does not accept OAuth client 'deskhand'"),
        ({"DESKHAND_BASE_URL": "http://127.0.0.1:9"}, "no connection"),
    ],
)
def test_an_account_that_cannot_be_reached_is_said_plainly(tmp_path: Path, change: dict[str, str], words: str) -> None:
    """What, and what to do; never a traceback, never the secret."""
    with listening(Sandbox(clock=RealClock())) as stage:
        ended = inside("whoami", **(settings(f"http://{stage.netloc}", tmp_path) | change))

    assert ended.returncode == 1
    assert re.search(words, ended.stderr), ended.stderr
    assert "hint: " in ended.stderr
    assert "Traceback" not in ended.stderr
    assert "sandbox-secret" not in ended.stderr
