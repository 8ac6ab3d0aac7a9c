"""`deskhand macros adopt`: take over macros that are there already."""

from typing import Annotated

import typer

from deskhand.cli.macros.apply import carry_out, report
from deskhand.cli.macros.common import Dir, Env, opened, pairs_of
from deskhand.cli.output import Json


def command(
    pairs: Annotated[
        list[str],
        typer.Argument(
            metavar="KEY=ID...", help="A template's key and the number of the macro that it is to look after."
        ),
    ],
    *,
    env: Env,
    folder: Dir = None,
    as_json: Json = False,
) -> None:
    """Write our marker into these macros, and nothing else; the next plan shows what their templates would change."""
    from deskhand.app.macros.adopt import adoption

    with opened(folder, env, read_only=False) as found:
        plan = adoption(found.shop, found.wants, pairs_of(pairs))
        done = carry_out(found, plan)
    report(done, plan, as_json=as_json)
