"""The listener over a real socket."""

import socket
import urllib.error
import urllib.request
from datetime import UTC, datetime

import pytest

from deskhand.app.vitals import Vitals
from deskhand.errors import SettingsError
from deskhand.web.listener import HEADERS, Place, listening
from tests.web.test_door import BODY, GOOD, REFUSED, Headers, door

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
FIT = Vitals(at=NOW, alive=True, ailments=(), mode="enforce", policy="", run="")


def test_it_answers_as_long_as_the_block_lasts_and_then_lets_go() -> None:
    """On a free port of this machine, without taking the worker's signals."""
    with listening(Place.parse("0"), lambda: FIT) as address:
        with urllib.request.urlopen(f"{address}/healthz", timeout=5) as answer:
            assert answer.read() == b"alive\n"
        assert address.startswith("http://127.0.0.1:")
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(f"{address}/healthz", timeout=5)


@pytest.mark.parametrize(
    ("text", "place", "loopback"),
    [
        ("9000", Place("127.0.0.1", 9000), True),
        ("127.0.0.1:9000", Place("127.0.0.1", 9000), True),
        ("[::1]:9000", Place("::1", 9000), True),
        ("localhost:9000", Place("localhost", 9000), True),
        ("0.0.0.0:9000", Place("0.0.0.0", 9000), False),
        ("worker.example:9000", Place("worker.example", 9000), False),
    ],
)
def test_a_port_alone_is_on_this_machine(text: str, place: Place, *, loopback: bool) -> None:
    """Others come in only where it is said."""
    assert Place.parse(text) == place
    assert place.loopback == loopback


@pytest.mark.parametrize("text", ["", "port", "127.0.0.1:", "9000000"])
def test_what_names_no_port_is_refused(text: str) -> None:
    """With an example."""
    with pytest.raises(SettingsError, match="names no port"):
        Place.parse(text)


def test_it_does_not_open_itself_to_other_machines_without_a_token() -> None:
    """S8: refused at the start, not noticed later."""
    with (
        pytest.raises(SettingsError, match=r"opens 0\.0\.0\.0 to other machines, and there is no token"),
        listening(Place("0.0.0.0", 0), lambda: FIT),
    ):
        pass


def test_the_door_for_webhooks_is_at_the_same_address_and_asks_for_no_token() -> None:
    """S6: whoever is refused gets the same bytes, whatever is wrong; what is too large is not waited for."""
    closed = door()
    with listening(Place.parse("0"), lambda: FIT, "a-token", closed) as address:
        refused = {_without_date(talk(address, headers, body)) for _, headers, body, _ in REFUSED}
        taken = talk(address, GOOD, BODY)
        huge = exchange(address, b"POST /zendesk/events HTTP/1.1\r\nx-more: " + b"x" * 2 * HEADERS)
        large = talk(address, [*GOOD, (b"content-length", b"300000")], b"")
        page = talk(address, [], b"", b"GET /metrics")

    assert refused == {b"HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\nConnection: close\r\n\r\n"}
    assert [one.split()[1] for one in (taken, huge, large, page)] == [b"200", b"400", b"413", b"401"]
    assert list(closed.bell.named(9)) == [25]


def talk(address: str, headers: Headers, body: bytes, line: bytes = b"POST /zendesk/events") -> bytes:
    """All that comes back for a request."""
    own = [(b"host", b"x"), (b"connection", b"close")]
    if not any(name == b"content-length" for name, _ in headers):
        own.append((b"content-length", str(len(body)).encode()))
    head = b"".join(name + b": " + value + b"\r\n" for name, value in [*own, *headers])
    return exchange(address, line + b" HTTP/1.1\r\n" + head + b"\r\n" + body)


def exchange(address: str, raw: bytes) -> bytes:
    """All that comes back for some bytes."""
    host, port = address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=5) as peer:
        peer.sendall(raw)
        return b"".join(iter(lambda: peer.recv(65536), b""))


def _without_date(answer: bytes) -> bytes:
    return b"\r\n".join(one for one in answer.split(b"\r\n") if not one.startswith(b"date:"))


def test_a_port_that_is_taken_is_said_with_what_to_do() -> None:
    """Never a traceback."""
    with listening(Place.parse("0"), lambda: FIT) as address:
        port = address.rpartition(":")[2]
        with (
            pytest.raises(SettingsError, match=f"cannot listen on 127.0.0.1:{port}"),
            listening(Place.parse(port), lambda: FIT),
        ):
            pass
