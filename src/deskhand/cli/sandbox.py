"""`deskhand sandbox`: a pretended account to try things on."""

from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from deskhand.cli.output import Json, print_json
from deskhand.errors import SettingsError, UsageError

if TYPE_CHECKING:
    from deskhand.sandbox.eventlog_layout import Layout
    from deskhand.sandbox.eventlog_read import Log
    from deskhand.sandbox.run import Loader

app = typer.Typer(invoke_without_command=True)

_World = partial(typer.Option, rich_help_panel="What is in it")
_Time = partial(typer.Option, rich_help_panel="Time")
_Conduct = partial(typer.Option, rich_help_panel="How it behaves")

Port = Annotated[int, typer.Option("--port", help="The port; 0 takes a free one.", min=0, max=65535)]
Host = Annotated[str, typer.Option("--host", help="The address of this machine to listen on.")]
Scenario = Annotated[
    str | None,
    _World("--scenario", help="A named world; `deskhand sandbox scenarios` names them. Default: company."),
]
Tickets = Annotated[
    int | None, _World("--tickets", help="How many tickets are there at the start.", min=0, max=1_000_000)
]
Seed = Annotated[int, _World("--seed", help="The same seed makes the same world.")]
EventLog = Annotated[Path | None, _World("--event-log", help="Tickets from a CSV event log instead (.gz too).")]
Mapping = Annotated[
    Path | None, _World("--mapping", help="With --event-log: a YAML or JSON file that says what the columns mean.")
]
Incidents = Annotated[int | None, _World("--incidents", help="With --event-log: only the first so many.", min=1)]
ClockKind = Annotated[
    Literal["real", "simulated"] | None,
    _Time("--clock", help="real (default), or simulated: time moves only through POST /sandbox/clock."),
]
Stepped = Annotated[bool, _Time("--stepped", help="The same as --clock simulated.")]
Start = Annotated[str | None, _Time("--start", help="When the account's time begins: 2026-03-02T08:30Z.")]
Speed = Annotated[float | None, _Time("--speed", help="How many times as fast as real its time runs.")]
FaultFile = Annotated[Path | None, _Conduct("--faults", help="A JSON file with faults to play.")]
State = Annotated[
    Path | None,
    typer.Option(
        "--state", help="A file in which the account is kept: read where it exists, written at the end.", dir_okay=False
    ),
]
Switches = Annotated[
    list[str] | None,
    _Conduct(
        "--set", metavar="NAME=VALUE", help="An option or limit: hold_back=300, limits.account=200. May be repeated."
    ),
]


@app.callback()
def command(  # noqa: PLR0913 - the options of one command
    context: typer.Context, *, port: Port = 8080, host: Host = "127.0.0.1", scenario: Scenario = None, tickets: Tickets = None, seed: Seed = 1,
    event_log: EventLog = None, mapping: Mapping = None, incidents: Incidents = None, clock: ClockKind = None, stepped: Stepped = False,
    start: Start = None, speed: Speed = None, faults: FaultFile = None, switches: Switches = None, state: State = None,
) -> None:  # fmt: skip
    """Serve a pretended account, and the services that carry messages, until stopped: for trying policies, for tests and drills.

    deskhand sandbox --port 8080, and in another shell: DESKHAND_BASE_URL=http://127.0.0.1:8080 DESKHAND_CLIENT_ID=deskhand
    DESKHAND_CLIENT_SECRET=sandbox-secret DESKHAND_SIGN_OFFS=0 deskhand once --mode enforce
    """
    if context.invoked_subcommand is not None:
        return
    if scenario == "list":
        scenarios()
        return
    kind = "simulated" if stepped else clock
    if speed is not None and (kind == "simulated" or not 0 < speed <= 1_000_000):
        raise UsageError(
            "--speed takes a number above 0 and goes with the real clock",
            hint="Leave it out where time is stepped: POST /sandbox/clock moves it.",
        )
    begins = _instant(start) if start else None
    if state is not None and state.exists():
        unused = {"--scenario": scenario, "--tickets": tickets, "--event-log": event_log, "--start": start}
        _resume(state, port, host, kind, speed, faults, switches, [name for name, value in unused.items() if value])
        return
    from deskhand.sandbox.run import make_clock, run_server
    from deskhand.sandbox.switches import switched
    from deskhand.sandbox.worlds import start_of

    log = _log(event_log, mapping, incidents, scenario, tickets)
    if log and kind == "simulated" and begins is None:
        begins = start_of(log)
    options, limits = switched(switches or ())
    run_server(
        port,
        host=host,
        seed=seed,
        clock=make_clock(kind or "real", begins, speed or 1.0),
        faults=faults,
        options=options,
        limits=limits,
        load=_loader(scenario, log, seed, tickets),
        state=state,
    )


def _resume(  # noqa: PLR0913, PLR0917 - the options of the command that mean something for a restored account
    state: Path, port: int, host: str, kind: str | None, speed: float | None, faults: Path | None, switches: list[str] | None, unused: list[str]
) -> None:  # fmt: skip
    """Serve the account that a state file holds. Raises StateUnusable, UsageError."""
    from deskhand.sandbox.run import make_clock, read_faults, serve_kept
    from deskhand.sandbox.state import restore

    timed = None
    if kind is not None or speed is not None:
        timed = lambda moment: make_clock(kind or "real", moment, speed or 1.0)  # noqa: E731 - a clock for an instant
    sandbox = restore(state, timed, switches or ())
    if faults is not None:
        sandbox.faults.clear()
        for fault in read_faults(faults):
            sandbox.faults.add(fault)
    typer.echo(f"{state}: {len(sandbox.world.tickets)} tickets, {sandbox.clock.now():%Y-%m-%d %H:%M:%S} UTC", err=True)
    if unused:
        typer.echo(f"not used, because {state} holds an account already: {', '.join(unused)}", err=True)
    serve_kept(sandbox, port, host=host, state=state)


@app.command()
def scenarios() -> None:
    """Name the worlds that --scenario takes, with what each shows."""
    from deskhand.sandbox.worlds import SCENARIOS

    for name, words in SCENARIOS.items():
        typer.echo(f"{name:16} {words}")


@app.command("import")
def take_in(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Exports: files, or folders of them.")],
    *,
    state: Annotated[Path, typer.Option("--state", help="The file to write; there is none of that name yet.")],
    start: Annotated[
        str | None, typer.Option("--start", help="When the account's time goes on. Default: at its last change.")
    ] = None,
    subdomain: Annotated[str, typer.Option("--subdomain", help="The account's name.")] = "acme",
    as_json: Json = False,
) -> None:
    """Make a state file of an account's exports, to be served with `deskhand sandbox --state FILE`.

    Takes saved pages of the API, the account's JSON export, and NDJSON, each also gzipped. Says what was taken, what was added because something named
    it, and what was left, with the reason. Ids stay as they were.
    """
    from deskhand.sandbox.intake import take_in as taken_in
    from deskhand.sandbox.state import save

    if state.exists():
        raise UsageError(f"{state} exists already", hint="Name another file, or take that one away first.")
    done = taken_in(paths, subdomain=subdomain, start=_instant(start) if start else None)
    save(done.sandbox, state, runs=True)
    if as_json:
        left = [{"kind": kind, "reason": why, "count": count} for (kind, why), count in sorted(done.left.items())]
        facts = {"state": str(state), "files": done.files, "taken": dict(+done.taken), "added": dict(done.added)}
        print_json(facts | {"left": left, "now": done.sandbox.clock.now()})
        return
    typer.echo(f"{state}: from {done.files} files, as of {done.sandbox.clock.now():%Y-%m-%d %H:%M:%S} UTC")
    for words, counts in (("taken", +done.taken), ("added", done.added)):
        for kind, count in counts.items():
            typer.echo(f"  {words:6} {count:9,} {kind.replace('_', ' ')}")
    for (kind, why), count in sorted(done.left.items()):
        typer.echo(f"  left   {count:9,} {kind.replace('_', ' ')}: {why}")
    typer.echo(f"serve it: deskhand sandbox --state {state}")


def _loader(scenario: str | None, log: "Log | None", seed: int, tickets: int | None) -> "Loader":
    """What fills the sandbox. Raises UsageError at once where there is no such scenario."""
    from deskhand.sandbox.worlds import SCENARIOS, load_world

    if scenario is not None and scenario not in SCENARIOS:
        raise UsageError(
            f"there is no scenario {scenario!r}",
            hint=f"There are: {', '.join(SCENARIOS)}. `deskhand sandbox scenarios` says what they show.",
        )
    return lambda made: load_world(made, scenario=scenario, event_log=log, seed=seed, tickets=tickets)


def _log(
    path: Path | None, mapping: Path | None, incidents: int | None, scenario: str | None, tickets: int | None
) -> "Log | None":
    """The event log that was asked for. Raises UsageError, SettingsError."""
    from deskhand.sandbox.worlds import open_log

    if path is None:
        for name, value in (("--mapping", mapping), ("--incidents", incidents)):
            if value is not None:
                raise UsageError(f"{name} says nothing without --event-log", hint="Name the log with --event-log FILE.")
        return None
    for name, given in (("--scenario", scenario), ("--tickets", tickets)):
        if given is not None:
            raise UsageError(f"{name} and --event-log exclude each other", hint="Leave one of them out.")
    return open_log(path, mapping=None if mapping is None else _mapping(mapping), incidents=incidents)


def _mapping(path: Path) -> "Layout":
    """A mapping file, in YAML by its ending, else in JSON. Raises SettingsError."""
    from deskhand.documents.yaml_reader import read_file
    from deskhand.sandbox.eventlog_layout import layout_of, read_layout

    if path.suffix not in (".yaml", ".yml"):
        return read_layout(path)
    read = read_file(path, str(path))
    if read.problems:
        raise SettingsError(
            "; ".join(str(problem) for problem in read.problems),
            hint="The README shows a mapping file, under 'An event log of your own'.",
        )
    return layout_of(read.node.plain if read.node else None, str(path))


def _instant(text: str) -> datetime:
    """An instant as typed; one without an offset is in UTC. Raises UsageError."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(
            f"--start {text}: this is no instant", hint="Write it as 2026-03-02T08:30Z or 2026-03-02T09:30+01:00."
        ) from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
