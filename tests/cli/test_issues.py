"""`deskhand issues` from the command line."""

import json
from collections.abc import Iterator

import pytest

from deskhand.cli.main import main
from deskhand.sandbox import RealClock, Sandbox
from tests.documents.words import SHIPPED
from tests.sandbox.listening import listening


@pytest.fixture(autouse=True)
def sandbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """Pretended services over real sockets, and the settings that point there."""
    made = Sandbox(clock=RealClock())
    with listening(made) as stage:
        for name, value in made.services.settings(f"http://{stage.netloc}").items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("DESKHAND_POLICIES", str(SHIPPED))
        yield made


def issue(sandbox: Sandbox, key: str, due: str, *, done: bool = False) -> None:
    """An issue of an escalation."""
    fields = {"project": {"key": "ESC"}, "labels": ["escalation"], "summary": f"It [fails] {key}", "duedate": due}
    sandbox.services.jira.issues[key] = {"id": key, "key": key, "fields": fields, "properties": {}, "comments": [], "links": {}, "done": done, "at": 0}  # fmt: skip


def test_issues_that_are_past_due_are_listed(sandbox: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    """Requirement 99: the oldest first, and the exit code says that there are some."""
    issue(sandbox, "ESC-1", "2026-02-01")
    issue(sandbox, "ESC-2", "2026-01-01")
    issue(sandbox, "ESC-3", "2999-01-01")
    issue(sandbox, "ESC-4", "2026-01-01", done=True)

    assert main(["issues"]) == 1
    told = capsys.readouterr().out
    assert told.index("ESC-2") < told.index("ESC-1")
    assert "It [fails] ESC-1  (nobody)" in told
    assert "2 issues are past due." in told
    assert main(["issues", "--json"]) == 1
    assert [one["key"] for one in json.loads(capsys.readouterr().out)["past_due"]] == ["ESC-2", "ESC-1"]


def test_nothing_past_due_is_said_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    """And is well."""
    assert main(["issues"]) == 0
    assert "No issue of an escalation is past due." in capsys.readouterr().out


def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The setting, with what to do."""
    monkeypatch.delenv("DESKHAND_JIRA_TOKEN")

    assert main(["issues"]) == 1
    assert "DESKHAND_JIRA_TOKEN" in capsys.readouterr().err


@pytest.mark.parametrize("token", ["mistyped", "xoxb-sandbox", "wörd€"])
def test_a_wrong_token_is_not_read_as_no_issues(
    token: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Jira answers a stranger with an empty list; that nothing is past due would be a lie."""
    monkeypatch.setenv("DESKHAND_JIRA_TOKEN", token)

    assert main(["issues"]) == 1
    told = capsys.readouterr()
    assert "Check DESKHAND_JIRA_EMAIL and DESKHAND_JIRA_TOKEN." in told.err
    assert token not in told.err
    assert "past due" not in told.out
