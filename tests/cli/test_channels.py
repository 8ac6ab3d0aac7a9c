"""`deskhand channels` from the command line, against the pretended services over real sockets."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from deskhand.cli.main import main
from deskhand.sandbox import Sandbox
from deskhand.sandbox.faults import Fault
from tests.sandbox.listening import listening

POLICY = """
channels:
  chat: {service: slack, place: C0SUPPORT}
  relay: {service: webhook}
  room: {service: slack, place: C0NOWHERE}
  page: {service: statuspage, place: acmestatus}
  other: {service: slack_hook, key: EMEA}
  wiki: {service: confluence, place: SUP}
"""


@pytest.fixture
def sandbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """A served sandbox, the settings that lead to it, and policies with a few channels."""
    (tmp_path / "channels.yaml").write_text(POLICY, encoding="utf-8")
    monkeypatch.setenv("DESKHAND_POLICIES", str(tmp_path))
    monkeypatch.setenv("DESKHAND_SUBDOMAIN", "acme")
    sandbox = Sandbox()
    with listening(sandbox) as stage:
        for name, value in sandbox.services.settings(f"http://{stage.netloc}").items():
            monkeypatch.setenv(name, value)
        yield sandbox


def test_a_channel_is_tried_by_a_message_that_says_so(sandbox: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    """It arrives, pings nobody, and is marked as what only practises."""
    assert main(["channels", "try", "chat"]) == 0
    assert main(["channels", "try", "relay", "--json"]) == 0

    out = capsys.readouterr().out
    assert out.startswith("sent by chat: C0SUPPORT/")
    assert json.loads(out[out.index("{") :])["ref"] == "evt_1"
    (post,) = sandbox.services.slack.of("post")
    assert post.facts["text"].startswith("TEST: channel 'chat' of deskhand works: Nobody has to do anything.")
    (taken,) = sandbox.services.hook.of("taken")
    assert taken.facts["drill"] is True


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("room", "place 'C0NOWHERE': give the channel's id in `place`"),
        ("page", "'page' is not tried by a message: by statuspage it would be a public word"),
        ("other", "DESKHAND_SLACK_HOOK_URL_EMEA"),
        ("wiki", "'wiki' is a wiki, by which nothing is sent"),
        ("moon", "Those of the policies are: chat, other, page, relay, room."),
    ],
)
def test_what_does_not_work_says_what_to_mend(
    sandbox: Sandbox, name: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """At the desk, and not at three in the morning."""
    assert main(["channels", "try", name]) == 1
    assert told in capsys.readouterr().err
    assert sandbox.services.statuspage.log == []


def test_channels_are_listed_with_what_they_need(sandbox: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    """The exit code says whether all can be used."""
    assert main(["channels", "list", "--json"]) == 1
    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)["channels"]}
    assert rows["chat"] == {"name": "chat", "service": "slack", "place": "C0SUPPORT", "missing": ""}
    assert "DESKHAND_SLACK_HOOK_URL_EMEA" in rows["other"]["missing"]
    assert main(["channels", "list"]) == 1
    assert "ready" in capsys.readouterr().out


@pytest.mark.parametrize("width", [80, 120])
def test_the_list_fits_a_terminal_and_cuts_no_name_of_a_setting(
    sandbox: Sandbox, width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is set by copying has to be there whole; the channel is named once."""
    monkeypatch.delenv("DESKHAND_SLACK_TOKEN")
    monkeypatch.setattr("rich.console.Console.is_terminal", True)
    monkeypatch.setenv("COLUMNS", str(width))

    assert main(["channels", "list"]) == 1

    told = re.sub(r"\x1b\[[0-9;]*m", "", capsys.readouterr().out)
    assert max(map(len, told.splitlines())) <= width
    assert "…" not in told
    assert "channel 'chat'" not in told
    assert "DESKHAND_SLACK_TOKEN_FILE" in told
    assert sandbox.services.slack.log == []


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"kind": "status", "status": 503}, "error: webhook of channel 'relay': 503"),
        ({"kind": "status", "status": 429}, "error: webhook of channel 'relay': 429"),
        ({"kind": "status", "status": 500}, "It may have arrived: look there."),
        ({"kind": "html_200"}, "200 with a web page"),
        ({"kind": "reset"}, "the connection to 127.0.0.1 broke"),
    ],
)
def test_a_test_is_sent_once_and_says_so(
    sandbox: Sandbox, fault: dict[str, object], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody waits for a second one, as with what the worker sends."""
    sandbox.faults.add(Fault.of({**fault, "path": "/services/hook*"}))

    assert main(["channels", "try", "relay"]) == 1

    told = capsys.readouterr().err
    assert words in told
    assert "A test is sent once, so try it again" in told
    assert "Nothing to do" not in told
