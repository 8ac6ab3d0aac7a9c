"""`deskhand ladder`: the page as people and programs read it."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from deskhand.cli.main import main
from deskhand.sandbox import RealClock, Sandbox
from tests.documents.test_compile_ladder import ladder
from tests.documents.words import LEVELS, SHIPPED
from tests.sandbox.listening import listening


def shown(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What the command prints."""
    assert main(["ladder", "show", *arguments]) == 0
    return capsys.readouterr().out


def folder(place: Path, text: str) -> str:
    """A folder of policies with this file."""
    (place / "a.yaml").write_text(text, encoding="utf-8")
    (place / "b.yaml").write_text(LEVELS, encoding="utf-8")
    return str(place)


def test_the_page_shows_rows_and_ladders(capsys: pytest.CaptureFixture[str]) -> None:
    """Each rule of the matrix, each rung."""
    text = shown(capsys, str(SHIPPED))

    assert "Escalation matrix" in text
    assert "p1-no-hypothesis" in text
    assert "Ladder command (stakeholder): Somebody who decides" in text
    assert "Nobody is paged any more: mitigation status contained, mitigated or resolved." in text


@pytest.mark.parametrize("width", [80, 120, 200])
def test_no_name_is_cut_however_wide_the_terminal(
    width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Rules and roles are what whoever reads the page types next; where there is no room for columns, each row is a block."""
    monkeypatch.setattr("rich.console.Console.is_terminal", True)
    monkeypatch.setenv("COLUMNS", str(width))

    text = re.sub(r"\x1b\[[0-9;]*m", "", shown(capsys, str(SHIPPED)))

    assert max(map(len, text.splitlines())) <= width
    assert "…" not in text
    for name in ("p1-impact-unconfirmed", "incident_commander", "security_owner"):
        assert name in text
    assert ("Rule         p1-impact-unconfirmed" in text) is (width < 160)


def test_the_markdown_page_is_one_table_of_rows_and_one_for_each_ladder(capsys: pytest.CaptureFixture[str]) -> None:
    """With the severities before them, and as many cells in each row as there are heads."""
    text = shown(capsys, str(SHIPPED), "--markdown")
    heads = [line for line in text.splitlines() if line.startswith("#")]

    assert heads[:3] == ["# Escalation", "## Severities", "## Matrix"]
    assert "## Ladder: security (technical)" in heads
    assert "| P1 | technical | any | Support L1 |" in text
    for block in text.split("\n\n"):
        rows = [line.replace("\\|", "") for line in block.splitlines() if line.startswith("|")]
        assert len({line.count("|") for line in rows}) <= 1


def test_words_of_the_policies_cannot_break_the_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither as Markdown, nor as marks of the terminal's own."""
    text = ladder().replace("description: d, severities", "description: 'a | b <script> `x` [red]y', severities")
    place = folder(tmp_path, text)

    assert "a \\| b \\<script\\> \\`x\\` \\[red\\]y" in shown(capsys, place, "--markdown")
    assert "a | b <script> `x` [red]y" in shown(capsys, place)


def test_programs_read_json(capsys: pytest.CaptureFixture[str]) -> None:
    """And nothing else."""
    page = json.loads(shown(capsys, str(SHIPPED), "--json"))

    assert {"severities", "rows", "ladders"} == page.keys()
    assert page["ladders"][0]["steps"][0]["after"] == "at once"


def test_policies_with_mistakes_show_nothing_but_those(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each at its place."""
    place = folder(tmp_path, ladder().replace("L1, role: ann", "L1, role: an"))

    assert main(["ladder", "show", place]) == 1
    said = capsys.readouterr().err
    assert "unknown role 'an' (did you mean 'ann'?) [unknown-role]" in said
    assert "hint: Mend the places named above" in said


@pytest.mark.requirement(14, 37)
def test_the_page_is_put_into_the_wiki(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Made once, left alone where it says so already, and found under its title."""
    sandbox = Sandbox(clock=RealClock())
    with listening(sandbox) as stage:
        for name, value in sandbox.services.settings(f"http://{stage.netloc}").items():
            monkeypatch.setenv(name, value)
        assert main(["ladder", "publish", str(SHIPPED), "--title", "Who is asked"]) == 0
        first = capsys.readouterr().out
        assert main(["ladder", "publish", str(SHIPPED), "--title", "Who is asked", "--json"]) == 0
        second = json.loads(capsys.readouterr().out)
        assert main(["ladder", "publish", str(SHIPPED), "--channel", "nowhere"]) == 1

    (page,) = sandbox.services.confluence.pages.values()
    assert first.startswith(f"Who is asked was made: http://{stage.netloc}/services/confluence/wiki/spaces/SUP/pages/")
    assert (second["state"], page["title"], page["version"]) == ("unchanged", "Who is asked", 1)
    assert "p1-no-hypothesis" in page["body"]
    assert "no wiki 'nowhere'" in capsys.readouterr().err


# ---- check -------------------------------------------------------------------------------------------------------------

WATCHED = """
channels:
  pager: {service: pagerduty, place: PSUPPORT}
  room: {service: slack, place: C0SUPPORT}
roles:
  first: {channels: [pager, room], schedule: {policy: PENGINEERS, level: 1}}
  ninth: {channels: [pager], schedule: {policy: PENGINEERS, level: 9}}
ladders:
  out: {kind: technical, description: Somebody looks at it., severities: [p1], rungs: [{name: First, role: first}]}
"""


@pytest.fixture
def watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of policies, whose PagerDuty is the pretended one of a served sandbox."""
    sandbox = Sandbox(clock=RealClock())
    with listening(sandbox) as stage:
        for name, value in sandbox.services.settings(f"http://{stage.netloc}").items():
            if "PAGERDUTY" in name:
                monkeypatch.setenv(name, value)
        monkeypatch.setenv("DESKHAND_POLICIES", folder(tmp_path, WATCHED))
        yield tmp_path


def test_a_week_with_somebody_at_each_rung_is_well(watched: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Then somebody is removed from a rung, and both people and programs are told."""
    assert main(["ladder", "check"]) == 0
    told = capsys.readouterr().out
    assert "Somebody can be reached at every rung." in told
    assert "channel 'room' cannot be used: needs DESKHAND_SLACK_TOKEN" in told

    folder(watched, WATCHED.replace("role: first}]", "role: ninth}]"))
    assert main(["ladder", "check", "--days", "2", "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert (found["well"], found["rungs"]) == (False, 1)
    assert [(one["kind"], one["role"]) for one in found["findings"]] == [("gap", "ninth")]
    assert main(["ladder", "check"]) == 1
    told = capsys.readouterr().out
    assert "out: First (ninth): nobody is on call from" in told
    assert "check that this is the id of an escalation policy, and that it has this level" in told
    assert "1 gap through which a page could fall." in told


@pytest.mark.parametrize("days", ["0", "91", "soon"])
def test_days_ahead_are_within_what_a_service_tells(days: str, capsys: pytest.CaptureFixture[str]) -> None:
    """PagerDuty knows ninety days."""
    assert main(["ladder", "check", "--days", days]) == 64
    assert "--days" in capsys.readouterr().err
