"""The figures for Prometheus."""

from dataclasses import replace
from datetime import UTC, datetime

from deskhand.app.bell import CAME, Bell
from deskhand.app.vitals import Vitals
from deskhand.web.metrics import exposition

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def test_a_worker_that_has_done_nothing_yet_has_figures_too() -> None:
    """Every figure says what it is; labels hold states, statuses, feeds and jobs, and nothing of a ticket."""
    text = exposition(Vitals(at=NOW, alive=True, ailments=("x",), mode="observe", policy="", run="")).decode()

    helps = [line for line in text.splitlines() if line.startswith("# HELP deskhand_")]
    assert len(helps) == 15
    assert "deskhand_ready 0.0" in text
    assert "deskhand_last_cycle" not in text
    assert "webhook" not in text


def test_where_webhooks_are_listened_for_each_kind_of_end_has_a_figure() -> None:
    """Those that never came too, so that an alarm can be set on them."""
    bell = Bell()
    bell.hang()
    bell.count("taken", NOW)
    facts = Vitals(at=NOW, alive=True, ailments=(), mode="observe", policy="", run="")
    text = exposition(replace(facts, webhooks=bell.came, last_webhook=bell.last, named=3)).decode().splitlines()

    assert {f'deskhand_webhooks_total{{came="{came}"}} {float(came == "taken")}' for came in CAME} <= set(text)
    figures = dict(line.rsplit(" ", 1) for line in text if not line.startswith("#"))
    assert float(figures["deskhand_named"]) == 3
    assert float(figures["deskhand_last_webhook_timestamp_seconds"]) == NOW.timestamp()
