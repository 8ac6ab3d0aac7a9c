"""The worker, what waits for a person, and the kill switch."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from deskhand.app.adopt import REFUSED
from deskhand.app.engine import BEAT
from deskhand.doctor.worker import running, switch, waiting
from tests.doctor.places import Patient
from tests.store.values import row


def test_a_worker_that_runs_is_told_with_its_last_cycle(tmp_path: Path) -> None:
    """By the process that holds the database."""
    patient = Patient(tmp_path)
    worker = patient.work()

    ((level, words),) = patient.told(running)

    worker.store.close()
    assert (level, words.endswith("ago")) == ("ok", True)
    assert "has the database open; the last full cycle was" in words


@pytest.mark.parametrize(("held", "level"), [(True, "fail"), (False, "warn")])
def test_a_worker_without_full_cycles_is_told(tmp_path: Path, held: bool, level: str) -> None:
    """One that runs is ill; where none runs, it may be meant."""
    patient = Patient(tmp_path)
    worker = patient.work()
    with worker.store.begin() as tx:
        tx.notebook.set(BEAT, (patient.now() - timedelta(hours=2)).isoformat())
    if not held:
        worker.store.close()

    ((found, words),) = patient.told(running)

    worker.store.close()
    assert (found, "the last full cycle was 2h ago" in words) == (level, True)


def test_policies_that_were_refused_are_told(tmp_path: Path) -> None:
    """The worker goes on with those before."""
    patient = Patient(tmp_path)
    worker = patient.work()
    with worker.store.begin() as tx:
        tx.notebook.set(REFUSED, "a.yaml:1:1: no")

    assert [level for level, _ in patient.told(running)] == ["ok", "warn"]
    worker.store.close()


def test_what_waits_for_a_person_is_told(tmp_path: Path) -> None:
    """Held and refused writes, each with the command that shows them."""
    patient = Patient(tmp_path)
    worker = patient.work()
    assert patient.told(waiting) == [("ok", "nothing waits for a person")]
    with worker.store.begin() as tx:
        tx.outbox.put([replace(row("op-1", 1, state="held"), reason="too many"), row("op-2", 2, state="dead")])

    found = patient.told(waiting)

    worker.store.close()
    assert [level for level, _ in found] == ["warn", "warn"]
    assert "is held: too many" in found[0][1]
    assert "1 writes were refused for good" in found[1][1]


def test_without_a_database_there_is_nothing_to_look_at(tmp_path: Path) -> None:
    """Which another check tells."""
    patient = Patient(tmp_path)

    assert [level for level, _ in (*patient.told(running), *patient.told(waiting))] == ["skip", "skip"]


def test_the_kill_switch_is_told(tmp_path: Path) -> None:
    """By setting or by file; that observe writes nothing is no news."""
    patient = Patient(tmp_path)
    assert patient.told(switch) == [("ok", "off")]

    patient.settings.stop_file.touch()
    ((level, words),) = patient.told(switch)
    assert (level, "exists; remove it to go on" in words) == ("warn", True)
    assert "DESKHAND_STOP is set" in Patient(tmp_path, stop=True).told(switch)[0][1]
