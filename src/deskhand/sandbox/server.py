"""The sandbox over real sockets: uvicorn on 127.0.0.1."""

import socket
from collections.abc import Callable

import uvicorn

from deskhand.sandbox.asgi import application
from deskhand.sandbox.sandbox import Sandbox

PATIENCE = 60
"""Seconds after which a connection without requests is closed: longer than clients keep theirs between two questions."""


def serve(sandbox: Sandbox, port: int = 0, *, ready: Callable[[str], None] | None = None) -> None:
    """Listen on 127.0.0.1 until stopped. `ready` is told the address; by default it is printed and flushed."""
    # asyncio switches Nagle's delay off only where the protocol is named; with it, each request on a kept connection takes 40 ms.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    config = uvicorn.Config(
        application(sandbox),
        log_level="error",
        access_log=False,
        lifespan="off",
        ws="none",
        timeout_keep_alive=PATIENCE,
        server_header=False,
        date_header=False,
    )
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    with listener:
        listener.listen(128)
        (ready or _say)(url)
        uvicorn.Server(config).run(sockets=[listener])


def _say(url: str) -> None:
    print(f"sandbox listening on {url}", flush=True)  # noqa: T201 - the ready line of the command
