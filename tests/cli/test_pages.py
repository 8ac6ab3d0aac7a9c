"""`deskhand pages` from the command line."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from deskhand.cli.main import main
from deskhand.store import open_store
from tests.acceptance.processes import POLICIES
from tests.core.messages import message, sent

NOW = datetime.now(UTC)  # noqa: TID251 - the command asks the machine's clock


@pytest.fixture(autouse=True)
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database in which nothing was sent yet."""
    url = f"sqlite:///{tmp_path / 'state.db'}"
    monkeypatch.setenv("DESKHAND_DATABASE_URL", url)
    monkeypatch.setenv("DESKHAND_POLICIES", str(POLICIES))
    open_store(url).close()
    return url


def fill(url: str) -> None:
    """Yesterday at noon Ann acknowledged two pages, and nobody a third."""
    store, when = open_store(url), (NOW - timedelta(days=1)).replace(hour=12)  # by day, whenever the test runs
    later = when + timedelta(minutes=2, seconds=5)
    with store.begin() as tx:
        rows = [sent(message(number, key=f"k{number}", at=when)) for number in (1, 2, 3)]
        tx.messages.put([*(sent(row.message, answered_by="Ann", answered_at=later) for row in rows[:2]), rows[2]])
    store.close()


def test_pages_are_told_to_people_and_programs(database: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A line for each person and week, the most pages first."""
    fill(database)

    assert main(["pages"]) == 0
    told = capsys.readouterr().out
    assert "Ann" in told
    assert "2 acknowledged, typically after 2 min 5 s, 2 min 5 s at most" in told
    assert "on_call" in told
    assert "   1 page; 0 acknowledged" in told
    assert main(["pages", "--weeks", "2", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [(one["who"], one["pages"], one["typical"]) for one in found["loads"]] == [
        ("Ann", 2, 125),
        ("on_call", 1, None),
    ]
    assert found["weeks"] == 2


def test_nobody_paged_is_said_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    """Rather than with nothing at all."""
    assert main(["pages"]) == 0
    assert "Nobody was paged in the last 4 weeks." in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["pages", "--weeks", "0"], ["pages", "5"]])
def test_wrong_usage_exits_with_64(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """With what to write instead."""
    assert main(arguments) == 64
    assert "Traceback" not in capsys.readouterr().err
