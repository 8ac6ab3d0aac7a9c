"""Runs from the command line."""

from dataclasses import replace
from pathlib import Path

import pytest

from deskhand.cli.main import main
from deskhand.store import open_store
from tests.store.values import row


@pytest.fixture(autouse=True)
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database with one finished write."""
    url = f"sqlite:///{tmp_path / 'state.db'}"
    monkeypatch.setenv("DESKHAND_DATABASE_URL", url)
    store = open_store(url)
    with store.begin() as tx:
        done = row("done1", 1, "done")
        tx.outbox.put([replace(done, run="abc123", write=replace(done.write, undoes=()))])
    store.close()


def test_runs_that_wrote_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    """With their ids, for `deskhand undo --run`."""
    assert main(["runs"]) == 0
    assert "abc123  2026-03-02T12:00:00Z to 2026-03-02T12:00:00Z  1 writes  late, vip" in capsys.readouterr().out
    assert main(["runs", "--json"]) == 0
    assert '"id": "abc123"' in capsys.readouterr().out
