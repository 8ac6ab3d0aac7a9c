"""What the commands share to show things: a console, JSON alone on standard output, instants and durations for people."""

import json
from dataclasses import asdict, is_dataclass
from datetime import UTC, datetime
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated

import typer

from deskhand.core.plain import spelt_out

if TYPE_CHECKING:
    from rich.console import Console

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object, and nothing else, on standard output.")]


UNSEEN = 160
"""Columns of what goes to a file or to another program."""


def console(*, error: bool = False) -> "Console":
    """Standard output (or error) for people: colours on a terminal only, wide where nobody looks, and nothing in it that a terminal would obey."""
    from rich.console import Console

    from deskhand.cli.harmless import Harmless

    made = Console(stderr=error, highlight=False, soft_wrap=False)
    made.push_render_hook(Harmless())
    if not made.is_terminal:
        made.width = UNSEEN
    return made


def print_json(value: object) -> None:
    """One JSON object on standard output."""
    typer.echo(spelt_out(json.dumps(value, default=plain, ensure_ascii=False, indent=2)))


def plain(value: object) -> object:
    """Our values as JSON."""
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    match value:
        case datetime():
            return instant(value)
        case frozenset() | set():
            return sorted(value)
        case Fraction():
            return float(value)
        case _:
            return str(value)


def counted(count: int, what: str) -> str:
    """A number of things: 1 rule, 2 rules."""
    return f"{count} {what}{'' if count == 1 else 's'}"


def instant(at: datetime | None) -> str:
    """An instant as people and machines read it, in UTC."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ") if at else "-"


def moment(text: str, option: str) -> datetime:
    """An instant as it was typed for an option; without a zone it is UTC."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"'{text}' is no instant; write 2026-03-02T09:00Z", param_hint=option) from None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
