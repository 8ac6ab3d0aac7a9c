"""Space set aside beside the database."""

from pathlib import Path

from deskhand.store.reserve import Reserve


def test_the_space_is_really_taken(tmp_path: Path) -> None:
    """The file has blocks of its own, not a hole, and only its owner may read it."""
    reserve = Reserve(tmp_path / "a.db", 1_000_000)
    assert not reserve.held
    reserve.fill()
    found = reserve.path.stat()
    assert reserve.held
    assert found.st_blocks * 512 >= 1_000_000
    assert found.st_mode & 0o777 == 0o600


def test_giving_up_frees_it_once(tmp_path: Path) -> None:
    """The first time says that there was something to free, the second that there was not; filling brings it back."""
    reserve = Reserve(tmp_path / "a.db", 4096)
    reserve.fill()
    assert (reserve.give_up(), reserve.path.exists(), reserve.held) == (True, False, False)
    assert not reserve.give_up()
    reserve.fill()
    assert reserve.held


def test_it_is_found_again_after_a_restart(tmp_path: Path) -> None:
    """A file of the right size counts; one of another size, left by a crash, is made anew."""
    Reserve(tmp_path / "a.db", 4096).fill()
    assert Reserve(tmp_path / "a.db", 4096).held
    assert not Reserve(tmp_path / "a.db", 8192).held


def test_a_disk_without_room_is_left_alone(tmp_path: Path) -> None:
    """Where twice the size is not free nothing is taken."""
    reserve = Reserve(tmp_path / "a.db", 2**60)
    reserve.fill()
    assert not reserve.held
    assert not reserve.path.exists()
