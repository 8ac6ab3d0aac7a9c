"""`deskhand trail` from the command line: shown, copied, and checked after somebody went past deskhand to the database."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from shutil import copy

import pytest

from deskhand.cli.main import main
from deskhand.core.trail import Draft, Entry, canonical, chained
from deskhand.store import open_store
from tests.store.values import at, row

WRITES = [
    {"ticket": number, "op": f"{number:024}", "audit": None, "rules": ["late"], "policy": "d" * 12}
    for number in range(1, 8)
]
DRAFTS = (
    Draft(at(0), "started", "worker", {"run": "r1", "mode": "enforce", "policy": "d" * 64, "version": "0.1.0"}),
    Draft(at(1), "wrote", "worker", {"run": "r1", "writes": WRITES}),
    Draft(at(2), "released", "Ann [red] (as root)", {"asked": "late", "allowed": 2, "writes": [WRITES[0]]}),
    Draft(at(3), "wrote", "worker", {"run": "r1", "writes": [WRITES[2]]}),
)
CHAIN = chained(DRAFTS, None)
HEAD = str(CHAIN[-1].head)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with four entries, and a held write; to be copied, since making one takes ten times as long."""
    path = tmp_path_factory.mktemp("filled") / "state.db"
    store = open_store(f"sqlite:///{path}")
    with store.begin() as tx:
        tx.outbox.put([row("held1", 1, "held")])
        tx.trail.add(DRAFTS)
    store.close()
    return path


@pytest.fixture(autouse=True)
def database(filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, which the commands work on."""
    path = Path(copy(filled, tmp_path / "state.db"))
    monkeypatch.setenv("DESKHAND_DATABASE_URL", f"sqlite:///{path}")
    return path


def behind(path: Path, *statements: str) -> None:
    """What somebody does with the file who does not care for triggers."""
    with closing(sqlite3.connect(path)) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def test_entries_are_listed_the_newest_last(capsys: pytest.CaptureFixture[str]) -> None:
    """With who, when and what; names are text, never markup."""
    assert main(["trail", "list"]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["1", "2", "3", "4"]
    assert (
        "2026-03-02T12:00:00Z  started   worker: mode enforce, policy dddddddddddd, run r1, version 0.1.0" in lines[0]
    )
    assert "writes 7: ticket 1 (000000000000, dddddddddddd, late);" in lines[1]
    assert "and 2 more" in lines[1]
    assert "released  Ann [red] (as root): allowed 2, asked late, writes 1: ticket 1 (" in lines[2]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (["--kind", "wrote"], [2, 4]),
        (["--kind", "wrote", "--kind", "started", "--limit", "2"], [2, 4]),
        (["--since", "2026-03-02T12:02Z"], [3, 4]),
        (["--ticket", "1"], [2, 3]),
        (["--ticket", "3", "--kind", "wrote"], [2, 4]),
        (["--ticket", "99"], []),
        (["--limit", "1"], [4]),
    ],
)
def test_entries_are_found_by_kind_instant_and_ticket(
    asked: list[str], found: list[int], capsys: pytest.CaptureFixture[str]
) -> None:
    """As JSON alone on standard output, or in words where there is none."""
    assert main(["trail", "list", "--json", *asked]) == 0
    told = json.loads(capsys.readouterr().out)["entries"]
    assert [one["seq"] for one in told] == found
    assert main(["trail", "list", *asked]) == 0
    assert ("There is no such entry." in capsys.readouterr().out) == (not found)


def test_a_trail_that_nobody_altered_holds(capsys: pytest.CaptureFixture[str]) -> None:
    """S12: by itself, and against lines of the log; the head that is told can be given back."""
    assert main(["trail", "verify"]) == 0
    told = capsys.readouterr().out
    assert f"4 entries, unbroken, head {HEAD}" in told
    assert "--head" in told
    for head in (HEAD, str(CHAIN[1].head), HEAD[:20]):
        assert main(["trail", "verify", "--head", head]) == 0
        assert capsys.readouterr().out == f"4 entries, unbroken, head {HEAD}\n"
    assert main(["trail", "verify", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "entries": 4,
        "unbroken": True,
        "head": HEAD,
        "held_against": "",
        "broken": None,
    }


def _anew(start: int, change: Callable[[Entry], Draft]) -> list[str]:
    """Statements that alter an entry, and write it and all that follow with digests that fit."""
    drafts = [*DRAFTS[: start - 1], change(CHAIN[start - 1]), *DRAFTS[start:]]
    return [
        f"UPDATE trail SET facts = '{one.facts}', \"before\" = '{one.before}', digest = '{one.digest}' WHERE seq = {one.seq}"
        for one in chained(drafts, None)
    ]


LESS = canonical({"asked": "late", "allowed": 200, "writes": [WRITES[0]]})
BEHIND = {
    "altered": ([f"UPDATE trail SET facts = '{LESS}' WHERE seq = 3"], "broken at entry 3. Entry 3 was altered"),
    "other words": (["UPDATE trail SET facts = 'x' WHERE seq = 2"], "broken at entry 2. Entry 2 was altered"),
    "no words": (["UPDATE trail SET \"by\" = x'00ff', \"at\" = 'noon' WHERE seq = 4"], "broken at entry 4. Entry 4 was altered"),
    "far away": (["UPDATE trail SET \"at\" = 9000000000000000000 WHERE seq = 1"], "broken at entry 1. Entry 1 was altered"),
    "removed": (["DELETE FROM trail WHERE seq = 2"], "broken at entry 2. Entry 2 is missing after entry 1"),
    "head removed": (["DELETE FROM trail WHERE seq < 3"], "broken at entry 1. Entries 1 to 2 are missing from the beginning"),
    "put in": (["INSERT INTO trail SELECT 0, \"at\", kind, \"by\", facts, 'x', digest FROM trail WHERE seq = 1"], "broken at entry 1. Entry 0 stands where entry 1 is due"),
    "cut": (["DELETE FROM trail WHERE seq > 2"], "broken at entry 3. The trail ends with entry 2, and entry 4 was there"),
    "emptied": (["DELETE FROM trail"], "broken at entry 1. The trail is empty, and entry 4 was there"),
    "exchanged": (["UPDATE trail SET seq = -seq", "UPDATE trail SET seq = CASE seq WHEN -2 THEN 3 WHEN -3 THEN 2 ELSE -seq END"], "broken at entry 2. Entry 2 was altered"),
    "anew": (_anew(3, lambda _: Draft(at(2), "released", "Ann [red] (as root)", {"allowed": 9})), "broken at entry 4. Entry 4 is not the one that was there"),
}  # fmt: skip


@pytest.mark.parametrize("what", BEHIND)
def test_what_was_done_behind_deskhand_is_named_with_its_entry(
    what: str, database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """S12: with the database altered by other means, `verify` exits with 1, says where and what, and what to do."""
    statements, words = BEHIND[what]
    behind(database, *statements)

    assert main(["trail", "verify", "--head", HEAD]) == 1

    told = capsys.readouterr()
    assert words in told.err
    assert "hint: Deskhand alters no entry" in told.err
    assert "--file" in told.err
    assert main(["trail", "list"]) == 0
    assert main(["trail", "verify", "--head", HEAD, "--json"]) == 1
    found = json.loads(capsys.readouterr().out.partition("\n{")[2].join(["{", ""]))
    assert found["unbroken"] is False
    assert f"entry {found['broken']['entry']}" in words


def test_a_copy_is_checked_without_a_database(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """S12: on another machine, by another version's reader, against a line of the log."""
    file = tmp_path / "trail.ndjson"
    assert main(["trail", "export", str(file)]) == 0
    assert f"4 entries in {file}, head {HEAD}" in capsys.readouterr().out.replace("\n", "")
    database.unlink()
    monkeypatch.delenv("DESKHAND_DATABASE_URL")

    assert main(["trail", "verify", "--file", str(file), "--head", HEAD]) == 0
    assert capsys.readouterr().out == f"4 entries, unbroken, head {HEAD}\n"
    lines = file.read_text().splitlines()
    assert [json.loads(line)["seq"] for line in lines] == [1, 2, 3, 4]
    file.write_text("\n".join([lines[0], *lines[2:]]))
    assert main(["trail", "verify", "--file", str(file)]) == 1
    assert "broken at entry 2. Entry 2 is missing after entry 1" in capsys.readouterr().err
    file.write_text("\n".join([lines[0], lines[1][:-3]]))
    assert main(["trail", "verify", "--file", str(file)]) == 1
    assert f"{file}:2: this is no entry of a trail" in capsys.readouterr().err
    assert list(tmp_path.glob("*.partial")) == []


def test_an_export_is_told_as_json_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With the head, for who keeps it elsewhere."""
    file = tmp_path / "trail.ndjson"
    assert main(["trail", "export", str(file), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"entries": 4, "head": HEAD, "file": str(file)}


def test_all_of_it_works_beside_a_running_worker(database: Path, tmp_path: Path) -> None:
    """S12: while one has the database open, and writes to it."""
    worker = open_store(f"sqlite:///{database}")
    with worker.begin() as tx:
        tx.trail.add([DRAFTS[1]])
        for command in (["list"], ["verify", "--head", HEAD], ["export", str(tmp_path / "out")]):
            assert main(["trail", *command]) == 0
    worker.close()


def test_what_people_do_from_the_command_line_stands_there_under_their_names(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """S12: the name that was given, with the machine's user beside it."""
    assert main(["outbox", "release", "late", "--allow", "1", "--by", "Ann Lee"]) == 0
    assert main(["trail", "list", "--limit", "1", "--json"]) == 0

    entry = json.loads(capsys.readouterr().out.partition("\n")[2])["entries"][0]
    assert entry["kind"] == "released"
    assert entry["by"].startswith("Ann Lee (as ")
    assert entry["facts"]["asked"] == "late"
    assert [one["op"] for one in entry["facts"]["writes"]] == ["held1"]
    assert main(["trail", "verify", "--head", HEAD]) == 0


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["list", "--kind", "lost"], 64, "there is no kind 'lost'"),
        (["list", "--since", "noon"], 64, "'noon' is no instant"),
        (["verify", "--head", "12"], 64, "'12' is no head"),
        (["verify", "--file", "/dev/null/x"], 64, "/dev/null/x cannot be read"),
        (["export", "/dev/null/x"], 64, "/dev/null/x cannot be written"),
        (["export"], 64, "Missing argument"),
    ],
)
def test_what_cannot_be_done_is_refused_with_what_to_do(
    arguments: list[str], code: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """And never with a traceback."""
    assert main(["trail", *arguments]) == code

    told = capsys.readouterr().err
    assert words in told
    assert "hint: " in told


def test_an_empty_trail_is_said_to_be_empty(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Rather than unbroken."""
    monkeypatch.setenv("DESKHAND_DATABASE_URL", f"sqlite:///{tmp_path / 'new.db'}")
    open_store(f"sqlite:///{tmp_path / 'new.db'}").close()

    assert main(["trail", "verify"]) == 0
    assert "0 entries: nothing was entered yet" in capsys.readouterr().out
    assert main(["trail", "export", str(tmp_path / "out")]) == 0
    assert (tmp_path / "out").read_text() == ""
