"""A world for a sandbox by name, by number of tickets, or from an event log: what the command line and the demo call."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from deskhand.errors import UsageError
from deskhand.sandbox.company import MONDAY, Company, settle
from deskhand.sandbox.eventlog import Player, play
from deskhand.sandbox.eventlog_layout import Layout, read_layout
from deskhand.sandbox.eventlog_read import Log, read_log
from deskhand.sandbox.scenarios import SCENARIOS as BUILDERS

if TYPE_CHECKING:
    from deskhand.sandbox.sandbox import Sandbox

SCENARIOS: Mapping[str, str] = {name: scenario.words for name, scenario in BUILDERS.items()}
"""What each scenario shows, by name."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was loaded: when it begins, the company where there is one, and for an event log its player, which knows when it ends and what became of it."""

    start: datetime
    company: Company | None = None
    player: Player | None = None


def open_log(path: Path, *, mapping: Path | Layout | None = None, incidents: int | None = None) -> Log:
    """An event log, by a mapping (a JSON file, or read already) or by the layout that its header shows; its first `incidents` cases, or all. Raises SettingsError."""
    return read_log(path, read_layout(mapping) if isinstance(mapping, Path) else mapping, incidents)


def start_of(log: Log | None = None) -> datetime:
    """At which instant to start a simulated clock, so that a world has its own time: a log's first row, or the scenarios' Monday."""
    return MONDAY if log is None else datetime.fromtimestamp(log.first, UTC)


def load_world(
    sandbox: "Sandbox", *, scenario: str | None = None, event_log: Path | Log | None = None, incidents: int | None = None, seed: int = 1,
    tickets: int | None = None,
) -> Loaded:  # fmt: skip
    """Fill an empty sandbox and put on its agenda what is to happen; the company where nothing is asked for.

    `tickets` replaces the scenario's own number of them. A log is played among the company's groups, agents, fields and SLA policies, so that policies
    find the names they ask for. Raises UsageError, SettingsError.
    """
    if event_log is not None:
        if scenario is not None:
            raise UsageError(
                "a scenario and an event log exclude each other", hint="Leave one of --scenario and --event-log out."
            )
        log = event_log if isinstance(event_log, Log) else open_log(event_log, incidents=incidents)
        return _play(sandbox, log, seed)
    chosen = BUILDERS.get(scenario or "company")
    if chosen is None:
        raise UsageError(f"there is no scenario {scenario!r}", hint=f"There are: {', '.join(SCENARIOS)}.")
    company = chosen.build(sandbox, seed, tickets)
    return Loaded(sandbox.clock.now(), company)


def _play(sandbox: "Sandbox", log: Log, seed: int) -> Loaded:
    company = settle(sandbox, seed=seed, customers=0, start=start_of(log))
    player = play(sandbox, log)
    return Loaded(datetime.fromtimestamp(log.first + player.shift, UTC), company, player)
