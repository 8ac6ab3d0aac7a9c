"""A server on a free port of this machine, for tests of clients that open real sockets."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from deskhand.sandbox import Request, Response, Sandbox
from deskhand.sandbox.asgi import application


class Stage(Sandbox):
    """What the server asks: whichever sandbox a test puts here."""

    netloc = ""
    """Host and port of the server."""

    def __init__(self) -> None:
        super().__init__()
        self.sandbox: Sandbox | None = None

    def handle(self, request: Request) -> Response:
        """Let the test's sandbox answer."""
        assert self.sandbox is not None
        return self.sandbox.handle(request)


@contextmanager
def listening(sandbox: Sandbox | None = None) -> Iterator[Stage]:
    """A server until the end of the block."""
    stage = Stage()
    stage.sandbox = sandbox
    config = uvicorn.Config(
        application(stage), log_level="error", access_log=False, lifespan="off", ws="none", server_header=False
    )
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        stage.netloc = "{}:{}".format(*listener.getsockname())
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        yield stage
        server.should_exit = server.force_exit = True
        thread.join(timeout=10)
