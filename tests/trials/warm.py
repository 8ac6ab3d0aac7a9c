"""A process that has loaded what `deskhand run` loads and done nothing else. For each order that it reads, it forks a worker: a start without the loading.

Run as a program. Each order is a line of JSON, {"environ": {...}, "folder": "..."}. It answers with the worker's process id, and with an empty line once
that worker is gone. What the worker says on standard error comes out on its own.
"""

import json
import os
import sys
import time

from deskhand.cli.loading import loading
from deskhand.cli.main import main

with loading():
    from deskhand.cli import prepared
    from deskhand.worker import Service

LOADED = (prepared, Service)
"""What a worker that is forked finds in memory."""


def work(environ: dict[str, str], folder: str) -> None:
    """Be the worker; never returns."""
    code = 1
    try:
        os.environ.clear()
        os.environ.update(environ)
        os.chdir(folder)
        nothing = os.open(os.devnull, os.O_RDWR)
        os.dup2(nothing, 0)
        os.dup2(nothing, 1)
        code = main(["run"])
    finally:
        os._exit(code)


def serve() -> None:
    """Worker after worker, until nobody orders any more. The first line says how many seconds of a processor the loading took."""
    _say(time.process_time())
    for line in sys.stdin:
        pid = os.fork()
        if not pid:
            work(**json.loads(line))
        _say(pid)
        os.waitpid(pid, 0)
        _say()


def _say(what: object = "") -> None:
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    serve()
