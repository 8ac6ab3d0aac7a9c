"""Scopes: granted beside needed."""

from pathlib import Path

import pytest

from deskhand.doctor.scopes import compared, lifetime
from deskhand.sandbox import Options
from deskhand.zendesk.scopes import NEEDS
from tests.doctor.places import Patient

PAGE = "Admin Center > Apps and integrations > APIs > OAuth clients"


def rows(patient: Patient) -> dict[str, str]:
    """The last column of the table, by scope."""
    subject = patient.subject()
    table = next(iter(compared(subject))).table
    subject.close()
    assert table is not None
    assert table.head == ("scope", "needed by", "granted")
    return {row[0]: row[2] for row in table.rows}


def test_what_is_granted_stands_beside_what_is_needed(tmp_path: Path) -> None:
    """S7: each scope with what needs it and whether the client has it; what is not used in this mode says so."""
    patient = Patient(tmp_path, options=Options(client_scopes="read tickets:write"))

    assert patient.told(compared) == [("ok", "all that mode observe needs: read")]
    assert rows(patient) == {
        "read": "yes",
        "tickets:write": "yes, not used in mode observe",
        "macros:write": "no",
        "dynamic_content:write": "no",
    }
    assert set(rows(patient)) == {need.scope for need in NEEDS}


@pytest.mark.parametrize(
    ("mode", "allowed", "missing"),
    [
        ("observe", "tickets:read", "read"),
        ("notify", "read", "tickets:write"),
        ("enforce", "read macros:write", "tickets:write"),
        ("enforce", "macros:write", "read and tickets:write"),
    ],
)
def test_a_scope_that_the_mode_lacks_is_a_failure(tmp_path: Path, mode: str, allowed: str, missing: str) -> None:
    """S7: by its name, with where to allow it."""
    patient = Patient(tmp_path, options=Options(client_scopes=allowed), mode=mode)

    assert patient.told(compared) == [
        ("fail", f"mode {mode} needs {missing}, which the client is not allowed to ask for Allow it under {PAGE}.")
    ]
    assert [scope for scope, told in rows(patient).items() if told == "NO"] == missing.split(" and ")


def test_what_another_mode_would_need_is_no_failure(tmp_path: Path) -> None:
    """S7: whoever only looks does not need leave to write."""
    patient = Patient(tmp_path, options=Options(client_scopes="read"))

    assert [level for level, _ in patient.told(compared)] == ["ok"]
    assert rows(patient)["tickets:write"] == "no, needed for notify and enforce"


def test_more_than_is_needed_is_warned_of(tmp_path: Path) -> None:
    """S7: which one to take away, and what to allow in its place; it does meanwhile."""
    patient = Patient(tmp_path, options=Options(client_scopes="read write"), mode="enforce")

    first, second = patient.told(compared)

    assert first == ("ok", "all that mode enforce needs: read tickets:write")
    assert second[0] == "warn"
    assert second[1].startswith(f"write is more than anything here needs Take it away under {PAGE}")
    assert rows(patient)["tickets:write"] == "by write"


def test_a_client_that_is_held_to_nothing_is_warned_of(tmp_path: Path) -> None:
    """S7: with the scopes to hold it to. No token of any weight is asked for to find out."""
    patient = Patient(tmp_path, mode="enforce")

    _, (level, words) = patient.told(compared)

    assert level == "warn"
    assert "held to no scopes" in words
    assert "read tickets:write" in words
    assert {token.scopes for token in patient.sandbox.door.tokens.values()} == {("deskhand:nothing",)}


def test_an_api_token_has_neither_scopes_nor_an_end(tmp_path: Path) -> None:
    """What is to be said of it stands with the credentials."""
    patient = Patient(tmp_path, client_id=None, email="deskhand@acme.example", api_token="sandbox-token")

    assert [level for level, _ in (*patient.told(compared), *patient.told(lifetime))] == ["skip", "skip"]


def test_a_token_says_how_long_it_lives(tmp_path: Path) -> None:
    """Ours live two hours."""
    assert Patient(tmp_path).told(lifetime) == [("ok", "lives 2h, and is renewed 5m before its end")]


@pytest.mark.parametrize(
    ("row", "level", "words"),
    [
        ({"expires_at": None}, "warn", "never expire"),
        ({"created_at": "2026-03-02T08:00:00Z", "expires_at": "2026-03-04T09:00:00Z"}, "warn", "lives 2d 1h"),
    ],
)
def test_a_token_that_lives_too_long_is_warned_of(tmp_path: Path, row: dict[str, str], level: str, words: str) -> None:
    """Whoever steals it has it for as long."""
    patient = Patient(tmp_path)
    patient.sandbox.faults.add(
        {"kind": "status", "path": "/api/v2/oauth/tokens/current*", "status": 200, "body": {"token": row}}
    )

    ((found, said),) = patient.told(lifetime)

    assert (found, words in said) == (level, True)


def test_an_account_that_does_not_tell_is_fine(tmp_path: Path) -> None:
    """The token is renewed by what its own answer said."""
    patient = Patient(tmp_path)
    patient.sandbox.faults.add({"kind": "status", "path": "/api/v2/oauth/tokens/current*", "status": 404})

    ((level, words),) = patient.told(lifetime)

    assert (level, "does not say" in words) == ("ok", True)
