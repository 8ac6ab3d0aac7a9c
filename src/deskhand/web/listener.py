"""The listener: the pages over a socket, in a thread of its own, for as long as the worker runs."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final

import uvicorn

from deskhand import logs
from deskhand.errors import SettingsError
from deskhand.web.door import Door
from deskhand.web.health import Take, application

log = logs.get(__name__)
USUAL: Final = "127.0.0.1"
PATIENCE: Final = 5.0
HEADERS: Final = 16 * 1024
"""Bytes that the headers of a request may have."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where to listen."""

    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> "Place":
        """`9000`, `127.0.0.1:9000`, `[::1]:9000`. Raises SettingsError."""
        host, _, port = text.rpartition(":")
        if not port.isdigit() or int(port) > 65535:
            raise SettingsError(
                f"DESKHAND_LISTEN is '{text}', which names no port", hint="Write 9000, or 127.0.0.1:9000."
            )
        return cls(host.strip("[]") or USUAL, int(port))

    @property
    def loopback(self) -> bool:
        """Whether only this machine can come in."""
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"


@contextmanager
def listening(place: Place, take: Take, token: str = "", door: Door | None = None) -> Iterator[str]:
    """Answer until the block ends; gives the address. Raises SettingsError where it cannot listen, or would to others without a token."""
    if not place.loopback and not token:
        raise SettingsError(
            f"DESKHAND_LISTEN opens {place.host} to other machines, and there is no token",
            hint="Set DESKHAND_LISTEN_TOKEN or DESKHAND_LISTEN_TOKEN_FILE, or listen on 127.0.0.1.",
        )
    with _bound(place) as listener:
        config = uvicorn.Config(
            application(take, token, door),
            http="h11",
            h11_max_incomplete_event_size=HEADERS,
            log_level="error",
            access_log=False,
            lifespan="off",
            ws="none",
            server_header=False,
        )
        server = _Quiet(config)
        thread = threading.Thread(target=server.run, args=([listener],), name="listener", daemon=True)
        thread.start()
        host, port = listener.getsockname()[:2]
        address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
        log.info("listening", address=address)
        try:
            yield address
        finally:
            server.should_exit = True
            thread.join(PATIENCE)


class _Quiet(uvicorn.Server):
    """A server that leaves signals to the worker."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """None are caught."""
        yield


def _bound(place: Place) -> socket.socket:
    try:
        family = socket.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)[0][0]
        listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((place.host, place.port))
            listener.listen(64)
        except OSError:
            listener.close()
            raise
    except OSError as error:
        raise SettingsError(
            f"the worker cannot listen on {place.host}:{place.port}: {error.strerror or error}",
            hint="Stop what listens there, or name another port by DESKHAND_LISTEN.",
        ) from error
    return listener
