"""The store on SQLite or PostgreSQL."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from deskhand.errors import StoreError, StoreFull
from deskhand.store import migrate
from deskhand.store.alike import SqlAlike
from deskhand.store.decisions import SqlDecisions
from deskhand.store.engine import parse, postgres_engine, reading, sqlite_engine
from deskhand.store.failure import translated
from deskhand.store.memories import SqlMemories
from deskhand.store.messages import SqlMessages
from deskhand.store.notebook import SqlNotebook
from deskhand.store.outbox import SqlOutbox
from deskhand.store.place import Place
from deskhand.store.texts import SqlTexts
from deskhand.store.tickets import SqlTickets
from deskhand.store.trail import SqlTrail
from deskhand.store.turn import Turn
from deskhand.store.work import SqlWork


@dataclass(frozen=True, slots=True)
class SqlTransaction:
    """All parts, on one connection."""

    tickets: SqlTickets
    work: SqlWork
    memories: SqlMemories
    decisions: SqlDecisions
    outbox: SqlOutbox
    messages: SqlMessages
    alike: SqlAlike
    notebook: SqlNotebook
    trail: SqlTrail
    texts: SqlTexts


def open_store(url: str, *, exclusive: bool = True) -> "SqlStore":
    """Open the database at a URL, and bring it to this version's schema.

    `exclusive` is for the worker: on SQLite a second one is refused (StoreBusy). Without it, a database that a worker
    has open can be looked into, and written to in short transactions, but is neither made nor upgraded.
    Raises StoreBusy, StoreNewer, StoreFull, StoreError, and SettingsError for a URL that cannot be used.
    """
    parsed = parse(url)
    if parsed.drivername.startswith("postgresql"):
        return _opened(SqlStore(postgres_engine(parsed)), exclusive=exclusive)
    path = Path(parsed.database or "")
    place = Place(path, exclusive=exclusive)
    return _opened(SqlStore(sqlite_engine(path), place), exclusive=exclusive)


def _opened(store: "SqlStore", *, exclusive: bool) -> "SqlStore":
    """The store, checked and migrated; let go of again if that fails."""
    try:
        store.prepare(migrating=exclusive)
    except BaseException:
        store.close()
        raise
    return store


class SqlStore:
    """Everything in one database. Threads of this process take turns."""

    def __init__(self, engine: Engine, place: Place | None = None) -> None:
        """`place` is the SQLite file, None on PostgreSQL. Use `open_store`."""
        self._engine = engine
        self._place = place
        self._turn = Turn()

    @property
    def short_of_space(self) -> bool:
        """Whether the space set aside for emergencies is gone: end what is under way, and start nothing new."""
        reserve = self._place.reserve if self._place else None
        return reserve is not None and not reserve.held

    @contextmanager
    def begin(self) -> Iterator[SqlTransaction]:
        """One writing transaction, committed on leaving. After StoreBusy, StoreFull, StoreError nothing was written."""
        with self._turn.take():
            self._refill()
            try:
                with translated(), self._engine.begin() as connection:
                    yield _parts(connection)
            except StoreFull:
                self._make_room()
                raise

    @contextmanager
    def read(self) -> Iterator[SqlTransaction]:
        """A transaction that only looks, at the state it finds with its first question: it waits for no writer."""
        with self._looking() as connection:
            yield _parts(connection)

    def prepare(self, *, migrating: bool) -> None:
        """Check the file, then migrate it, or see that there is nothing to migrate."""
        if not migrating:
            with self._looking() as connection:
                migrate.require_current(connection)
            return
        with translated(), self._engine.begin() as connection:
            _check(connection)
            migrate.upgrade(connection)

    def checkpoint(self) -> None:
        """Fold SQLite's log into the database and cut it, as far as readers allow. Nothing to do on PostgreSQL."""
        if self._engine.dialect.name == "sqlite":
            with self._turn.take(), translated():
                self._cut_log()

    def close(self) -> None:
        """Let go of the database and of its lock."""
        self._engine.dispose()
        if self._place:
            self._place.leave()

    @contextmanager
    def _looking(self) -> Iterator[Connection]:
        with translated(), self._engine.connect() as plain:
            connection = plain.execution_options(**reading(self._engine))
            with connection.begin():
                yield connection

    def _refill(self) -> None:
        if self._place and self._place.reserve:
            self._place.reserve.fill()

    def _make_room(self) -> None:
        """Give up the space set aside, and use it to fold the log into the database."""
        if self._place and self._place.reserve and self._place.reserve.give_up():
            with suppress(DBAPIError):
                self._cut_log()

    def _cut_log(self) -> None:
        """Outside of any transaction, where alone SQLite does it."""
        raw = self._engine.raw_connection()
        try:
            raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            raw.close()


def _parts(connection: Connection) -> SqlTransaction:
    return SqlTransaction(
        SqlTickets(connection),
        SqlWork(connection),
        SqlMemories(connection),
        SqlDecisions(connection),
        SqlOutbox(connection),
        SqlMessages(connection),
        SqlAlike(connection),
        SqlNotebook(connection),
        SqlTrail(connection),
        SqlTexts(connection),
    )


def _check(connection: Connection) -> None:
    """Refuse a damaged file before anything is added to the damage."""
    if connection.dialect.name == "sqlite":
        found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
        if found != "ok":
            raise StoreError(
                f"The database is damaged: {found}.",
                hint="Keep the damaged file aside, and put the last backup in its place.",
            )
