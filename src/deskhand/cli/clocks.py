"""`deskhand clocks`: how each promise on a ticket stands, and how it came to that."""

from typing import Annotated

import typer

from deskhand.cli.output import Json, console, moment, print_json


def command(
    ticket: Annotated[int, typer.Argument(help="The number of a ticket.", min=1)],
    *,
    at: Annotated[
        str | None,
        typer.Option("--at", metavar="INSTANT", help="Read them at this instant, such as 2026-03-02T09:00Z."),
    ] = None,
    online: Annotated[
        bool, typer.Option("--online", help="Read the ticket, its audits and metric events from Zendesk now.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Show a ticket's clocks: targets, time used, the instants of 50, 75, 90 and 100 %, and when each ran, paused or was closed.

    What the worker knows is shown; a ticket that it does not know is read from Zendesk, whole with its audits.
    """
    from deskhand import wiring
    from deskhand.app.clocks import clocks
    from deskhand.cli.courses import show
    from deskhand.settings import load

    now = moment(at, "--at") if at else wiring.RealClock().now()
    settings = load()
    with wiring.visiting(settings, needs_account=online) as (store, connection):
        policy = wiring.in_force(settings, store, connection)
        desk = connection.desk(policy.needs | {"slas", "metrics"}) if connection else None
        past = connection.past() if connection else None
        found = clocks(None if online else store, desk, past, policy, ticket, now=now)
    if as_json:
        print_json(found)
        return
    show(console(), found)
