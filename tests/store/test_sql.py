"""The store on a database: opening, looking, running out of space, being killed, many values at once."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import Connection, event
from sqlalchemy.exc import ProgrammingError

from deskhand.core.ticket import Ticket
from deskhand.errors import StoreBusy, StoreError, StoreFull
from deskhand.store import SqlStore, open_store
from deskhand.store.engine import sqlite_engine
from deskhand.store.place import Place
from tests.store.values import NOON, at, decision, memory, row, ticket


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    """A store on a SQLite file `a.db`."""
    opened = open_store(f"sqlite:///{tmp_path}/a.db")
    yield opened
    opened.close()


# ---- opening ---------------------------------------------------------------------------------------------------------


def test_what_was_committed_is_there_after_opening_again(url: str) -> None:
    """On either database."""
    store = open_store(url)
    with store.begin() as tx:
        tx.tickets.save([ticket(1)])
    store.close()
    store = open_store(url)
    with store.begin() as tx:
        assert tx.tickets.load([1]) == {1: ticket(1)}
    store.close()


def test_a_second_worker_on_the_same_file_is_refused(store: SqlStore, tmp_path: Path) -> None:
    """It is told who holds the database, the first goes on undisturbed, and after closing the second gets in."""
    url = f"sqlite:///{tmp_path}/a.db"
    with pytest.raises(StoreBusy, match=str(os.getpid())):
        open_store(url)
    with store.begin() as tx:
        tx.notebook.set("a", "b")
    store.close()
    open_store(url).close()


def test_others_may_look_and_write_beside_the_worker(store: SqlStore, tmp_path: Path) -> None:
    """Opened without the lock, a store sees what the worker committed, and its own writes reach the worker."""
    beside = open_store(f"sqlite:///{tmp_path}/a.db", exclusive=False)
    with store.begin() as tx:
        tx.tickets.save([ticket(1)])
        with beside.read() as other:
            assert other.tickets.load([1]) == {}
    with beside.begin() as tx:
        assert tx.tickets.load([1]) == {1: ticket(1)}
        tx.outbox.put([row("op-1", 1)])
    with store.begin() as tx:
        assert tx.outbox.find("op-1") == row("op-1", 1)
    beside.close()


def test_looking_does_not_wait_for_a_writer(store: SqlStore, tmp_path: Path) -> None:
    """While a transaction is open, another program opens the database and reads it without delay."""
    start = time.perf_counter()
    with store.begin() as tx:
        tx.notebook.set("a", "b")
        beside = open_store(f"sqlite:///{tmp_path}/a.db", exclusive=False)
        with beside.read() as other:
            assert other.notebook.get("a") is None
        beside.close()
    assert time.perf_counter() - start < 2


def test_a_reader_sees_one_state_and_cannot_write(url: str) -> None:
    """While it looks, others' commits do not show; an attempt to write is an error and changes nothing."""
    store = open_store(url)
    with store.begin() as tx:
        tx.tickets.save([ticket(1)])

    def write_while_reading() -> None:
        with store.read() as tx:
            assert tx.outbox.find("op-1") is None
            with store.begin() as other:
                other.tickets.save([ticket(2)])
            assert tx.tickets.count() == {"open": 1}
            tx.tickets.remove([1])

    with pytest.raises((StoreError, ProgrammingError)):
        write_while_reading()
    with store.begin() as tx:
        assert tx.tickets.count() == {"open": 2}
    store.close()


def test_a_reader_cannot_write_even_alone(url: str) -> None:
    """Where nobody else is about, an attempt to write is refused just the same."""
    store = open_store(url)

    def write() -> None:
        with store.read() as tx:
            tx.work.wake([1], NOON)

    with pytest.raises((StoreError, ProgrammingError)):
        write()
    with store.begin() as tx:
        assert tx.work.next_at() is None
        tx.work.wake([1], NOON)
    store.close()


def test_a_damaged_file_is_refused(store: SqlStore, tmp_path: Path) -> None:
    """Overwritten pages, or a file that is no database at all, give an error that speaks of the backup."""
    with store.begin() as tx:
        tx.tickets.save(ticket(n) for n in range(200))
    store.checkpoint()
    store.close()
    path = tmp_path / "a.db"
    whole = path.read_bytes()
    for damaged in (whole[:40_960] + b"\xff" * 40_960 + whole[81_920:], b"no database at all" * 1_000):
        path.write_bytes(damaged)
        with pytest.raises(StoreError, match="damaged") as refused:
            open_store(f"sqlite:///{path}")
        assert "backup" in refused.value.hint
        assert ("names the right file" in refused.value.hint) is (damaged[:6] != whole[:6])


def test_a_server_that_is_away_is_a_clear_error() -> None:
    """Nobody listens there: one sentence, and what to check."""
    with pytest.raises(StoreError, match="PostgreSQL") as refused:
        open_store("postgresql://nobody:canary@127.0.0.1:1/none")
    assert "DESKHAND_DATABASE_URL" in refused.value.hint
    assert "canary" not in str(refused.value)


def test_a_writer_that_waits_too_long_is_told_so(store: SqlStore, tmp_path: Path) -> None:
    """Where another program keeps the database locked, StoreBusy comes out and nothing is half done."""
    engine = sqlite_engine(tmp_path / "a.db")
    event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA busy_timeout=10"))
    impatient = SqlStore(engine)
    with store.begin() as tx:
        tx.notebook.set("a", "b")
        with pytest.raises(StoreBusy), impatient.begin() as other:
            other.notebook.set("a", "c")
    with impatient.read() as other:
        assert other.notebook.get("a") == "b"
    impatient.close()


def test_a_checkpoint_cuts_the_log(store: SqlStore, tmp_path: Path) -> None:
    """The log is empty afterwards, and all that it held is in the database."""
    with store.begin() as tx:
        tx.tickets.save(ticket(n) for n in range(300))
    log = tmp_path / "a.db-wal"
    assert log.stat().st_size > 100_000
    store.checkpoint()
    assert log.stat().st_size == 0
    with closing(sqlite3.connect(tmp_path / "a.db")) as connection:
        assert connection.execute("SELECT count(*) FROM tickets").fetchone() == (300,)


def test_everything_beside_the_database_is_private(store: SqlStore, tmp_path: Path) -> None:
    """Database, log, shared memory, lock and reserve belong to their owner alone."""
    with store.begin() as tx:
        tx.notebook.set("a", "b")
    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    assert modes == dict.fromkeys(("a.db", "a.db-wal", "a.db-shm", "a.db.lock", "a.db.reserve"), 0o600)


# ---- running out of space ----------------------------------------------------------------------------------------------


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 40 MB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=40m", "none", disk], check=False).returncode:
        pytest.skip("only root may mount the small disk; the quota test shows the same in any account")
    try:
        yield disk
    finally:
        subprocess.run(["umount", "-l", disk], check=True)


def test_a_full_disk_writes_nothing_and_goes_on_when_there_is_space(small_disk: Path) -> None:
    """R10: StoreFull with nothing half-written; then the reserve lets outcomes be stored; with space it comes back by itself."""
    store = open_store(f"sqlite:///{small_disk}/a.db")
    with store.begin() as tx:
        tx.tickets.save([ticket(1)])
        tx.outbox.put([row("op-1", 1)])
    assert not store.short_of_space
    filler = small_disk / "filler"
    filler.write_bytes(b"x" * (room(small_disk) - 300_000))

    def too_much() -> None:
        with store.begin() as tx:
            tx.outbox.put([row("op-1", 1, "done")])
            tx.tickets.save(ticket(n) for n in range(2, 2_000))

    with pytest.raises(StoreFull) as full:
        too_much()
    assert full.value.hint
    assert store.short_of_space
    with store.begin() as tx:
        assert tx.tickets.load(range(2_000)).keys() == {1}
        assert tx.outbox.find("op-1") == row("op-1", 1)
        tx.outbox.put([row("op-1", 1, "done")])
    assert store.short_of_space
    filler.unlink()
    with store.begin() as tx:
        assert tx.outbox.find("op-1") == row("op-1", 1, "done")
    assert not store.short_of_space
    too_much()
    store.close()
    assert sound(small_disk / "a.db")


def test_a_full_disk_at_any_commit_loses_nothing(small_disk: Path) -> None:
    """R10: filled to the last page again and again, each transaction is there whole or not at all, and the database is sound."""
    store = open_store(f"sqlite:///{small_disk}/a.db")
    filler, committed, refused = small_disk / "filler", 0, 0
    for turn in range(60):
        if turn % 12 == 0:
            filler.write_bytes(b"x" * max(room(small_disk) - 200_000, 0))
        try:
            with store.begin() as tx:
                tx.tickets.save(ticket(n) for n in range(committed, committed + 20))
                tx.notebook.set("n", str(committed + 20))
            committed += 20
        except StoreFull:
            refused += 1
            filler.unlink(missing_ok=True)
    with store.begin() as tx:
        assert (tx.notebook.get("n"), sum(tx.tickets.count().values())) == (str(committed), committed)
    store.close()
    assert refused >= 3
    assert sound(small_disk / "a.db")


def test_a_quota_writes_nothing_and_goes_on_when_it_is_raised(tmp_path: Path) -> None:
    """R10: the same where the limit is SQLite's own."""
    path, pages = tmp_path / "a.db", 120

    def limit(connection: Connection) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")

    engine = sqlite_engine(path)
    event.listen(engine, "begin", limit)
    store = SqlStore(engine, Place(path, exclusive=True, reserve=4096))
    store.prepare(migrating=True)
    with store.begin() as tx:
        tx.work.wake([1], NOON)

    def too_much() -> None:
        with store.begin() as tx:
            tx.work.settle({1: None})
            tx.tickets.save(ticket(n) for n in range(2_000))

    with pytest.raises(StoreFull):
        too_much()
    with store.begin() as tx:
        assert (tx.work.due(at(0), 9), tx.tickets.count()) == ([1], {})
    pages = 100_000
    too_much()
    store.close()
    assert sound(path)


def room(folder: Path) -> int:
    """Free bytes."""
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize


def sound(path: Path) -> bool:
    """Whether SQLite finds nothing wrong with a file."""
    with closing(sqlite3.connect(path)) as connection:
        return bool(connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)])


# ---- being killed ------------------------------------------------------------------------------------------------------

COMMITTER = """
import os, sys
from deskhand.store import open_store
from tests.store.values import row, ticket

def commit():
    store = open_store(sys.argv[1])
    with store.begin() as tx:
        n = int(tx.notebook.get("n") or 0)
    print(os.getpid(), flush=True)
    while True:
        n += 1
        with store.begin() as tx:
            tx.tickets.save([ticket(n)])
            tx.outbox.put([row(f"op-{n:06}", n)])
            tx.work.wake([n], row("x", n).created_at)
            tx.notebook.set("n", str(n))
        os.write(1, b"%d\\n" % n)  # a line is there whole, or not at all

for _ in sys.stdin:
    child = os.fork()
    if not child:
        commit()
    os.waitpid(child, 0)
    print("gone", flush=True)
"""
"""For each line that it reads, a process of its own commits until it is killed; what that one says begins with its process id."""


def test_killed_in_the_middle_of_commits_nothing_committed_is_lost(url: str) -> None:
    """R1, the store's part: after each SIGKILL all that was reported is there, the rest whole or not at all, the file sound."""
    dice = random.Random(11)
    reported = 0
    with committer(url) as process:
        for _ in range(5):
            reported = max(reported, run_and_kill(process, dice.uniform(0.0, 0.15)))
            store = open_store(url)
            with store.begin() as tx:
                n = int(tx.notebook.get("n") or 0)
                assert n >= reported
                assert sum(tx.tickets.count().values()) == n
                assert tx.outbox.count()["planned"] == n
                assert len(tx.work.due(NOON, 10**6)) == n
            store.close()
            assert not url.startswith("sqlite") or sound(Path(url.removeprefix("sqlite:///")))
    assert reported > 20


@contextmanager
def committer(url: str) -> Iterator[subprocess.Popen[str]]:
    """A process that has loaded what is needed to commit."""
    path = os.pathsep.join([*sys.path, str(Path(__file__).parents[2])])
    with subprocess.Popen(
        [sys.executable, "-c", COMMITTER, url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": path},
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def run_and_kill(process: subprocess.Popen[str], after: float) -> int:
    """Let a process commit for some seconds, kill it, and give the last number that it reported as committed."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("\n")
    process.stdin.flush()
    child = int(process.stdout.readline())
    Event().wait(after)
    os.kill(child, signal.SIGKILL)
    numbers = list(iter(process.stdout.readline, "gone\n"))
    return int(numbers[-1]) if numbers else 0


# ---- many at once ------------------------------------------------------------------------------------------------------


def test_a_thousand_tickets_are_saved_and_loaded_at_once(store: SqlStore) -> None:
    """With 40 custom fields each, equal and in order. What that costs is shown by scripts/bench store."""
    many = [wide(n) for n in range(1_000)]
    with store.begin() as tx:
        tx.tickets.save(many)
    with store.begin() as tx:
        assert list(tx.tickets.load(range(1_000)).values()) == many


def test_a_batch_of_evaluations_is_committed_at_once(store: SqlStore) -> None:
    """500 memories, keys and next looks with 50 decisions of 30 rules and their rows, found again by the next."""
    memories, made = {n: memory(n) for n in range(500)}, [decision(n, rules=30) for n in range(50)]
    with store.begin() as tx:
        tx.memories.save(memories.values())
        tx.decisions.record(made, "run")
        tx.outbox.put(row(f"op-{n}", n) for n in range(50))
        tx.work.settle({n: at(0) for n in range(500)})
    with store.begin() as tx:
        assert tx.memories.load(range(500)) == memories
        assert len(tx.outbox.under_way(range(500))) == 50


def wide(number: int) -> Ticket:
    """A ticket with 40 custom fields."""
    kinds = ("text of a field", number, 1.5, True, None, ("one", "two"))
    fields = {f"custom_field_{n}": kinds[n % len(kinds)] for n in range(40)}
    return Ticket(number, "open", NOON, NOON, subject="Nothing works", tags=frozenset({"vip"}), fields=fields)
