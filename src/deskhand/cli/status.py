"""`deskhand status`: how the worker stands."""

from datetime import datetime
from typing import TYPE_CHECKING

from deskhand.cli.output import Json, console, instant, print_json
from deskhand.cli.policy_shown import show_policy

if TYPE_CHECKING:
    from rich.console import Console

    from deskhand.app.status import Status


def command(*, as_json: Json = False) -> None:
    """Show what the worker holds: tickets by status, writes and messages by state, what is due, how far the feeds were read."""
    from deskhand import wiring
    from deskhand.app.status import status
    from deskhand.app.stop import Switch
    from deskhand.settings import load

    clock, settings = wiring.RealClock(), load()
    store = wiring.look(settings)
    try:
        found = status(store, clock.now())
    finally:
        store.close()
    if as_json:
        print_json(found)
        return
    out = console()
    _numbers(out, found)
    _feeds(out, found, clock.now(), settings.poll_seconds)
    show_policy(out, found.policy)
    stopped = Switch("enforce", settings.stop, settings.stop_file)()
    if stopped:
        out.print(f"stopped   nothing is sent: {stopped}", markup=False, style="yellow", soft_wrap=True)
    _troubles(out, found)


def _numbers(out: "Console", found: "Status") -> None:
    """How many there are of what, and what is due."""
    counts = ", ".join(f"{count} {name}" for name, count in sorted(found.tickets.items())) or "none yet"
    writes = ", ".join(f"{count} {name}" for name, count in sorted(found.outbox.items())) or "none"
    out.print(f"tickets   {counts}")
    out.print(f"writes    {writes}")
    if found.messages:
        out.print(f"messages  {', '.join(f'{count} {name}' for name, count in sorted(found.messages.items()))}")
    since = f", since {instant(found.oldest_due)}" if found.oldest_due else ""
    out.print(f"due now   {found.due}{since}; next look {instant(found.next_look)}")


def _feeds(out: "Console", found: "Status", now: datetime, every: float) -> None:
    """Up to when the feeds were read, and when all was last done; red where that is too long ago."""
    from deskhand.app.vitals import patience

    for feed, at in found.read_to.items():
        out.print(f"read to   {_ago(at, now)}  ({feed})")
    if found.restored:
        out.print(f"restored  {found.restored}", markup=False, soft_wrap=True)
    if not found.last_cycle:
        out.print("cycle     no full one yet")
        return
    late = now - datetime.fromisoformat(found.last_cycle) > patience(every)
    out.print(f"cycle     {_ago(found.last_cycle, now)}, the last full one", style="red" if late else None)
    if late:
        out.print(
            "alarm     no worker does all of its work: `deskhand doctor` says whether one runs, and its log what each cycle fails by",
            style="red",
            soft_wrap=True,
        )


def _troubles(out: "Console", found: "Status") -> None:
    """What a person should look at."""
    if found.refused:
        out.print("policies  changed, and not in force; the last good ones are:", style="red")
        out.print(found.refused, markup=False, soft_wrap=True)
    for rule, reason in found.held.items():
        out.print(f"held      {rule}: {reason}", markup=False, style="yellow", soft_wrap=True)
    for channel, words in found.passed_over.items():
        out.print(f"failing   {channel}; others carried {words}", markup=False, style="red", soft_wrap=True)
    for channel, words in found.stuck.items():
        out.print(f"waits     by {channel}: {words}", markup=False, style="yellow", soft_wrap=True)
    if dead := found.messages.get("dead"):
        out.print(
            f"alarm     {dead} {'message' if dead == 1 else 'messages'} reached nobody; `deskhand outbox list --state dead` shows them",
            style="red",
            soft_wrap=True,
        )
    if found.not_shown:
        out.print(f"alarm     {found.not_shown} pages were taken by a service that did not show them", style="red")
    if found.disagreed:
        out.print(
            f"[yellow]clocks    {found.disagreed} disagreed with Zendesk's by more than a minute; `deskhand clocks` shows a ticket's[/]",
            soft_wrap=True,
        )


def _ago(text: str, now: datetime) -> str:
    """An instant that was noted, and how long ago that is."""
    from deskhand.core.wording import span

    at = datetime.fromisoformat(text)
    return f"{instant(at)}, {span(max((now - at).total_seconds(), 0))} ago"
