"""Messages on the terminal: as a list, one by one, and as JSON."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from deskhand.cli.output import console, instant, print_json

if TYPE_CHECKING:
    from rich.console import Console

    from deskhand.app.message_box import Messages
    from deskhand.core.message import MessageRow


def list_messages(out: "Console", found: "Messages") -> None:
    """How many there are, and one line for each that was asked for; nothing where nothing was ever said."""
    if found.counts:
        out.print("messages: " + ", ".join(f"{count} {name}" for name, count in sorted(found.counts.items())))
    for row in found.rows:
        one = row.message
        whom = f"{one.verb} {one.role or one.rule} by {row.by or 'no channel'}"
        out.print(
            f"{one.key[:12]}  {row.state:8} ticket {one.ticket_id:<8} {instant(one.at)}  {whom}  {row.reason}",
            markup=False,
            soft_wrap=True,
        )


def show_message(row: "MessageRow", *, as_json: bool) -> None:
    """Everything about one message."""
    if as_json:
        print_json(message_as_json(row))
        return
    from deskhand.app.message_box import NEXT

    one, out = row.message, console()
    lines = {
        "message": f"{one.key}, a {one.verb} about ticket {one.ticket_id}, number {one.number} of {one.thread}",
        "state": f"{row.state}, {row.attempts} attempts by this channel; {row.reason or 'no reason noted'}",
        "next": NEXT[row.state],
        "decided": f"{instant(one.at)} by run {row.run}, rule {one.rule or '-'}",
        "for": f"{one.role or 'nobody in particular'}{', urgent' if one.urgent else ''}",
        "channels": " > ".join(f"[{name}]" if name == row.by else name for name in one.channels),
        "sent": f"{instant(row.sent_at)} as {row.ref or 'no reference'} {row.url}" if row.sent_at else "",
        "answered": f"{instant(row.answered_at)} by {row.answered_by}" if row.answered_at else "",
        "joined": row.joined,
        "released": f"by {row.released}" if row.released else "",
    }
    for name, words in lines.items():
        if words:
            out.print(f"{name:10}{words}", markup=False, soft_wrap=True)
    for attempt in row.tried:
        out.print(f"          {instant(attempt.at)} {attempt.channel}: {attempt.came}", markup=False, soft_wrap=True)
    for line in (one.notice.title, *one.notice.text.splitlines()):
        out.print(f"          │ {line}", markup=False, style="dim")


def tell_messages(rows: "Sequence[MessageRow]", words: str, *, as_json: bool) -> None:
    """What was done with messages."""
    if as_json:
        print_json({"messages": [message_as_json(row) for row in rows]})
        return
    one = rows[0].message
    what = f"message {one.key[:12]} about ticket {one.ticket_id}" if len(rows) == 1 else f"{len(rows)} messages"
    typer.echo(f"{what} {words}")


def message_as_json(row: "MessageRow") -> dict[str, object]:
    """A message with what comes next, its mark and ticket first."""
    from dataclasses import asdict

    from deskhand.app.message_box import NEXT

    return {
        "key": row.message.key,
        "ticket": row.message.ticket_id,
        "by": row.by,
        "next": NEXT[row.state],
        **asdict(row),
    }
