"""`deskhand ladder`: who is asked, in which order, and whether somebody is there."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from deskhand.cli.output import Json, console, instant, print_json

if TYPE_CHECKING:
    from rich.console import Console

    from deskhand.app.on_call import Checked
    from deskhand.core.matrix import Matrix

_STATES = {"unchanged": "there already"}

app = typer.Typer(help="Look at the ladders of the policies.", no_args_is_help=True)


@app.command("show")
def show(
    folder: Annotated[Path, typer.Argument(metavar="[DIR]", help="The folder of policies.")] = Path("policies"),
    *,
    as_markdown: Annotated[
        bool, typer.Option("--markdown", help="Print it as Markdown, to be put where everybody finds it.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Show the escalation matrix and all ladders with their times, as one page made from the policies."""
    from deskhand.cli import ladder_shown

    page = _matrix(folder)
    if as_json:
        print_json(page)
    elif as_markdown:
        typer.echo(ladder_shown.markdown(page), nl=False)
    else:
        ladder_shown.show(console(), page)


@app.command("publish")
def publish(
    folder: Annotated[Path | None, typer.Argument(metavar="[DIR]", help="The folder of policies.")] = None,
    *,
    channel: Annotated[
        str, typer.Option("--channel", help="A channel of service confluence; the first one, if not given.")
    ] = "",
    title: Annotated[str, typer.Option("--title", help="The page's title, by which it is known.")] = "Escalation",
    as_json: Json = False,
) -> None:
    """Put the same page into the wiki, where everybody finds it. What says so already is left alone, so it may be done again at will."""
    from deskhand import wiring
    from deskhand.cli import ladder_shown
    from deskhand.settings import load

    settings = load()
    place = folder or settings.policies
    wiki = wiring.wiki(settings, wiring.policies(place, settings.mode), channel)
    found = wiki.put(ladder_shown.sheet(_matrix(place), title))
    if as_json:
        print_json({"title": title, "state": found.state, "url": found.url})
    else:
        console().print(
            f"{title} was {_STATES.get(found.state, found.state)}: {found.url}", markup=False, soft_wrap=True
        )


def _matrix(folder: Path) -> "Matrix":
    """The page of a folder. Raises PolicyInvalid."""
    from deskhand.core.matrix import matrix
    from deskhand.documents.load import load_policies
    from deskhand.documents.problems import errors
    from deskhand.errors import PolicyInvalid

    loaded = load_policies(folder)
    if loaded.policy is None:
        said = "\n".join(map(str, errors(loaded.problems)))
        raise PolicyInvalid(f"the policies have mistakes, so there is nothing to show:\n{said}")
    return matrix(loaded.policy)


@app.command("check")
def check(
    *,
    days: Annotated[int, typer.Option("--days", help="Look so many days ahead.", min=1, max=90)] = 7,
    as_json: Json = False,
) -> None:
    """Ask who is on call at each rung of each ladder in the days to come, and tell where nobody is, or nobody can be reached.

    Exits with 1 where a page could go nowhere.
    """
    from deskhand import wiring
    from deskhand.app.on_call import ladder_check
    from deskhand.settings import load

    settings, clock = load(), wiring.RealClock()
    policy = wiring.policies(settings.policies, settings.mode)
    post = wiring.post(settings, wiring.Parts(clock, clock.wait), policy)
    checked = ladder_check(policy, post.pagers, clock.now(), days)
    if as_json:
        print_json(
            {"well": checked.well, **{name: getattr(checked, name) for name in ("since", "until", "rungs", "findings")}}
        )
    else:
        _tell(console(), checked)
        for name, why in post.missing.items():
            lack = why.removeprefix(f"channel '{name}' ")
            console().print(f"channel '{name}' cannot be used: {lack}", markup=False, style="yellow", soft_wrap=True)
    if not checked.well:
        raise typer.Exit(1)


def _tell(out: "Console", checked: "Checked") -> None:
    """A line for each finding, the grave ones in red."""
    out.print(f"{checked.rungs} rungs from {instant(checked.since)} to {instant(checked.until)}")
    for one in checked.findings:
        style = "red" if one.grave else "dim"
        out.print(f"{one.ladder}: {one.rung} ({one.role}): {one.words}", markup=False, style=style, soft_wrap=True)
    grave = sum(one.grave for one in checked.findings)
    if grave:
        out.print(f"[red]{grave} {'gap' if grave == 1 else 'gaps'}[/] through which a page could fall.")
    else:
        out.print("[green]Somebody can be reached at every rung.[/]" if checked.rungs else "There are no ladders.")
