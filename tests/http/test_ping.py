"""Pings: their address is a secret, and what goes wrong never names it."""

import pytest
import requests
import responses

from deskhand.errors import SettingsError, Transient
from deskhand.http.ping import check, ping

URL = "https://watch.example/canary-5f2c"


@responses.activate
def test_a_ping_asks_once_and_takes_any_answer_below_400() -> None:
    """Whatever its body is."""
    responses.get(URL, body="OK")

    ping(URL)

    assert len(responses.calls) == 1


@responses.activate
@pytest.mark.parametrize("failure", [404, 500, requests.ConnectionError(f"no {URL}"), requests.ReadTimeout(URL)])
def test_what_goes_wrong_is_told_without_the_address(failure: int | Exception) -> None:
    """S1: it is as good as a password."""
    if isinstance(failure, int):
        responses.get(URL, status=failure)
    else:
        responses.get(URL, body=failure)

    with pytest.raises(Transient) as told:
        ping(URL)

    assert "canary" not in str(told.value)
    assert told.value.__cause__ is None


@pytest.mark.parametrize("url", ["http://watch.example/x", "watch.example", "ftp://watch.example/x"])
def test_an_address_in_the_clear_is_refused_before_anything_runs(url: str) -> None:
    """Plain http is for this machine."""
    with pytest.raises(SettingsError, match="no https address"):
        check(url)
    check("http://127.0.0.1:8000/x")
    check(URL)
