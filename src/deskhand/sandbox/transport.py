"""The sandbox under a requests.Session, without sockets: real responses, and the exceptions that a socket's accidents cause."""

from collections.abc import Iterator, Mapping
from http.client import responses
from io import BytesIO
from typing import TYPE_CHECKING

import requests
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict
from urllib3 import HTTPResponse
from urllib3.exceptions import ProtocolError

from deskhand.sandbox.exchange import Request, Response

if TYPE_CHECKING:
    from deskhand.sandbox.sandbox import Sandbox


class InProcess(BaseAdapter):
    """Hands requests to a sandbox. `sent` counts them."""

    def __init__(self, sandbox: "Sandbox") -> None:
        super().__init__()
        self._sandbox = sandbox
        self.sent = 0

    def send(  # noqa: PLR0917 - the signature is that of requests
        self, request: requests.PreparedRequest, stream: bool = False, timeout: object = None, verify: object = True,  # noqa: ARG002, FBT001, FBT002
        cert: object = None, proxies: Mapping[str, str] | None = None,  # noqa: ARG002
    ) -> requests.Response:  # fmt: skip
        """Carry out a request. Raises ReadTimeout, ConnectionError or ChunkedEncodingError where a fault says so."""
        self.sent += 1
        body = _bytes(request.body)
        headers = {str(name): str(value) for name, value in request.headers.items()}
        answer = self._sandbox.handle(
            Request.of(
                request.method or "GET",
                request.url or "",
                headers=headers,
                body=body,
            )
        )
        self._wait(request, answer, _seconds(timeout))
        response = self._response(request, answer)
        if not stream:
            _ = response.content
        return response

    def _wait(self, request: requests.PreparedRequest, answer: Response, patience: float | None) -> None:
        """Let the answer's delay pass on a simulated clock, and fail as a socket would."""
        takes_time = self._sandbox.options.accidents_take_time
        if answer.accident == "timeout" or (patience is not None and answer.delay > patience):
            if takes_time:
                self._sandbox.clock.advance(patience if patience is not None else max(answer.delay, 60.0))
            raise requests.exceptions.ReadTimeout("Read timed out.", request=request)
        if takes_time:
            self._sandbox.clock.advance(answer.delay)
        if answer.accident == "reset":
            cause = ProtocolError("Connection aborted.", ConnectionResetError(104, "Connection reset by peer"))
            raise requests.exceptions.ConnectionError(cause, request=request)
        if answer.accident == "cut":
            raise requests.exceptions.ChunkedEncodingError("Connection broken: IncompleteRead", request=request)

    @staticmethod
    def _response(request: requests.PreparedRequest, answer: Response) -> requests.Response:
        response = requests.Response()
        response.status_code = answer.status
        response.headers = CaseInsensitiveDict(answer.headers)
        response.raw = HTTPResponse(
            body=BytesIO(answer.body), headers=answer.headers, status=answer.status, preload_content=False
        )
        response.reason = responses.get(answer.status, "")
        response.encoding = requests.utils.get_encoding_from_headers(response.headers)
        response.url = request.url or ""
        response.request = request
        return response

    def close(self) -> None:
        """Nothing is open."""


def _bytes(body: object) -> bytes:
    """A request's body, which may be text, bytes, an open file or an iterator of bytes."""
    if isinstance(body, str):
        return body.encode()
    read = getattr(body, "read", None)
    if read is not None:
        return _bytes(read())
    return b"".join(body) if isinstance(body, Iterator) else bytes(body or b"")  # type: ignore[call-overload]


def _seconds(timeout: object) -> float | None:
    """How long a reader waits: the second of a pair, the number, or for ever."""
    value = timeout[1] if isinstance(timeout, tuple) else timeout
    return float(value) if isinstance(value, int | float) else None
