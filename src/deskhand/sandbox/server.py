"""The sandbox over real sockets: uvicorn on an address of this machine."""

import errno
import shlex
import socket
from collections.abc import Callable
from functools import partial
from ipaddress import ip_address

import uvicorn

from deskhand.errors import SettingsError
from deskhand.sandbox.asgi import application
from deskhand.sandbox.auth import CLIENT_ID, CLIENT_SECRET
from deskhand.sandbox.postman import Postman
from deskhand.sandbox.sandbox import Sandbox

IDLE = 60
"""Seconds after which a connection without requests is closed: longer than clients keep theirs between two questions."""

PATIENCE = 3
"""Seconds that requests under way get at a stop."""

ALONE = {"DESKHAND_SIGN_OFFS": "0"}
"""Whoever tries something on a sandbox needs nobody's signature."""


def serve(
    sandbox: Sandbox, port: int = 0, *, host: str = "127.0.0.1", ready: Callable[[str], None] | None = None
) -> None:
    """Listen on an address of this machine until stopped, then save the state where there is a file for it.

    `ready` is told the URL; by default it is printed and flushed. Raises SettingsError.
    """
    config = uvicorn.Config(
        application(sandbox),
        log_level="error",
        access_log=False,
        lifespan="off",
        ws="none",
        timeout_keep_alive=IDLE,
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=PATIENCE,
    )
    sandbox.postman = sandbox.postman or Postman()
    with _listener(host, port) as listener:
        sandbox.guarded = not ip_address(listener.getsockname()[0]).is_loopback
        shown = f"[{host}]" if ":" in host else host
        (ready or partial(_say, sandbox))(f"http://{shown}:{listener.getsockname()[1]}")
        _Server(config, sandbox).run(sockets=[listener])


class _Server(uvicorn.Server):
    """A server that saves the state once the last request is answered, before the signal that stopped it takes its course."""

    def __init__(self, config: uvicorn.Config, sandbox: Sandbox) -> None:
        super().__init__(config)
        self._sandbox = sandbox

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Answer what is under way, then save."""
        await super().shutdown(sockets)
        if self._sandbox.keep is not None:
            self._sandbox.keep()


def _listener(host: str, port: int) -> socket.socket:
    """A socket that listens already, so that whoever reads the ready line can connect at once. Raises SettingsError."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        # asyncio switches Nagle's delay off only where the protocol is named; with it, each request on a kept connection takes 40 ms.
        listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
            listener.listen(128)
        except OSError:
            listener.close()
            raise
    except OSError as error:
        hint = {
            errno.EADDRINUSE: "Stop what listens there, or name another port; --port 0 takes a free one.",
            errno.EACCES: "Ports below 1024 are kept for the system: name a higher one.",
        }.get(error.errno or 0, "--host names an address of this machine, such as 127.0.0.1.")
        raise SettingsError(
            f"the sandbox cannot listen on {host}:{port}: {error.strerror or error}", hint=hint
        ) from error
    return listener


def _say(sandbox: Sandbox, url: str) -> None:
    """The ready line, and below it what points deskhand at the account and at the stand-ins, to be pasted into a shell."""
    known = ((name, client.secret) for name, client in sandbox.door.clients.items())
    name, secret = next(known, (CLIENT_ID, CLIENT_SECRET))
    account = {"DESKHAND_BASE_URL": url, "DESKHAND_CLIENT_ID": name, "DESKHAND_CLIENT_SECRET": secret}
    every = account | sandbox.services.settings(url) | ALONE
    settings = "".join(f"\nexport {name}={shlex.quote(value)}" for name, value in every.items())
    print(f"sandbox listening on {url}{settings}", flush=True)  # noqa: T201 - the ready line of the command
