"""Webhooks of a served sandbox: really sent, signed, in order, and tried again where the receiver asks for it."""

import base64
import hashlib
import hmac
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from queue import Queue
from typing import Any

import pytest
import requests

from deskhand.sandbox import Sandbox, SimClock
from deskhand.sandbox.postman import Letter, Postman, post
from deskhand.sandbox.server import serve

AUTH = ("admin@example.com/token", "sandbox-token")


class Receiver(HTTPServer):
    """Somebody's server: it keeps what it is sent, and answers what it is told to."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.got: Queue[tuple[str, str, dict[str, str], bytes]] = Queue()
        self.answers: list[tuple[int, dict[str, str]]] = []

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_port}/hook?a=1"


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.put((self.command, self.path, dict(self.headers), body))
        status, headers = self.server.answers.pop(0) if self.server.answers else (200, {})
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is http.server's
        """Say nothing."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver that stops by itself."""
    made = Receiver()
    thread = threading.Thread(target=made.serve_forever, daemon=True)
    thread.start()
    yield made
    made.shutdown()
    made.server_close()
    thread.join(5)


def letter(receiver: Receiver, told: Queue[int]) -> Letter:
    """A letter to it."""
    return Letter("POST", receiver.url, {"X-A": "1"}, b"{}", told.put)


def test_a_ticket_event_arrives_signed_with_the_webhooks_own_headers(receiver: Receiver) -> None:
    """The signature is that of the stamp and the very body, with the secret that the API shows; the invocation keeps the answer."""
    ready: Queue[str] = Queue()
    threading.Thread(target=serve, args=(Sandbox(clock=SimClock()),), kwargs={"ready": ready.put}, daemon=True).start()
    url = ready.get(timeout=10)
    facts = {
        "name": "Ours",
        "endpoint": receiver.url,
        "http_method": "POST",
        "request_format": "json",
        "subscriptions": ["zen:event-type:ticket.created"],
        "custom_headers": {"X-Own": "yes"},
        "authentication": {"type": "bearer_token", "data": {"token": "t0p"}, "add_position": "header"},
    }
    made = requests.post(f"{url}/api/v2/webhooks", json={"webhook": facts}, auth=AUTH, timeout=5).json()["webhook"]
    secret = requests.get(f"{url}/api/v2/webhooks/{made['id']}/signing_secret", auth=AUTH, timeout=5).json()
    receiver.answers = [(202, {})]

    requests.post(f"{url}/api/v2/tickets", json={"ticket": {"comment": {"body": "x"}}}, auth=AUTH, timeout=5)

    method, path, headers, body = receiver.got.get(timeout=10)
    stamp = headers["X-Zendesk-Webhook-Signature-Timestamp"]
    digest = hmac.new(secret["signing_secret"]["secret"].encode(), stamp.encode() + body, hashlib.sha256).digest()
    assert (method, path, headers["X-Own"], headers["Authorization"]) == ("POST", "/hook?a=1", "yes", "Bearer t0p")
    assert headers["X-Zendesk-Webhook-Signature"] == base64.b64encode(digest).decode()
    address = f"{url}/api/v2/webhooks/{made['id']}/invocations"
    seen: dict[str, Any] = {"status": ""}
    while seen["status"] != "success":
        (seen,) = requests.get(address, auth=AUTH, timeout=5).json()["invocations"]
    assert seen["status_code"] == 202


def test_what_asks_for_patience_is_sent_again(receiver: Receiver) -> None:
    """After 429 with Retry-After and 409 it is taken at the third time."""
    receiver.answers = [(429, {"Retry-After": "7"}), (409, {}), (200, {})]
    pauses: list[float] = []
    told: Queue[int] = Queue()

    Postman(pauses.append).send(letter(receiver, told))

    assert told.get(timeout=10) == 200
    assert (pauses, receiver.got.qsize()) == ([7.0, 0.0], 3)


@pytest.mark.parametrize(("answer", "sent"), [((500, {}), 1), ((503, {"Retry-After": "3600"}), 1), ((503, {}), 3)])
def test_what_is_refused_is_given_up(receiver: Receiver, answer: tuple[int, dict[str, str]], sent: int) -> None:
    """At once, or after the third time."""
    receiver.answers = [answer] * 3
    told: Queue[int] = Queue()

    Postman(lambda _: None).send(letter(receiver, told))

    assert told.get(timeout=10) == answer[0]
    assert receiver.got.qsize() == sent


@pytest.mark.parametrize("endpoint", ["http://127.0.0.1:9/", "http://", "http://127.0.0.1:99999/"])
def test_a_receiver_that_is_not_there_is_no_answer(endpoint: str) -> None:
    """Status 0, and no exception."""
    assert post(Letter("POST", endpoint, {}, b"", lambda _: None))[0] == 0
