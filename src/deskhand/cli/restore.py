"""`deskhand restore`: a copy of the database is put back in its place."""

from pathlib import Path
from typing import Annotated

import typer

from deskhand.cli.output import console
from deskhand.cli.person import By, person


def command(
    file: Annotated[Path, typer.Argument(help="A file that `deskhand backup` made.")],
    *,
    by: By = "",
    force: Annotated[bool, typer.Option("--force", help="Also where the copy is of another account.")] = False,
) -> None:
    """Put a copy in the place of the database, while no worker runs. What was there is kept beside it; nothing that was done since is done again."""
    from deskhand import wiring
    from deskhand.settings import load

    settings = load()
    put, aside = wiring.put_back(settings, file, by=person(by), force=force)
    out = console()
    out.print(f"restored: {put.text}", markup=False, soft_wrap=True)
    if aside is not None:
        out.print(f"the database that was there is kept as {aside}", markup=False, soft_wrap=True)
    out.print(
        "Start the worker: it reads what has changed since, and finds in the tickets' audits what it did meanwhile.",
        soft_wrap=True,
    )
