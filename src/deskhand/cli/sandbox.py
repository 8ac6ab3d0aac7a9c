"""`deskhand sandbox`: a pretended account to try things on."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from deskhand.errors import UsageError


def command(
    *,
    port: Annotated[
        int, typer.Option("--port", help="The port on 127.0.0.1; 0 takes a free one.", min=0, max=65535)
    ] = 8080,
    scenario: Annotated[
        str | None, typer.Option("--scenario", help="A named world; `--scenario list` names them. Default: company.")
    ] = None,
    event_log: Annotated[
        Path | None,
        typer.Option("--event-log", help="Tickets from a CSV event log instead.", exists=True, dir_okay=False),
    ] = None,
    clock: Annotated[
        Literal["real", "simulated"],
        typer.Option("--clock", help="simulated: time moves only through POST /sandbox/clock."),
    ] = "real",
    seed: Annotated[int, typer.Option("--seed", help="The same seed makes the same world.")] = 1,
    faults: Annotated[
        Path | None, typer.Option("--faults", help="A JSON file with faults to play.", exists=True, dir_okay=False)
    ] = None,
) -> None:
    """Serve a pretended account on 127.0.0.1 until stopped, for trying policies, for tests and drills.

    deskhand sandbox --port 8080, and in another shell: DESKHAND_BASE_URL=http://127.0.0.1:8080 DESKHAND_CLIENT_ID=deskhand
    DESKHAND_CLIENT_SECRET=sandbox-secret deskhand once --mode enforce
    """
    from deskhand.sandbox.run import run_server
    from deskhand.sandbox.worlds import SCENARIOS, load_world

    if scenario == "list":
        for name, words in SCENARIOS.items():
            typer.echo(f"{name:16} {words}")
        return
    if scenario is not None and scenario not in SCENARIOS:
        raise UsageError(f"there is no scenario '{scenario}'", hint=f"There are: {', '.join(SCENARIOS)}.")
    run_server(
        port,
        seed=seed,
        clock=clock,
        faults=faults,
        load=lambda made: load_world(made, scenario=scenario, event_log=event_log, seed=seed),
    )
