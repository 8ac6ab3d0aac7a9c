"""`deskhand macros drift`: what people changed in Zendesk since the last apply."""

from dataclasses import replace

import typer

from deskhand.cli.macros.common import Dir, Env, Format, Raw, opened
from deskhand.cli.macros.plan import present


def command(*, env: Env, folder: Dir = None, form: Format = "text", raw: Raw = False) -> None:
    """Show texts, actions, restrictions that were changed, macros that were switched off, deleted or copied. Exits with 2 where there is any.

    `deskhand macros pull` makes a patch of it; `plan --on-drift overwrite` undoes it.
    """
    from deskhand.app.macros.plan import Asked, make_plan

    with opened(folder, env, read_only=True) as found:
        made = make_plan(found.shop, found.wants, Asked(allow_empty=found.allow_empty, allow_missing=1_000_000))
    told = replace(made, items=made.drifted, refusals=())
    present(told, form, raw=raw)
    raise typer.Exit(2 if told.items else 0)
