"""One way to load a world."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from deskhand.errors import SettingsError, UsageError
from deskhand.sandbox import Sandbox, SimClock
from deskhand.sandbox.company import CLIENT_ID, MONDAY
from deskhand.sandbox.worlds import SCENARIOS, load_world, open_log, start_of
from tests.sandbox.logs import line, saved


def test_the_company_comes_where_nothing_is_asked_for() -> None:
    """With as many tickets as named, by the seed named."""
    sandboxes = [Sandbox(clock=SimClock()) for _ in range(3)]
    loaded = [load_world(sandbox, tickets=120, seed=seed) for sandbox, seed in zip(sandboxes, (5, 5, 6), strict=True)]
    subjects = [[ticket.subject for ticket in sandbox.world.tickets.values()] for sandbox in sandboxes]

    assert loaded[0].start == MONDAY
    assert subjects[0] == subjects[1] != subjects[2]
    assert len(subjects[0]) == 120


def test_every_scenario_says_what_it_shows() -> None:
    """In one line each, under names that can be typed."""
    assert set(SCENARIOS) == {
        "company",
        "empty",
        "quiet-day",
        "storm",
        "breach-wave",
        "holiday",
        "reorganisation",
        "hostile-text",
    }
    assert all(20 < len(words) < 140 for words in SCENARIOS.values())


def test_a_log_is_played_among_the_companys_settings(tmp_path: Path) -> None:
    """Its first incidents, at its own time, with the groups, fields, SLA policies and client that policies and the worker need."""
    path = saved(
        tmp_path, line("A", "New", "2/3/2026 09:00"), line("B", "New", "3/3/2026 09:00", opened_at="3/3/2026 09:00")
    )
    log = open_log(path, incidents=1)
    sandbox = Sandbox(clock=SimClock(start_of(log)))

    loaded = load_world(sandbox, event_log=log)
    assert loaded.player is not None
    assert loaded.company is not None
    sandbox.run_until(loaded.player.end)

    world = sandbox.world
    assert loaded.start == datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert [ticket.external_id for ticket in world.tickets.values()] == ["A"]
    assert {"Group 56", "Network Specialists"} <= {row["name"] for row in world.tables["groups"]}
    assert CLIENT_ID in sandbox.door.clients
    assert world.tickets[1].applied[-1].policy is not None


def test_a_log_may_be_given_by_its_file(tmp_path: Path) -> None:
    """Then a clock of a later time is kept, and the log moved by whole weeks."""
    sandbox = Sandbox(clock=SimClock(datetime(2026, 3, 4, 9, tzinfo=UTC)))

    loaded = load_world(sandbox, event_log=saved(tmp_path, line("A", "New", "2/3/2026 09:00")), incidents=5)

    assert loaded.start == datetime(2026, 3, 9, 9, tzinfo=UTC)


def test_what_does_not_exist_is_refused_with_a_hint(tmp_path: Path) -> None:
    """An unknown scenario names the known ones; a scenario and a log exclude each other; a missing log or mapping is named."""
    log = saved(tmp_path, line("A", "New", "2/3/2026 09:00"))

    with pytest.raises(UsageError) as unknown:
        load_world(Sandbox(), scenario="strom")
    with pytest.raises(UsageError, match="exclude each other"):
        load_world(Sandbox(), scenario="storm", event_log=log)
    with pytest.raises(SettingsError, match=r"none\.csv"):
        load_world(Sandbox(), event_log=tmp_path / "none.csv")
    with pytest.raises(SettingsError, match=r"none\.json"):
        open_log(log, mapping=tmp_path / "none.json")
    assert "storm" in unknown.value.hint


def test_a_mapping_file_replaces_what_the_header_shows(tmp_path: Path) -> None:
    """The same file read by another mapping gives other tickets."""
    log = saved(tmp_path, line("A", "New", "2/3/2026 09:00"))
    mapping = tmp_path / "m.json"
    mapping.write_text(
        '{"columns": {"case": "location", "at": "sys_updated_at", "state": "incident_state"}, "states": {"New": "open"}, "date_format": "%d/%m/%Y %H:%M"}',
        encoding="utf-8",
    )

    assert [case.number for case in open_log(log, mapping=mapping).cases] == ["Location 143"]
