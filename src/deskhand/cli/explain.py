"""`deskhand explain`: why, line by line."""

from dataclasses import replace
from typing import Annotated

import typer

from deskhand.cli.output import Json, console, print_json
from deskhand.cli.policy_shown import show_policy


def command(
    ticket: Annotated[int, typer.Argument(help="The number of a ticket.", min=1)], *, as_json: Json = False
) -> None:
    """Show what the policies say of a ticket now: each rule, each condition with the value seen, the clocks, the next look.

    Nothing is stored or written. A ticket that the worker does not know yet is read from Zendesk.
    """
    from deskhand import wiring
    from deskhand.app import standing
    from deskhand.app.explain import explain
    from deskhand.cli.explained import show
    from deskhand.errors import SettingsError
    from deskhand.settings import load

    settings = load()
    try:
        connection = wiring.visit(settings)
    except SettingsError:
        connection = None  # what the worker knows can be explained without the account
    outside, now = wiring.outside(settings), wiring.RealClock().now()
    store = wiring.look(settings)
    try:
        policy = wiring.in_force(settings, store, connection)
        desk = connection.desk(policy.needs) if connection else None
        with store.read() as tx:
            told = standing.told(tx)
        found = explain(store, desk, policy, ticket, now, outside=outside)
        if any(climb.stage != "over" for climb in found.decision.climbs):
            people = wiring.on_call(settings, policy, now)
            found = explain(store, desk, policy, ticket, now, outside=replace(outside, on_call=people))
    finally:
        store.close()
    if as_json:
        print_json(
            {
                "policy": told,
                "ticket": found.ticket,
                "known": found.seen,
                "decision": found.decision,
                "past": found.past,
                "write": found.row,
            }
        )
        return
    out = console()
    show_policy(out, told)
    show(out, found)
