"""Journals of runs."""

import json
from pathlib import Path

import pytest

from deskhand.errors import NotKnown
from deskhand.store.macro_runs import MemoryRuns, Runs
from tests.core.macros.makers import live, macro


@pytest.fixture(params=["files", "memory"])
def runs(request: pytest.FixtureRequest, tmp_path: Path) -> Runs | MemoryRuns:
    """Each kind."""
    return Runs(tmp_path / "runs") if request.param == "files" else MemoryRuns()


def test_lines_come_back_in_order(runs: Runs | MemoryRuns) -> None:
    """With values as JSON."""
    runs.note("r1", event="begin", n=1)
    runs.note("r1", event="done", was=macro("A"))

    assert [line["event"] for line in runs.read("r1")] == ["begin", "done"]
    assert runs.read("r1")[1]["was"]["title"] == "A"
    with pytest.raises(NotKnown):
        runs.read("r2")


def test_a_line_that_was_cut_off_is_left_out(tmp_path: Path) -> None:
    """A process may die while it writes."""
    runs = Runs(tmp_path)
    runs.note("r1", event="begin")
    with runs.path("r1").open("a", encoding="utf-8") as file:
        file.write('{"event": "do')

    assert [line["event"] for line in runs.read("r1")] == ["begin"]
    assert runs.names() == ["r1"]


def test_a_backup_holds_every_macro(tmp_path: Path) -> None:
    """As JSON beside the journal."""
    Runs(tmp_path).back_up("r1", [live(1, macro("A"), "a")])

    (row,) = json.loads((tmp_path / "r1.backup.json").read_text(encoding="utf-8"))
    assert (row["id"], row["macro"]["title"]) == (1, "A")
