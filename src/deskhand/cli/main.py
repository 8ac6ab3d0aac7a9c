"""`deskhand`: the commands, and the one place where errors become words and exit codes.

Exit codes: 0 well, 1 an error or findings (see the text), 64 wrong usage, 130 interrupted. `deskhand macros` has more: see there.
"""

import os
import sys
from typing import Annotated, Final

import typer
from typer.core import TyperGroup
from typer.exceptions import TyperException

from deskhand import __version__, logs
from deskhand.cli import (
    backup,
    channels,
    check,
    clocks,
    demo,
    doctor,
    explain,
    issues,
    ladder,
    macros,
    once,
    outbox,
    pages,
    restore,
    runs,
    sandbox,
    schema,
    settings,
    sign_off,
    status,
    trail,
    undo,
    whoami,
)
from deskhand.cli import run as run_command
from deskhand.core.plain import plain
from deskhand.errors import DeskhandError

USAGE: Final = 64
INTERRUPTED: Final = 130

app = typer.Typer(
    name="deskhand",
    help="Keeps a helpdesk's promises: measures SLA burn, applies rules from YAML, writes back safely. Works with Zendesk.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    cls=TyperGroup,
)
app.command("demo")(demo.command)
app.command("check")(check.command)
app.command("schema")(schema.command)
app.command("run")(run_command.command)
app.command("once")(once.command)
app.command("explain")(explain.command)
app.command("clocks")(clocks.command)
app.command("backup")(backup.command)
app.command("restore")(restore.command)
app.command("runs")(runs.command)
app.command("undo")(undo.command)
app.command("pages")(pages.command)
app.command("issues")(issues.command)
app.command("status")(status.command)
app.command("whoami")(whoami.command)
app.command("doctor")(doctor.command)
app.command("settings")(settings.command)
app.add_typer(macros.app, name="macros")
app.add_typer(channels.app, name="channels")
app.add_typer(ladder.app, name="ladder")
app.add_typer(outbox.app, name="outbox")
app.add_typer(trail.app, name="trail")
app.add_typer(sign_off.app, name="sign-off")
app.add_typer(sandbox.app, name="sandbox")


def _version(wanted: bool) -> None:  # noqa: FBT001 - Typer calls it so
    if wanted:
        typer.echo(f"deskhand {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and end.")
    ] = False,
) -> None:
    """The options of deskhand itself."""


def run() -> None:
    """Run the command line and exit with its code."""
    sys.exit(main(sys.argv[1:]))


def main(arguments: list[str]) -> int:
    """Run one command; returns the exit code. Nothing but a broken installation gets past it as a traceback."""
    logs.configure(level="WARNING")
    try:
        ended = app(arguments, standalone_mode=False, prog_name="deskhand")
    except typer.Exit as left:
        return left.exit_code
    except typer.Abort:
        return INTERRUPTED
    except TyperException as wrong:
        _mistyped(wrong)
        return USAGE
    except DeskhandError as error:
        tell(error)
        return error.exit_code
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:
        if os.environ.get("DESKHAND_DEBUG"):
            raise
        typer.echo(plain(f"error: {type(error).__name__}: {error}"), err=True)
        typer.echo(
            "hint: This is a fault of deskhand. Run it again with DESKHAND_DEBUG=1 and report what it shows.", err=True
        )
        return 1
    return ended if isinstance(ended, int) else 0


def _mistyped(wrong: TyperException) -> None:
    """A command that was typed wrongly; help that was asked for by typing nothing has been shown already."""
    if str(wrong):
        said = wrong.format_message().replace("Value error, ", "").replace("Input should be", "It should be")
        context = getattr(wrong, "ctx", None)
        command = context.command_path if context is not None else "deskhand"
        takes = "lists the commands" if command == "deskhand" else "says what there is to type"
        typer.echo(plain(f"error: {said}"), err=True)
        typer.echo(plain(f"hint: `{command} --help` {takes}."), err=True)


def tell(error: DeskhandError) -> None:
    """An error for people: what, and what to do."""
    typer.echo(plain(f"error: {error}"), err=True)
    if error.hint:
        typer.echo(plain(f"hint: {error.hint}"), err=True)
