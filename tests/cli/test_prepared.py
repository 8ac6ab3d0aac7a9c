"""What `run` and `once` have in common."""

import sys

import pytest

from deskhand import logs
from deskhand.cli.prepared import prepared


@pytest.mark.parametrize(
    ("terminal", "level", "watched", "told"),
    [
        (True, None, True, False),
        (True, "INFO", True, True),
        (False, None, True, True),
        (True, None, False, True),
    ],
)
def test_a_person_who_waits_for_the_answer_is_not_told_each_step(
    terminal: bool,
    level: str | None,
    watched: bool,
    told: bool,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The report says it all; what asks for lines gets them, and so does a file, and the service."""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal)
    if level:
        monkeypatch.setenv("DESKHAND_LOG_LEVEL", level)

    prepared(None, watched=watched)
    logs.get("deskhand.app.cycle").info("cycle_done")

    assert ("cycle_done" in capsys.readouterr().err) is told


def test_a_misspelt_setting_is_told_before_anything_begins(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """By its name and the one that may be meant; its value is nobody's business."""
    monkeypatch.setenv("DESKHAND_PAGERDUTY_TOKN", "canary")

    prepared(None)

    line = capsys.readouterr().err
    assert "setting_unknown" in line
    assert "Did you mean DESKHAND_PAGERDUTY_TOKEN?" in line
    assert "canary" not in line
