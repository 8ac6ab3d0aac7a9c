"""The database's failures in our words."""

import sqlite3

import psycopg
import pytest
from sqlalchemy.exc import IntegrityError, OperationalError

from deskhand.errors import StoreBusy, StoreError, StoreFull
from deskhand.store.failure import translated


def lite(code: int, text: str = "some words") -> sqlite3.Error:
    """An error of the driver with SQLite's code."""
    error = sqlite3.OperationalError(text)
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("cause", "expected"),
    [
        (lite(sqlite3.SQLITE_FULL), StoreFull),
        (lite(sqlite3.SQLITE_IOERR_SHMSIZE), StoreFull),
        (lite(sqlite3.SQLITE_IOERR_WRITE), StoreFull),
        (lite(sqlite3.SQLITE_BUSY), StoreBusy),
        (lite(sqlite3.SQLITE_BUSY_SNAPSHOT), StoreBusy),
        (lite(sqlite3.SQLITE_CORRUPT), StoreError),
        (lite(sqlite3.SQLITE_NOTADB), StoreError),
        (lite(sqlite3.SQLITE_READONLY), StoreError),
        (lite(sqlite3.SQLITE_IOERR_READ), StoreError),
        (psycopg.errors.DiskFull("no space"), StoreFull),
        (psycopg.errors.LockNotAvailable("locked"), StoreBusy),
        (psycopg.errors.DeadlockDetected("dead"), StoreBusy),
        (psycopg.OperationalError("connection refused\nIs the server running?"), StoreError),
    ],
)
def test_each_failure_has_its_error_and_a_hint(cause: Exception, expected: type[StoreError]) -> None:
    """Full, busy, damaged, unreadable, away: each is told apart, in one line, and says what to do."""
    with pytest.raises(StoreError) as told, translated():
        raise OperationalError("INSERT secret", {"a": "secret"}, cause)
    assert type(told.value) is expected
    assert told.value.hint
    assert "\n" not in str(told.value)
    assert "secret" not in str(told.value)


def test_a_damaged_file_is_called_damaged() -> None:
    """The sentence says so, and the hint speaks of the backup."""
    with pytest.raises(StoreError, match="damaged") as told, translated():
        raise OperationalError("", {}, lite(sqlite3.SQLITE_CORRUPT, "database disk image is malformed"))
    assert "backup" in told.value.hint


def test_a_wrong_statement_stays_what_it_is() -> None:
    """A mistake of ours is not dressed up as the database's."""
    with pytest.raises(IntegrityError), translated():
        raise IntegrityError("INSERT", {}, sqlite3.IntegrityError("NOT NULL constraint failed"))
