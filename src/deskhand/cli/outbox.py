"""`deskhand outbox`: writes and messages that wait, and what a person can do about them."""

from typing import TYPE_CHECKING, Annotated

import typer

from deskhand.cli.message_rows import list_messages, message_as_json, show_message, tell_messages
from deskhand.cli.output import Json, console, instant, print_json
from deskhand.cli.person import By, person

if TYPE_CHECKING:
    from datetime import datetime

    from rich.console import Console

    from deskhand.app.ports import Store
    from deskhand.core.delivery import Row

app = typer.Typer(help="Show the writes and messages that wait, and retry, drop or release them.", no_args_is_help=True)
Mark = Annotated[str, typer.Argument(help="The mark of a write or message, or the beginning of it.")]


@app.command("list")
def list_(
    *,
    state: Annotated[
        list[str] | None, typer.Option("--state", help="Only in this state; may be repeated. Default: all that waits.")
    ] = None,
    rule: Annotated[str, typer.Option("--rule", help="Only of this rule.")] = "",
    ticket: Annotated[int, typer.Option("--ticket", help="Only of this ticket.", min=0)] = 0,
    limit: Annotated[int, typer.Option("--limit", help="At most so many.", min=1)] = 50,
    as_json: Json = False,
) -> None:
    """List the writes and messages that wait: planned, under way, put off, held, or dead."""
    from typing import get_args

    from deskhand.app.message_box import LISTED, messages
    from deskhand.app.outbox import WAITING, listed
    from deskhand.core.delivery import State
    from deskhand.core.message import MessageState

    known = dict.fromkeys((*get_args(State), *get_args(MessageState)))
    unknown = sorted(set(state or ()) - set(known))
    if unknown:
        raise typer.BadParameter(f"there is no state '{unknown[0]}'; there are {', '.join(known)}")
    states = [name for name in get_args(State) if name in state] if state else list(WAITING)
    of_messages = [name for name in get_args(MessageState) if name in state] if state else list(LISTED)
    store = _look()
    try:
        found = listed(store, states, rule=rule, ticket=ticket, limit=limit)
        said = messages(store, of_messages, rule=rule, ticket=ticket, limit=limit)
    finally:
        store.close()
    if as_json:
        print_json({"counts": found.counts, "held": found.held, "writes": [_plain(row) for row in found.rows],
                    "message_counts": said.counts, "messages": [message_as_json(row) for row in said.rows]})  # fmt: skip
        return
    out = console()
    out.print(
        ", ".join(f"{count} {name}" for name, count in sorted(found.counts.items())) or "nothing was ever written"
    )
    for name, count in found.held.items():
        out.print(f"rule {name} is held with {count}: deskhand outbox release {name} --allow {count}", markup=False)
    for row in found.rows:
        rules = ", ".join(row.write.rules)
        out.print(
            f"{row.op_id[:12]}  {row.state:8} ticket {row.write.ticket_id:<8} {instant(row.created_at)}  {rules}  {row.reason}",
            markup=False,
            soft_wrap=True,
        )
    list_messages(out, said)


@app.command("show")
def show(mark: Mark, *, as_json: Json = False) -> None:
    """Show one write or message: what it says, how far it came, why it waits, and what can be done."""
    from deskhand.app.message_box import message
    from deskhand.app.outbox import is_known, shown

    store = _look()
    try:
        row = shown(store, mark) if is_known(store, mark) else None
        said = message(store, mark) if row is None else None
    finally:
        store.close()
    if row is None:
        assert said is not None
        show_message(said, as_json=as_json)
        return
    if as_json:
        print_json(_plain(row))
        return
    _show(console(), row)


@app.command("retry")
def retry(mark: Mark, *, by: By = "", as_json: Json = False) -> None:
    """Try a dead write or message again. What may have been done already is looked for first, so nothing is done twice."""
    from deskhand.app import message_box
    from deskhand.app.outbox import is_known
    from deskhand.app.outbox import retry as again

    store = _look()
    try:
        if is_known(store, mark):
            _done(
                [again(store, mark, _now(), by=person(by))],
                "is tried again with the worker's next cycle",
                as_json=as_json,
            )
        else:
            tell_messages([message_box.retry(store, mark, _now(), by=person(by))], "is tried again", as_json=as_json)
    finally:
        store.close()


@app.command("drop")
def drop(
    marks: Annotated[
        list[str] | None, typer.Argument(help="Marks of writes or messages, or the beginnings of them.")
    ] = None,
    *,
    rule: Annotated[str, typer.Option("--rule", help="All that this rule is held with.")] = "",
    by: By = "",
    as_json: Json = False,
) -> None:
    """Give up writes and messages that are held, dead or planned. Steps of writes count as over and do not fire again in this episode."""
    from deskhand.app import message_box
    from deskhand.app.outbox import drop as give_up
    from deskhand.app.outbox import is_known
    from deskhand.errors import UsageError

    if not marks and not rule:
        raise UsageError("nothing was named", hint="Name marks of writes, or a rule with --rule.")
    store = _look()
    try:
        of_writes = [mark for mark in marks or () if is_known(store, mark)]
        rest = [mark for mark in marks or () if mark not in of_writes]
        said = message_box.drop(store, rest, _now(), by=person(by)) if rest else []
        rows = give_up(store, of_writes, _now(), by=person(by), rule=rule) if of_writes or rule else []
    finally:
        store.close()
    if said:
        tell_messages(said, "dropped", as_json=as_json)
    if rows or not said:
        _done(rows, "dropped", as_json=as_json)


@app.command("release")
def release(
    name: Annotated[str, typer.Argument(help="The rule that is held, or the mark of one held write or message.")],
    *,
    allow: Annotated[int, typer.Option("--allow", help="How many tickets may be changed.", min=1)],
    by: By = "",
    as_json: Json = False,
) -> None:
    """Let go what a guard holds, as many as you name, the oldest first.

    No write is sent as it was: each ticket is judged again as it is now. A message is sent as you have read it.
    """
    from deskhand.app import message_box
    from deskhand.app.outbox import release as let_go

    store = _look()
    try:
        if message_box.is_known(store, name):
            said = message_box.release(store, name, person(by), _now())
            tell_messages([said], "is let go, and sent as it is", as_json=as_json)
            return
        rows = let_go(store, name, allow, _now(), by=person(by))
    finally:
        store.close()
    _done(rows, "let go; the worker's next cycle judges and sends what still holds", as_json=as_json)


def _look() -> "Store":
    from deskhand import wiring
    from deskhand.settings import load

    return wiring.look(load())


def _now() -> "datetime":
    from deskhand import wiring

    return wiring.RealClock().now()


def _done(rows: "list[Row]", words: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"writes": [_plain(row) for row in rows]})
        return
    what = (
        f"write {rows[0].op_id[:12]} on ticket {rows[0].write.ticket_id}" if len(rows) == 1 else f"{len(rows)} writes"
    )
    typer.echo(f"{what} {words}")


def _plain(row: "Row") -> dict[str, object]:
    """A row as JSON shows it: its mark and ticket first, and what comes next."""
    from dataclasses import asdict

    from deskhand.app.outbox import NEXT

    facts = asdict(row)
    return {"op_id": row.op_id, "ticket": row.write.ticket_id, "next": NEXT[row.state], **facts}


def _show(out: "Console", row: "Row") -> None:
    from deskhand.app.outbox import NEXT

    write = row.write
    lines = {
        "write": f"{row.op_id} on ticket {write.ticket_id}",
        "state": f"{row.state}, {row.attempts} attempts; {row.reason or 'no reason noted'}",
        "next": NEXT[row.state],
        "decided": f"{instant(row.created_at)} by run {row.run}, on the ticket as of {write.stamp}",
        "rules": ", ".join(write.rules),
        "sets": ", ".join(f"{name} = {value}" for name, value in write.sets),
        "assigns": " / ".join(one for one in (write.group, write.assignee) if one),
        "tags": " ".join([*(f"+{tag}" for tag in write.tags_added), *(f"-{tag}" for tag in write.tags_removed)]),
        "followers": ", ".join(write.followers),
        "job": row.job_id,
        "audit": str(row.audit_id or ""),
        "ended": instant(row.settled_at) if row.settled_at else "",
    }
    for name, words in lines.items():
        if words:
            out.print(f"{name:10}{words}", markup=False, soft_wrap=True)
    for line in (write.note or "").splitlines():
        out.print(f"          │ {line}", markup=False, style="dim")
