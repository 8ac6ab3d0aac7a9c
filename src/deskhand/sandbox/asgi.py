"""The sandbox as an ASGI application, straight on the protocol: there is one way in, so no framework has anything to route."""

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qsl

from deskhand.sandbox.exchange import Request, Response
from deskhand.sandbox.route import MOST_BYTES
from deskhand.sandbox.sandbox import Sandbox

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

SILENCE = 600.0
"""Seconds for which a connection stays open when a fault lets the answer never come."""

_BODILESS = (204, 304)


def application(sandbox: Sandbox) -> Application:
    """An ASGI application. Requests are answered one at a time, as the world is one."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        body = await _body(receive)
        if body is None:
            return
        response = sandbox.handle(_request(scope, body))
        if response.accident:
            await _fail(response, send)
            return
        if response.delay:
            await asyncio.sleep(response.delay)
        await send({"type": "http.response.start", "status": response.status, "headers": _headers(response)})
        await send({"type": "http.response.body", "body": response.body})

    return answer


async def _body(receive: Receive) -> bytes | None:
    """The whole body, or None where the client went away before its end; of one that is too large, enough to be refused."""
    message = await receive()
    parts = [message.get("body", b"")]
    size = len(parts[0])
    while message.get("more_body") and size <= MOST_BYTES:
        message = await receive()
        parts.append(message.get("body", b""))
        size += len(parts[-1])
    return None if message["type"] == "http.disconnect" else b"".join(parts)


def _request(scope: Scope, body: bytes) -> Request:
    """What came in. The path stays as it was sent, without the host of a proxy's absolute form."""
    path = scope["raw_path"].decode("latin-1")
    if not path.startswith("/"):
        path = "/" + path.partition("://")[2].partition("/")[2]
    query = scope["query_string"].decode("latin-1")
    pairs = tuple(parse_qsl(query, keep_blank_values=True)) if query else ()
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    return Request(scope["method"], path, pairs, headers, body, scope["scheme"])


def _headers(response: Response) -> list[tuple[bytes, bytes]]:
    rows = [(name.encode("latin-1"), value.encode("latin-1", "replace")) for name, value in response.headers.items()]
    if response.status not in _BODILESS:
        rows.append((b"content-length", str(len(response.body)).encode()))
    return rows


async def _fail(response: Response, send: Send) -> None:
    """Fail as the accident says: silence for long, half a body, or a reset of the connection."""
    if response.accident == "timeout":
        await asyncio.sleep(SILENCE)
    if response.accident == "cut":
        await send({"type": "http.response.start", "status": response.status or 200, "headers": _headers(response)})
        half = response.body[: len(response.body) // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})
    # To reset a connection, a fault needs more than ASGI gives: the transport of uvicorn's own connection.
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    if transport is not None:
        with suppress(OSError):  # the client has hung up first
            sock = transport.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
        await asyncio.sleep(0)
