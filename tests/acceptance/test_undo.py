"""Undo as commands: planned, held by the guards, let go by number, done, and nothing left to do."""

import json
from pathlib import Path

import pytest

from tests.acceptance.processes import run, sandbox
from tests.acceptance.test_service import settings


@pytest.mark.slow
def test_a_run_is_taken_back_from_the_command_line(tmp_path: Path) -> None:
    """Each step says what comes next."""
    with sandbox("--tickets", "60", "--set", "limits.account=100000") as address:
        facts = settings(address, tmp_path, DESKHAND_MODE="enforce", DESKHAND_STOP_FILE=str(tmp_path / "stop"))
        written = json.loads(run("once", "--json", **facts).stdout)["written"]
        done = json.loads(run("runs", "--json", **facts).stdout)["runs"][0]
        plan = json.loads(run("undo", "--run", done["id"][:6], "--json", **facts).stdout)
        asked = run("undo", "--run", done["id"][:6], "--apply", **facts)
        released = run("outbox", "release", "undo", "--allow", str(plan["writes"]), **facts)
        undone = json.loads(run("once", "--json", **facts).stdout)["written"]
        again = json.loads(run("undo", "--run", done["id"], "--json", **facts).stdout)

    assert (done["writes"], plan["handed_in"]) == (written, None)
    assert f"deskhand outbox release undo --allow {plan['writes']}" in asked.stdout
    assert released.returncode == 0
    assert undone == plan["writes"] > 5
    assert again["writes"] == 0
