"""`deskhand macros revert`: undo what a run did."""

from typing import Annotated

import typer

from deskhand.cli.macros.apply import carry_out, report
from deskhand.cli.macros.common import Dir, Env, Out, opened, save
from deskhand.cli.macros.plan import present
from deskhand.cli.output import Json


def command(
    run: Annotated[str, typer.Argument(metavar="RUN", help="The run, as apply named it.")],
    *,
    env: Env,
    folder: Dir = None,
    out: Out = None,
    auto: Annotated[bool, typer.Option("--auto", help="Do it; without this, it is only shown.")] = False,
    as_json: Json = False,
) -> None:
    """Put every macro that a run wrote back to what it was, if nobody changed it since. Revert the templates too, or the next plan asks again."""
    from deskhand.app.macros.revert import reversal

    with opened(folder, env, read_only=not auto) as found:
        plan = reversal(found.shop, run)
        save(plan, out)
        if not auto:
            present(plan, "json" if as_json else "text")
            return
        done = carry_out(found, plan)
    report(done, plan, as_json=as_json)
