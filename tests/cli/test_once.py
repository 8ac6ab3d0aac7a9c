"""`deskhand once`, as its report is laid out."""

from dataclasses import replace

import pytest

from deskhand.cli.once import _decided
from deskhand.cli.output import console
from deskhand.core.trace import Verdict
from tests.store.values import decision


@pytest.mark.parametrize("width", [80, 120])
def test_rules_that_need_more_than_a_line_go_on_under_themselves(
    width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """On a terminal of any width; no name is cut, and what a ticket holds means nothing to the terminal."""
    monkeypatch.setattr("rich.console.Console.is_terminal", True)
    monkeypatch.setenv("COLUMNS", str(width))
    names = [f"a-rule-with-a-name-of-some-length-{number}" for number in range(9)]
    verdicts = tuple(Verdict(name, "p", "fires", None) for name in names)

    console().print(_decided([replace(decision(7), verdicts=verdicts), replace(decision(12), verdicts=verdicts[:1])]))

    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= width
    assert all(any(name in line for line in lines) for name in names)
    assert {line[:12].rstrip() for line in lines} == {"  ticket 7:", "", "  ticket 12:"}
