"""`deskhand macros apply`: carry a plan out, exactly as it was reviewed."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from deskhand.cli.macros.common import AllowDeactivate, AllowUpdate, Commit, Dir, Env, Opened, opened, progress
from deskhand.cli.output import Json, console, print_json
from deskhand.errors import UsageError

if TYPE_CHECKING:
    from deskhand.app.macros.apply import Applied
    from deskhand.app.macros.document import Plan
    from deskhand.core.macros.limits import Sort


def command(  # noqa: PLR0913 - its options
    file: Annotated[
        Path | None,
        typer.Argument(metavar="[PLAN]", help="The plan, from `deskhand macros plan --out`.", dir_okay=False),
    ] = None,
    *,
    env: Env,
    folder: Dir = None,
    auto: Annotated[
        bool, typer.Option("--auto", help="Plan and apply in one go, with the same guards: for emergencies.")
    ] = False,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with a plan that was cut short, also after it expired.")
    ] = False,
    skip_changed: Annotated[
        bool, typer.Option("--skip-changed", help="Leave out macros that moved since the plan, and name them.")
    ] = False,
    allow_update: AllowUpdate = 0,
    allow_deactivate: AllowDeactivate = 0,
    commit: Commit = "",
    as_json: Json = False,
) -> None:
    """Read every macro of the plan again, refuse if anything moved, then write one by one, read each back, and keep a journal.

    deskhand macros apply plan.json --env prod
    """
    if (file is None) != auto:
        raise UsageError("apply takes a plan file, or --auto", hint="deskhand macros plan --env prod --out plan.json")
    with progress() as tell, opened(folder, env, read_only=False, tell=tell) as found:
        if file is not None:
            plan = read_plan(file)
        else:
            plan = _planned(found, {"update": allow_update, "deactivate": allow_deactivate}, commit)
        done = carry_out(found, plan, commit=commit, resume=resume, skip_changed=skip_changed)
    report(done, plan, as_json=as_json)


def read_plan(file: Path) -> "Plan":
    """The plan of a file. Raises UsageError where there is none."""
    from deskhand.app.macros.document import read

    try:
        return read(file.read_text(encoding="utf-8"), str(file))
    except OSError as wrong:
        raise UsageError(
            f"{file} cannot be read: {wrong.strerror}", hint="deskhand macros plan --env prod --out plan.json"
        ) from wrong


def carry_out(
    found: Opened, plan: "Plan", *, commit: str = "", resume: bool = False, skip_changed: bool = False
) -> "Applied":
    """Apply a plan."""
    from deskhand.app.macros.apply import apply_plan

    return apply_plan(found.shop, plan, commit=commit, resume=resume, skip_changed=skip_changed)


def report(done: "Applied", plan: "Plan", *, as_json: bool) -> None:
    """Tell what came of it, and raise for what did not."""
    from deskhand.app.macros.apply import require_done

    if as_json:
        print_json(
            {
                "apply": 1,
                "env": plan.env,
                "plan": plan.digest,
                "run": done.run,
                "journal": done.journal,
                "applied": [{"key": item.key, "kind": item.kind, "macro": item.macro_id} for item in done.done],
                "already": [item.key for item in done.already],
                "skipped": [{"key": key, "reason": why} for key, why in done.skipped],
                "errors": [{"key": key, "reason": why} for key, why in done.failed],
                "warnings": list(done.warnings),
            }
        )
    else:
        out = console()
        out.print(
            f"[bold]{plan.env}[/] on account [bold]{plan.account}[/]: {len(done.done)} done, {len(done.already)} were done already, {len(done.skipped)} skipped, {len(done.failed)} failed"
        )
        for text in done.warnings:
            out.print(f"[yellow]warning[/]: {text}", markup=True)
        out.print(f"run {done.run}, journal {done.journal}", soft_wrap=True)
    require_done(done)


def _planned(found: Opened, allowed: "dict[Sort, int]", commit: str) -> "Plan":
    from deskhand.app.macros.plan import Asked, make_plan

    asked = Asked(allowed=allowed, allow_empty=found.allow_empty, commit=commit)
    return make_plan(found.shop, found.wants, asked)
