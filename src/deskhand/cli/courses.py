"""How a ticket's clocks are shown: a table of where each stands, a line of marks, and its course."""

from datetime import datetime, timedelta
from typing import Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from deskhand.app.clocks import Clocks, Course
from deskhand.cli.output import instant
from deskhand.core.condition import describe_span
from deskhand.core.course import Stretch

NEWEST: Final = 12
"""Stretches of a clock that are shown; `--json` has all."""
_STYLES: Final = {"running": "green", "closed": "dim", "paused": "yellow"}


def show(out: Console, found: Clocks) -> None:
    """Every clock of a ticket."""
    ticket = found.ticket
    out.print(Text.assemble((f"Ticket {ticket.id}", "bold"), f"  {ticket.subject[:80]}"))
    known = "as the worker knows it" if found.seen else "read from Zendesk just now"
    words = f"{ticket.status}, severity {found.severity or 'none'}, created {instant(ticket.created_at)}; {known}"
    out.print(words, markup=False)
    for one in found.clocks:
        out.print()
        _clock(out, one, found.at)


def _clock(out: Console, one: Course, now: datetime) -> None:
    seen = one.clock
    stage = Text(seen.stage, style="bold red" if one.breached else "bold")
    source = "Zendesk's own" if seen.source == "zendesk" else "ours"
    out.print(
        Text.assemble(
            (seen.clock, "bold cyan"), "  ", stage, f"  {source}, in '{seen.calendar}'", "  breached" * one.breached
        )
    )
    burn = f", {_percent(one.burn)} burnt" if one.burn is not None else ""
    due = f"; due {instant(seen.due_at)}{_away(seen.due_at, now)}" if seen.due_at else ""
    out.print(f"  used {_span(seen.elapsed)} of {_span(seen.target)}{burn}{due}", markup=False)
    if seen.note:
        out.print(Text(f"  {seen.note}", style="yellow"))
    if one.marks:
        told = [
            f"{mark.share} % {instant(mark.at) if mark.at else 'unknown' if mark.past else '-'}" for mark in one.marks
        ]
        out.print("  " + "   ".join(told), markup=False)
    if one.stretches:
        out.print(_course(one.stretches))


def _course(stretches: tuple[Stretch, ...]) -> Table:
    grid = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    earlier = len(stretches) - NEWEST
    if earlier > 0:
        grid.add_row("   ", "", f"{earlier} earlier stretches", "")
    for one in stretches[-NEWEST:]:
        state = Text(one.state, style=_STYLES[one.state])
        grid.add_row("   ", state, f"{instant(one.start)} to {instant(one.end)}", describe_span(one.end - one.start))
    return grid


def _percent(share: float) -> str:
    return f"{int(share * 100)} %"


def _away(due: datetime | None, now: datetime) -> str:
    """How far away an instant is, in time on the clock."""
    if due is None:
        return ""
    return f" (in {describe_span(due - now)})" if due > now else f" ({describe_span(now - due)} ago)"


def _span(seconds: float | None) -> str:
    return describe_span(timedelta(seconds=seconds)) if seconds is not None else "an unknown time"
