"""`deskhand macros plan`: what would change, and nothing is written."""

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from deskhand.cli.macros.common import (
    AllowDeactivate,
    AllowDelete,
    AllowUpdate,
    Commit,
    Dir,
    Env,
    Format,
    Out,
    Raw,
    opened,
    save,
)
from deskhand.cli.output import console

if TYPE_CHECKING:
    from deskhand.app.macros.document import Plan


def command(  # noqa: PLR0913 - its options
    *,
    env: Env,
    folder: Dir = None,
    out: Out = None,
    form: Format = "text",
    raw: Raw = False,
    detailed: Annotated[
        bool, typer.Option("--detailed-exitcode", help="Exit with 2 where there is something to apply.")
    ] = False,
    on_drift: Annotated[
        Literal["report", "overwrite"],
        typer.Option("--on-drift", help="overwrite: changes made in Zendesk go, the templates win."),
    ] = "report",
    take: Annotated[
        list[str] | None, typer.Option("--take", help="Decide the conflict of this key for its template.")
    ] = None,
    recreate: Annotated[
        list[str] | None, typer.Option("--recreate", help="Make the macro of this key again, which is gone.")
    ] = None,
    prune: Annotated[bool, typer.Option("--prune", help="Deactivate macros whose template is gone.")] = False,
    confirm: Annotated[
        list[str] | None, typer.Option("--confirm", help="Prune this key, which asks to be named.")
    ] = None,
    mark: Annotated[bool, typer.Option("--mark", help="Write markers into macros that carry none yet.")] = False,
    allow_update: AllowUpdate = 0,
    allow_deactivate: AllowDeactivate = 0,
    allow_delete: AllowDelete = 0,
    allow_missing: Annotated[
        int, typer.Option("--allow-missing", min=0, help="Permit so many templates to have gone at once.")
    ] = 0,
    commit: Commit = "",
) -> None:
    """Show what an apply would do. The transport refuses everything but reading.

    deskhand macros plan --env prod --out plan.json, then: deskhand macros apply plan.json --env prod
    """
    from deskhand.app.macros.plan import Asked, make_plan
    from deskhand.core.macros.plan import Choices

    choices = Choices(
        overwrite=on_drift == "overwrite", take=take or (), recreate=recreate or (), prune=prune or bool(confirm), confirmed=confirm or (), mark=mark
    )  # fmt: skip
    with opened(folder, env, read_only=True) as found:
        asked = Asked(
            choices, {"update": allow_update, "deactivate": allow_deactivate, "delete": allow_delete}, found.allow_empty, allow_missing, commit
        )  # fmt: skip
        made = make_plan(found.shop, found.wants, asked)
    save(made, out)
    present(made, form, raw=raw)
    raise typer.Exit(code_of(made, detailed=detailed))


def present(plan: "Plan", form: str, *, raw: bool = False) -> None:
    """Show a plan in one of its forms."""
    from deskhand.app.macros.document import written
    from deskhand.cli.macros import markdown, shown

    if form == "json":
        typer.echo(written(plan), nl=False)
    elif form == "markdown":
        typer.echo(markdown.rendered(plan, raw=raw), nl=False)
    else:
        out = console()
        for line in shown.lines(plan, raw=raw):
            out.print(line, soft_wrap=True)


def code_of(plan: "Plan", *, detailed: bool) -> int:
    """The exit code of a plan: 4 where a limit refuses it, 6 where a person has to decide, 2 where changes were asked about."""
    if plan.refusals:
        return 4
    if plan.blocking:
        return 6
    return 2 if detailed and plan.writing else 0
