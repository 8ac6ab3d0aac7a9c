"""`deskhand sandbox` as it is typed."""

import json
import socket
from pathlib import Path
from typing import Any

import pytest

from deskhand.cli.main import main
from deskhand.sandbox import RealClock, Sandbox, SimClock
from deskhand.sandbox.worlds import SCENARIOS
from tests.sandbox.logs import line, saved


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Sandbox, dict[str, Any]]]:
    """The sandboxes that would be served, with where."""
    found: list[tuple[Sandbox, dict[str, Any]]] = []
    monkeypatch.setattr(
        "deskhand.sandbox.run.serve", lambda made, port, **more: found.append((made, {"port": port, **more}))
    )
    return found


def test_a_world_is_made_as_asked(served: list[tuple[Sandbox, dict[str, Any]]]) -> None:
    """Its scenario, its number of tickets, its clock, its options and limits."""
    asked = "--scenario quiet-day --tickets 7 --stepped --start 2026-05-04T09:00+02:00 --set hold_back=0 --set limits.account=3 --port 0"

    assert main(["sandbox", *asked.split()]) == 0

    made, place = served[0]
    assert len(made.world.tickets) == 7
    assert isinstance(made.clock, SimClock)
    assert made.clock.now().isoformat() == "2026-05-04T07:00:00+00:00"
    assert made.options.hold_back == 0
    assert made.meter.limits.account == 3
    assert place["port"] == 0
    assert place["host"] == "127.0.0.1"


def test_a_world_may_begin_long_ago(served: list[tuple[Sandbox, dict[str, Any]]]) -> None:
    """Then its past lies before that, too."""
    assert main(["sandbox", "--tickets", "5", "--scenario", "quiet-day", "--stepped", "--start", "2020-01-06"]) == 0
    assert served[0][0].clock.now().year == 2020


def test_time_may_run_faster(served: list[tuple[Sandbox, dict[str, Any]]]) -> None:
    """From an instant on."""
    assert main(["sandbox", "--scenario", "empty", "--speed", "60", "--start", "2030-01-01T00:00Z"]) == 0
    clock = served[0][0].clock
    assert isinstance(clock, RealClock)
    assert clock.speed == 60
    assert clock.now().year == 2030


@pytest.mark.parametrize("ending", ["yaml", "json"])
def test_a_log_is_played_by_its_mapping(
    ending: str, tmp_path: Path, served: list[tuple[Sandbox, dict[str, Any]]]
) -> None:
    """In its own time where time is simulated; JSON is as good as YAML."""
    log = saved(tmp_path, line("A", "New", "2/3/2026 09:00"), line("B", "New", "2/3/2026 09:30"))
    mapping = tmp_path / f"mapping.{ending}"
    mapping.write_text(
        '{"columns": {"case": "number", "at": "sys_updated_at", "state": "incident_state"},\n'
        ' "states": {"New": "open"}, "date_format": "%d/%m/%Y %H:%M"}'
    )

    asked = ["--event-log", str(log), "--mapping", str(mapping), "--incidents", "1", "--clock", "simulated"]
    assert main(["sandbox", *asked]) == 0

    made = served[0][0]
    assert made.clock.now().isoformat() == "2026-03-02T09:00:00+00:00"
    made.run_due()
    assert [(ticket.external_id, ticket.status) for ticket in made.world.tickets.values()] == [("A", "open")]


def test_the_worlds_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    """Each with what it shows; `--scenario list` does the same."""
    assert main(["sandbox", "scenarios"]) == 0
    told = capsys.readouterr().out
    assert all(f"{name} " in told and words in told for name, words in SCENARIOS.items())
    assert main(["sandbox", "--scenario", "list"]) == 0
    assert capsys.readouterr().out == told


@pytest.mark.parametrize(
    ("asked", "code", "words", "hint"),
    [
        ("--scenario strom", 64, "there is no scenario 'strom'", "storm"),
        ("--start tomorrow", 64, "--start tomorrow: this is no instant", "2026-03-02T08:30Z"),
        ("--speed 0", 64, "--speed takes a number above 0", "Leave it out"),
        ("--speed 2 --stepped", 64, "--speed takes a number above 0", "POST /sandbox/clock"),
        ("--mapping m.yaml", 64, "--mapping says nothing without --event-log", "--event-log FILE"),
        ("--event-log LOG --scenario storm", 64, "exclude each other", "Leave one"),
        ("--event-log LOG --tickets 3", 64, "exclude each other", "Leave one"),
        ("--event-log nowhere.csv", 1, "The event log nowhere.csv cannot be read", "CSV"),
        ("--event-log LOG --mapping nowhere.yaml", 1, "nowhere.yaml", "README"),
        ("--event-log LOG --mapping BAD", 1, "unknown column role 'csae'", "Did you mean 'case'?"),
        ("--event-log LOG --mapping LIST", 1, "a mapping is an object", "README"),
        ("--event-log LOG --mapping ZONE", 1, "there is no time zone 'Mars/Base'", "Europe/Vienna"),
        ("--faults nowhere.json", 64, "the fault file nowhere.json cannot be used", "list of faults"),
        ("--set hold_back=x", 64, "'x' is no value", "whole number"),
        ("--port 99999", 64, "--port", "--help"),
        ("bogus", 64, "bogus", "--help"),
    ],
)
def test_a_mistake_is_told_with_what_to_do(
    asked: str, code: int, words: str, hint: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What, where and what to do; 64 for what was typed wrongly, 1 for what a file holds."""
    log = saved(tmp_path, line("A", "New", "2/3/2026 09:00"))
    columns = '"columns": {"case": "number", "at": "sys_updated_at", "state": "incident_state"}'
    files = {
        "BAD": 'columns: {"csae": "x"}', "LIST": "- 1", "ZONE": f"{{{columns}, zone: Mars/Base}}",
    }  # fmt: skip
    for name, text in files.items():
        (tmp_path / f"{name}.yaml").write_text(text)
    places = {"LOG": str(log)} | {name: str(tmp_path / f"{name}.yaml") for name in files}

    assert main(["sandbox", *(places.get(word, word) for word in asked.split())]) == code

    told = capsys.readouterr().err
    assert words in told
    assert hint in told
    assert "Traceback" not in told


def test_a_port_in_use_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """With the way out."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert main(["sandbox", "--scenario", "empty", "--port", str(taken.getsockname()[1])]) == 1
    told = capsys.readouterr().err
    assert "Address already in use" in told
    assert "--port 0 takes a free one" in told


def test_exports_become_a_state_that_is_served(
    tmp_path: Path, served: list[tuple[Sandbox, dict[str, Any]]], capsys: pytest.CaptureFixture[str]
) -> None:
    """It says what was taken, added and left; a file that is there already is not written over."""
    ticket = {"id": 9, "created_at": "2025-02-03T10:00:00Z", "status": "open", "requester_id": 8, "description": "x"}
    (tmp_path / "tickets.json").write_text(json.dumps({"tickets": [ticket, {}], "tags": [{"name": "a"}]}))
    state = tmp_path / "account.state"

    assert main(["sandbox", "import", str(tmp_path / "tickets.json"), "--state", str(state)]) == 0
    told = capsys.readouterr().out
    for words in (
        "1 tickets",
        "added          1 users",
        "left           1 tickets: no id",
        "tags: counted anew",
        "deskhand sandbox --state",
    ):
        assert words in told, words
    assert main(["sandbox", "--state", str(state), "--stepped", "--scenario", "storm"]) == 0
    err = capsys.readouterr().err
    assert "1 tickets" in err
    assert "not used" in err
    assert "--scenario" in err
    assert list(served[0][0].world.tickets) == [9]
    assert served[0][0].clock.now().isoformat() == "2025-02-03T10:00:00+00:00"
    assert main(["sandbox", "import", str(tmp_path / "tickets.json"), "--state", str(state)]) == 64
    assert "exists already" in capsys.readouterr().err
    other = str(tmp_path / "other.state")
    assert main(["sandbox", "import", str(tmp_path / "tickets.json"), "--state", other, "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["taken"]["tickets"] == 1
    assert {"kind": "tickets", "reason": "no id", "count": 1} in facts["left"]


def test_an_export_that_is_broken_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The place of the mistake is told."""
    (tmp_path / "tickets.json").write_text('{"tickets": [')
    assert main(["sandbox", "import", str(tmp_path), "--state", str(tmp_path / "s")]) == 1
    assert "tickets.json:1:14" in capsys.readouterr().err
    assert not (tmp_path / "s").exists()
