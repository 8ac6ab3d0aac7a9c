"""The outbox from the command line."""

import json
from pathlib import Path

import pytest

from deskhand.cli.main import main
from deskhand.store import open_store
from tests.store.values import memory, message_row, row, sent_row


@pytest.fixture(autouse=True)
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database with one held, one dead and one finished write, and as many messages."""
    url = f"sqlite:///{tmp_path / 'state.db'}"
    monkeypatch.setenv("DESKHAND_DATABASE_URL", url)
    store = open_store(url)
    with store.begin() as tx:
        tx.outbox.put([row("held1", 1, "held"), row("dead2", 2, "dead"), row("done3", 3, "done")])
        tx.messages.put([message_row("words4", "zd:acme:7:e1", state="held", verb="publish", by="status-page")])
        tx.messages.put(
            [message_row("lost5", "zd:acme:7:e1", state="dead", settled=1), sent_row("said6", "zd:acme:7:e1")]
        )
        tx.memories.save([memory(1)])
    store.close()
    return url


def test_what_waits_is_listed_with_what_to_type_next(capsys: pytest.CaptureFixture[str]) -> None:
    """Finished writes are not in the way; a held rule comes with the command that lets it go."""
    assert main(["outbox", "list"]) == 0

    told = capsys.readouterr().out
    assert "1 dead, 1 done, 1 held" in told
    assert "deskhand outbox release late --allow 1" in told
    assert "held1" in told
    assert "done3" not in told


def test_a_list_is_json_alone_on_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    """Of the states that were asked for."""
    assert main(["outbox", "list", "--state", "done", "--json"]) == 0

    found = json.loads(capsys.readouterr().out)
    assert [one["op_id"] for one in found["writes"]] == ["done3"]
    assert found["counts"] == {"dead": 1, "done": 1, "held": 1}


def test_one_write_is_shown_with_all_that_it_changes(capsys: pytest.CaptureFixture[str]) -> None:
    """Its note is text, never markup."""
    assert main(["outbox", "show", "held"]) == 0

    told = capsys.readouterr().out
    for words in ("ticket 1", "priority = urgent", "+vip -old", "Escalations / ann@example.com", "naming the number"):
        assert words in told
    assert main(["outbox", "show", "held1", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["next"].startswith("`deskhand outbox release`")


def test_writes_are_let_go_dropped_and_tried_again(capsys: pytest.CaptureFixture[str]) -> None:
    """Each says what it did."""
    assert main(["outbox", "release", "late", "--allow", "1"]) == 0
    assert main(["outbox", "retry", "dead2"]) == 0
    assert "write held1 on ticket 1 let go" in capsys.readouterr().out
    assert main(["outbox", "list", "--json", "--state", "unknown", "--state", "held"]) == 0
    assert [one["op_id"] for one in json.loads(capsys.readouterr().out)["writes"]] == ["dead2"]


def test_a_dropped_write_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    """By rule or by mark."""
    assert main(["outbox", "drop", "--rule", "late", "--json"]) == 0
    assert [one["op_id"] for one in json.loads(capsys.readouterr().out)["writes"]] == ["held1"]
    assert main(["outbox", "drop", "dead2"]) == 0
    assert "write dead2 on ticket 2 dropped" in capsys.readouterr().out


def test_messages_that_wait_are_listed_beside_the_writes(capsys: pytest.CaptureFixture[str]) -> None:
    """What was said is not in the way; states of either kind can be asked for."""
    assert main(["outbox", "list"]) == 0
    told = capsys.readouterr().out
    assert "messages: 1 confirmed, 1 dead, 1 held" in told
    assert "publish on-call by status-page" in told
    assert "said6" not in told

    assert main(["outbox", "list", "--state", "confirmed", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [one["key"] for one in found["messages"]] == ["said6"]
    assert found["writes"] == []


def test_one_message_is_shown_with_its_way(capsys: pytest.CaptureFixture[str]) -> None:
    """Who carried it, what each attempt came to, who answered; its words are text, never markup."""
    assert main(["outbox", "show", "said"]) == 0

    told = capsys.readouterr().out
    for words in ("a page about ticket 7", "pager > [chat]", "pager: no answer", "by Ann", "P1 #7 down", "as Q1"):
        assert words in told
    assert main(["outbox", "show", "said6", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["next"] == "nothing to do: its service shows it"


def test_messages_are_let_go_dropped_and_tried_again(capsys: pytest.CaptureFixture[str]) -> None:
    """Each says what it did."""
    assert main(["outbox", "release", "words4", "--allow", "1"]) == 0
    assert main(["outbox", "retry", "lost5"]) == 0
    told = capsys.readouterr().out
    assert "message words4 about ticket 7 is let go, and sent as it is" in told
    assert "message lost5 about ticket 7 is tried again" in told
    assert main(["outbox", "drop", "words4", "dead2"]) == 0
    told = capsys.readouterr().out
    assert "message words4 about ticket 7 dropped" in told
    assert "write dead2 on ticket 2 dropped" in told


def test_the_status_tells_of_messages_that_nobody_got(capsys: pytest.CaptureFixture[str]) -> None:
    """An alarm, with what to type."""
    assert main(["status"]) == 0

    told = capsys.readouterr().out
    assert "messages  1 confirmed, 1 dead, 1 held" in told
    assert "1 message reached nobody; `deskhand outbox list --state dead` shows them" in told


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["release", "late"], 64, "--allow"),
        (["release", "late", "--allow", "2"], 1, "2 were named, but 1 are held of 'late'"),
        (["release", "late", "--allow", "0"], 64, "--allow"),
        (["retry", "held1"], 1, "write held1 is held, and only a dead one can be tried again"),
        (["drop", "done3"], 1, "write done3 is done, so it cannot be dropped"),
        (["drop"], 64, "nothing was named"),
        (["show", "nothing"], 1, "no write and no message has the mark 'nothing'"),
        (["list", "--state", "lost"], 64, "there is no state 'lost'"),
    ],
)
def test_what_cannot_be_done_is_refused_with_what_to_do(
    arguments: list[str], code: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """And changes nothing."""
    assert main(["outbox", *arguments]) == code

    told = capsys.readouterr().err
    assert words in told
    assert "hint: " in told
