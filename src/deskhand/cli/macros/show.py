"""`deskhand macros show`: a plan file or a run, once more."""

from pathlib import Path
from typing import Annotated

import typer

from deskhand.cli.macros.apply import read_plan
from deskhand.cli.macros.common import Format, Raw
from deskhand.cli.macros.plan import present
from deskhand.cli.output import console


def command(
    what: Annotated[str, typer.Argument(metavar="PLAN|RUN", help="A plan file, or the name of a run.")],
    *,
    form: Format = "text",
    raw: Raw = False,
) -> None:
    """Show a plan with all sides of each item, or what a run did, line by line."""
    from deskhand import wiring
    from deskhand.settings import load

    if Path(what).is_file():
        present(read_plan(Path(what)), form, raw=raw)
        return
    runs = wiring.macro_runs(load())
    out = console()
    for line in runs.read(what):
        words = " ".join(
            f"{name}={line[name]}"
            for name in ("kind", "key", "macro", "reason", "env", "account", "plan", "done", "failed")
            if line.get(name) is not None
        )
        out.print(f"{line.get('at', '')[:19]:20}{line['event']:8} {words}", markup=False, soft_wrap=True)
