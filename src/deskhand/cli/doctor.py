"""`deskhand doctor`: does all that the worker needs work, and does it have no more than it needs?"""

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from deskhand.cli.output import Json, console, print_json

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table as Grid

    from deskhand.doctor.finding import Finding, Table

STYLES = {"ok": "green", "warn": "yellow", "fail": "bold red", "skip": "dim"}
SHOWN = {"ok": "ok", "warn": "warn", "fail": "FAIL", "skip": "-"}
Mode = Annotated[
    Literal["off", "observe", "notify", "enforce"] | None,
    typer.Option("--mode", help="What would this mode need? DESKHAND_MODE otherwise."),
]


def command(*, mode: Mode = None, as_json: Json = False) -> None:
    """Look at settings, credentials, account, scopes, policies, channels, database and worker. Only looks; exits with 1 where something does not work.

    deskhand doctor                    is all well for the mode that is set?
    deskhand doctor --mode enforce     what would enforce need?
    """
    found = _examined(mode)
    worst = [one.level for one in found]
    if as_json:
        print_json(
            {
                "ok": "fail" not in worst,
                "failed": worst.count("fail"),
                "warnings": worst.count("warn"),
                "findings": found,
            }
        )
    else:
        _show(console(), found)
    raise typer.Exit(int("fail" in worst))


def _examined(mode: str | None) -> "list[Finding]":
    """What is found; settings that cannot be read are all that is."""
    import os

    from deskhand import logs, wiring
    from deskhand.doctor.examine import examine, failed
    from deskhand.doctor.subject import LONGEST, Subject
    from deskhand.errors import SettingsError
    from deskhand.settings import load

    logs.configure(level="ERROR")  # what they would warn of is told here
    try:
        settings = load()
    except SettingsError as wrong:
        return [failed("settings", wrong)]
    if mode is not None:
        settings = settings.model_copy(update={"mode": mode})
    clock = wiring.RealClock()
    subject = Subject(settings, wiring.Parts(clock, lambda seconds: clock.wait(min(seconds, LONGEST))), os.environ)
    try:
        return examine(subject)
    finally:
        subject.close()


def _show(out: "Console", found: "list[Finding]") -> None:
    """A line for each finding, with what to do under it."""
    from rich.console import Group
    from rich.table import Table as Grid
    from rich.text import Text

    grid = Grid.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    said = ""
    for one in found:
        lines: list[Text | Grid] = [Text(one.found)]
        if one.table is not None:
            lines.append(_grid(one.table))
        if one.todo:
            lines.append(Text(f"-> {one.todo}", style="bold" if one.level == "fail" else ""))
        about, said = "" if one.about == said else one.about, one.about
        grid.add_row(Text(SHOWN[one.level], style=STYLES[one.level]), about, Group(*lines))
    out.print(grid)
    out.print(_summed(found))


def _grid(table: "Table") -> "Grid":
    from rich.table import Table as Grid
    from rich.text import Text

    made = Grid(*table.head, box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    for row in table.rows:
        made.add_row(*map(Text, row))
    return made


def _summed(found: "list[Finding]") -> str:
    """The last line."""
    failed, warned = (sum(one.level == level for one in found) for level in ("fail", "warn"))
    if not failed and not warned:
        return "\n[green]All is well.[/]"
    counts = [
        f"{count} {word if count == 1 else plural}"
        for count, word, plural in ((failed, "failure", "failures"), (warned, "warning", "warnings"))
        if count
    ]
    return f"\n[{'red' if failed else 'yellow'}]{' and '.join(counts)}.[/]"
