"""Settings that contradict each other are refused at the start, with what to do."""

import json
from pathlib import Path

import pytest

from deskhand.cli.main import main
from deskhand.errors import SettingsError
from deskhand.settings import PUBLISHED, load

NAME = "DESKHAND_ZENDESK_WEBHOOK_SECRET"
ONE, TWO = "canary-of-one-webhook", "canary-of-another-one"


def test_several_secrets_of_webhooks_may_be_good_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With spaces or lines between them, in the variable or in its file; without any, webhooks are not wanted."""
    assert load().signing_secrets() == ()
    monkeypatch.setenv("DESKHAND_LISTEN", "9000")
    monkeypatch.setenv(NAME, f" {ONE}  {TWO} ")
    assert load().signing_secrets() == (ONE, TWO)
    monkeypatch.delenv(NAME)
    (tmp_path / "secret").write_text(f"{ONE}\n{TWO}\n", encoding="utf-8")
    monkeypatch.setenv(f"{NAME}_FILE", str(tmp_path / "secret"))
    assert load().signing_secrets() == (ONE, TWO)


@pytest.mark.parametrize(
    ("secret", "listen", "words", "hint"),
    [
        (ONE, None, "there is nowhere to listen for webhooks", "Set DESKHAND_LISTEN"),
        ("", "9000", "is set and empty", "Unset it"),
        (f"{ONE} {PUBLISHED}", "9000", "which everybody knows", "Save the webhook"),
        (f"{ONE} canary-short", "9000", "fewer than 16 characters", "Reveal secret"),
    ],
)
def test_a_secret_that_protects_nothing_is_refused_at_the_start(
    secret: str,
    listen: str | None,
    words: str,
    hint: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """S6, S1: before anything is connected or opened, with what to do and without the secret."""
    monkeypatch.setenv(NAME, secret)
    if listen:
        monkeypatch.setenv("DESKHAND_LISTEN", listen)

    assert main(["run"]) == 1

    told = " ".join(capsys.readouterr().err.split())
    assert f"{NAME} " in told
    assert words in told
    assert hint in told
    assert "canary" not in told
    with pytest.raises(SettingsError, match=NAME):
        load().signing_secrets()


@pytest.mark.parametrize("number", ["0", "-1", "acme"])
def test_an_account_that_is_no_number_is_refused(number: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Webhooks tell it as one."""
    monkeypatch.setenv("DESKHAND_ZENDESK_ACCOUNT_ID", number)

    with pytest.raises(SettingsError, match="DESKHAND_ZENDESK_ACCOUNT_ID"):
        load()


def test_the_secrets_of_webhooks_are_listed_as_stars(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """S1: `deskhand settings` says that they are set, and no more."""
    monkeypatch.setenv(NAME, f"{ONE} {TWO}")

    assert main(["settings", "--json"]) == 0

    told = capsys.readouterr().out
    rows = {row["name"]: row for row in json.loads(told)["settings"]}
    assert rows[NAME]["value"] == "**********"
    assert rows[f"{NAME}_FILE"]["value"] is None
    assert "canary" not in told
