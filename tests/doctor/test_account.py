"""The account: who we are there, how the clocks stand, and how often it may be called."""

from pathlib import Path

import pytest

from deskhand.doctor.account import calls, clock, reached, role
from deskhand.errors import AccessRefused
from deskhand.sandbox.auth import Client
from tests.doctor.places import Patient


def test_an_account_that_answers_says_who_we_are(tmp_path: Path) -> None:
    """Name, address and role."""
    patient = Patient(tmp_path)

    ((level, words),) = patient.told(reached)

    assert (level, "deskhand@acme.example" in words) == ("ok", True)
    assert [found for found, _ in patient.told(role)] == ["ok"]


def test_whoever_is_no_admin_is_told_what_admins_are_needed_for(tmp_path: Path) -> None:
    """The account answers all the same."""
    patient = Patient(tmp_path)
    agent = patient.sandbox.world.add_user("Ann", "ann@acme.example", "agent")["id"]
    patient.sandbox.door.clients["deskhand"] = Client("sandbox-secret", agent)

    ((level, words),) = patient.told(role)

    assert (level, patient.told(reached)[0][0]) == ("fail", "ok")
    assert words.startswith("Ann is agent and not an admin: incremental exports and SLA policies")


def test_credentials_that_are_wrong_are_an_error(tmp_path: Path) -> None:
    """Which the report shows as it is."""
    with pytest.raises(AccessRefused, match="does not accept OAuth client 'nobody'"):
        Patient(tmp_path, client_id="nobody").told(reached)


@pytest.mark.parametrize(
    ("ahead", "level", "words"),
    [
        (0, "ok", "agrees"),
        (4, "ok", "agrees"),
        (20, "warn", "ahead of"),
        (-20, "warn", "behind"),
        (90, "fail", "ahead of"),
        (-3600, "fail", "ours is 1h behind Zendesk's"),
    ],
)
def test_clocks_are_compared(tmp_path: Path, ahead: float, level: str, words: str) -> None:
    """More than five seconds are worth a word, more than a minute is too much."""
    ((found, said),) = Patient(tmp_path, ahead=ahead).told(clock)

    assert found == level
    assert words in said


def test_calls_are_told_with_what_is_left_to_others(tmp_path: Path) -> None:
    """A reserve of next to nothing is no way to live with others."""
    assert Patient(tmp_path).told(calls) == [
        ("ok", "700 a minute, of which 20% are left to others; exports at 10 a minute")
    ]
    ((level, words),) = Patient(tmp_path, reserve_share=0.0).told(calls)
    assert (level, "DESKHAND_RESERVE_SHARE" in words) == ("warn", True)
