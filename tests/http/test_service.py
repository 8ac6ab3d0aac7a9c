"""The session to a service: one host, one try, and no secret in an error."""

import socket
from datetime import UTC, datetime

import pytest
import requests
import responses

from deskhand.errors import SettingsError, Transient, Unknown
from deskhand.http.service import Answer, ServiceSession, objects, within

URL = "https://service.example/hooks/secret"


def session(*, secret_url: bool = False) -> ServiceSession:
    """A session to a service that does not exist."""
    return ServiceSession(URL, setting="DESKHAND_X_URL", secret_url=secret_url)


@responses.activate
def test_an_answer_is_handed_on_as_it_is() -> None:
    """Whatever the status, since only the adapter knows what it means; header names are in lower case."""
    responses.post(URL + "/go", json={"ok": False}, status=420, headers={"Retry-After": "7"})

    answer = session().call("POST", "/go", body={"text": "ü"})

    assert (answer.status, answer.json(), answer.headers["retry-after"]) == (420, {"ok": False}, "7")
    assert responses.calls[0].request.body == b'{"text": "\\u00fc"}'


@responses.activate
def test_an_answer_that_is_no_object_reads_as_empty() -> None:
    """Junk, a list and nothing are the same to an adapter that looks for a key."""
    responses.post(URL, body=b"[1, 2]")

    assert session().call("POST", "").json() == {}


@responses.activate
def test_a_redirect_is_an_answer_and_not_followed() -> None:
    """The credentials stay at the host that was set."""
    responses.post(URL, status=302, headers={"Location": "https://evil.example/"})

    assert session().call("POST", "").status == 302
    assert len(responses.calls) == 1


@pytest.mark.parametrize(
    ("raised", "meaning"),
    [
        (requests.ConnectTimeout("x"), Transient),
        (requests.ReadTimeout("x"), Unknown),
        (requests.ConnectionError("x"), Unknown),
    ],
)
@responses.activate
def test_no_answer_means_not_sent_or_not_known(raised: Exception, meaning: type[Exception]) -> None:
    """Only a connection that was never made is known to have changed nothing."""
    responses.post(URL + "/more/secret", body=raised)

    with pytest.raises(meaning) as error:
        session(secret_url=True).call("POST", "/more/secret")

    assert "secret" not in str(error.value).replace("(secret address)", "")
    assert len(responses.calls) == 1


def test_only_this_machine_may_be_spoken_to_in_the_clear() -> None:
    """The error names the setting, not its value."""
    with pytest.raises(SettingsError, match=r"DESKHAND_X_URL is no https address") as error:
        ServiceSession("http://service.example/secret", setting="DESKHAND_X_URL")

    assert "secret" not in str(error.value)
    ServiceSession("http://127.0.0.1:9/", setting="DESKHAND_X_URL")


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "Sat, 21 Nov 2026 12:01:00 GMT"}, 60.0),
        ({"ratelimit-reset": "12"}, 12.0),
        ({}, 30.0),
    ],
)
def test_how_long_to_wait_is_read_in_every_form(headers: dict[str, str], seconds: float) -> None:
    """Seconds, a date, a reset in seconds, or nothing at all."""
    assert Answer(429, headers, b"").retry_after(datetime(2026, 11, 21, 12, tzinfo=UTC)) == seconds


@pytest.mark.parametrize(
    "url", ["https://relay.example:8443/hook", "https://relay.example:22/", "https://relay.example:99999/"]
)
def test_only_the_usual_port_is_spoken_to(url: str) -> None:
    """S3: at any other something else may listen; in a network of one's own, or on this machine, that is meant."""
    with pytest.raises(SettingsError, match="DESKHAND_X_URL names a port") as error:
        ServiceSession(url, setting="DESKHAND_X_URL")

    assert "DESKHAND_SERVICES_PRIVATE=1" in error.value.hint
    ServiceSession("https://127.0.0.1:8443/", setting="DESKHAND_X_URL")
    ServiceSession("https://relay.corp.example:8443/", setting="DESKHAND_X_URL", private=True)


@pytest.mark.parametrize(
    "url",
    [
        "https://[::1/api",
        "https://exa mple.com/",
        "https://service.example/\napi",
        "service.example",
        "xoxb-secret",
        "",
    ],
)
def test_what_is_no_address_is_refused_before_anything_is_sent(url: str) -> None:
    """Whatever was pasted there, the error names the setting and not what it holds."""
    with pytest.raises(SettingsError, match="DESKHAND_X_URL is no https address") as error:
        ServiceSession(url, setting="DESKHAND_X_URL")

    assert "secret" not in f"{error.value} {error.value.hint}"


@pytest.mark.parametrize("url", ["https://u:p4ss@service.example/", "https://service.example/api?key=p4ss"])
def test_an_address_holds_no_password(url: str) -> None:
    """It would go along in errors and logs of others."""
    with pytest.raises(SettingsError, match="DESKHAND_X_URL holds more than an address") as error:
        ServiceSession(url, setting="DESKHAND_X_URL")

    assert "p4ss" not in f"{error.value} {error.value.hint}"
    ServiceSession("https://relay.example/hook?key=1", setting="DESKHAND_X_URL", secret_url=True)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("https://service.invalid/secret", "its name is not known"),
        ("http://127.0.0.1:9/secret", "nobody listens there"),
    ],
)
def test_where_there_is_no_connection_host_setting_and_reason_are_named(
    url: str, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which of a dozen services it was is what whoever reads it has to know; a secret path is not told."""

    def asked(*_: object, **__: object) -> object:
        raise socket.gaierror(-2, "Name or service not known")

    if "invalid" in url:
        monkeypatch.setattr(socket, "getaddrinfo", asked)
    with pytest.raises(Transient) as error:
        ServiceSession(url, setting="DESKHAND_X_URL", secret_url=True).call("POST", "")

    host = url.split("/")[2].split(":", maxsplit=1)[0]
    assert str(error.value) == f"POST (secret address): no connection to {host}: {why}"
    assert "Check DESKHAND_X_URL" in error.value.hint


def test_what_is_not_there_is_nothing() -> None:
    """However a service's JSON is shaped, looking into it is no crash."""
    assert within({"a": {"b": 1}}, "a", "b") == 1
    odd: list[object] = [{}, {"a": 1}, [], None, {"a": {"c": 1}}]
    assert [within(found, "a", "b") for found in odd] == [None] * 5
    assert objects([{"a": 1}, 2, None, [{}]]) == [{"a": 1}]
    assert [objects(found) for found in odd] == [[]] * 5
    assert Answer(200, {}, b"[" * 100_000).json() == {}
