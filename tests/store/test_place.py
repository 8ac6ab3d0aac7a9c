"""The file of a SQLite database and what stands beside it."""

from pathlib import Path

import pytest

from deskhand.errors import SettingsError, StoreBusy, StoreError
from deskhand.store import place as module
from deskhand.store.place import Place


def test_the_folder_and_the_file_are_made_private(tmp_path: Path) -> None:
    """A folder that was missing is made for its owner alone, and so is the database."""
    place = Place(tmp_path / "new" / "a.db", exclusive=True, reserve=4096)
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700
    assert place.path.stat().st_mode & 0o777 == 0o600
    place.leave()


def test_a_network_file_system_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite's locks cannot be trusted there, so the worker does not start, and nothing is made."""
    monkeypatch.setattr(module, "network_type", lambda path: "nfs4")
    with pytest.raises(SettingsError, match="nfs4") as refused:
        Place(tmp_path / "a.db", exclusive=True)
    assert "PostgreSQL" in refused.value.hint
    assert list(tmp_path.iterdir()) == []


def test_a_path_that_cannot_be_used_is_a_clear_error(tmp_path: Path) -> None:
    """A file where the folder should be, or a folder where the file should be, is said in one sentence; no lock stays."""
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="cannot be made"):
        Place(tmp_path / "file" / "a.db", exclusive=True)
    (tmp_path / "folder.db").mkdir()
    for _ in range(2):
        with pytest.raises(StoreError, match="directory") as refused:
            Place(tmp_path / "folder.db", exclusive=True)
        assert type(refused.value) is StoreError


def test_looking_needs_a_database_but_no_lock(tmp_path: Path) -> None:
    """Who only looks is let in beside a worker, makes nothing, and is told where nothing is yet."""
    with pytest.raises(StoreError, match="no database") as refused:
        Place(tmp_path / "a.db", exclusive=False)
    assert "deskhand run" in refused.value.hint
    assert list(tmp_path.iterdir()) == []
    worker = Place(tmp_path / "a.db", exclusive=True, reserve=4096)
    Place(tmp_path / "a.db", exclusive=False).leave()
    with pytest.raises(StoreBusy):
        Place(tmp_path / "a.db", exclusive=True)
    worker.leave()


def test_a_mistyped_path_makes_no_folders(tmp_path: Path) -> None:
    """One folder is made where it is missing; a way to it that does not exist is refused with the setting's name."""
    Place(tmp_path / "one" / "x.db", exclusive=True, reserve=0).leave()

    with pytest.raises(StoreError, match="cannot be made or opened: No such file or directory") as refused:
        Place(tmp_path / "tow" / "more" / "x.db", exclusive=True, reserve=0)
    assert "DESKHAND_DATABASE_URL" in refused.value.hint
    assert not (tmp_path / "tow").exists()
