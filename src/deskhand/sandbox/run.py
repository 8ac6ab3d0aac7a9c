"""What the command line calls: a sandbox with a world, served over HTTP."""

import json
from collections.abc import Callable
from pathlib import Path

from deskhand.errors import UsageError
from deskhand.sandbox.clock import RealClock, SimClock
from deskhand.sandbox.exchange import Row
from deskhand.sandbox.faults import Faults
from deskhand.sandbox.options import Options
from deskhand.sandbox.refusal import Refusal
from deskhand.sandbox.sandbox import Sandbox
from deskhand.sandbox.server import serve

Loader = Callable[[Sandbox], object]
"""Fills a sandbox that has an empty world: people, tickets, and what is to happen."""


def run_server(  # noqa: PLR0913 - the settings of one command
    port: int = 0, *, subdomain: str = "acme", seed: int = 1, clock: str = "real", faults: Path | None = None, options: Options | None = None,
    load: Loader | None = None, ready: Callable[[str], None] | None = None,
) -> None:  # fmt: skip
    """Serve a sandbox until stopped. `clock` is real or simulated, `faults` a JSON file, `load` fills the world. Raises UsageError."""
    sandbox = Sandbox(
        subdomain, SimClock() if clock == "simulated" else RealClock(), seed, options, faults=_read(faults)
    )
    if load is not None:
        load(sandbox)
    serve(sandbox, port, ready=ready)


def _read(path: Path | None) -> list[Row]:
    """The faults of a file, each checked. Raises UsageError."""
    if path is None:
        return []
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
        Faults(rows)
    except (OSError, ValueError, TypeError, AttributeError, Refusal) as error:
        raise _unusable(path, str(error)) from error
    if not isinstance(rows, list):
        raise _unusable(path, "it is no list")
    return rows


def _unusable(path: Path, why: str) -> UsageError:
    return UsageError(
        f"the fault file {path} cannot be used: {why}",
        hint="It is a JSON list of faults: see `deskhand sandbox --help`.",
    )
