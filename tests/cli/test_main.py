"""The command line: exit codes, and errors as a person meets them."""

from pathlib import Path

import pytest

from deskhand import __version__
from deskhand.cli.main import main


@pytest.mark.parametrize(
    "arguments",
    [[], ["bogus"], ["--bogus"], ["explain"], ["explain", "x"], ["check", "--bogus"], ["sandbox", "--port", "x"]],
)
def test_wrong_usage_exits_with_64(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Never with a code that means something else."""
    assert main(arguments) == 64
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "command"),
    [
        (["bogus"], "deskhand"),
        (["explain", "x"], "deskhand explain"),
        (["ladder", "check", "--days", "0"], "deskhand ladder check"),
        (["channels", "nope"], "deskhand channels"),
        (["once", "--mode", "enforced"], "deskhand once"),
    ],
)
def test_wrong_usage_names_the_help_of_that_very_command(
    arguments: list[str], command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """And speaks of no validator."""
    assert main(arguments) == 64

    told = capsys.readouterr().err
    assert f"hint: `{command} --help` " in told
    assert "Value error" not in told


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """And nothing else."""
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"deskhand {__version__}\n"


@pytest.mark.parametrize(
    ("environ", "words", "hint"),
    [
        ({}, "error: no account is set", "DESKHAND_SUBDOMAIN"),
        ({"DESKHAND_SUBDOMAIN": "https://acme.zendesk.com"}, "is no subdomain", "Only the part before .zendesk.com"),
        ({"DESKHAND_SUBDOMAIN": "acme"}, "DESKHAND_CLIENT_ID and DESKHAND_CLIENT_SECRET are not set", "README"),
        (
            {"DESKHAND_SUBDOMAIN": "acme", "DESKHAND_CLIENT_ID": "a"},
            "DESKHAND_CLIENT_SECRET (or DESKHAND_CLIENT_SECRET_FILE) is not set",
            "README",
        ),
        (
            {"DESKHAND_SUBDOMAIN": "acme", "DESKHAND_CLIENT_ID": "a", "DESKHAND_CLIENT_SECRET_FILE": "/nowhere"},
            "DESKHAND_CLIENT_SECRET_FILE names /nowhere, which cannot be read",
            "Check the path",
        ),
        ({"DESKHAND_MODE": "always"}, "DESKHAND_MODE should be 'off'", "deskhand settings"),
        (
            {
                "DESKHAND_SUBDOMAIN": "acme",
                "DESKHAND_CLIENT_ID": "a",
                "DESKHAND_CLIENT_SECRET": "canary",
                "ZENPY_FORCE_NETLOC": "x",
            },
            "ZENPY_FORCE_NETLOC would send this account's credentials to another host",
            "Unset ZENPY_FORCE_NETLOC",
        ),
    ],
)
def test_a_wrong_setting_is_named_with_what_to_do(
    environ: dict[str, str], words: str, hint: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each names its variable, and shows no secret."""
    for name, value in environ.items():
        monkeypatch.setenv(name, value)

    assert main(["whoami"]) == 1

    told = capsys.readouterr().err
    assert words in told
    assert hint in told
    assert "canary" not in told


def test_one_broken_file_keeps_all_policies_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Promise 10, and every mistake is told with its place."""
    (tmp_path / "good.yaml").write_text("rules: []\n", encoding="utf-8")
    (tmp_path / "bad.yaml").write_text("rules:\n  - id: one\n    wehn: {}\n", encoding="utf-8")
    monkeypatch.setenv("DESKHAND_POLICIES", str(tmp_path))

    assert main(["once"]) == 1

    told = capsys.readouterr().err
    assert "bad.yaml:3:5" in told
    assert "did you mean 'when'?" in told


def test_looking_before_the_first_start_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """There is no database yet, and none is made."""
    monkeypatch.setenv("DESKHAND_DATABASE_URL", f"sqlite:///{tmp_path / 'none.db'}")

    assert main(["status"]) == 1

    assert "There is no database" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
