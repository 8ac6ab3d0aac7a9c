"""The database, and the space that it has."""

import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from deskhand.doctor.database import MIB, disk, file
from deskhand.errors import SettingsError
from tests.doctor.places import Patient
from tests.store.database import connected


class Usage(NamedTuple):
    """What the system says of a disk."""

    total: int
    used: int
    free: int


@pytest.fixture
def patient(tmp_path: Path) -> Patient:
    """An installation whose worker has run and ended."""
    made = Patient(tmp_path)
    worker = made.work()
    worker.store.close()
    worker.connection.close()
    return made


def test_a_database_in_order_is_told_with_its_size(patient: Patient) -> None:
    """Also beside a worker that has it open."""
    ((level, words),) = patient.told(file)

    assert (level, "whole" in words, "MB" in words) == ("ok", True, True)


def test_before_the_first_start_there_is_none(tmp_path: Path) -> None:
    """Which is worth a word, and no failure."""
    patient = Patient(tmp_path)

    assert [level for level, _ in (*patient.told(file), *patient.told(disk))] == ["warn", "skip"]
    assert not (tmp_path / "demo.db").exists()


@pytest.mark.parametrize(("revision", "level"), [("0001", "warn"), ("9999", "fail")])
def test_a_database_of_another_version_is_told(patient: Patient, revision: str, level: str) -> None:
    """An older one is brought up to date at the next start; a newer one is refused."""
    with connected(patient.settings.database_url) as connection:
        connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{revision}'")

    assert [found for found, _ in patient.told(file)] == [level]


def test_damage_is_told(patient: Patient) -> None:
    """With what to do."""
    path = patient.folder / "demo.db"
    path.write_bytes(b"no database" * 1000)

    ((level, words),) = patient.told(file)

    assert (level, "is damaged" in words, "last backup" in words) == ("fail", True, True)


def test_a_database_that_everybody_may_read_is_warned_of(patient: Patient) -> None:
    """It holds what customers wrote."""
    (patient.folder / "demo.db").chmod(0o644)

    assert [level for level, _ in patient.told(file)] == ["ok", "warn"]


def test_a_url_that_is_none_is_an_error(tmp_path: Path) -> None:
    """The report shows it as it is."""
    with pytest.raises(SettingsError, match="DESKHAND_DATABASE_URL"):
        Patient(tmp_path, database_url="mysql://x").told(file)


@pytest.mark.parametrize(("free", "level"), [(10, "fail"), (500, "warn"), (5000, "ok")])
def test_space_is_told_before_it_runs_out(
    patient: Patient, monkeypatch: pytest.MonkeyPatch, free: int, level: str
) -> None:
    """What is left where the database is."""
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10_000 * MIB, 0, free * MIB))

    assert [found for found, _ in patient.told(disk)] == [level]
