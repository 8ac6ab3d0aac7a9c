"""`deskhand macros prune`: macros whose template is gone are switched off, and much later deleted."""

from dataclasses import replace
from typing import Annotated

import typer

from deskhand.cli.macros.apply import carry_out, report
from deskhand.cli.macros.common import AllowDeactivate, AllowDelete, Dir, Env, Opened, Out, opened, save
from deskhand.cli.macros.plan import code_of, present
from deskhand.cli.output import Json


def command(  # noqa: PLR0913 - its options
    *,
    env: Env,
    folder: Dir = None,
    out: Out = None,
    auto: Annotated[bool, typer.Option("--auto", help="Do it; without this, it is only shown.")] = False,
    delete: Annotated[
        bool, typer.Option("--delete", help="Also delete those that were switched off long ago and are not used.")
    ] = False,
    confirm: Annotated[
        list[str] | None, typer.Option("--confirm", help="This key too, which asks to be named.")
    ] = None,
    allow_deactivate: AllowDeactivate = 0,
    allow_delete: AllowDelete = 0,
    as_json: Json = False,
) -> None:
    """Show, and with --auto do, what plan leaves alone: deactivate macros without a template. Deleting needs --delete and --allow-delete=N."""
    from deskhand.app.macros.plan import Asked, make_plan
    from deskhand.core.macros.plan import Choices

    choices = Choices(prune=True, confirmed=confirm or ())
    with opened(folder, env, read_only=not auto) as found:
        asked = Asked(
            choices, {"deactivate": allow_deactivate, "delete": allow_delete}, found.allow_empty, 1_000_000,
            delete=delete, retire_days=found.folder.envs[env].retire_days,
        )  # fmt: skip
        made = make_plan(found.shop, found.wants, asked)
        plan = replace(
            made, items=tuple(item for item in made.items if item.kind in ("deactivate", "delete", "orphan", "kept"))
        )
        save(plan, out)
        if not auto:
            present(plan, "json" if as_json else "text")
            if not as_json:
                _tell_retired(found)
            raise typer.Exit(code_of(plan, detailed=False))
        done = carry_out(found, plan)
    report(done, plan, as_json=as_json)


def _tell_retired(found: Opened) -> None:
    """What was switched off by pruning and is not deleted yet."""
    days = found.folder.envs[found.env].retire_days
    for key, one in sorted(found.shop.states.load(found.env).bindings.items()):
        if one.retired_at:
            typer.echo(
                f"retired: {key} #{one.macro_id} since {one.retired_at[:10]}; --delete removes it after {days} days, if nobody uses it"
            )
