"""Credentials: of which kind, and who else could read them."""

from pathlib import Path

import pytest

from deskhand.doctor.credentials import files, kind
from tests.doctor.places import Patient


def test_an_oauth_client_is_as_it_should_be(tmp_path: Path) -> None:
    """By its identifier; a token that is set beside it is not used, and should go."""
    assert Patient(tmp_path).told(kind) == [("ok", "OAuth client 'deskhand'")]

    both = Patient(tmp_path, email="a@acme.example", api_token="t").told(kind)

    assert [level for level, _ in both] == ["ok", "warn"]
    assert "DESKHAND_API_TOKEN" in both[1][1]


def test_an_api_token_is_warned_of(tmp_path: Path) -> None:
    """S7: it acts as any agent, has no scopes, never expires by itself, and stops working in 2027; the way out is named."""
    ((level, words),) = Patient(tmp_path, client_id=None, email="ann@acme.example", api_token="t").told(kind)

    assert level == "warn"
    for part in ("act as any agent", "no scopes", "never expires", "2027-04-30", "2026-10-27", "DESKHAND_CLIENT_ID"):
        assert part in words


@pytest.mark.parametrize("name", ["CLIENT_SECRET_FILE", "SLACK_TOKEN_EMEA_FILE"])
def test_a_secret_that_everybody_may_read_is_warned_of(tmp_path: Path, name: str) -> None:
    """With what to type. Other files that settings name are no secrets."""
    patient, secret = Patient(tmp_path), tmp_path / "secret"
    secret.write_text("canary")
    patient.environ = {
        f"DESKHAND_{name}": str(secret),
        "DESKHAND_STOP_FILE": str(tmp_path / "policies"),
        "OTHER_FILE": "/",
    }

    secret.chmod(0o644)
    assert patient.told(files) == [("warn", f"{secret} can be read by everybody on this machine chmod 600 {secret}")]
    secret.chmod(0o640)
    assert patient.told(files) == [("ok", "1 file, closed to others")]
    patient.environ = {}
    assert patient.told(files) == [("ok", "in the environment, not in files")]
