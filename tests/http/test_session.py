"""The guarded session: one host, one try, and in observe mode no writing."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import requests

from deskhand.errors import DeskError, Rejected, SettingsError, Unknown
from deskhand.http import session as module
from deskhand.http.session import GuardedSession
from tests.http.canned import HOME, NOW, Canned, NoPace, answer, session


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_an_observing_session_sends_nothing_but_gets(method: str) -> None:
    """Promise 6: refused before anything leaves, at the transport, whatever the caller above thinks."""
    canned = Canned([answer()])

    with pytest.raises(Rejected, match="only observes"):
        session(canned, read_only=True).request(method, f"{HOME}/api/v2/tickets/1", json={})

    assert canned.asked == []


def test_an_observing_session_may_read_and_ask_for_a_token() -> None:
    """The token request is the one POST."""
    canned = Canned([answer(), answer(200, {"access_token": "t"})])
    observing = session(canned, read_only=True)

    observing.get(f"{HOME}/api/v2/tickets")
    observing.post(f"{HOME}/oauth/tokens", json={})

    assert canned.lines == ["GET /api/v2/tickets", "POST /oauth/tokens"]


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/api/v2/tickets",
        "http://acme.zendesk.com/api/v2/tickets",
        "https://acme.zendesk.com.evil.example/",
        "https://acme.zendesk.com:8443/api/v2/tickets",
        "https://user@acme.zendesk.com/api/v2/tickets",
        "ftp://acme.zendesk.com/",
        "//acme.zendesk.com/api/v2",
    ],
)
def test_no_other_host_is_spoken_to(url: str) -> None:
    """S3: a next-page link to another place gets no request and so no credentials."""
    canned = Canned([answer()])

    with pytest.raises(Rejected, match=r"only acme\.zendesk\.com is spoken to"):
        session(canned).get(url)

    assert canned.asked == []


def test_no_cookie_of_an_answer_goes_back() -> None:
    """Who calls is said by each request's own credentials; a session's cookie could make it somebody else."""
    canned = Canned([answer(), answer()])
    calling = session(canned)
    calling.cookies.set("_zendesk_session", "of somebody", domain="acme.zendesk.com")

    calling.get(f"{HOME}/api/v2/tickets", headers={"accept": "text/plain"})

    sent = canned.asked[0].headers
    assert "Cookie" not in sent
    assert (sent["Accept"], sent["User-Agent"][:9]) == ("text/plain", "deskhand/")


def test_redirects_are_not_followed() -> None:
    """An unknown subdomain is recognised by them."""
    canned = Canned([answer(302, b"", {"Location": "https://evil.example/"})])

    with pytest.raises(Rejected, match=r"a redirect to https://evil\.example/") as caught:
        session(canned).get(f"{HOME}/api/v2/tickets")

    assert len(canned.asked) == 1
    assert "DESKHAND_SUBDOMAIN" in caught.value.hint


@pytest.mark.parametrize("name", ["ZENPY_FORCE_NETLOC", "ZENPY_FORCE_SCHEME"])
def test_an_environment_that_redirects_zenpy_is_refused(name: str) -> None:
    """S9: it would carry live credentials to any host."""
    with pytest.raises(SettingsError, match=f"{name} would send"):
        GuardedSession(HOME, pace=NoPace(), now=lambda: NOW, read_only=True, environ={name: "evil.example"})


@pytest.mark.parametrize(
    "base",
    [
        "http://acme.zendesk.com",
        "acme.zendesk.com",
        "https://acme.zendesk.com/api",
        "https://u:p@acme.zendesk.com",
        "https://[::1",
        "https://exa mple.com",
        "https://@acme.zendesk.com",
    ],
)
def test_a_base_address_must_be_safe(base: str) -> None:
    """https, a host and nothing else; plain http for this machine only."""
    with pytest.raises(SettingsError, match="DESKHAND_SUBDOMAIN or DESKHAND_BASE_URL"):
        GuardedSession(base, pace=NoPace(), now=lambda: NOW, read_only=True, environ={})


def test_this_machine_may_be_spoken_to_in_plain_http() -> None:
    """The sandbox listens there."""
    assert session(Canned(), base="http://127.0.0.1:8080").base_url == "http://127.0.0.1:8080"


@contextmanager
def server(*, wait: threading.Event, partial: bytes = b"") -> Iterator[tuple[int, list[bytes]]]:
    """A real server that takes requests and answers late, or only in part and then hangs up."""
    listener = socket.create_server(("127.0.0.1", 0))
    got: list[bytes] = []

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                got.append(connection.recv(65536))
                if partial:
                    connection.sendall(partial)
                else:
                    wait.wait(5)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1], got
    finally:
        wait.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)


def direct(port: int) -> GuardedSession:
    """A session over real sockets."""
    return GuardedSession(f"http://127.0.0.1:{port}", pace=NoPace(), now=lambda: NOW, read_only=False, environ={})


def test_a_write_that_is_answered_late_is_sent_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """R4: zenpy's own session would have sent it four times."""
    monkeypatch.setattr(module, "TIMEOUT", (1.0, 0.2))
    with server(wait=threading.Event()) as (port, got), direct(port) as talking, pytest.raises(Unknown):
        talking.put(f"http://127.0.0.1:{port}/api/v2/tickets/1", json={"ticket": {}})

    assert len(got) == 1


@pytest.mark.parametrize(
    "partial",
    [
        b'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"tickets": [',
        b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\n{"tick',
        b"HTTP/1.1 200 OK\r\nContent-Le",
        b"nonsense\r\n\r\n",
    ],
)
def test_an_answer_cut_short_is_an_unknown_write(partial: bytes) -> None:
    """R6 over real sockets: cut in the head, the body or a chunk."""
    with (
        server(wait=threading.Event(), partial=partial) as (port, got),
        direct(port) as talking,
        pytest.raises(Unknown),
    ):
        talking.put(f"http://127.0.0.1:{port}/api/v2/tickets/1", json={})

    assert len(got) == 1


def test_an_error_says_that_it_is_zendesk_that_did_not_answer() -> None:
    """Among a dozen services, whoever is woken by a log line has to know which one to look at."""
    for given, words in (
        (answer(502, {}, {}), "Zendesk, GET /api/v2/tickets: 502"),
        (
            requests.ConnectTimeout(),
            "Zendesk, GET /api/v2/tickets: no connection to acme.zendesk.com: it did not answer in time",
        ),
    ):
        with pytest.raises(DeskError) as caught:
            session(Canned([given])).request("GET", "https://acme.zendesk.com/api/v2/tickets")
        assert str(caught.value) == words
