"""`deskhand once`: one full cycle, and out."""

from typing import TYPE_CHECKING, Final

from deskhand.cli.loading import loading
from deskhand.cli.output import Json, console, print_json
from deskhand.cli.policy_shown import show_policy
from deskhand.cli.run import Mode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.table import Table

    from deskhand.core.decision import Decision

LOUD: Final = {"fires": "", "holds": "", "held": "held: ", "lacks": "waits: ", "skipped": "skipped: "}
"""Outcomes worth showing, and the word before the rule."""


def command(*, mode: Mode = None, as_json: Json = False) -> None:
    """Do one full cycle - read, judge, write back, confirm - and end. For cron, for trying out, for a first look.

    deskhand once                    shows what would be done, and writes nothing
    deskhand once --mode enforce     does it
    """
    with loading():
        from deskhand import wiring
        from deskhand.app.cycle import cycle
        from deskhand.app.standing import told
        from deskhand.app.take_over import take_over
        from deskhand.app.trail import Anchor, note_start
        from deskhand.cli.prepared import prepared

    settings, parts, clock = prepared(mode, watched=True)
    worker = wiring.build(settings, parts)
    try:
        wiring.verify(worker, settings)
        note_start(worker.engine, always=False)
        take_over(worker.engine)
        done = cycle(worker.engine, clock.wait, stopping=clock.stop.is_set, post=worker.post)
        with worker.store.read() as tx:
            held, policy = tx.outbox.count()["held"], told(tx)
        why = worker.engine.stop()
        Anchor(worker.store).tell()
    finally:
        worker.store.close()
        worker.connection.close()
    sent, said = done.dispatched, done.delivered
    report = {
        "mode": settings.mode,
        "policy": policy,
        "policy_refused": worker.refused,
        "changed": done.polled.changed,
        "evaluated": done.evaluated,
        "decisions": len(done.decisions),
        "written": sent.done,
        "conflicts": sent.conflicts,
        "dead": sent.dead,
        "held": held,
        "messages_sent": said.sent,
        "messages_dead": said.dead,
        "stopped": why,
        "finished": done.finished,
    }
    if as_json:
        print_json(report)
        return
    out = console()
    show_policy(out, policy)
    if worker.refused:
        out.print(f"policies  are not in force: {worker.refused}", markup=False, style="red", soft_wrap=True)
    out.print(
        f"{done.polled.changed} tickets changed, {done.evaluated} judged, {len(done.decisions)} decisions, "
        f"{sent.done} written, {sent.conflicts} judged again after a conflict, {sent.dead} refused (mode {settings.mode})."
    )
    if said.moved:
        out.print(f"{said.sent} messages sent, {said.dropped} of no use any more, {said.dead} reached nobody.")
    if held:
        out.print(f"[yellow]{held} writes are held by guards; `deskhand outbox list` shows why.[/]")
    if why and settings.mode not in ("off", "observe"):
        out.print(f"Nothing was sent: {why}.", markup=False, style="yellow")
    out.print(_decided(done.decisions[:20]))
    if len(done.decisions) > 20:
        out.print(f"  ... and {len(done.decisions) - 20} more; `deskhand explain TICKET` tells of each.")


def _decided(decisions: "Sequence[Decision]") -> "Table":
    """The rules that counted, a ticket a line; where a line is not enough, it goes on under its rules."""
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 1))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for decision in decisions:
        shown = [verdict for verdict in decision.verdicts if verdict.outcome in LOUD]
        grid.add_row(f"  ticket {decision.ticket_id}:", Text(", ".join(LOUD[one.outcome] + one.rule for one in shown)))
    return grid
