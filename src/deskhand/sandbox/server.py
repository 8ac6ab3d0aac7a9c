"""The sandbox over real sockets: Starlette and uvicorn on 127.0.0.1."""

import asyncio
import socket
import struct
from collections.abc import Callable

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request as WebRequest
from starlette.responses import Response as WebResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from deskhand.sandbox.exchange import Request, Response
from deskhand.sandbox.sandbox import Sandbox

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
SILENCE = 600.0
"""Seconds for which a connection stays open when a fault lets the answer never come."""


class Broken(WebResponse):
    """An answer that does not arrive: nothing is sent, or the connection ends in the middle of the body."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.body, response.status or 200, response.headers)
        self._accident = response.accident

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI's signature
        """Fail as the accident says: silence for long, half a body, or a reset of the connection."""
        if self._accident == "timeout":
            await asyncio.sleep(SILENCE)
        if self._accident == "cut":
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            await send({"type": "http.response.body", "body": self.body[: len(self.body) // 2], "more_body": True})
        transport = scope.get(_TRANSPORT)
        if transport is not None:
            sock = transport.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            transport.abort()
            await asyncio.sleep(0)


_TRANSPORT = "deskhand.transport"


def application(sandbox: Sandbox) -> ASGIApp:
    """The sandbox as an ASGI application. Requests are answered one at a time, as the world is one."""

    async def answer(web: WebRequest) -> WebResponse:
        headers = {name.lower(): value for name, value in web.headers.items()}
        query = tuple(web.query_params.multi_items())
        request = Request(web.method, web.url.path, query, headers, await web.body(), web.url.scheme)
        response = sandbox.handle(request)
        if response.delay and not response.accident:
            await asyncio.sleep(response.delay)
        return Broken(response) if response.accident else WebResponse(response.body, response.status, response.headers)

    inner = Starlette(routes=[Route("/{path:path}", answer, methods=METHODS)])

    async def outer(scope: Scope, receive: Receive, send: Send) -> None:
        """Remember the connection's transport: to reset a connection, a fault needs more than ASGI gives."""
        scope[_TRANSPORT] = getattr(getattr(send, "__self__", None), "transport", None)
        await inner(scope, receive, send)

    return outer


def serve(sandbox: Sandbox, port: int = 0, *, ready: Callable[[str], None] | None = None) -> None:
    """Listen on 127.0.0.1 until stopped. `ready` is told the address; by default it is printed and flushed."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    config = uvicorn.Config(
        application(sandbox),
        log_level="critical",
        access_log=False,
        lifespan="off",
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
