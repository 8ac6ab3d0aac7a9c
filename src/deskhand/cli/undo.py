"""`deskhand undo`: take back what a run or a rule did."""

import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from deskhand.cli.output import Json, console, moment, print_json
from deskhand.cli.person import By, person
from deskhand.errors import UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from deskhand.app.undo import Handed, Plan
    from deskhand.core.undo import Back


def command(
    *,
    run: Annotated[
        str, typer.Option("--run", help="The run, as `deskhand runs` lists it; the beginning is enough.")
    ] = "",
    rule: Annotated[
        str, typer.Option("--rule", help="The rule, in whatever run; writes that other rules share with it too.")
    ] = "",
    since: Annotated[
        str | None, typer.Option("--since", metavar="INSTANT", help="With --rule: only from this instant on.")
    ] = None,
    apply: Annotated[
        bool, typer.Option("--apply", help="Do it. Without this, the plan is shown and nothing is done.")
    ] = False,
    allow: Annotated[
        int,
        typer.Option("--allow", help="With --apply: how many tickets may change, where the ceiling is lower.", min=0),
    ] = 0,
    by: By = "",
    as_json: Json = False,
) -> None:
    """Take back what a run or a rule wrote: fields, tags, group, assignee and followers as they were, where nobody has changed them since.

    Notes stay, and so does what somebody has changed meanwhile; escalations that it began are over, and their pages are closed. The worker sends the writes with its next cycle, each conditional on the ticket as it was read.
    """
    from deskhand import wiring
    from deskhand.app import undo
    from deskhand.settings import load

    start = _asked(run, rule, since)
    settings = load()
    clock = wiring.RealClock()
    store = wiring.look(settings)
    connection = wiring.visit(settings)
    try:
        policy = wiring.in_force(settings, store, connection)
        plan = undo.plan(store, connection.desk(frozenset()), run=run, rule=rule, since=start)
        handed = None
        if apply:
            mark = f"undo-{uuid.uuid4().hex[:8]}"
            handed = undo.apply(store, policy, plan, mark, clock.now(), by=person(by), allowed=allow)
    finally:
        store.close()
        connection.close()
    if as_json:
        print_json(
            {"writes": plan.writes, "tickets": plan.tickets, "gone": plan.gone, "ends": plan.ends, "handed_in": handed}
        )
        return
    _show(console(), plan, handed)
    if handed and settings.mode in ("off", "observe"):
        console().print(
            f"Mode {settings.mode} sends none of them: set DESKHAND_MODE=enforce, or deskhand once --mode enforce."
        )
    elif handed and policy.mode in ("off", "observe"):
        console().print("None is sent while no version of the policies has its signatures: `deskhand sign-off show`.")


def _asked(run: str, rule: str, since: str | None) -> datetime | None:
    """The instant to begin with. Raises UsageError unless it is said what is to be undone."""
    if bool(run) == bool(rule):
        raise UsageError("say what is to be undone", hint="--run ID (see `deskhand runs`), or --rule ID with --since.")
    if rule and not since:
        raise UsageError("--rule needs --since", hint="Such as --since 2026-03-02T09:00Z.")
    return moment(since, "--since") if since else None


def _said(step: "Back") -> str:
    """One thing that goes back, in words."""
    if " " in step.name:
        return f"{step.name} {'comes back' if step.then else 'goes'}"
    return f"{step.name}: {_or_nothing(step.now)} -> {_or_nothing(step.then)}"


def _or_nothing(value: object) -> object:
    """A value for people, who know of no None."""
    return "nothing" if value is None or value == "" else value


def _show(out: "Console", plan: "Plan", handed: "Handed | None") -> None:
    from deskhand.app.undo import summed

    for one in plan.tickets[:20]:
        back = ", ".join(map(_said, one.back)) or "nothing goes back"
        out.print(f"ticket {one.ticket_id}  {back}", markup=False, soft_wrap=True)
        for left in one.left:
            out.print(f"    {left.name} stays {left.now}: {left.reason}", markup=False, style="yellow", soft_wrap=True)
    if len(plan.tickets) > 20:
        out.print(f"... and {len(plan.tickets) - 20} tickets more; --json shows all.")
    totals = ", ".join(f"{name} on {count}" for name, count in list(summed(plan).items())[:12])
    notes = sum(one.notes for one in plan.tickets)
    out.print(
        f"{plan.writes} tickets change ({totals or 'nothing'}); {notes} notes stay.", markup=False, soft_wrap=True
    )
    if plan.ends:
        numbers = [str(key) for key in plan.ends]
        some = ", ".join(numbers[:12]) + (f" and {len(numbers) - 12} more" if numbers[12:] else "")
        over = "are over, and their pages closed" if handed else "would be over, and their pages closed"
        over = (
            f"go on; --apply --allow {max(plan.writes, len(plan.ends))} ends them too"
            if handed and handed.held
            else over
        )
        out.print(f"Escalations of {len(numbers)} tickets {over}: {some}.", soft_wrap=True)
    if plan.gone:
        out.print(f"{len(plan.gone)} tickets are gone.")
    if handed is None:
        out.print("Nothing was done. Add --apply to do it.")
    elif handed.held:
        out.print(f"{handed.held} writes are held: {handed.reason}.", markup=False, soft_wrap=True)
        out.print(f"Let them go with: deskhand outbox release undo --allow {handed.held}", markup=False)
    else:
        out.print(
            f"{handed.planned} writes are on their way with the worker's next cycle (`deskhand once` if none runs)."
        )
