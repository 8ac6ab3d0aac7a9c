"""`deskhand doctor` from the command line, against a served sandbox."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from deskhand.cli.main import main
from deskhand.sandbox import Sandbox
from deskhand.sandbox.clock import RealClock
from tests.doctor.places import RULES
from tests.sandbox.listening import listening


@pytest.fixture
def sandbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """A served account in real time, the settings that lead to it, and a policy."""
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "a.yaml").write_text(RULES, encoding="utf-8")
    sandbox = Sandbox("acme", RealClock())
    door = sandbox.door.client("sandbox-client")
    assert door is not None
    door.allowed = ("read",)
    monkeypatch.chdir(tmp_path)
    with listening(sandbox) as stage:
        for name, value in {
            "BASE_URL": f"http://{stage.netloc}", "CLIENT_ID": "sandbox-client", "CLIENT_SECRET": "sandbox-secret",
        }.items():  # fmt: skip
            monkeypatch.setenv(f"DESKHAND_{name}", value)
        yield sandbox


@pytest.mark.parametrize("width", [80, 120])
def test_the_report_shows_granted_beside_needed(
    sandbox: Sandbox, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    """S7: one screen, a line for each finding, within the terminal's width; it ends well where only warnings are left."""
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setenv("FORCE_COLOR", "1")

    code = main(["doctor"])

    lines = [_bare(line) for line in capsys.readouterr().out.splitlines()]
    assert code == 0
    assert max(map(len, lines)) <= width
    heads = [line.split()[:2] for line in lines if line and line[0] != " "]
    assert ["ok", "credentials"] in heads
    assert ["warn", "database"] in heads
    (at,) = [number for number, line in enumerate(lines) if line.split() == ["scope", "needed", "by", "granted"]]
    rows = "\n".join(lines[at:])
    for scope, granted in {"read": "yes", "macros:write": "no"}.items():
        (row,) = [line for line in rows.splitlines() if line.split()[:1] == [scope]]
        assert row.split()[-1] == granted
    assert lines[-1] == "1 warning."


def _bare(line: str) -> str:
    """A line without its colours and the spaces at its end."""
    return re.sub(r"\x1b\[[0-9;]*m", "", line).rstrip()


def test_a_failure_is_exit_1_and_json_alone(sandbox: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    """S7: what enforce would need is asked by `--mode`; the scope that it lacks is named, and nothing else is on standard output."""
    code = main(["doctor", "--mode", "enforce", "--json"])

    told = capsys.readouterr()
    report = json.loads(told.out)
    assert (code, report["ok"], report["failed"], told.err) == (1, False, 1, "")
    (failure,) = [one for one in report["findings"] if one["level"] == "fail"]
    assert (failure["about"], "tickets:write" in failure["found"]) == ("scopes", True)
    assert "OAuth clients" in failure["todo"]
    assert failure["table"]["rows"][1][2] == "NO"


def test_settings_that_cannot_be_read_are_a_finding(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one that matters then."""
    monkeypatch.setenv("DESKHAND_POLL_SECONDS", "soon")

    assert main(["doctor", "--json"]) == 1

    (found,) = json.loads(capsys.readouterr().out)["findings"]
    assert (found["level"], found["about"], "DESKHAND_POLL_SECONDS" in found["found"]) == ("fail", "settings", True)


def test_an_api_token_is_one_warning_and_not_a_log_line(
    sandbox: Sandbox, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """S7: the report says it, so the log does not say it again."""
    for name, value in {
        "CLIENT_ID": "",
        "CLIENT_SECRET": "",
        "EMAIL": "admin@example.com",
        "API_TOKEN": "sandbox-token",
    }.items():
        monkeypatch.setenv(f"DESKHAND_{name}", value)

    code = main(["doctor", "--json"])

    told = capsys.readouterr()
    warned = [one["about"] for one in json.loads(told.out)["findings"] if one["level"] == "warn"]
    assert (code, told.err) == (0, "")
    assert warned == ["credentials", "database"]
