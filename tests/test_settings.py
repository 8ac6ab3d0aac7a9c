"""Settings that contradict each other are refused at the start, with what to do."""

import json
from pathlib import Path

import pytest

from deskhand.cli.main import main
from deskhand.errors import SettingsError
from deskhand.settings import PUBLISHED, load, the_secret, unknown

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


def test_blanks_that_were_copied_along_count_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Around an address, a name or a secret; and a setting that is empty is one that is not set."""
    monkeypatch.setenv("DESKHAND_SLACK_URL", " https://slack.example/api\n")
    monkeypatch.setenv("DESKHAND_CLIENT_ID", " deskhand ")
    monkeypatch.setenv("DESKHAND_CLIENT_SECRET", "s3cr3t\r\n")
    monkeypatch.setenv("DESKHAND_SLACK_TOKEN_FILE", "")
    monkeypatch.setenv("DESKHAND_PAGERDUTY_URL", " ")

    found = load()

    assert (found.slack_url, found.client_id) == ("https://slack.example/api", "deskhand")
    assert (found.secret("client_secret"), found.secret("slack_token")) == ("s3cr3t", None)
    assert found.pagerduty_url == "https://api.pagerduty.com"


@pytest.mark.parametrize(
    ("held", "words"),
    [(b"\xff\xfe\x00", "is no text"), (b" \n", "is empty"), (None, "cannot be read (No such file")],
)
def test_a_file_that_holds_no_secret_is_named(held: bytes | None, words: str, tmp_path: Path) -> None:
    """With what to do about it; it is not as if nothing were set."""
    file = tmp_path / "token"
    if held is not None:
        file.write_bytes(held)

    with pytest.raises(SettingsError) as refused:
        the_secret("", file, "DESKHAND_SLACK_TOKEN")

    assert f"DESKHAND_SLACK_TOKEN_FILE names {file}, which {words}" in str(refused.value)
    assert refused.value.hint


def test_a_secret_is_read_whatever_editor_wrote_it(tmp_path: Path) -> None:
    """A mark at the beginning and the ends of lines belong to the editor."""
    file = tmp_path / "token"
    file.write_bytes(b"\xef\xbb\xbfxoxb-1\r\n")

    assert the_secret("", file, "DESKHAND_SLACK_TOKEN") == "xoxb-1"


def test_a_secret_that_is_given_twice_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever changes the file would wonder why the old one is used."""
    monkeypatch.setenv("DESKHAND_SLACK_TOKEN", "canary-1")
    monkeypatch.setenv("DESKHAND_SLACK_TOKEN_FILE", "token")

    with pytest.raises(SettingsError, match="DESKHAND_SLACK_TOKEN and DESKHAND_SLACK_TOKEN_FILE are both set") as told:
        load().secret("slack_token")

    assert "canary" not in f"{told.value} {told.value.hint}"


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("STOP", "maybe", "DESKHAND_STOP should be true or false"),
        ("POLL_SECONDS", "30s", "DESKHAND_POLL_SECONDS should be a number, without a unit"),
        ("INCREMENTAL_PER_MINUTE", "ten", "DESKHAND_INCREMENTAL_PER_MINUTE should be a whole number"),
        ("POLL_SECONDS", "1", "DESKHAND_POLL_SECONDS should be greater than or equal to 5"),
        ("FEEDS", "all", "DESKHAND_FEEDS should be 'both', 'export' or 'recent'"),
    ],
)
def test_a_setting_says_what_it_takes(name: str, value: str, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """In words for whoever sets it."""
    monkeypatch.setenv(f"DESKHAND_{name}", value)

    with pytest.raises(SettingsError, match=words):
        load()


def test_a_misspelt_setting_is_told_with_the_one_that_may_be_meant(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A channel's own key may stand after a name; what is not ours is nobody's business."""
    environ = {"DESKHAND_SLACK_TOKN": "x", "DESKHAND_COLOUR": "x", "DESKHAND_SLACK_TOKEN_NETWORK": "x", "PATH": "/"}
    assert unknown(environ) == {"DESKHAND_COLOUR": "", "DESKHAND_SLACK_TOKN": "DESKHAND_SLACK_TOKEN"}
    monkeypatch.setenv("DESKHAND_SLACK_TOKN", "canary-1")

    assert main(["settings"]) == 0

    told = capsys.readouterr().out
    assert "DESKHAND_SLACK_TOKN is set and is no setting: did you mean DESKHAND_SLACK_TOKEN?" in told
    assert "canary" not in told
