"""Everything that apprise knows: a yes, a no, or nothing in time."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from deskhand.core.ladder import Channel
from deskhand.core.plain import CUT
from deskhand.errors import SettingsError, Transient, Unknown
from deskhand.notify import others
from deskhand.notify.others import LONGEST, TITLE, Address, Others, Say, harmless, with_apprise, words
from tests.notify import spoken
from tests.notify.spoken import NOW, PAGE, page

HERE = Address("mailto", lambda _title, _text: True)


def _others(**said: Say) -> Others:
    """A channel whose addresses answer as told; the URL of each is its name."""
    return Others(
        Channel("last", "apprise", key="EMEA"), " ".join(said), lambda: NOW, opener=lambda url: Address(url, said[url])
    )


def _yes(_title: str, _text: str) -> bool:
    return True


def _no(_title: str, _text: str) -> bool:
    return False


def _raises(_title: str, _text: str) -> bool:
    raise RuntimeError("mailto://me:topsecret@mail.example")


def test_it_has_arrived_where_one_address_took_it(capsys: pytest.CaptureFixture[str]) -> None:
    """The others are named in the log, without their secrets."""
    receipt = _others(mailto=_yes, msteams=_no, sms=_raises).send(PAGE, ())

    assert (receipt.ref, receipt.state) == (PAGE.key, "1 of 3 addresses")
    out = capsys.readouterr()
    assert "msteams: no" in out.out + out.err
    assert "sms: failed (RuntimeError)" in out.out + out.err
    assert "topsecret" not in out.out + out.err


def test_a_quick_no_has_told_nobody() -> None:
    """It is tried again, and then by the next channel; the error says how to find out more."""
    with pytest.raises(Transient, match="mailto: no, msteams: no") as error:
        _others(mailto=_no, msteams=_no).send(PAGE, ())

    assert "DESKHAND_APPRISE_URLS" in error.value.hint


def test_a_slow_no_may_be_an_answer_that_came_too_late(monkeypatch: pytest.MonkeyPatch) -> None:
    """So what it did is not known."""
    monkeypatch.setattr(others, "SLOW", 0.01)

    def slow(_title: str, _text: str) -> bool:
        threading.Event().wait(0.05)
        return False

    with pytest.raises(Unknown, match="no, after a while"):
        _others(mailto=slow).send(PAGE, ())


def test_what_a_plugin_raises_is_not_known_and_not_repeated() -> None:
    """S1: the words of such an error may hold the address."""
    with pytest.raises(Unknown, match=r"sms: failed \(RuntimeError\)") as error:
        _others(sms=_raises).send(PAGE, ())

    assert "topsecret" not in f"{error.value} {error.value.hint} {error.value.__cause__} {error.value.__context__}"


def test_an_address_that_hangs_delays_nobody_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is waited for once; while it hangs nothing more is begun there, and the others go on."""
    monkeypatch.setattr(others, "DEADLINE", 0.05)
    go, told = threading.Event(), list[str]()

    def hangs(title: str, _text: str) -> bool:
        told.append(title)
        return go.wait(10)

    alone, both = _others(hangs=hangs), _others(hangs=hangs, mailto=_yes)
    try:
        with pytest.raises(Unknown, match="no answer in time"):
            alone.send(PAGE, ())
        with pytest.raises(Transient, match="still busy"):
            alone.send(PAGE, ())
        assert both.send(PAGE, ()).state == "1 of 2 addresses"
        assert len(told) == 2
    finally:
        go.set()


def test_addresses_are_told_side_by_side() -> None:
    """Two that wait for each other both answer."""
    meeting = threading.Barrier(2)

    def met(_title: str, _text: str) -> bool:
        meeting.wait(5)
        return True

    assert _others(one=met, two=met).send(PAGE, ()).state == "2 of 2 addresses"


@pytest.mark.parametrize(("urls", "said"), [("", "has no address"), ("mailto:x bad", "cannot read address 2 of")])
def test_addresses_that_cannot_be_read_are_refused_at_the_start(urls: str, said: str) -> None:
    """By their place in the list, since they hold passwords."""
    with pytest.raises(SettingsError, match=rf"{said}.*|.*DESKHAND_APPRISE_URLS_EMEA") as error:
        Others(
            Channel("last", "apprise", key="EMEA"), urls, lambda: NOW, opener=lambda url: None if url == "bad" else HERE
        )

    assert said in str(error.value)
    assert "DESKHAND_APPRISE_URLS_EMEA" in str(error.value)


def test_the_most_important_words_come_first() -> None:
    """What a short message leaves out is the end of it, and it says so."""
    title, text = words(PAGE, HERE)
    short = words(PAGE, Address("sms", _yes, longest=160, titled=False))

    assert title == "P1 #4711 Checkout down"
    assert text.startswith("Acknowledge in PagerDuty by 03:09. Then Ann is asked.\n\nSeverity: p1\n")
    assert "Approve the rollback" in text
    assert len(short[0]) + 2 + len(short[1]) <= 160
    assert short[1].startswith("Acknowledge in PagerDuty")
    assert short[1].endswith(CUT)
    assert words(page(title="", text="", facts=(), links=(), url="", brief=None), HERE) == (
        "Ticket 4711",
        "Ticket 4711",
    )


@pytest.mark.parametrize("said", spoken.HOSTILE, ids=range(len(spoken.HOSTILE)))
def test_nothing_that_people_wrote_pings_anybody(said: str) -> None:
    """S2: whatever service stands behind the address."""
    for text in words(spoken.saying(said), HERE):
        assert not [ping for ping in ("<!", "<@", "@here", "@everyone", "@channel", "<https") if ping in text]
        assert not set("\x00\x1b\u202e") & set(text)
        assert 0 < len(text) <= max(LONGEST, TITLE)
        text.encode()


def test_a_mail_address_can_still_be_copied() -> None:
    """Only what would ping somebody is kept apart."""
    assert harmless("mail ann@acme.example or a < b & c > d") == "mail ann@acme.example or a < b & c > d"
    assert harmless("x@everyone @ann <@U1> <!here>").replace("\u2060", "") == "x@everyone @ann <@U1> <!here>"


def test_apprise_can_only_tell() -> None:
    """So a page whose answer was lost is sent again, and everything else is not."""
    channel = _others(mailto=_yes)

    assert (channel.again, channel.find(PAGE, ()), channel.service, channel.name) == ("accept", None, "apprise", "last")
    assert [channel.carries(page(verb=verb)) for verb in ("page", "tell", "close", "publish", "file")] == [True] * 3 + [
        False
    ] * 2


def test_without_apprise_the_error_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """An optional part that a channel of the policies needs."""
    monkeypatch.setitem(__import__("sys").modules, "apprise", None)

    with pytest.raises(SettingsError, match="channel 'last' needs apprise") as error:
        Others(Channel("last", "apprise"), "mailto://x", lambda: NOW)

    assert "pip install 'deskhand[apprise]'" in error.value.hint


@pytest.fixture
def receiver() -> Iterator[tuple[str, list[dict[str, str]], Callable[[int], None]]]:
    """A web server on this machine for apprise's `json://`: its address, what it got, and how to choose its answer."""
    got: list[dict[str, str]] = []
    status = [200]

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(status[0])
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that the library gives it
            """Not here."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"127.0.0.1:{server.server_port}", got, lambda one: status.__setitem__(0, one)
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.filterwarnings("ignore")
def test_apprise_itself_tells_once_and_says_no_once(
    receiver: tuple[str, list[dict[str, str]], Callable[[int], None]], capsys: pytest.CaptureFixture[str]
) -> None:
    """Its own retries are off, whatever the address asks for, and it writes no log with the address in it."""
    pytest.importorskip("apprise", reason="apprise is not installed: pip install 'deskhand[apprise]'")
    place, got, answers = receiver
    channel = Others(Channel("last", "apprise"), f"json://me:topsecret@{place}/?retry=3&wait=0.1", lambda: NOW)

    assert channel.send(PAGE, ()).state == "1 of 1 addresses"
    assert got[0]["title"] == "P1 #4711 Checkout down"
    assert got[0]["message"].startswith("Acknowledge in PagerDuty")
    answers(500)
    with pytest.raises(Transient, match="json: no"):
        channel.send(PAGE, ())
    assert len(got) == 2
    assert with_apprise("last")("nonsense://topsecret") is None
    assert "topsecret" not in "".join(capsys.readouterr())
