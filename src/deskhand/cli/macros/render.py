"""`deskhand macros render`: macros as they would be sent, or as a customer would read them."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from deskhand.cli.macros.common import Dir, folder_of, opened
from deskhand.cli.output import Json, console, print_json
from deskhand.errors import MacrosInvalid, NotKnown, UsageError

if TYPE_CHECKING:
    from deskhand.core.macros.record import Want


def command(
    keys: Annotated[list[str] | None, typer.Argument(metavar="[KEY]...", help="Only these; all by default.")] = None,
    *,
    env: Annotated[
        str, typer.Option("--env", help="The environment; with it, names become the account's numbers.")
    ] = "",
    folder: Dir = None,
    ticket: Annotated[int, typer.Option("--ticket", help="Fill placeholders in from this ticket; needs --env.")] = 0,
    fixture: Annotated[Path | None, typer.Option("--fixture", help="Fill placeholders in from a YAML file.")] = None,
    offline: Annotated[
        bool, typer.Option("--offline", help="Do not ask the account, although --env is given.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Show what templates come to. With --ticket or --fixture the reply as its reader would see it, blanks flagged; exits with 7 where there is one.

    deskhand macros render incident-first-update --fixture macros/fixtures/ticket.yaml
    """
    if ticket and not env:
        raise UsageError("--ticket needs --env", hint="Or use --fixture FILE.")
    wants, values = _found(folder, "" if offline else env, env, ticket)
    chosen = [want for want in wants if not keys or want.key in keys]
    missing = sorted(set(keys or ()) - {want.key for want in chosen})
    if missing:
        raise NotKnown(f"no template has the key '{missing[0]}'", hint="`deskhand macros render` shows all.")
    if fixture is not None:
        values = _fixture(fixture)
    blank = False
    for want in chosen:
        blank = (
            _preview(want, values, as_json=as_json) if values is not None else _plain(want, as_json=as_json)
        ) or blank
    raise typer.Exit(7 if blank else 0)


def _found(folder: Path | None, online: str, env: str, ticket: int) -> "tuple[tuple[Want, ...], dict[str, Any] | None]":
    """The macros, and the ticket's values where one is asked for."""
    from deskhand.documents.macros.compile import compile_folder
    from deskhand.documents.problems import errors

    if online:
        with opened(folder, online, read_only=True) as found:
            return found.wants, dict(found.shop.desk.ticket(ticket)) if ticket else None
    made = compile_folder(folder_of(folder), env)
    wrong = errors(made.problems)
    if wrong:
        raise MacrosInvalid("the templates have mistakes:\n" + "\n".join(map(str, wrong)))
    return made.wants, None


def _fixture(path: Path) -> dict[str, Any]:
    from deskhand.documents.macros.preview import fixture

    values, problems = fixture(path)
    if problems:
        raise UsageError("; ".join(map(str, problems)), hint="A fixture looks like macros/fixtures/ticket.yaml.")
    return values


def _plain(want: "Want", *, as_json: bool) -> bool:
    from deskhand.core.macros.codec import plain
    from deskhand.core.macros.value import reads

    if as_json:
        print_json({"key": want.key, "macro": plain(want.macro)})
        return False
    out = console()
    out.print(f"[bold]{want.key}[/]  {want.file}")
    for line in reads(want.macro):
        out.print(f"  {line}", markup=False, soft_wrap=True)
    return False


def _preview(want: "Want", values: dict[str, Any], *, as_json: bool) -> bool:
    """Show a reply; returns whether it has blanks."""
    from deskhand.documents.macros.preview import preview

    shown = preview(want.macro, values)
    if as_json:
        print_json(
            {"key": want.key, "lines": shown.lines, "blanks": shown.blanks, "gaps": shown.gaps, "error": shown.error}
        )
        return bool(shown.blanks or shown.error)
    out = console()
    out.print(f"[bold]{want.key}[/]")
    for line in shown.lines:
        out.print(f"  {line}", markup=False, soft_wrap=True)
    for name in shown.blanks:
        out.print(f"[red]blank[/]: {{{{{name}}}}} has no value here")
    if shown.error:
        out.print(f"[red]Liquid[/]: {shown.error}")
    if shown.gaps:
        out.print(f"[yellow]for the agent to fill in[/]: {len(shown.gaps)} gaps in brackets")
    return bool(shown.blanks or shown.error)
