"""`deskhand clocks` against a served sandbox: what people see, what programs read, and mistakes."""

import json
from pathlib import Path

import pytest

from deskhand.cli.main import main
from deskhand.sandbox import RealClock, Sandbox
from deskhand.sandbox.worlds import load_world
from tests.acceptance.processes import CLIENT, POLICIES, inside
from tests.sandbox.listening import listening


def test_a_tickets_clocks_are_told_to_people_and_programs(tmp_path: Path) -> None:
    """A ticket that the worker does not know is read from the account, whole; `--at` reads it at another instant."""
    facts = {
        "DESKHAND_POLICIES": str(POLICIES),
        "DESKHAND_DATABASE_URL": f"sqlite:///{tmp_path / 'state.db'}",
        **CLIENT,
    }
    made = Sandbox(clock=RealClock())
    load_world(made)
    with listening(made) as stage:
        address = f"http://{stage.netloc}"
        told = inside("clocks", "5", DESKHAND_BASE_URL=address, **facts)
        as_json = inside("clocks", "5", "--json", "--at", "2026-03-02T08:00Z", DESKHAND_BASE_URL=address, **facts)
        unknown = inside("clocks", "999999", DESKHAND_BASE_URL=address, **facts)

    assert told.returncode == 0, told.stderr
    assert "read from Zendesk just now" in told.stdout
    assert "50 % " in told.stdout
    found = json.loads(as_json.stdout)
    assert {"response", "resolution"} <= {one["clock"]["clock"] for one in found["clocks"]}
    assert found["at"] == "2026-03-02T08:00:00Z"
    assert (unknown.returncode, "ticket 999999 is not known" in unknown.stderr) == (1, True)


@pytest.mark.parametrize("arguments", [["clocks"], ["clocks", "0"], ["clocks", "1", "--at", "yesterday"]])
def test_wrong_usage_exits_with_64(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """With what to write instead."""
    assert main(arguments) == 64
    assert "Traceback" not in capsys.readouterr().err
