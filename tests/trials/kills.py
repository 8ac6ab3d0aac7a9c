"""Kill runs: the real worker as a process, on SQLite, against a served sandbox, ended with SIGKILL again and again.

R1. What came of it is counted from the account's audits over the API alone. Each ticket asks for two writes, one after the other: a tag with a note, and
on top of that another tag. Meanwhile some commits land after the worker is gone, some answers are lost, and an agent changes tickets in between.
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
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import requests

Json = dict[str, Any]
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
TICKETS: Final = 4
"""New ones in each life."""
LIFE: Final = 1.2
"""The longest life after the start, in seconds."""
UNREADY: Final = 0.1
"""How many lives end while the process still starts."""
SETTLE: Final = 90.0
"""Seconds in which a worker that is left alone brings everything to its end."""


@dataclass
class Lane:
    """One account, one database, one worker after the other."""

    address: str
    folder: Path
    random: random.Random
    api: requests.Session = field(default_factory=requests.Session)
    tickets: list[int] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    problems: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
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
            number = self.random.choice(self.tickets[-2 * TICKETS :])
            subject = {"ticket": {"subject": f"Changed {self.random.random()}"}}
            self.call("PUT", f"/api/v2/tickets/{number}", subject)
        for _ in range(TICKETS):
            made = self.call("POST", "/api/v2/tickets", {"ticket": {"subject": "Help", "comment": {"body": "Broken"}}})
            self.tickets.append(made["ticket"]["id"])

    # The worker.

    def start(self, told: int = subprocess.PIPE) -> subprocess.Popen[bytes]:
        """Another process of `deskhand run`."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("DESKHAND_", "ZENPY_"))}
        facts = {
            "DESKHAND_BASE_URL": self.address,
            "DESKHAND_CLIENT_ID": "sandbox-client",
            "DESKHAND_CLIENT_SECRET": "sandbox-secret",
            "DESKHAND_POLICIES": str(self.folder / "policies"),
            "DESKHAND_DATABASE_URL": f"sqlite:///{self.folder / 'state.db'}",
            "DESKHAND_MODE": "enforce",
            "DESKHAND_FEEDS": "recent",
            "DESKHAND_POLL_SECONDS": "5",
            "DESKHAND_LOG_FORMAT": "json",
        }
        command = [sys.executable, "-m", "deskhand", "run"]
        return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=told, env=kept | facts, cwd=self.folder)

    def live(self) -> None:
        """One life: started, fed, and killed at a random instant."""
        process, began = self.start(), time.monotonic()
        try:
            self.feed()
            if self.random.random() < UNREADY:
                wait(self.random.random() * 0.6)
                self.counts["killed while starting"] += 1
            elif self._ready(process, began):
                wait(self.random.random() * LIFE)
        finally:
            self._kill(process)

    def _kill(self, process: subprocess.Popen[bytes]) -> None:
        process.send_signal(signal.SIGKILL)
        process.wait(10)
        if process.stderr:
            process.stderr.close()
        self.counts["kills"] += 1

    def _ready(self, process: subprocess.Popen[bytes], began: float) -> bool:
        """Wait for the line that says that work has begun; whether it came."""
        assert process.stderr is not None
        told = b""
        while b'"worker_started"' not in told:
            left = began + 2 * READY_WITHIN - time.monotonic()
            found = left > 0 and select.select([process.stderr], [], [], left)[0]
            more = os.read(process.stderr.fileno(), 65536) if found else b""
            if not more:
                self.problems.append(f"not ready after {time.monotonic() - began:.1f} s: {told.decode()[-500:]}")
                return False
            told += more
        took = time.monotonic() - began - _waited(process.pid)
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
        process, end = self.start(subprocess.DEVNULL), time.monotonic() + SETTLE
        while time.monotonic() < end and process.poll() is None and not self._settled():
            wait(1.0)
        wait(7.0)  # commits that come late, and a worker that would do something twice
        self._kill(process)
        self.counts["kills"] -= 1
        self._count()

    def _settled(self) -> bool:
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
def _account(folder: Path) -> Iterator[str]:
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


def _lane(number: int, kills: int) -> Result:
    with tempfile.TemporaryDirectory() as name, _account(Path(name)) as address:
        lane = Lane(address, Path(name), random.Random(number))
        for _ in range(kills):
            lane.live()
        lane.finish()
    return Result(lane.problems, lane.counts, lane.slowest)


def run_kills(kills: int, lanes: int = 2) -> Result:
    """So many kills, shared by lanes that run at once."""
    shares = [kills // lanes + (number < kills % lanes) for number in range(lanes)]
    with ThreadPoolExecutor(lanes) as pool:
        results = list(pool.map(_lane, range(lanes), shares))
    counts: Counter[str] = Counter()
    for result in results:
        counts.update(result.counts)
    problems = [problem for result in results for problem in result.problems]
    return Result(problems, counts, max(result.slowest for result in results))
