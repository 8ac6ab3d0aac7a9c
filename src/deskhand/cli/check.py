"""`deskhand check`: are the policies in order, and do their tests pass?"""

from pathlib import Path
from typing import Annotated

import typer

from deskhand.cli.output import Json, console, counted, print_json


def command(
    folder: Annotated[Path, typer.Argument(metavar="[DIR]", help="The folder of policies.")] = Path("policies"),
    *,
    online: Annotated[
        bool,
        typer.Option(
            "--online", help="Also ask the account for the schedules, groups, agents and fields that are named."
        ),
    ] = False,
    as_json: Json = False,
) -> None:
    """Check a folder of policies and run the tests inside the rules. Every mistake is told at once, with its place.

    Exits with 1 where there is an error or a test fails; warnings alone do not.
    """
    from deskhand import wiring
    from deskhand.documents.check import check
    from deskhand.documents.names import check_names
    from deskhand.documents.problems import errors
    from deskhand.settings import load

    account = wiring.visit(load()) if online else None
    report = check(folder, schedules=account.schedules() if account else None)
    problems = [*report.problems]
    if account and report.loaded.policy is not None:
        problems += check_names(report.loaded, account.directory.known())
    wrong = errors(problems)
    failed = [result for result in report.results if result.problems]
    if as_json:
        print_json(
            {
                "ok": not wrong,
                "rules": report.rules,
                "files": len(report.loaded.files),
                "tests": len(report.results),
                "failed": len(failed),
                "problems": problems,
            }
        )
    else:
        for problem in problems:
            typer.echo(str(problem))
        warnings = len(problems) - len(wrong)
        passed = len(report.results) - len(failed)
        out = console()
        mark = "[red]Not in order[/]" if wrong else "[green]In order[/]"
        out.print(
            f"{mark}: {counted(report.rules, 'rule')} in {counted(len(report.loaded.files), 'file')}, {passed} of {counted(len(report.results), 'test')} passed, "
            f"{counted(len(wrong), 'error')}, {counted(warnings, 'warning')}."
        )
    raise typer.Exit(1 if wrong else 0)
