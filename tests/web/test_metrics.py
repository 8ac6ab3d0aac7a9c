"""The figures for Prometheus."""

from datetime import UTC, datetime

from deskhand.app.vitals import Vitals
from deskhand.web.metrics import exposition

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def test_a_worker_that_has_done_nothing_yet_has_figures_too() -> None:
    """Every figure says what it is; labels hold states, statuses, feeds and jobs, and nothing of a ticket."""
    text = exposition(Vitals(at=NOW, alive=True, ailments=("x",), mode="observe", policy="", run="")).decode()

    helps = [line for line in text.splitlines() if line.startswith("# HELP deskhand_")]
    assert len(helps) == 14
    assert "deskhand_ready 0.0" in text
    assert "deskhand_last_cycle" not in text
