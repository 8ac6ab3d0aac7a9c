"""`deskhand status`: how the worker stands."""

from deskhand.cli.output import Json, console, instant, print_json


def command(*, as_json: Json = False) -> None:
    """Show what the worker holds: tickets by status, writes and messages by state, what is due, how far the feeds were read."""
    from deskhand import wiring
    from deskhand.app.status import status
    from deskhand.settings import load

    clock = wiring.RealClock()
    store = wiring.look(load())
    try:
        found = status(store, clock.now())
    finally:
        store.close()
    if as_json:
        print_json(found)
        return
    out = console()
    counts = ", ".join(f"{count} {name}" for name, count in sorted(found.tickets.items())) or "none yet"
    writes = ", ".join(f"{count} {name}" for name, count in sorted(found.outbox.items())) or "none"
    out.print(f"tickets   {counts}")
    out.print(f"writes    {writes}")
    if found.messages:
        out.print(f"messages  {', '.join(f'{count} {name}' for name, count in sorted(found.messages.items()))}")
    since = f", the oldest since {instant(found.oldest_due)}" if found.oldest_due else ""
    out.print(f"due now   {found.due}{since}; next look {instant(found.next_look)}")
    for feed, at in found.read_to.items():
        out.print(f"read to   {at}  ({feed})")
    if found.last_cycle:
        out.print(f"cycle     {found.last_cycle}, the last full one")
    if found.refused:
        out.print("policies  changed, and not in force; the last good ones are:", style="red")
        out.print(found.refused, markup=False, soft_wrap=True)
    for rule, reason in found.held.items():
        out.print(f"held      {rule}: {reason}", markup=False, style="yellow", soft_wrap=True)
    if found.messages.get("dead"):
        out.print(
            f"alarm     {found.messages['dead']} messages reached nobody; `deskhand outbox list --state dead` shows them",
            style="red",
        )
    if found.not_shown:
        out.print(f"alarm     {found.not_shown} pages were taken by a service that did not show them", style="red")
    if found.disagreed:
        out.print(
            f"[yellow]clocks    {found.disagreed} disagreed with Zendesk's by more than a minute; `deskhand clocks` shows a ticket's[/]"
        )
