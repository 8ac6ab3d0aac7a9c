"""`deskhand backup`: a copy of the database, taken while the worker goes on."""

from pathlib import Path
from typing import Annotated

import typer

from deskhand.cli.output import Json, console, print_json


def command(
    file: Annotated[Path, typer.Argument(help="The file to copy to.")],
    *,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it is there.")] = False,
    as_json: Json = False,
) -> None:
    """Copy the database to a file, whole and consistent, beside a running worker. `deskhand restore` puts it back."""
    from deskhand import wiring
    from deskhand.settings import load

    made = wiring.back_up(load(), file, force=force)
    if as_json:
        print_json(made)
        return
    console().print(f"{file}: {made.text}", markup=False, soft_wrap=True)
