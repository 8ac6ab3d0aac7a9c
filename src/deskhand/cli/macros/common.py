"""What the commands for macros share: options, the folder, the account behind an environment, a progress bar."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from deskhand.cli.output import console
from deskhand.cli.person import person
from deskhand.errors import MacrosError, MacrosInvalid, UsageError

if TYPE_CHECKING:
    from deskhand.app.macros.document import Plan
    from deskhand.app.macros.ports import Shop
    from deskhand.core.macros.record import Want
    from deskhand.documents.macros.compile import Compiled
    from deskhand.documents.macros.folder import Folder

Env = Annotated[
    str,
    typer.Option(
        "--env",
        help="The environment: the name of a file under env/. It has to be typed, so that nobody means another.",
    ),
]
Dir = Annotated[Path | None, typer.Option("--dir", help="The folder of macros (DESKHAND_MACROS).")]
Out = Annotated[Path | None, typer.Option("--out", help="Write the plan to this file.")]
Format = Annotated[
    Literal["text", "markdown", "json"],
    typer.Option("--format", help="text for people, markdown for a comment, json for machines."),
]
Raw = Annotated[bool, typer.Option("--raw", help="Show HTML as it is, not as it reads.")]
AllowUpdate = Annotated[int, typer.Option("--allow-update", min=0, help="Permit so many updates.")]
AllowDeactivate = Annotated[int, typer.Option("--allow-deactivate", min=0, help="Permit so many deactivations.")]
AllowDelete = Annotated[int, typer.Option("--allow-delete", min=0, help="Permit so many deletions.")]
Commit = Annotated[
    str,
    typer.Option(
        "--commit",
        envvar=["GITHUB_SHA", "CI_COMMIT_SHA"],
        help="The commit that the templates are of; a plan of another one is out of date.",
    ),
]


@dataclass(frozen=True, slots=True)
class Opened:
    """A folder and an account, joined for one environment."""

    folder: "Folder"
    compiled: "Compiled"
    shop: "Shop"
    env: str

    @property
    def wants(self) -> "tuple[Want, ...]":
        """The macros that the environment should have."""
        return self.compiled.wants

    @property
    def allow_empty(self) -> bool:
        """Whether the environment may have none."""
        return self.folder.envs[self.env].allow_empty


def folder_of(given: Path | None) -> "Folder":
    """The folder of macros, read."""
    from deskhand.documents.macros.folder import read_folder
    from deskhand.settings import load

    return read_folder(given or load().macros)


@contextmanager
def opened(
    given: Path | None, env: str, *, read_only: bool, tell: "Callable[[int, int, str], None] | None" = None
) -> Iterator[Opened]:
    """The folder compiled with the account's own names. Raises MacrosInvalid for mistakes, MacrosError for another account."""
    from deskhand import wiring
    from deskhand.core.macros.marker import Owner
    from deskhand.documents.macros.compile import compile_folder
    from deskhand.settings import load

    folder = folder_of(given)
    _require_sound(compile_folder(folder, env))
    assert folder.settings is not None
    clock = wiring.RealClock()
    who = wiring.Who(Owner(folder.settings.installation, env), uuid.uuid4().hex[:12], person(), folder.path)
    with wiring.macros(load(), wiring.Parts(clock, clock.wait), who, read_only=read_only, tell=tell) as shop:
        account = folder.envs[env].account
        if account != shop.desk.account:
            raise MacrosError(
                f"environment '{env}' is account '{account}', and the settings lead to '{shop.desk.account}'",
                hint="Check --env, DESKHAND_SUBDOMAIN and DESKHAND_BASE_URL.",
            )
        compiled = compile_folder(folder, env, shop.desk.names.number)
        _require_sound(compiled)
        yield Opened(folder, compiled, shop, env)


def _require_sound(compiled: "Compiled") -> None:
    from deskhand.documents.problems import errors

    wrong = errors(compiled.problems)
    if wrong:
        raise MacrosInvalid("the templates have mistakes:\n" + "\n".join(map(str, wrong)))


@contextmanager
def progress() -> Iterator[Callable[[int, int, str], None]]:
    """A bar on a terminal for long work, nothing elsewhere; what to call with (done, of, what)."""
    out = console(error=True)
    if not out.is_terminal:
        yield lambda _done, _of, _what: None
        return
    from rich.progress import Progress

    with Progress(console=out, transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, of, what: bar.update(task, completed=done, total=of, description=what)


def save(plan: "Plan", out: Path | None) -> None:
    """Write a plan to a file, if one was named."""
    from deskhand.app.macros.document import written

    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(written(plan), encoding="utf-8")


def pairs_of(texts: list[str]) -> dict[str, int]:
    """`key=123` as typed. Raises UsageError."""
    found: dict[str, int] = {}
    for text in texts:
        key, _, number = text.partition("=")
        if not key or not number.isdigit():
            raise UsageError(
                f"'{text}' is not KEY=ID", hint="Such as: deskhand macros adopt refund-approved=360111 --env prod"
            )
        found[key] = int(number)
    return found
