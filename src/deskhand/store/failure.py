"""The database's failures in our words."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy.exc import DBAPIError, IntegrityError, ProgrammingError

from deskhand.errors import StoreBusy, StoreError, StoreFull

_PG_FULL: Final = frozenset({"53100"})
"""disk_full, from PostgreSQL's Appendix A."""
_PG_BUSY: Final = frozenset({"55P03", "40P01", "40001", "53300"})
"""lock_not_available, deadlock_detected, serialization_failure, too_many_connections."""
_LITE_NO_ROOM: Final = frozenset(
    {sqlite3.SQLITE_IOERR_SHMSIZE, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMOPEN}
)
"""How a full disk shows where SQLite was not writing the database itself, but files beside it."""


@contextmanager
def translated() -> Iterator[None]:
    """What the database refuses comes out as a StoreError; statements that are wrong in themselves stay as they are."""
    try:
        yield
    except (IntegrityError, ProgrammingError):
        raise
    except DBAPIError as failure:
        raise _ours(failure.orig) from failure


def _ours(cause: BaseException | None) -> StoreError:
    """The error for a driver's exception. Its text names no values, since statements are sent without them."""
    if isinstance(cause, sqlite3.Error):
        return _of_sqlite(cause)
    state = getattr(cause, "sqlstate", None)
    if state in _PG_FULL:
        return StoreFull("PostgreSQL has no space left, so nothing was written.")
    if state in _PG_BUSY:
        return StoreBusy(f"PostgreSQL is busy: {_first_line(cause)}.", hint="Nothing to do: it is tried again.")
    return StoreError(
        f"PostgreSQL did not do what was asked: {_first_line(cause)}.",
        hint="Check that the server runs and that DESKHAND_DATABASE_URL is right; the worker goes on when it answers.",
    )


def _of_sqlite(cause: sqlite3.Error) -> StoreError:
    code = getattr(cause, "sqlite_errorcode", 0)
    match code & 0xFF:
        case sqlite3.SQLITE_FULL:
            return StoreFull("There is no space left for the database, so nothing was written.")
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return StoreBusy("Another program kept the database locked for more than 5 seconds.")
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return StoreError(
                f"The database is damaged: {_first_line(cause)}.",
                hint="Check that DESKHAND_DATABASE_URL names the right file. If it does: stop the worker, keep the damaged file aside, and put the last backup in its place.",
            )
        case sqlite3.SQLITE_IOERR if code in _LITE_NO_ROOM:
            return StoreFull("A file beside the database could not grow, so nothing was written.")
        case _:
            return StoreError(
                f"The database did not do what was asked: {_first_line(cause)}.",
                hint="Check that the database's file and folder can be read and written by this user.",
            )


def _first_line(cause: BaseException | None) -> str:
    return (str(cause).splitlines() or ["no reason given"])[0].rstrip(".")
