"""`deskhand macros lint`: are the templates in order?"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from deskhand.cli.macros.common import folder_of
from deskhand.cli.output import Json, console, print_json

if TYPE_CHECKING:
    from deskhand.documents.macros.folder import Folder
    from deskhand.documents.problems import Problem


def command(
    folder: Annotated[
        Path | None, typer.Argument(metavar="[DIR]", help="The folder of macros (DESKHAND_MACROS).")
    ] = None,
    *,
    env: Annotated[str, typer.Option("--env", help="Only this environment; all of them by default.")] = "",
    online: Annotated[
        bool, typer.Option("--online", help="Also ask the account of --env for the names and actions.")
    ] = False,
    severity: Annotated[
        Literal["error", "warning"], typer.Option("--severity", help="What counts: errors, or warnings as well.")
    ] = "error",
    annotate: Annotated[
        bool, typer.Option("--annotate", help="Write findings as annotations of GitHub Actions.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Check templates without an account: mistakes, placeholders, Liquid, tags, tone. Exits with 7 where a finding counts.

    Each finding has an id; `waive: {id: reason}` in a file accepts it there.
    """
    found = folder_of(folder)
    problems = _all(found, [env] if env else sorted(found.envs) or [""])
    if online:
        problems += _online(folder, env)
    counting = [one for one in problems if one.weight == "error" or severity == "warning"]
    if as_json:
        print_json({"lint": 1, "ok": not counting, "files": found.files, "problems": [_row(one) for one in problems]})
    else:
        for one in problems:
            typer.echo(_annotation(one) if annotate else str(one))
        mark = "[red]Not in order[/]" if counting else "[green]In order[/]"
        errors = sum(one.weight == "error" for one in problems)
        console().print(f"{mark}: {found.files} macro files, {errors} errors, {len(problems) - errors} warnings.")
    raise typer.Exit(7 if counting else 0)


def _all(found: "Folder", envs: list[str]) -> "list[Problem]":
    """The findings of every environment, each once."""
    from deskhand.documents.macros.compile import compile_folder
    from deskhand.documents.macros.lint import lint
    from deskhand.documents.problems import ordered

    return list(ordered(one for env in envs for one in lint(found, compile_folder(found, env))))


def _online(folder: Path | None, env: str) -> "list[Problem]":
    """What the account says: names that it lacks, actions that it does not offer."""
    from deskhand.cli.macros.common import opened
    from deskhand.errors import UsageError

    if not env:
        raise UsageError("--online needs --env", hint="deskhand macros lint --online --env prod")
    with opened(folder, env, read_only=True) as found:
        known = found.shop.desk.actions()
        return [
            found.compiled.sources[want.key.partition("@")[0]].node.at(("actions",)).problem(f"the account offers no action '{row.field}'", "bad-macro-action")
            for want in found.wants
            for row in want.macro.actions
            if known and row.field not in known
        ]  # fmt: skip


def _row(one: "Problem") -> dict[str, object]:
    return {
        "file": one.file,
        "line": one.line,
        "column": one.column,
        "severity": one.weight,
        "check": one.check,
        "message": one.message,
        "hint": one.hint,
    }


def _annotation(one: "Problem") -> str:
    said = f"{one.message} {one.hint}".strip().replace("%", "%25").replace("\n", "%0A")
    return f"::{one.weight} file={one.file},line={one.line or 1},col={one.column or 1},title={one.check}::{said}"
