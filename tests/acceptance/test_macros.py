"""Macros as code as processes, against a served sandbox over real sockets."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.acceptance.processes import CLIENT, run, sandbox, start

MANY = 40


def environ(address: str, folder: Path) -> dict[str, str]:
    """What the commands need; the state is in files of its own."""
    return {
        "DESKHAND_BASE_URL": address,
        "DESKHAND_MACROS": str(folder / "macros"),
        "DESKHAND_MACROS_STATE": str(folder / "state"),
        "DESKHAND_MACROS_RUNS": str(folder / "runs"),
        **CLIENT,
    }


def templates(folder: Path) -> None:
    """A folder of many macros."""
    (folder / "macros/env").mkdir(parents=True)
    (folder / "macros/settings.yaml").write_text("installation: acme\n", encoding="utf-8")
    (folder / "macros/env/test.yaml").write_text("account: 127.0.0.1\n", encoding="utf-8")
    for number in range(MANY):
        text = (
            f"key: m{number}\ntitle: Many::{number}\nactions: [{{reply: {{public: true, markdown: Hello {number}}}}}]\n"
        )
        (folder / f"macros/m{number}.yaml").write_text(text, encoding="utf-8")


@pytest.mark.slow
def test_an_apply_that_is_killed_again_and_again_ends_well(tmp_path: Path) -> None:
    """SIGKILL at whatever it was doing, a little later each time; in the end every macro is there once."""
    templates(tmp_path)
    plan, kills = str(tmp_path / "plan.json"), 0
    with sandbox() as address:
        settings = environ(address, tmp_path)
        assert run("macros", "plan", "--env", "test", "--out", plan, **settings).returncode == 0
        code, said = None, ""
        while code is None:
            process = start("macros", "apply", plan, "--env", "test", "--resume", **settings)
            try:
                _, said = process.communicate(timeout=0.8 + 0.07 * kills)
                code = process.returncode
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()
                kills += 1
        after = run("macros", "plan", "--env", "test", "--format", "json", **settings)

    assert code == 0, said
    assert kills > 1
    found = json.loads(after.stdout)
    assert (found["items"], found["managed"], found["shared"]) == ([], MANY, MANY + 2)
