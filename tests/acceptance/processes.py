"""Real processes: a served sandbox, and commands that work on it; and commands in this process, where theirs is not the question."""

import io
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from deskhand.cli.main import main
from deskhand.sandbox import Sandbox

CLIENT = {"DESKHAND_CLIENT_ID": "deskhand", "DESKHAND_CLIENT_SECRET": "sandbox-secret"}
POLICIES = Path(__file__).parents[2] / "policies"


@contextmanager
def sandbox(*more: str) -> Iterator[str]:
    """A sandbox with the demo company on a free port; its address."""
    process = start("sandbox", "--port", "0", *more)
    try:
        assert process.stdout is not None
        ready = process.stdout.readline()
        found = re.search(r"sandbox listening on (http://127\.0\.0\.1:\d+)", ready)
        assert found, ready
        yield found.group(1)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)
        for pipe in (process.stdout, process.stderr):
            if pipe:
                pipe.close()


def start(*arguments: str, **environ: str) -> subprocess.Popen[str]:
    """A command, running."""
    return subprocess.Popen(
        [sys.executable, "-m", "deskhand", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=_environ(environ),
    )


def run(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """A command, to its end."""
    return subprocess.run(
        [sys.executable, "-m", "deskhand", *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        env=_environ(environ),
        check=False,
    )


def inside(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """A command, to its end, without a start of Python: what it answers is the same."""
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        for name, value in _environ(environ).items():
            patch.setenv(name, value)
        code = main([*arguments])
    return subprocess.CompletedProcess([*arguments], code, out.getvalue(), err.getvalue())


def _environ(more: dict[str, str]) -> dict[str, str]:
    """What a command is told; with a sandbox, its services too. Policies need no signatures, unless a test is about these."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DESKHAND_", "ZENPY_"))}
    address = more.get("DESKHAND_BASE_URL", "")
    services = Sandbox().services.settings(address) if address else {}
    return kept | {"DESKHAND_SIGN_OFFS": "0"} | services | more
