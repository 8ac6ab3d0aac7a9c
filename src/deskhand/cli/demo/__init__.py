"""`deskhand demo`: the main job, end to end, on a pretended account in simulated time."""

from pathlib import Path
from typing import Annotated

import typer

from deskhand.cli.output import Json


def command(
    *,
    event_log: Annotated[
        Path | None,
        typer.Option(
            "--event-log", help="Tickets from a CSV event log instead of the demo company.", exists=True, dir_okay=False
        ),
    ] = None,
    incidents: Annotated[
        int | None, typer.Option("--incidents", help="With --event-log: only the first so many.", min=1)
    ] = None,
    policies: Annotated[
        Path | None,
        typer.Option("--policies", help="Other policies than the shipped ones.", exists=True, file_okay=False),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="The same seed makes the same day.")] = 1,
    as_json: Json = False,
) -> None:
    """Run the worker in enforce mode over one simulated working day of a small company, with the shipped policies.

    Shows what it did, explains three decisions line by line, and checks that the tickets are exactly what the decisions said. No account and no network
    is used. Exits with 1 where the check finds a difference.
    """
    from deskhand.cli.demo.play import Ask, play

    raise typer.Exit(play(Ask(event_log, incidents, policies, seed, as_json=as_json)))
