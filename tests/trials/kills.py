"""Kill runs: the real worker as a process, on SQLite, against a served sandbox, ended with SIGKILL again and again.

R1. What came of it is counted from the account's audits over the API alone. Each ticket asks for two writes, one after the other: a tag with a note, and
on top of that another tag. Meanwhile some commits land after the worker is gone, some answers are lost, and an agent changes tickets in between.

A start is mostly loading, in which nothing can go wrong but its length. So a run may start most of its workers as forks of a process that has loaded the
code (`warm`), and every so many from nothing; each fork's start is charged with what the loading took.
"""

import json
import os
import random
import select
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final, Protocol, Self

import requests

from deskhand.app.trail_reading import walk
from deskhand.core.trail import verify
from deskhand.store import open_store

Json = dict[str, Any]
ROOT: Final = Path(__file__).parents[2]
wait: Final = threading.Event().wait
POLICY: Final = """
guards: {ceiling: {per_hour: false, per_cycle: false, share: false}, grace: false}
notes:
  hello: "We have seen this."
rules:
  - id: greet
    when: {not: {tags: {any: [greeted]}}}
    then:
      - add_tags: [greeted]
      - internal_note: hello
  - id: follow
    when:
      all:
        - tags: {any: [greeted]}
        - not: {tags: {any: [followed]}}
    then:
      - add_tags: [followed]
"""
TAGS: Final = ("greeted", "followed")
"""One write each, for every ticket."""
PATIENT: Final = (
    "limits.account=0",
    "limits.incremental=0",
    "limits.tickets_update=0",
    "limits.per_ticket_updates=0",
    "limits.audits=0",
    "limits.jobs=0",
    "job_start=0.1",
    "job_row=0",
)
"""The account's limits are about something else."""
WRITES: Final = {"method": "PUT", "path": "/api/v2/tickets/update_many"}
FAULTS: Final[tuple[Json, ...]] = (
    {"kind": "late_commit", "seconds": 1.5, "share": 0.025} | WRITES,
    {"kind": "late_commit", "seconds": 6.0, "share": 0.025} | WRITES,
    {"kind": "reset_after_commit", "share": 0.05} | WRITES,
)
"""One commit in twenty lands after the one who sent it is gone; of as many the answer is lost."""
READY_WITHIN: Final = 5.0
"""Seconds from the start of a process to its first work; time for which others had the processors is not counted."""
COLD: Final = 8
"""Where workers may be forks, every so-manieth is started from nothing."""
TICKETS: Final = 4
"""New ones in each life."""
LIFE: Final = 1.2
"""The longest life after the start, in seconds."""
UNREADY: Final = 0.1
"""How many lives end while the process still starts."""
SETTLE: Final = 90.0
"""Seconds in which a worker that is left alone brings everything to its end."""


class Starter(Protocol):
    """Starts one worker after the other."""

    loading: float
    """Seconds of a processor that a start has been spared."""

    def start(self, environ: dict[str, str], folder: Path) -> tuple[int, int]:
        """Another worker: its process id, and where its log can be read."""

    def kill(self) -> None:
        """End it, and wait until it is gone."""


class Cold:
    """Starts `deskhand run` from nothing."""

    loading = 0.0

    def start(self, environ: dict[str, str], folder: Path) -> tuple[int, int]:
        """Another worker."""
        command = [sys.executable, "-m", "deskhand", "run"]
        self._process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environ, cwd=folder
        )
        assert self._process.stderr is not None
        return self._process.pid, self._process.stderr.fileno()

    def kill(self) -> None:
        """SIGKILL."""
        with self._process:
            self._process.send_signal(signal.SIGKILL)


class Warm:
    """Starts workers as forks of one process that has loaded the code."""

    def __init__(self) -> None:
        """The process lives until the end of the block."""
        command = [sys.executable, "-m", "tests.trials.warm"]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT
        )
        self.loading = float(self._heard())

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """No more workers."""
        with self._process:
            self._process.kill()

    def start(self, environ: dict[str, str], folder: Path) -> tuple[int, int]:
        """Another worker; what the one before left unread is read away."""
        assert self._process.stdin is not None
        assert self._process.stderr is not None
        log = self._process.stderr.fileno()
        while select.select([log], [], [], 0)[0]:
            os.read(log, 65536)
        self._process.stdin.write(json.dumps({"environ": environ, "folder": str(folder)}) + "\n")
        self._process.stdin.flush()
        self._worker = int(self._heard())
        return self._worker, log

    def kill(self) -> None:
        """SIGKILL."""
        with suppress(ProcessLookupError):
            os.kill(self._worker, signal.SIGKILL)
        assert not self._heard().strip()

    def _heard(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()


@dataclass
class Lane:
    """One account, one database, one worker after the other."""

    number: int
    address: str
    folder: Path
    warm: Warm | None = None
    """What starts most workers, if not all are started from nothing."""
    dice: random.Random = field(init=False)
    api: requests.Session = field(default_factory=requests.Session)
    tickets: list[int] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    problems: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.number)
        (self.folder / "policies").mkdir()
        (self.folder / "policies" / "kills.yaml").write_text(POLICY, encoding="utf-8")
        asked = {"grant_type": "client_credentials", "client_id": "sandbox-client", "client_secret": "sandbox-secret"}
        asked["scope"] = "read write"
        token = requests.post(f"{self.address}/oauth/tokens", json=asked, timeout=10).json()["access_token"]
        self.api.headers["Authorization"] = f"Bearer {token}"

    # The account.

    def call(self, method: str, path: str, body: object = None) -> Json:
        """One call to the account, which has to succeed."""
        answer = self.api.request(method, self.address + path, json=body, timeout=20)
        answer.raise_for_status()
        found: Json = answer.json() if answer.content else {}
        return found

    def feed(self) -> None:
        """New tickets, and an agent who changes one of those made before."""
        if self.tickets:
            number = self.dice.choice(self.tickets[-2 * TICKETS :])
            subject = {"ticket": {"subject": f"Changed {self.dice.random()}"}}
            self.call("PUT", f"/api/v2/tickets/{number}", subject)
        for _ in range(TICKETS):
            made = self.call("POST", "/api/v2/tickets", {"ticket": {"subject": "Help", "comment": {"body": "Broken"}}})
            self.tickets.append(made["ticket"]["id"])

    # The worker.

    def environ(self) -> dict[str, str]:
        """What the worker is told."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("DESKHAND_", "ZENPY_"))}
        facts = {
            "DESKHAND_BASE_URL": self.address,
            "DESKHAND_CLIENT_ID": "sandbox-client",
            "DESKHAND_CLIENT_SECRET": "sandbox-secret",
            "DESKHAND_POLICIES": str(self.folder / "policies"),
            "DESKHAND_DATABASE_URL": f"sqlite:///{self.folder / 'state.db'}",
            "DESKHAND_MODE": "enforce",
            "DESKHAND_SIGN_OFFS": "0",
            "DESKHAND_FEEDS": "recent",
            "DESKHAND_POLL_SECONDS": "5",
            "DESKHAND_LOG_FORMAT": "json",
        }
        return kept | facts

    def live(self) -> None:
        """One life: started, fed, and killed at a random instant."""
        turn = self.counts["kills"] % COLD == self.number % COLD
        starter: Starter = Cold() if self.warm is None or turn else self.warm
        (pid, log), began = starter.start(self.environ(), self.folder), time.monotonic()
        try:
            self.feed()
            if self.dice.random() < UNREADY:
                wait(self.dice.random() * 0.6)
                self.counts["killed while starting"] += 1
            elif self.ready(pid, log, began, starter.loading):
                wait(self.dice.random() * LIFE)
        finally:
            starter.kill()
            self.counts["kills"] += 1
            self.counts["started from nothing"] += isinstance(starter, Cold)

    def ready(self, pid: int, log: int, began: float, loading: float) -> bool:
        """Wait for the line that says that work has begun; whether it came."""
        told, took = b"", 0.0
        while b'"worker_started"' not in told:
            more = _more(log)
            took = time.monotonic() - began - _waited(pid) + loading
            if more == b"" or took > 2 * READY_WITHIN:
                self.problems.append(f"not ready after {took:.1f} s: {told.decode()[-500:]}")
                return False
            told += more or b""
        self.slowest = max(self.slowest, took)
        if took > READY_WITHIN:
            self.problems.append(f"ready only after {took:.1f} s")
        return True

    # The end.

    def finish(self) -> None:
        """Nothing goes wrong any more: one worker, left alone, brings everything to its end."""
        for row in self.call("GET", "/sandbox/faults")["faults"]:
            self.counts[row["kind"]] += row["happened"]
        self.call("DELETE", "/sandbox/faults")
        command, end = [sys.executable, "-m", "deskhand", "run"], time.monotonic() + SETTLE
        nothing = subprocess.DEVNULL
        with subprocess.Popen(command, stdout=nothing, stderr=nothing, env=self.environ(), cwd=self.folder) as process:
            for rest in (
                7.0,
                0.0,
            ):  # commits that come late, a worker that would do something twice, and what it began meanwhile
                while time.monotonic() < end and process.poll() is None and not self.settled():
                    wait(0.5)
                wait(rest)
            process.kill()
        self._count()

    def settled(self) -> bool:
        """Whether no write is open and the last tickets have both tags; when to count, not what is counted."""
        with sqlite3.connect(f"file:{self.folder / 'state.db'}?mode=ro", uri=True) as database:
            rows = database.execute("SELECT count(*) FROM outbox WHERE state IN ('planned', 'sending', 'unknown')")
            (open_writes,) = rows.fetchone()
        database.close()
        return not open_writes and all(self._tagged(number) for number in self.tickets[-3 * TICKETS :])

    def _tagged(self, number: int) -> bool:
        tags = self.call("GET", f"/api/v2/tickets/{number}")["ticket"]["tags"]
        return {*TAGS} <= {*tags}

    def _count(self) -> None:
        """Effects by the audits, and the database by its own check."""
        marks: Counter[str] = Counter()
        for number in self.tickets:
            done: Counter[str] = Counter()
            for audit in self.call("GET", f"/api/v2/tickets/{number}/audits?page[size]=100")["audits"]:
                mark = ((audit["metadata"].get("custom") or {}).get("deskhand") or {}).get("op")
                if mark:
                    marks[mark] += 1
                    done.update(_effects(audit))
            wanted = {*TAGS, "note"}
            self.problems += [f"lost: ticket {number} has no {name}" for name in wanted - done.keys()]
            self.problems += [f"doubled: ticket {number}, {name}, {n} times" for name, n in done.items() if n > 1]
        self.problems += [f"doubled: write {mark}, {times} times" for mark, times in marks.items() if times > 1]
        self.counts["effects"] += marks.total()
        with sqlite3.connect(self.folder / "state.db") as database:
            (found,) = database.execute("PRAGMA integrity_check").fetchone()
            self.counts.update(dict(database.execute("SELECT 'rows ' || state, count(*) FROM outbox GROUP BY state")))
        database.close()
        if found != "ok":
            self.problems.append(f"the database is damaged: {found}")
        self.problems += self._told(marks)

    def _told(self, marks: Counter[str]) -> Iterator[str]:
        """The audit trail holds, and tells of each effect once."""
        store = open_store(f"sqlite:///{self.folder / 'state.db'}", exclusive=False)
        with store.read() as tx:
            trail = list(walk(tx))
        store.close()
        if broken := verify(trail).broken:
            yield f"the trail is broken: {broken.words}"
        told = Counter(one["op"] for entry in trail if entry.kind == "wrote" for one in entry.told["writes"])
        self.counts["entries of the trail"] += len(trail)
        for mark in {mark for mark in told.keys() | marks.keys() if (told[mark], marks[mark]) != (1, 1)}:
            yield f"write {mark} was done {marks[mark]} times, and is told {told[mark]} times"


def _more(log: int) -> bytes | None:
    """What was added to a log: nothing at its end, None where nothing came for a while."""
    return os.read(log, 65536) if select.select([log], [], [], 0.2)[0] else None


def _waited(pid: int) -> float:
    """Seconds for which a process was ready to go on, and other load of this machine had the processors."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text(encoding="ascii").split()[1]) / 1e9
    except OSError:
        return 0.0


def _effects(audit: Json) -> Iterator[str]:
    """What one audit of ours did: the tags that it added, and its note."""
    for event in audit["events"]:
        if event["type"] == "Comment":
            yield "note"
        if event.get("field_name") == "tags":
            yield from sorted(_split(event["value"]) - _split(event.get("previous_value")))


def _split(value: object) -> set[str]:
    return set(value) if isinstance(value, list) else set(str(value or "").split())


@contextmanager
def account(folder: Path) -> Iterator[str]:
    """A served sandbox with all its faults; its address."""
    (folder / "faults.json").write_text(json.dumps(FAULTS), encoding="utf-8")
    command = [sys.executable, "-m", "deskhand", "sandbox", "--port", "0", "--scenario", "empty"]
    command += ["--faults", str(folder / "faults.json")]
    command += [part for name in PATIENT for part in ("--set", name)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield process.stdout.readline().rpartition(" ")[2].strip()
    finally:
        process.kill()
        process.wait(10)
        process.stdout.close()


@dataclass(frozen=True, slots=True)
class Result:
    """What a run came to: everything that was wrong, figures, and the slowest start in seconds."""

    problems: list[str]
    counts: Counter[str]
    slowest: float


def _lane(number: int, kills: int, *, warm: bool) -> Result:
    with (
        tempfile.TemporaryDirectory() as name,
        account(Path(name)) as address,
        Warm() if warm else nullcontext() as forks,
    ):
        lane = Lane(number, address, Path(name), forks)
        for _ in range(kills):
            lane.live()
        lane.finish()
    return Result(lane.problems, lane.counts, lane.slowest)


def run_kills(kills: int, lanes: int = 2, *, warm: bool = False) -> Result:
    """So many kills, shared by lanes that run at once; with `warm`, most workers are forks that need not load the code."""
    shares = [kills // lanes + (number < kills % lanes) for number in range(lanes)]
    with ThreadPoolExecutor(lanes) as pool:
        results = list(pool.map(partial(_lane, warm=warm), range(lanes), shares))
    counts: Counter[str] = Counter()
    for result in results:
        counts.update(result.counts)
    problems = [problem for result in results for problem in result.problems]
    return Result(problems, counts, max(result.slowest for result in results))
