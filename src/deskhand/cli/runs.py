"""`deskhand runs`: the runs of the worker that wrote something."""

from typing import Annotated

import typer

from deskhand.cli.output import Json, console, instant, print_json


def command(
    *, limit: Annotated[int, typer.Option("--limit", help="At most so many.", min=1)] = 20, as_json: Json = False
) -> None:
    """List the runs that wrote something, newest first, for `deskhand undo --run ID`."""
    from deskhand import wiring
    from deskhand.app.undo import runs
    from deskhand.settings import load

    store = wiring.look(load())
    try:
        found = runs(store)[:limit]
    finally:
        store.close()
    if as_json:
        print_json({"runs": found})
        return
    out = console()
    for run in found:
        rules = ", ".join(run.rules)
        out.print(
            f"{run.id}  {instant(run.first)} to {instant(run.last)}  {run.writes} writes  {rules}",
            markup=False,
            soft_wrap=True,
        )
    if not found:
        out.print("No run has written anything yet.")
