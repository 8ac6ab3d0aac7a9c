"""The listener over a real socket."""

import urllib.error
import urllib.request
from datetime import UTC, datetime

import pytest

from deskhand.app.vitals import Vitals
from deskhand.errors import SettingsError
from deskhand.web.listener import Place, listening

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


def test_a_port_that_is_taken_is_said_with_what_to_do() -> None:
    """Never a traceback."""
    with listening(Place.parse("0"), lambda: FIT) as address:
        port = address.rpartition(":")[2]
        with (
            pytest.raises(SettingsError, match=f"cannot listen on 127.0.0.1:{port}"),
            listening(Place.parse(port), lambda: FIT),
        ):
            pass
