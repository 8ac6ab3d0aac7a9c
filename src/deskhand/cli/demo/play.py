"""The demo from beginning to end: a world, a worker on it, the day, the report, the check."""

import json
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from deskhand import logs, wiring
from deskhand.cli import output
from deskhand.cli.demo import show, spoken
from deskhand.cli.demo.compare import Comparison, compare
from deskhand.cli.demo.drive import Driver, Tally
from deskhand.cli.demo.spoken import Spoken
from deskhand.cli.demo.witness import Witness
from deskhand.cli.explained import decided
from deskhand.core.decision import Decision
from deskhand.core.guards import Ceiling, Guards
from deskhand.core.message import MessageRow
from deskhand.sandbox import Request, Sandbox, SimClock
from deskhand.sandbox.company import CLIENT_ID, CLIENT_SECRET, MONDAY
from deskhand.sandbox.eventlog import Player
from deskhand.sandbox.limits import UNLIMITED
from deskhand.sandbox.worlds import load_world, open_log, start_of
from deskhand.settings import PREFIX, Settings

ALL_AT_ONCE = replace(Guards(), ceiling=Ceiling(per_hour=None, per_cycle=None, share=None), useful_for=None)
"""The demo's guards: its whole company arrives in one moment, which no ceiling would let pass."""

COMMANDER = "Ines Commander"
ANSWERS = {"Olga Oncall": 150, "Lee Lead": 200, "Sam Specialist": 240, COMMANDER: 100, "Sid Security": 60}
"""Seconds after which each of the pretended people on call acknowledges. The commander answers nobody from ten to eleven; those above her never do."""


@dataclass(frozen=True, slots=True)
class Ask:
    """What the command was asked for."""

    event_log: Path | None = None
    incidents: int | None = None
    policies: Path | None = None
    seed: int = 1
    as_json: bool = False


@dataclass(frozen=True, slots=True)
class Stage:
    """The sandbox as the driver and the worker see it: its clock, its next happening, waiting that moves it on."""

    sandbox: Sandbox

    def now(self) -> datetime:
        """The simulated instant."""
        return self.sandbox.clock.now()

    def next_happening(self) -> datetime | None:
        """When the world's own next change is due."""
        return self.sandbox.next_happening()

    def run_until(self, instant: datetime) -> int:
        """Let everything up to an instant happen."""
        return self.sandbox.run_until(instant)

    def wait(self, seconds: float) -> None:
        """What the worker waits, the world lives."""
        self.sandbox.run_until(self.now() + timedelta(seconds=seconds))


@dataclass(frozen=True, slots=True)
class Played:
    """A day that was lived: the world as it is now, and what the worker says that it did."""

    world: "World"
    witness: Witness
    rows: Sequence[MessageRow]
    tally: Tally
    seconds: float


def play(ask: Ask) -> int:
    """Run the demo; returns the exit code."""
    logs.configure("json", "ERROR")
    out = Console(stderr=True, highlight=False) if ask.as_json else output.console()
    return checked(live(ask, out), ask, out)


def live(ask: Ask, out: Console) -> Played:
    """The day, with a worker on it."""
    began = time.monotonic()
    out.print(_opening(ask), style="bold")
    world = company_day(ask.seed) if ask.event_log is None else logged(ask.event_log, ask.incidents, ask.seed)
    sandbox = world.sandbox
    witness = Witness()
    with tempfile.TemporaryDirectory(prefix="deskhand-demo-") as folder:
        settings = _settings(sandbox, ask, Path(folder))
        stage = Stage(sandbox)
        parts = wiring.Parts(stage, stage.wait, mount=sandbox.adapter(), guards=ALL_AT_ONCE)
        worker = wiring.build(settings, parts)
        worker.engine.witness = witness
        wiring.verify(worker, settings)
        try:
            tally = _drive(worker, stage, world, out)
            with worker.store.read() as tx:
                rows = tx.messages.recent(datetime.min.replace(tzinfo=UTC))
        finally:
            worker.store.close()
    return Played(world, witness, rows, tally, time.monotonic() - began)


def checked(played: Played, ask: Ask, out: Console) -> int:
    """Hold the world against what the worker says, and tell what came of the day; returns the exit code."""
    began, witness, sandbox = time.monotonic(), played.witness, played.world.sandbox
    found = compare(_reader(played.world), witness)
    said = spoken.check(sandbox.services, witness.messages, played.rows)
    found.mismatches += said.mismatches
    seconds = played.seconds + time.monotonic() - began
    report = _report(found, played.tally, sandbox, seconds) | {"said": show.heard(said)}
    if ask.as_json:
        output.print_json(report)
    else:
        _tell(out, report, found, witness, said)
    if found.mismatches:
        show.verdict(Console(stderr=True, highlight=False), found)
    return 1 if found.mismatches else 0


@dataclass(frozen=True, slots=True)
class World:
    """A filled sandbox, until when to go on, how often to poll, and as which user the worker acts."""

    sandbox: Sandbox
    until: datetime
    every: timedelta
    worker: int
    player: Player | None = None
    """What plays an event log, and knows what became of its rows."""


def company_day(seed: int) -> World:
    """The demo company on a Monday, until six in the evening."""
    sandbox = Sandbox("acme", SimClock(), seed)
    company = load_world(sandbox, seed=seed).company
    assert company is not None
    pager = sandbox.services.pagerduty
    for person, seconds in ANSWERS.items():
        pager.answers_in(person, seconds)
    sandbox.at(MONDAY.replace(hour=10, minute=0), partial(pager.answers_in, COMMANDER, None))
    sandbox.at(MONDAY.replace(hour=11, minute=0), partial(pager.answers_in, COMMANDER, ANSWERS[COMMANDER]))
    return World(sandbox, MONDAY.replace(hour=18, minute=0), timedelta(seconds=60), company.worker)


def logged(path: Path, incidents: int | None, seed: int) -> World:
    """The incidents of an event log, from the first to the last of its rows, polled every half hour while anything happens, by the export alone."""
    log = open_log(path, incidents=incidents)
    sandbox = Sandbox("acme", SimClock(start_of(log)), seed, limits=UNLIMITED)
    loaded = load_world(sandbox, event_log=log, seed=seed)
    assert loaded.company is not None
    assert loaded.player is not None
    return World(sandbox, loaded.player.end, timedelta(minutes=30), loaded.company.worker, loaded.player)


def _opening(ask: Ask) -> str:
    if ask.event_log is None:
        return "A pretended account, one working day in simulated time, the shipped policies, enforce mode."
    return f"The incidents of {ask.event_log.name}, in simulated time, enforce mode."


def _settings(sandbox: Sandbox, ask: Ask, folder: Path) -> Settings:
    """The demo's own settings: nothing of the environment counts."""
    return Settings.model_construct(
        **{name: one.default for name, one in Settings.model_fields.items()}
        | {
            "base_url": sandbox.url,
            "client_id": CLIENT_ID,
            "client_secret": _typed("client_secret", CLIENT_SECRET),
            "policies": ask.policies or wiring.shipped("policies"),
            "mode": "enforce",
            "sign_offs": 0,
            "database_url": f"sqlite:///{folder / 'demo.db'}",
            "stop_file": folder / "stop",
            "backfill_days": 400.0,
            "feeds": "both" if ask.event_log is None else "export",
        }
        | {name: _typed(name, value) for name, value in _of_services(sandbox).items()}
    )


def _of_services(sandbox: Sandbox) -> dict[str, str]:
    """Settings of the stand-ins, by name."""
    told = sandbox.services.settings(sandbox.url)
    return {name.removeprefix(PREFIX).lower(): value for name, value in told.items()}


def _typed(name: str, text: str) -> Any:  # noqa: ANN401 - pydantic's own type, which only settings knows
    """A value as the setting has it: a text, or a secret."""
    annotation = Settings.model_fields[name].annotation
    kind = next(one for one in getattr(annotation, "__args__", (str,)) if one is not type(None))
    return kind(text)


def _drive(worker: wiring.Worker, stage: Stage, world: World, out: Console) -> Tally:
    """The day, with its progress shown."""
    span = max((world.until - stage.now()).total_seconds(), 1.0)
    columns = (TextColumn("{task.description}"), BarColumn(40), TextColumn("{task.fields[words]}"))
    with Progress(*columns, console=out, transient=True) as bar:
        task = bar.add_task(f"{stage.now():%d %b %H:%M}", total=span, words="")
        start, shown = stage.now(), [0.0]

        def progress(now: datetime, tally: Tally) -> None:
            if time.monotonic() - shown[0] < 0.1:
                return
            shown[0] = time.monotonic()
            words = f"{tally.evaluations:,} looks, {tally.decisions:,} decisions, {tally.dispatched.done:,} writes"
            bar.update(task, completed=(now - start).total_seconds(), description=f"{now:%d %b %H:%M}", words=words)

        return Driver(worker.engine, stage, world.every, progress, worker.post).run(world.until)


def _reader(world: World) -> Callable[[str], dict[str, Any]]:
    """Reads the sandbox's API as the worker's own user, without its rate limits: the check is not part of the day."""
    sandbox = world.sandbox
    sandbox.meter.limits = UNLIMITED
    headers = {"Authorization": f"Bearer {sandbox.door.issue(world.worker)}", "Host": "acme.zendesk.com"}

    def read(path: str) -> dict[str, Any]:
        response = sandbox.handle(Request.of("GET", path, headers=headers))
        if response.status != 200:
            raise RuntimeError(f"{path} answered {response.status}: {response.body[:200]!r}")
        found: dict[str, Any] = json.loads(response.body)
        return found

    return read


def _report(found: Comparison, tally: Tally, sandbox: Sandbox, seconds: float) -> dict[str, Any]:
    return {
        "tickets": found.tickets,
        "evaluations": tally.evaluations,
        "decisions": tally.decisions,
        "writes": found.writes,
        **show.figures(found),
        "conflicts": tally.dispatched.conflicts,
        "refused": tally.dispatched.dead,
        "calls": sandbox.calls.total,
        "audits": found.audits,
        "mismatches": len(found.mismatches),
        "seconds": round(seconds, 1),
    }


def _tell(out: Console, report: dict[str, Any], found: Comparison, witness: Witness, said: Spoken) -> None:
    """The report for people."""
    out.print(
        f"{report['tickets']:,} tickets, looked at {report['evaluations']:,} times; {report['decisions']:,} decisions, {report['writes']:,} writes, "
        f"{report['conflicts']:,} judged again because somebody changed the ticket first; {report['seconds']} s."
    )
    show.table(out, report)
    show.people(out, report["said"])
    for number, decision in enumerate(witness.to_explain(3), 1):
        out.rule(
            f"Decision {number}: ticket {decision.ticket_id}, {decision.at:%d %b %H:%M:%S} UTC",
            align="left",
            style="dim",
        )
        _explained(out, decision)
    show.climb(out, *spoken.story(said, witness.messages))
    show.brief(out, *witness.brief)
    out.rule(style="dim")
    show.verdict(out, found)


def _explained(out: Console, decision: Decision) -> None:
    decided(out, decision, quiet_rules=False)
    if decision.write and decision.write.note:
        for line in decision.write.note.splitlines():
            out.print(f"    │ {line}", style="dim", markup=False)
