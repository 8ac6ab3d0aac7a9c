"""`deskhand status`, as somebody reads it who was woken by something."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from deskhand.app.engine import BEAT
from deskhand.cli.main import main
from deskhand.core.message import Attempt
from deskhand.store import SqlStore, open_store
from deskhand.wiring import RealClock
from tests.store.values import message_row

AT = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SqlStore]:
    """A database that a worker has left."""
    monkeypatch.setenv("DESKHAND_DATABASE_URL", f"sqlite:///{tmp_path / 'state.db'}")
    monkeypatch.setenv("DESKHAND_STOP_FILE", str(tmp_path / "stop"))
    opened = open_store(f"sqlite:///{tmp_path / 'state.db'}")
    yield opened
    opened.close()


def told(capsys: pytest.CaptureFixture[str]) -> str:
    """What the command says."""
    assert main(["status"]) == 0
    return capsys.readouterr().out


def test_a_service_that_is_away_is_named_with_what_waits_for_it(
    store: SqlStore, capsys: pytest.CaptureFixture[str]
) -> None:
    """How many of what, since when, and the reason of the newest try; what was never tried only waits its turn."""
    tried = message_row("page1", "zd:acme:7:e1", state="planned", verb="page", by="pager")
    tried = replace(tried, reason="away: PagerDuty, POST /incidents: 503", tried=(Attempt("pager", AT, "away"),))
    with store.begin() as tx:
        tx.messages.put([tried, message_row("note2", "zd:acme:8:e1", state="planned", by="room")])

    out = told(capsys)

    assert "waits     by pager: 1 page since " in out
    assert "away: PagerDuty, POST /incidents: 503" in out
    assert "by room" not in out


def test_a_worker_that_no_longer_works_is_an_alarm(store: SqlStore, capsys: pytest.CaptureFixture[str]) -> None:
    """With what to type next; one that has just done all that it does is none."""
    for age, late in ((timedelta(seconds=20), False), (timedelta(hours=2), True)):
        with store.begin() as tx:
            tx.notebook.set(BEAT, (RealClock().now() - age).isoformat())
        out = told(capsys)
        assert ("alarm     no worker does all of its work: `deskhand doctor`" in out) is late
        assert f"{'2h' if late else '20s'}" in out.split("cycle     ")[1].splitlines()[0]


@pytest.mark.usefixtures("store")
def test_the_kill_switch_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With what ends it."""
    assert "stopped" not in told(capsys)
    (tmp_path / "stop").touch()

    assert "stopped   nothing is sent: " in told(capsys)


def test_instants_are_told_to_the_second(store: SqlStore, capsys: pytest.CaptureFixture[str]) -> None:
    """And how long ago that is, so that nobody has to reckon."""
    with store.begin() as tx:
        tx.notebook.set("read to recent", "2026-03-02T09:00:00.123456+00:00")

    assert "read to   2026-03-02T09:00:00Z, " in told(capsys)
