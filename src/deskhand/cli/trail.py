"""`deskhand trail`: the audit trail - its entries, whether it holds, and a copy of it."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from deskhand.cli.output import Json, console, instant, moment, print_json

if TYPE_CHECKING:
    from deskhand.app.ports import Store
    from deskhand.core.trail import Checked, Entry, Head

SHOWN: Final = 5
"""Writes or messages of one entry that are shown; `--json` has all."""

app = typer.Typer(
    help="Show the audit trail: who allowed what, when, and what was written under which policy. And whether anybody altered it.",
    no_args_is_help=True,
)


@app.command("list")
def list_(
    *,
    kind: Annotated[
        list[str] | None, typer.Option("--kind", help="Only entries of this kind; may be repeated.")
    ] = None,
    since: Annotated[str | None, typer.Option("--since", metavar="INSTANT", help="Only from this instant on.")] = None,
    ticket: Annotated[int, typer.Option("--ticket", help="Only what names this ticket.", min=0)] = 0,
    limit: Annotated[int, typer.Option("--limit", help="At most so many, the newest.", min=1)] = 50,
    as_json: Json = False,
) -> None:
    """List the newest entries, the newest last."""
    from deskhand.app.trail_reading import listed
    from deskhand.core.trail import KINDS

    unknown = sorted(set(kind or ()) - set(KINDS))
    if unknown:
        raise typer.BadParameter(f"there is no kind '{unknown[0]}'; there are {', '.join(KINDS)}", param_hint="--kind")
    start = moment(since, "--since") if since else None
    with _looking() as store:
        found = listed(store, kind or (), since=start, ticket=ticket, limit=limit)
    if as_json:
        print_json({"entries": [_plain(entry) for entry in found]})
        return
    out = console()
    for entry in found:
        line = f"{entry.seq:6}  {instant(entry.at)}  {entry.kind:9} {entry.by}: {_words(entry)}"
        out.print(line, markup=False, soft_wrap=True)
    if not found:
        out.print("There is no such entry.")


@app.command("verify")
def verify(
    *,
    head: Annotated[
        str | None,
        typer.Option(
            "--head", metavar="SEQ:DIGEST", help="Hold it against the `head` of a line `trail` of the worker's log."
        ),
    ] = None,
    file: Annotated[
        Path | None, typer.Option("--file", help="Check this export; no database is needed.", dir_okay=False)
    ] = None,
    as_json: Json = False,
) -> None:
    """Go through the whole trail: was any entry altered, removed, put in or moved? Exits with 1 where it was.

    Who can write to the database can write all entries anew, digests and all, or cut off the newest ones. Only a head that was noted
    elsewhere shows that: the worker writes it into its log, as `trail`.
    """
    known = _head(head)
    if file is not None:
        done = _of_file(file, known)
    else:
        from deskhand.app.trail_reading import checked

        with _looking() as store:
            done = checked(store, known)
    _report(done, known, as_json=as_json)


@app.command("export")
def export(
    file: Annotated[Path, typer.Argument(help="Where to: one line of JSON for each entry.", dir_okay=False)],
    *,
    as_json: Json = False,
) -> None:
    """Copy the whole trail into a file, which `deskhand trail verify --file` checks without a database."""
    from deskhand.app.trail_reading import walk
    from deskhand.core.trail import written

    last = None
    with (
        _looking() as store,
        _in_place(file) as partial,
        store.read() as tx,
        partial.open("w", encoding="utf-8") as out,
    ):
        for entry in walk(tx):
            out.write(written(entry) + "\n")
            last = entry
    head = str(last.head) if last else ""
    count = last.seq if last else 0
    if as_json:
        print_json({"entries": count, "head": head, "file": str(file)})
        return
    console().print(f"{count} entries in {file}{f', head {head}' if head else ''}", markup=False, soft_wrap=True)


@contextmanager
def _looking() -> "Iterator[Store]":
    """The database, beside a running worker."""
    from deskhand import wiring
    from deskhand.settings import load

    store = wiring.look(load())
    try:
        yield store
    finally:
        store.close()


@contextmanager
def _in_place(file: Path) -> Iterator[Path]:
    """A file to write, which takes its place once it is whole. Raises UsageError where it cannot be written."""
    from deskhand.errors import UsageError

    partial = file.with_name(f"{file.name}.partial")
    try:
        yield partial
        partial.replace(file)
    except OSError as wrong:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
        raise UsageError(
            f"{file} cannot be written: {wrong.strerror}", hint="Name a file in a folder that this user may write to."
        ) from wrong


def _head(text: str | None) -> "Head | None":
    from deskhand.core.trail import Head

    if text is None:
        return None
    found = Head.read(text)
    if found is None:
        raise typer.BadParameter(
            f"'{text}' is no head; write 812:3f1c... as the log's line `trail` has it, with 12 letters of the digest or more",
            param_hint="--head",
        )
    return found


def _of_file(file: Path, known: "Head | None") -> "Checked":
    """What an export comes to. Raises UsageError for a file that cannot be read, TrailBroken for a line that is no entry."""
    from deskhand.core.trail import verify as go_through
    from deskhand.errors import UsageError

    try:
        with file.open("rb") as lines:
            return go_through(_entries(file, lines), known)
    except OSError as wrong:
        raise UsageError(
            f"{file} cannot be read: {wrong.strerror}", hint="`deskhand trail export FILE` writes one."
        ) from wrong


def _entries(file: Path, lines: "Iterator[bytes]") -> "Iterator[Entry]":
    from deskhand.core.trail import entry_from
    from deskhand.errors import TrailBroken

    for number, line in enumerate(lines, 1):
        try:
            yield entry_from(line.decode())
        except ValueError as wrong:
            raise TrailBroken(f"{file}:{number}: this is no entry of a trail: {wrong}") from wrong


def _report(done: "Checked", known: "Head | None", *, as_json: bool) -> None:
    """What came of it. Raises TrailBroken."""
    from deskhand.errors import TrailBroken

    head = str(done.last.head) if done.last else ""
    broken = done.broken
    if as_json:
        found = {"entry": broken.seq, "found": broken.found, "reason": broken.words} if broken else None
        print_json({"entries": done.count, "unbroken": broken is None, "head": head, "held_against": str(known or ""), "broken": found})  # fmt: skip
    if broken is not None:
        raise TrailBroken(f"the trail is broken at entry {broken.seq}. {broken.words}{_what_holds(done)}")
    if as_json:
        return
    out = console()
    out.print(f"{done.count} entries, unbroken, head {head}" if head else "0 entries: nothing was entered yet")
    if known is None:
        out.print(
            "To see that it was not written anew as a whole: --head with a `head` of the worker's log.", style="dim"
        )


def _what_holds(done: "Checked") -> str:
    """How much of a broken trail can be relied on."""
    if done.broken is None or done.broken.found in ("rewritten", "cut"):
        return " A backup that was put back shows itself in the same way."
    return f" The {done.count} before it hold together." if done.count else " Nothing before it holds."


def _plain(entry: "Entry") -> dict[str, object]:
    return {"seq": entry.seq, "at": entry.at, "kind": entry.kind, "by": entry.by, "facts": entry.told, "before": entry.before, "digest": entry.digest}  # fmt: skip


def _words(entry: "Entry") -> str:
    """The facts of an entry in one line; of many tickets the first ones."""
    told = entry.told
    return ", ".join(f"{name} {_said(value)}" for name, value in told.items() if value not in (None, "", [])) or "-"


def _said(value: object) -> str:
    """One fact: digests short, of a list its first members, a write or message by its ticket first."""
    match value:
        case {"ticket": ticket, **rest}:
            facts = (_said(one) for one in rest.values() if one not in (None, "", []))
            return f"ticket {ticket} ({', '.join(facts)})"
        case list() if value and isinstance(value[0], dict):
            more = f" and {len(value) - SHOWN} more" if len(value) > SHOWN else ""
            return f"{len(value)}: {'; '.join(_said(one) for one in value[:SHOWN])}{more}"
        case list():
            return " ".join(map(str, value))
        case str() if len(value) in (24, 64) and value.isalnum():
            return value[:12]
        case _:
            return str(value)
