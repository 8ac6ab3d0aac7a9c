"""`deskhand sign-off`: what waits, who signs, and what is refused."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from deskhand.app.adopt import adopt
from deskhand.app.standing import Standing, put_in_force
from deskhand.cli.main import main
from deskhand.cli.sign_off import _diff
from deskhand.documents import load_policies
from deskhand.store import open_store
from tests.app.places import START as NOW
from tests.core.builders import ticket

RULE = "rules:\n  - id: one\n    description: Tags.\n    when: {priority: %s}\n    then: {add_tags: one}\n%s"
UNTESTED = "    ignore: no-tests\n"
FAILING = "    tests: [{name: low, ticket: {priority: low}, at: 2026-03-02T09:00Z, expect: nothing}]\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of policies and a database that does not exist yet."""
    policies = tmp_path / "policies"
    policies.mkdir()
    (policies / "a.yaml").write_text(RULE % ("low", UNTESTED), encoding="utf-8")
    monkeypatch.setenv("DESKHAND_POLICIES", str(policies))
    monkeypatch.setenv("DESKHAND_DATABASE_URL", f"sqlite:///{tmp_path / 'state.db'}")
    return policies


@pytest.fixture
def digest(folder: Path) -> str:
    """The version that the files are."""
    policy = load_policies(folder).policy
    assert policy is not None
    return policy.digest


def told(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> Any:
    """What a command says, as JSON."""
    assert main(["sign-off", *arguments, "--json"]) == code
    return json.loads(capsys.readouterr().out)


def said(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> str:
    """What a command says to people: its errors where it has any."""
    assert main(["sign-off", *arguments]) == code
    out = capsys.readouterr()
    return out.err if code else out.out


def test_what_waits_is_shown_before_there_is_a_database(folder: Path, digest: str, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    """With all that is new in it, and the command that signs it; to look makes no database."""
    words = said(capsys, "show")

    assert "rules     added: one" in words
    assert "+  - id: one" in words
    assert f"2 of 2 signatures missing: deskhand sign-off give {digest[:12]} --by" in words
    assert not (folder.parent / "state.db").exists()
    found = told(capsys, "show")
    assert (found["digest"], found["needed"], found["lacks"], found["ok"]) == (digest, 2, 2, True)
    assert (found["signed"], found["policy"], found["observed"], found["would_do"]) == ([], None, None, None)


def test_two_people_sign(digest: str, capsys: pytest.CaptureFixture[str]) -> None:
    """By the letters that were shown; who, when, by which account and with which note is listed."""
    first = said(capsys, "give", digest[:8], "--by", "Ada <ada@acme.example>", "--note", "as agreed")
    second = told(capsys, "give", digest[:12].upper(), "--by", "Bo")

    assert "It lacks 1 of 2 signatures." in first
    assert (second["lacks"], [one["by"] for one in second["signed"]]) == (0, ["Ada <ada@acme.example>", "Bo"])
    listed = told(capsys, "list")
    assert [(one["digest"], one["lacks"], one["in_force"]) for one in listed["versions"]] == [(digest, 0, False)]
    assert listed["versions"][0]["signed"][0]["note"] == "as agreed"
    assert all(one["user"] for one in listed["versions"][0]["signed"])
    assert "2 of these were given by one account" in said(capsys, "list")
    assert "It has all its signatures." in said(capsys, "show")


@pytest.mark.parametrize("name", ["Ada <ada@acme.example>", "ADA", " ada@ACME.example ", "A. Dmin <ada+2@acme.example>"])  # fmt: skip
def test_nobody_signs_twice(name: str, digest: str, capsys: pytest.CaptureFixture[str]) -> None:
    """S12: whatever the spelling."""
    said(capsys, "give", digest, "--by", "Ada <ada@acme.example>")

    words = said(capsys, "give", digest, "--by", name, code=1)

    assert f"error: Ada <ada@acme.example> signed {digest[:12]} already" in words
    assert "hint: Another person has to sign it" in words
    assert told(capsys, "show")["lacks"] == 1


@pytest.mark.parametrize(
    ("digest", "by", "code", "words"),
    [
        ("1234567", "Ada", 64, "'1234567' is too short"),
        ("12345678", "Ada", 1, "'12345678' is another one"),
        (None, " ", 64, "a signature needs the name of a person"),
        (None, "Ada\x1b[31m", 64, "a signature needs the name of a person"),
    ],
)
def test_nothing_is_signed_unseen_or_without_a_name(
    digest: str | None, by: str, code: int, words: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The version has to be named, and it has to be that of the files."""
    policy = load_policies(folder).policy
    assert policy is not None

    assert words in said(capsys, "give", digest or policy.digest, "--by", by, code=code)

    assert told(capsys, "show")["signed"] == []


def test_a_changed_file_is_another_version(folder: Path, digest: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Who has looked at one cannot sign the other."""
    (folder / "a.yaml").write_text(RULE % ("high", UNTESTED), encoding="utf-8")

    assert "the files have to be those that are signed" in said(capsys, "give", digest, "--by", "Ada", code=1)


def test_mistakes_are_not_signed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither files that cannot be read nor rules that fail their own tests: what `deskhand check` finds."""
    (folder / "a.yaml").write_text(RULE % ("low", FAILING), encoding="utf-8")
    found = told(capsys, "show", code=1)
    assert (found["ok"], [one["check"] for one in found["problems"]]) == (False, ["test-failed"])

    assert "a.yaml:6:" in said(capsys, "give", found["digest"], "--by", "Ada", code=1)
    assert main(["sign-off", "show"]) == 1
    assert "It has mistakes, so it cannot be signed" in capsys.readouterr().out
    (folder / "a.yaml").write_text("rules: [", encoding="utf-8")
    assert "yaml-syntax" in said(capsys, "show", code=1)
    assert "yaml-syntax" in said(capsys, "give", found["digest"], "--by", "Ada", code=1)


def test_only_ones_own_signature_is_taken_back(digest: str, capsys: pytest.CaptureFixture[str]) -> None:
    """For others there is the kill switch; the version need not be that of the files."""
    said(capsys, "give", digest, "--by", "Ada")
    said(capsys, "give", digest, "--by", "Bo")

    refused = said(capsys, "take-back", digest[:8], "--by", "Cy", code=1)
    assert f"Cy has not signed {digest[:12]}; it is signed by Ada and Bo" in refused
    assert "no version begins with 'ffffffff'" in said(capsys, "take-back", "ffffffff", "--by", "Ada", code=1)
    found = told(capsys, "take-back", digest[:8], "--by", "ada", "--note", "wrong queue")

    assert (found["lacks"], [one["by"] for one in found["signed"]]) == (1, ["Bo"])
    assert f"{digest[:12]}  lacks 1 of 2 signatures\n" in said(capsys, "list")


def test_nobody_has_to_sign_where_none_is_asked_for(
    digest: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may be signed all the same, ahead of the day on which it is asked for."""
    monkeypatch.setenv("DESKHAND_SIGN_OFFS", "0")

    assert "DESKHAND_SIGN_OFFS is 0: nothing needs a signature." in said(capsys, "show")
    assert told(capsys, "give", digest, "--by", "Ada")["lacks"] == 0


def test_nothing_was_signed_yet(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An empty list says so; without a database the way there is told."""
    assert "There is no database" in said(capsys, "list", code=1)
    open_store(f"sqlite:///{folder.parent / 'state.db'}").close()
    assert "Nobody has signed anything yet." in said(capsys, "list")


def test_differences_are_coloured_on_a_terminal() -> None:
    """Green comes, red goes; words that look like colours of ours stay words."""
    shown = io.StringIO()
    _diff(Console(file=shown, force_terminal=True, highlight=False, width=80), ("-old [red]x[/]", "+new", " same"))

    assert "\x1b[31m-old [red]x[/]" in shown.getvalue()
    assert "\x1b[32m+new" in shown.getvalue()


def test_what_a_change_would_do_at_once_is_said(folder: Path, digest: str, capsys: pytest.CaptureFixture[str]) -> None:
    """S12: from the tickets that the worker knows; of the version in force itself nothing has to be foreseen."""
    store = open_store(f"sqlite:///{folder.parent / 'state.db'}")
    loaded = load_policies(folder)
    assert loaded.policy is not None
    adopt(store, loaded.policy, NOW)
    with store.begin() as tx:
        put_in_force(tx, Standing(digest, "observe", 2, digest), loaded.texts, NOW)
        tx.tickets.save(ticket(id=number, priority="high") for number in (1, 2, 3))
    store.close()
    assert told(capsys, "show")["would_do"] is None
    assert "It only observes for now: 0 decisions so far" in said(capsys, "show")

    (folder / "a.yaml").write_text(RULE % ("high", UNTESTED), encoding="utf-8")

    assert told(capsys, "show")["would_do"] == {"rules": {"one": 3}, "judged": 3, "live": 3}
    assert "at once it would do: one on 3." in said(capsys, "show")
