"""`deskhand backup` and `deskhand restore`."""

import json
from pathlib import Path

import pytest

from deskhand.cli.main import main
from deskhand.store import open_store
from tests.store.values import ticket


@pytest.fixture(autouse=True)
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A database of the account `acme` with one ticket; its folder."""
    monkeypatch.setenv("DESKHAND_DATABASE_URL", f"sqlite:///{tmp_path}/deskhand.db")
    monkeypatch.setenv("DESKHAND_SUBDOMAIN", "acme")
    store = open_store(f"sqlite:///{tmp_path}/deskhand.db")
    with store.begin() as tx:
        tx.tickets.save([ticket(1)])
        tx.notebook.set("account", "acme")
    store.close()
    return tmp_path


def test_a_backup_is_made_and_put_back(database: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Both say what they hold; the restore stands in the status and in the audit trail, with who did it."""
    copy = database / "copy.db"

    assert main(["backup", str(copy)]) == 0
    assert "1 tickets, no full cycle yet, account acme" in capsys.readouterr().out
    assert main(["restore", str(copy), "--by", "Ann"]) == 0
    assert "is kept as" in capsys.readouterr().out
    assert main(["status", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["restored"].endswith("from a backup (no full cycle yet)")
    store = open_store(f"sqlite:///{database}/deskhand.db", exclusive=False)
    with store.read() as tx:
        last = tx.trail.last()
    store.close()
    assert last is not None
    assert (last.kind, last.by.split()[0]) == ("restored", "Ann")


def test_a_backup_that_is_there_stays_unless_forced(database: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The error says what to do."""
    copy = database / "copy.db"
    copy.write_text("older")

    assert main(["backup", str(copy)]) == 1
    assert "--force" in capsys.readouterr().err
    assert main(["backup", str(copy), "--force", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["tickets"] == 1


def test_a_backup_of_another_account_is_refused(
    database: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Unless the account has another address now, and somebody says so."""
    copy = database / "copy.db"
    assert main(["backup", str(copy)]) == 0
    monkeypatch.setenv("DESKHAND_SUBDOMAIN", "globex")

    assert main(["restore", str(copy)]) == 1
    assert "'acme'" in capsys.readouterr().err
    assert main(["restore", str(copy), "--force"]) == 0


def test_there_is_nothing_to_back_up_before_the_worker_has_run(
    database: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It says so, and makes no file."""
    monkeypatch.setenv("DESKHAND_DATABASE_URL", f"sqlite:///{database}/none.db")

    assert main(["backup", str(database / "copy.db")]) == 1
    assert "no database" in capsys.readouterr().err
    assert not (database / "copy.db").exists()
