"""What the command line calls: a sandbox with a world, served over HTTP."""

import gc
import json
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

from deskhand.errors import UsageError
from deskhand.sandbox.clock import Clock, RealClock, SimClock
from deskhand.sandbox.exchange import Row
from deskhand.sandbox.faults import Faults
from deskhand.sandbox.limits import Limits
from deskhand.sandbox.options import Options
from deskhand.sandbox.refusal import Refusal
from deskhand.sandbox.sandbox import Sandbox
from deskhand.sandbox.server import serve
from deskhand.sandbox.state import save

Loader = Callable[[Sandbox], object]
"""Fills a sandbox that has an empty world: people, tickets, and what is to happen."""


def make_clock(kind: str = "real", start: datetime | None = None, speed: float = 1.0) -> Clock:
    """A clock that is `simulated` or `real`, from `start` on where one is given, `speed` times as fast as the machine's."""
    if kind == "simulated":
        return SimClock() if start is None else SimClock(start)
    return RealClock(speed, start)


def run_server(  # noqa: PLR0913 - the settings of one command
    port: int = 0, *, host: str = "127.0.0.1", subdomain: str = "acme", seed: int = 1, clock: Clock | str | None = None, faults: Path | None = None,
    options: Options | None = None, limits: Limits | None = None, load: Loader | None = None, ready: Callable[[str], None] | None = None,
    state: Path | None = None,
) -> None:  # fmt: skip
    """Serve a new sandbox until stopped. `clock` is one, or the kind of one; `faults` a JSON file; `load` fills the world; `state` is where it is kept.

    Raises UsageError, SettingsError.
    """
    chosen = make_clock(clock or "real") if isinstance(clock, str | None) else clock
    sandbox = Sandbox(subdomain, chosen, seed, options, limits, faults=read_faults(faults))
    if load is not None:
        load(sandbox)
    serve_kept(sandbox, port, host=host, state=state, ready=ready)


def serve_kept(
    sandbox: Sandbox, port: int, *, host: str = "127.0.0.1", state: Path | None = None, ready: Callable[[str], None] | None = None
) -> None:  # fmt: skip
    """Serve a sandbox until stopped, and keep its state in a file where one is named. Raises SettingsError."""
    if state is not None:
        sandbox.keep = partial(save, sandbox, state)
        sandbox.keep()
    gc.freeze()  # what was loaded stays: the collector need not look through it again and again while requests wait
    serve(sandbox, port, host=host, ready=ready)


def read_faults(path: Path | None) -> list[Row]:
    """The faults of a file, each checked; none where no file is named. Raises UsageError."""
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
        hint='It is a JSON list of faults such as {"kind": "status", "path": "/api/v2/groups*", "status": 503, "share": 0.1}.',
    )
