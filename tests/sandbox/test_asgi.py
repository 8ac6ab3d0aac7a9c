"""Requests as they come off the wire: whole, in pieces, several at once, cut short, or not HTTP at all."""

import asyncio
import json
import socket
import threading
from base64 import b64encode
from collections.abc import Iterator, MutableMapping
from queue import Queue
from typing import Any

import pytest

from deskhand.sandbox import Sandbox, SimClock
from deskhand.sandbox.asgi import Application, application
from deskhand.sandbox.limits import UNLIMITED
from deskhand.sandbox.server import serve

SIGNED = f"authorization: Basic {b64encode(b'admin@example.com/token:sandbox-token').decode()}\r\nhost: 127.0.0.1\r\n"


class Wire:
    """A connection on which bytes are sent as they are, and answers are read one after another."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=5)
        self._rest = b""

    def send(self, data: str | bytes) -> None:
        """Send bytes, or a text as latin-1."""
        self._socket.sendall(data if isinstance(data, bytes) else data.encode("latin-1"))

    def ask(self, line: str, headers: str = "", body: bytes = b"") -> None:
        """Send a whole request of the admin."""
        length = f"content-type: application/json\r\ncontent-length: {len(body)}\r\n" if body else ""
        self.send(f"{line} HTTP/1.1\r\n{SIGNED}{headers}{length}\r\n".encode() + body)

    def answer(self, *, head: bool = False) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of the next answer."""
        while b"\r\n\r\n" not in self._rest:
            self._more()
        top, _, self._rest = self._rest.partition(b"\r\n\r\n")
        first, *lines = top.decode("latin-1").split("\r\n")
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
        length = 0 if head else int(headers.get("content-length", "0"))
        while len(self._rest) < length:
            self._more()
        body, self._rest = self._rest[:length], self._rest[length:]
        return int(first.split()[1]), headers, body

    def _more(self) -> None:
        data = self._socket.recv(1 << 16)
        if not data:
            raise EOFError
        self._rest += data

    def is_over(self) -> bool:
        """Whether the other side has closed the connection."""
        try:
            while self._socket.recv(1 << 16):
                pass
        except ConnectionError:
            pass
        return True

    def close(self) -> None:
        """End the connection."""
        self._socket.close()


@pytest.fixture(scope="module")
def port() -> int:
    """The port of a sandbox without limits."""
    told: Queue[str] = Queue()
    sandbox = Sandbox(clock=SimClock(), limits=UNLIMITED)
    threading.Thread(target=serve, args=(sandbox,), kwargs={"ready": told.put}, daemon=True).start()
    return int(told.get(timeout=10).rpartition(":")[2])


@pytest.fixture
def wire(port: int) -> Iterator[Wire]:
    """A connection."""
    opened = Wire(port)
    yield opened
    opened.close()


def test_requests_sent_together_are_answered_in_their_order(wire: Wire) -> None:
    """Pipelined requests get their answers one after another."""
    wire.ask("GET /api/v2/groups.json")
    wire.ask("POST /api/v2/tickets.json", body=b'{"ticket":{"comment":{"body":"x"}}}')
    wire.ask("GET /api/v2/nothing.json")
    answers = [wire.answer() for _ in range(3)]
    assert [status for status, _, _ in answers] == [200, 201, 404]
    assert "groups" in json.loads(answers[0][2])


def test_a_body_may_come_in_pieces(wire: Wire) -> None:
    """A chunked body is put together, and one announced with Expect is asked for."""
    wire.send(
        f"POST /api/v2/tickets.json HTTP/1.1\r\n{SIGNED}content-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n"
    )
    for part in (b'{"ticket":{"com', b'ment":{"body":"in pieces"}}}'):
        wire.send(f"{len(part):x}\r\n".encode() + part + b"\r\n")
    wire.send("0\r\n\r\n")
    status, _, body = wire.answer()
    assert (status, json.loads(body)["ticket"]["description"]) == (201, "in pieces")
    body = b'{"ticket":{"comment":{"body":"asked for"}}}'
    wire.send(
        f"POST /api/v2/tickets.json HTTP/1.1\r\n{SIGNED}content-type: application/json\r\nexpect: 100-continue\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    assert wire.answer()[0] == 100
    wire.send(body)
    assert wire.answer()[0] == 201


def test_a_slow_body_holds_nobody_up(port: int, wire: Wire) -> None:
    """While one client's body is still coming, others are answered."""
    wire.send(
        f"POST /api/v2/tickets.json HTTP/1.1\r\n{SIGNED}content-type: application/json\r\ncontent-length: 35\r\n\r\n{{"
    )
    other = Wire(port)
    other.ask("GET /api/v2/groups.json")
    assert other.answer()[0] == 200
    other.close()
    wire.send(b'"ticket":{"comment":{"body":"x"}}}')
    assert wire.answer()[0] == 201


def test_half_a_request_changes_nothing(port: int, wire: Wire) -> None:
    """A client that goes away in the middle of a body has made no ticket."""

    def count() -> int:
        wire.ask("GET /api/v2/tickets/count.json")
        return int(json.loads(wire.answer()[2])["count"]["value"])

    before = count()
    cut = Wire(port)
    whole = b'{"ticket":{"comment":{"body":"cut"}}}'
    cut.send(f"POST /api/v2/tickets.json HTTP/1.1\r\n{SIGNED}content-length: {len(whole) + 9}\r\n\r\n".encode() + whole)
    cut.close()
    assert count() == before


def test_a_head_has_no_body_and_an_answer_without_content_no_length(wire: Wire) -> None:
    """HEAD gets the headers of GET; 204 has no length."""
    wire.ask("HEAD /api/v2/groups.json")
    status, headers, _ = wire.answer(head=True)
    assert status == 200
    assert int(headers["content-length"]) > 0
    wire.ask("POST /api/v2/tickets.json", body=b'{"ticket":{"comment":{"body":"x"}}}')
    made = json.loads(wire.answer()[2])["ticket"]["id"]
    wire.ask(f"DELETE /api/v2/tickets/{made}.json")
    status, headers, _ = wire.answer()
    assert status == 204
    assert "content-length" not in headers


def test_an_address_means_the_same_however_it_is_written(wire: Wire) -> None:
    """A path may be percent-encoded, and may carry scheme and host as a proxy's does."""
    for target in ("/api/v2/gro%75ps.json", "http://127.0.0.1/api/v2/groups.json", "/api/v2/groups", "/api/v2/groups/"):
        wire.ask(f"GET {target}")
        status, _, body = wire.answer()
        assert (status, target, "groups" in json.loads(body)) == (200, target, True)


@pytest.mark.parametrize(
    "target",
    ["//", "/api/v2/%", "/api/v2/%ff%fe.json", "/api/v2/tickets/%00.json", "/api/v2/../v2/..", "/api/v2/search.json?query=%ff%00&page=%F0",
     "/api/v2/tickets/%E0%A4%A.json", "/api/v2/tickets?%%%=&&&==;", "/api/v2/tickets/" + "9" * 5_000, "/" * 3_000, "/api/v2" + "/a" * 9_000],
)  # fmt: skip
def test_odd_addresses_get_answers_of_the_api(wire: Wire, target: str) -> None:
    """Whatever stands in the request line, the answer is the API's, and the connection goes on."""
    wire.ask(f"GET {target}")
    status, headers, body = wire.answer()
    assert status in (200, 400, 404, 422)
    assert headers["content-type"].startswith("application/json")
    assert isinstance(json.loads(body), dict)
    wire.ask("GET /api/v2/groups.json")
    assert wire.answer()[0] == 200


@pytest.mark.parametrize("target", ["/", "*", "http://[bad", "://"])
def test_addresses_without_a_path_lead_to_the_page(wire: Wire, target: str) -> None:
    """For people; the connection goes on."""
    wire.ask(f"GET {target}")
    status, headers, _ = wire.answer()
    assert (status, headers["content-type"]) == (200, "text/html; charset=utf-8")
    wire.ask("GET /api/v2/groups.json")
    assert wire.answer()[0] == 200


@pytest.mark.parametrize(
    "data",
    ["\0\0\0\0\r\n\r\n", "GET\r\n\r\n", "GET / HTTQ/1.1\r\n\r\n", "G\xe9T / HTTP/1.1\r\n\r\n", "GET /\xe9 HTTP/1.1\r\nhost: x\r\n\r\n", "\x16\x03\x01\x02\x00\x01\r\n\r\n",
     "GET / HTTP/1.1\r\nhost x\r\n\r\n", "GET / HTTP/1.1\r\ncontent-length: -1\r\n\r\n", "GET / HTTP/1.1\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n",
     "POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n", "GET /" + "a" * 70_000 + " HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nx: " + "a" * 70_000 + "\r\n\r\n"],
)  # fmt: skip
def test_what_is_not_http_is_refused_and_the_server_goes_on(port: int, wire: Wire, data: str) -> None:
    """Bytes that are no request get 400 and the end of their connection; the next one is served."""
    wire.send(data)
    assert wire.answer()[0] == 400
    assert wire.is_over()
    other = Wire(port)
    other.ask("GET /api/v2/groups.json")
    assert other.answer()[0] == 200
    other.close()


@pytest.mark.parametrize(
    "headers",
    ["authorization: Basic \xff\xfe\r\n", "authorization: Bearer \xa0\r\n", "authorization: Basic " + "A" * 9_999 + "\r\n", "content-type: text/\xe9; charset=nothing\r\n",
     "accept: \xff\r\ncookie: a=b\r\n", "idempotency-key: \xe9\r\n", "host: \xe9.zendesk.com\r\n", "upgrade: websocket\r\nconnection: upgrade\r\n", "x-on-behalf-of: \xff\r\n"],
)  # fmt: skip
def test_odd_headers_are_no_trouble(wire: Wire, headers: str) -> None:
    """Headers beyond ASCII, too long or meant for something else get an answer."""
    wire.send(
        f"GET /api/v2/users/me.json HTTP/1.1\r\nhost: 127.0.0.1\r\n{headers}\r\n"
        if "host" not in headers
        else f"GET /api/v2/users/me.json HTTP/1.1\r\n{headers}\r\n"
    )
    assert 200 <= wire.answer()[0] < 500


class Gone:
    """A connection as uvicorn holds it, whose client has hung up."""

    def __init__(self) -> None:
        self.transport, self.aborted = self, False
        self._socket = socket.socket()
        self._socket.close()

    def get_extra_info(self, _name: str) -> socket.socket:
        """The closed socket."""
        return self._socket

    def abort(self) -> None:
        """The end of it."""
        self.aborted = True

    async def receive(self) -> MutableMapping[str, Any]:
        """A request without a body."""
        return {"type": "http.request", "body": b""}

    async def send(self, message: MutableMapping[str, Any]) -> None:
        """Nothing is to be sent."""
        raise AssertionError(message)


async def _answered(app: Application, scope: dict[str, Any], gone: Gone) -> None:
    await app(scope, gone.receive, gone.send)


def test_a_reset_of_a_connection_that_the_client_has_left_is_no_error() -> None:
    """There is nothing to reset any more, and nobody to tell."""
    sandbox, gone = Sandbox(clock=SimClock()), Gone()
    sandbox.faults.add({"kind": "reset", "path": "/api/v2/groups"})
    scope = {"raw_path": b"/api/v2/groups", "query_string": b"", "headers": [], "method": "GET", "scheme": "http"}

    asyncio.run(_answered(application(sandbox), scope, gone))

    assert gone.aborted
