"""`deskhand ladder`: who is asked, in which order, and whether somebody is there."""

from pathlib import Path
from typing import Annotated

import typer

from deskhand.cli.output import Json, console, print_json

app = typer.Typer(help="Look at the ladders of the policies.", no_args_is_help=True)


@app.command("show")
def show(
    folder: Annotated[Path, typer.Argument(metavar="[DIR]", help="The folder of policies.")] = Path("policies"),
    *,
    as_markdown: Annotated[
        bool, typer.Option("--markdown", help="Print it as Markdown, to be put where everybody finds it.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Show the escalation matrix and all ladders with their times, as one page made from the policies."""
    from deskhand.cli import ladder_shown
    from deskhand.core.matrix import matrix
    from deskhand.documents.load import load_policies
    from deskhand.documents.problems import errors
    from deskhand.errors import PolicyInvalid

    loaded = load_policies(folder)
    if loaded.policy is None:
        said = "\n".join(map(str, errors(loaded.problems)))
        raise PolicyInvalid(f"the policies have mistakes, so there is nothing to show:\n{said}")
    page = matrix(loaded.policy)
    if as_json:
        print_json(page)
    elif as_markdown:
        typer.echo(ladder_shown.markdown(page), nl=False)
    else:
        ladder_shown.show(console(), page)
