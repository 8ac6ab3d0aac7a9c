"""Undo from the command line: what is asked for, and what is refused."""

from dataclasses import replace
from pathlib import Path

import pytest

from deskhand.cli.main import main
from deskhand.cli.undo import _said
from deskhand.core.undo import Back
from deskhand.store import open_store
from tests.store.values import row


@pytest.fixture(autouse=True)
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database with one finished write, and no account."""
    url = f"sqlite:///{tmp_path / 'state.db'}"
    monkeypatch.setenv("DESKHAND_DATABASE_URL", url)
    store = open_store(url)
    with store.begin() as tx:
        tx.outbox.put([replace(row("done1", 1, "done"), run="abc123")])
    store.close()


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ([], 64, "say what is to be undone"),
        (["--run", "abc", "--rule", "late"], 64, "say what is to be undone"),
        (["--rule", "late"], 64, "--rule needs --since"),
        (["--rule", "late", "--since", "yesterday"], 64, "'yesterday' is no instant"),
        (["--run", "abc", "--allow", "-1"], 64, "--allow"),
        (["--run", "abc"], 1, "no account is set"),
    ],
)
def test_what_is_not_said_clearly_is_refused(
    arguments: list[str], code: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each with what to type instead."""
    assert main(["undo", *arguments]) == code

    told = capsys.readouterr().err
    assert words in told
    assert "hint: " in told


def test_what_was_empty_is_called_nothing() -> None:
    """People who read a plan know of no None."""
    assert _said(Back("group", "Support L2", None)) == "group: Support L2 -> nothing"
    assert _said(Back("tag told", True, False)) == "tag told goes"
