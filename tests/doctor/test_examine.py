"""All checks together: each by itself, whatever the others do, and none of them changes anything."""

from collections.abc import Iterator
from pathlib import Path

from deskhand.doctor.examine import CHECKS, Check, examine, failed
from deskhand.doctor.finding import Finding, ok
from deskhand.doctor.subject import Subject
from deskhand.errors import SettingsError, Transient
from tests.doctor.places import Patient


def test_all_is_well_where_all_is_well(tmp_path: Path) -> None:
    """A client that is held to what it needs, a worker that runs, policies that the account knows: not one warning."""
    patient = Patient(tmp_path)
    patient.sandbox.door.clients["deskhand"].allowed = ("read",)
    worker = patient.work()
    subject = patient.subject()

    found = examine(subject)

    subject.close()
    worker.store.close()
    worker.connection.close()
    assert [one for one in found if one.level != "ok"] == []
    assert {check.about for check in CHECKS} == {one.about for one in found}


def test_a_look_changes_nothing(tmp_path: Path) -> None:
    """S7: the account is asked by GET alone, but for tokens, and no file appears or changes."""
    patient = Patient(tmp_path, mode="enforce")
    worker = patient.work()
    worker.store.close()
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if not path.name.endswith(("-shm", "-wal"))}
    patient.sandbox.calls.clear()
    subject = patient.subject()

    examine(subject)

    subject.close()
    after = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if not path.name.endswith(("-shm", "-wal"))}
    assert after == before
    assert {f"{method} {path}" for method, path in patient.sandbox.calls.counts if method != "GET"} == {
        "POST /oauth/tokens"
    }


def _well(_: Subject) -> Iterator[Finding]:
    yield ok("well", "as it should be")


def _half(_: Subject) -> Iterator[Finding]:
    yield ok("half", "this far")
    raise SettingsError("no account is set", hint="Set one.")


def _broken(_: Subject) -> Iterator[Finding]:
    raise ZeroDivisionError("by nought")


def test_a_check_that_raises_is_a_finding_and_the_others_go_on(tmp_path: Path) -> None:
    """With the error's own words and hint; what it had found stays, and a fault of ours is called one."""
    checks = [Check("half", _half), Check("broken", _broken), Check("again", _half), Check("well", _well)]

    found = examine(Patient(tmp_path).subject(), checks)

    assert [(one.level, one.about, one.found) for one in found] == [
        ("ok", "half", "this far"),
        ("fail", "half", "no account is set"),
        ("fail", "broken", "ZeroDivisionError: by nought"),
        ("ok", "half", "this far"),
        ("skip", "again", "not looked at: see half"),
        ("ok", "well", "as it should be"),
    ]
    assert [one.todo for one in found[1:3]] == ["Set one.", "This is a fault of deskhand: report it."]


def test_an_account_that_is_away_is_told_once_and_not_waited_for_again(tmp_path: Path) -> None:
    """The rest is looked at all the same; the advice is for somebody who sits there."""
    patient = Patient(tmp_path)
    patient.sandbox.faults.add({"kind": "status", "path": "/oauth/tokens", "status": 502})
    subject = patient.subject()

    found = examine(subject)

    assert [(one.about, one.todo) for one in found if one.level == "fail"] == [
        ("account", "Check DESKHAND_SUBDOMAIN, your network and Zendesk's status page, and look again.")
    ]
    assert [one.about for one in found if one.level == "ok"][:3] == ["settings", "credentials", "secrets"]
    assert patient.sandbox.calls.total <= 5 + 1
    assert failed("x", Transient("away")).todo.startswith("Check DESKHAND_SUBDOMAIN")
