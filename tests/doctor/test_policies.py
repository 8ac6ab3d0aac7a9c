"""Policies, the names in them, and their channels."""

from pathlib import Path

import pytest

from deskhand.app.sign_off import Signer, give
from deskhand.doctor.finding import Finding
from deskhand.doctor.policies import channels, loaded, names, signed
from deskhand.documents import load_policies
from deskhand.store import open_store
from tests.app.places import START
from tests.doctor.places import RULES, Patient

CHANNELS = """
channels:
  room: {service: slack, place: C0SUPPORT}
  other: {service: slack, place: C0OTHER}
  relay: {service: webhook, key: EMEA}
"""


def test_sound_policies_are_counted(tmp_path: Path) -> None:
    """With the names that the account has."""
    patient = Patient(tmp_path)

    assert patient.told(loaded) == [("ok", f"1 rules in 1 file of {tmp_path}/policies")]
    assert [level for level, _ in (*patient.told(names), *patient.told(channels))] == ["ok", "ok"]


def test_mistakes_are_shown_with_their_places(tmp_path: Path) -> None:
    """And what rests on the policies is not looked at."""
    patient = Patient(tmp_path)
    patient.write(RULES.replace("add_tags", "add_tag"))

    (found,) = loaded(patient.subject())

    assert (found.level, found.found) == ("fail", f"1 mistake in {tmp_path}/policies, so that none of them is in force")
    assert found.table is not None
    assert "did you mean 'add_tags'?" in found.table.rows[0][0]
    assert [level for level, _ in (*patient.told(names), *patient.told(channels))] == ["skip", "skip"]


def test_signatures_are_counted_where_they_are_asked_for(tmp_path: Path) -> None:
    """S12: who has signed, or how many are missing, and the command that shows what waits."""
    assert Patient(tmp_path, mode="observe", sign_offs=2).told(signed) == [("ok", "none are asked for")]
    patient = Patient(tmp_path, mode="enforce", sign_offs=2)
    policy = load_policies(tmp_path / "policies").policy
    assert policy is not None

    (found,) = signed(patient.subject())
    assert (found.level, "lacks 2 of 2 signatures" in found.found) == ("warn", True)
    assert "deskhand sign-off show" in found.todo

    store = open_store(patient.settings.database_url)
    for name in ("Ada", "Bo"):
        give(store, policy.digest, {"a.yaml": "x"}, Signer(name), START)
    store.close()
    assert patient.told(signed) == [("ok", f"{policy.digest[:12]} is signed by Ada and Bo")]


def test_warnings_stop_nothing(tmp_path: Path) -> None:
    """They are shown all the same."""
    patient = Patient(tmp_path)
    patient.write(RULES.replace("    ignore: no-tests\n", ""))

    assert [level for level, _ in patient.told(loaded)] == ["ok", "warn"]


@pytest.mark.parametrize(("mode", "level"), [("observe", "warn"), ("enforce", "fail")])
def test_a_name_that_the_account_lacks_is_told(tmp_path: Path, mode: str, level: str) -> None:
    """It keeps enforce from starting, and is worth a word elsewhere."""
    patient = Patient(tmp_path, mode=mode)
    patient.write(RULES.replace("add_tags: later", "assign: {group: Nobody}"))

    (found,) = names(patient.subject())

    assert found.level == level
    assert "unknown group 'Nobody'" in told(found)


@pytest.mark.parametrize(("mode", "level"), [("observe", "warn"), ("notify", "fail")])
def test_channels_without_their_settings_are_told_by_what_they_lack(tmp_path: Path, mode: str, level: str) -> None:
    """Modes that send do not start so."""
    patient = Patient(tmp_path, mode=mode, slack_token=None)
    patient.write(RULES + CHANNELS)

    (found,) = channels(patient.subject())

    assert (found.level, found.found) == (level, "3 of 3 cannot be used")
    assert "other, room needs DESKHAND_SLACK_TOKEN (or DESKHAND_SLACK_TOKEN_FILE)" in told(found)
    assert "relay needs DESKHAND_WEBHOOK_URL_EMEA" in told(found)


def test_an_account_that_is_away_keeps_no_policy_from_being_read(tmp_path: Path) -> None:
    """Unless a calendar of theirs is the account's own."""
    patient = Patient(tmp_path)
    patient.sandbox.faults.add({"kind": "status", "path": "/api/*", "status": 502})

    assert [level for level, _ in patient.told(loaded)] == ["ok"]


def told(found: Finding) -> str:
    """The rows of a finding's table."""
    assert found.table is not None
    return "\n".join(" ".join(row) for row in found.table.rows)
