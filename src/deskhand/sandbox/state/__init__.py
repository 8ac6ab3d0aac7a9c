"""The state of a sandbox in a file: all that a client can observe, and all that is to happen.

    save(sandbox, path)
    sandbox = restore(path)

A restored sandbox answers every request as the saved one would have, and develops alike. `parts` says what is kept, `plain` how values are written,
`tickets` how tickets are, `file` how a file is written whole or not at all.
"""

import gc
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from deskhand.errors import SettingsError
from deskhand.sandbox import worlds as _worlds  # noqa: F401 - names all happenings
from deskhand.sandbox.agenda import Happening
from deskhand.sandbox.clock import Clock, RealClock, SimClock, iso
from deskhand.sandbox.exchange import Row
from deskhand.sandbox.limits import Limits
from deskhand.sandbox.options import Options
from deskhand.sandbox.sandbox import Sandbox
from deskhand.sandbox.state import parts
from deskhand.sandbox.state.file import StateUnusable, read_lines, unfit, write_lines
from deskhand.sandbox.state.plain import Codec, Unreadable, Unsavable
from deskhand.sandbox.state.tickets import COLUMNS, Reader, Writer
from deskhand.sandbox.switches import switched

__all__ = ["StateUnusable", "restore", "save"]

_AT_ONCE = 200
"""Tickets or rows in one line."""


def save(sandbox: Sandbox, path: Path, *, runs: bool = False) -> None:
    """Write a sandbox's state; what is under way is finished first. `runs` lets simulated time go on as real time does, once restored.

    Raises SettingsError, and then leaves the old file as it is.
    """
    sandbox.run_due()
    head = {
        "account": sandbox.subdomain, "tickets": len(sandbox.world.tickets), "now": iso(sandbox.clock.epoch()), "seed": sandbox.seed,
        "clock": _clock_row(sandbox.clock, runs=runs), "options": asdict(sandbox.options), "limits": asdict(sandbox.meter.limits), "columns": COLUMNS,
    }  # fmt: skip
    try:
        with _without_pauses():
            write_lines(path, head, _lines(sandbox))
    except Unsavable as error:
        raise SettingsError(
            f"the state cannot be saved: it holds {error}; {path} was left as it is",
            hint="This is a fault of deskhand: please report it with the command that was run.",
        ) from error


@contextmanager
def _without_pauses() -> Iterator[None]:
    """Millions of small objects come, and none of them in rings: looking for those again and again would take most of the time."""
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()


def _lines(sandbox: Sandbox) -> Iterator[Row]:
    codec = Codec(parts.CLASSES, parts.parties(sandbox))
    world = sandbox.world
    for name, table in world.tables.items():
        for rows in _portions(table.rows.values()):
            yield {"table": name, "rows": [codec.write(row) for row in rows]}
    for name, part in parts.parties(sandbox).items():
        names = parts.kept_of(name, part)
        yield {"part": name, "of": {key: codec.write(value) for key, value in parts.kept(part, names).items()}}
    writer = Writer(codec)
    for tickets in _portions(world.tickets.values()):
        yield {"tickets": [writer.ticket(ticket) for ticket in tickets]}
    for entries in _portions(sandbox.agenda.entries()):
        yield {"agenda": [[epoch, order, codec.write(one)] for epoch, order, one in entries]}


def _portions(rows: Iterable[Any]) -> Iterator[list[Any]]:
    portion: list[Any] = []
    for row in rows:
        portion.append(row)
        if len(portion) == _AT_ONCE:
            yield portion
            portion = []
    if portion:
        yield portion


def restore(path: Path, timed: Callable[[datetime], Clock] | None = None, switches: Iterable[str] = ()) -> Sandbox:
    """The sandbox that a file holds. Raises StateUnusable, and never changes the file.

    `timed` makes another clock, for the instant at which the state was saved; `switches` set options and limits anew.
    """
    lines = read_lines(path)
    head = next(lines)
    try:
        clock = timed(datetime.fromtimestamp(head["clock"]["now"], UTC)) if timed else _clock(head["clock"])
        options, limits = switched(switches, Options(**head["options"]), Limits(**head["limits"]))
        sandbox = Sandbox(head["account"], clock, head["seed"], options, limits, empty=False)
        with _without_pauses():
            _fill(sandbox, head["columns"], lines)
    except (Unreadable, KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise unfit(path, f"{type(error).__name__}: {error}") from error
    return sandbox


def _fill(sandbox: Sandbox, columns: list[str], lines: Iterator[Row]) -> None:
    world, found = sandbox.world, parts.parties(sandbox)
    codec = Codec(parts.CLASSES, found)
    reader = Reader(codec, columns)
    planned: list[tuple[float, int, Happening]] = []
    for line in lines:
        match line:
            case {"table": name, "rows": rows}:
                for row in rows:
                    world.tables[name].put(codec.read(row))
            case {"part": name, "of": values}:
                strange = set(values) - set(parts.kept_of(name, found[name]))
                if strange:
                    raise Unreadable(f"{name} with {', '.join(sorted(strange))}")
                parts.put_back(found[name], {key: codec.read(value) for key, value in values.items()})
            case {"tickets": rows}:
                for row in rows:
                    ticket = reader.ticket(row)
                    world.tickets[ticket.id] = ticket
            case {"agenda": entries}:
                planned += [(epoch, order, codec.read(one)) for epoch, order, one in entries]
            case _:
                raise Unreadable(f"a line of {', '.join(line)}")
    sandbox.agenda.restore(planned)
    parts.index(world)


def _clock_row(clock: Clock, *, runs: bool) -> Row:
    if isinstance(clock, RealClock):
        return {"simulated": False, "now": clock.epoch(), "speed": clock.speed, "own": clock.own}
    if runs:
        return {"simulated": False, "now": clock.epoch(), "speed": 1.0, "own": True}
    return {"simulated": True, "now": clock.epoch()}


def _clock(row: Row) -> Clock:
    """The clock of a head: one with a time of its own goes on where it stood."""
    moment = datetime.fromtimestamp(row["now"], UTC)
    if row["simulated"]:
        return SimClock(moment)
    return RealClock(row["speed"], moment if row["own"] else None)
