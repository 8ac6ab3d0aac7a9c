"""How many requests the sandbox answers in a second of one core, how much memory it takes and how long it takes to start.

    python scripts/bench_sandbox.py [--tickets 50000] [--seconds 2]

Starts `deskhand sandbox` three times (10,000 tickets for the start, as many as asked for the requests, twice as many for
the memory) and asks over one kept connection. What counts is the processor time of the server's process, so that the
figures hold on a machine that does other things besides. Prints a table and exits 1 where a ceiling is exceeded. Linux only.
"""

import argparse
import base64
import http.client
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

START_TICKETS: Final = 10_000
START_SECONDS: Final = 5.0
MEMORY_MB: Final = 400
READS: Final = 1_000
UPDATES: Final = 300
"""The ceilings: seconds of a start, megabytes at twice the tickets, and requests a second of one core."""

TICK: Final = os.sysconf("SC_CLK_TCK")
BASIC: Final = base64.b64encode(b"admin@example.com/token:sandbox-token").decode()
HEADERS: Final = {"Authorization": f"Basic {BASIC}", "Content-Type": "application/json", "Accept": "application/json"}
NO_LIMITS: Final = (
    "account",
    "incremental",
    "tickets_update",
    "per_ticket_updates",
    "search_export",
    "view_execute",
    "audits",
)

Ask = tuple[str, str, object]
"""Method, path and body."""


class Server:
    """A sandbox in a process of its own, and one connection to it."""

    def __init__(self, tickets: int) -> None:
        limits = [part for name in NO_LIMITS for part in ("--set", f"limits.{name}=0")]
        command = [sys.executable, "-m", "deskhand", "sandbox", "--port", "0", "--tickets", str(tickets), *limits]
        before = time.monotonic()
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit(f"the sandbox did not start: {' '.join(command)}")
        self.wall = time.monotonic() - before
        self.start = self.cpu()
        self.tickets = tickets
        self.connection = http.client.HTTPConnection("127.0.0.1", int(line.rpartition(":")[2]))

    def cpu(self) -> float:
        """Seconds of processor time that the process has used."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICK

    def peak_mb(self) -> float:
        """Megabytes of memory, at the most that there ever were."""
        lines = Path(f"/proc/{self._process.pid}/status").read_text().splitlines()
        return int(next(line.split()[1] for line in lines if line.startswith("VmHWM"))) / 1024

    def ask(self, method: str, path: str, body: object = None) -> bytes:
        """The body of an answer that is no error."""
        data = None if body is None else json.dumps(body)
        self.connection.request(method, f"/api/v2{path}", data, HEADERS)
        response = self.connection.getresponse()
        answer = response.read()
        if response.status >= 400:
            raise SystemExit(f"{method} {path} was answered with {response.status}: {answer[:300]!r}")
        return answer

    def stop(self) -> None:
        """End the process."""
        self.connection.close()
        self._process.terminate()
        self._process.wait(30)


@contextmanager
def serving(tickets: int) -> Iterator[Server]:
    """A sandbox while it is needed."""
    server = Server(tickets)
    try:
        yield server
    finally:
        server.stop()


def questions(server: Server, chance: random.Random) -> dict[str, tuple[Callable[[], Ask], int]]:
    """What is asked, each with the number of answers a second of one core that are wanted (0: shown only)."""
    latest = json.loads(server.ask("GET", "/tickets.json?page[size]=100&sort=-updated_at"))["tickets"]
    unsolved = [row["id"] for row in latest if row["status"] not in ("solved", "closed")]
    people = [row["requester_id"] for row in latest]
    since = int(datetime.fromisoformat(latest[0]["updated_at"]).timestamp()) - 86_400

    def ticket() -> int:
        return chance.randint(1, server.tickets)

    def get(path: Callable[[], str]) -> Callable[[], Ask]:
        return lambda: ("GET", path(), None)

    def put(change: Callable[[], dict[str, object]]) -> Callable[[], Ask]:
        return lambda: ("PUT", f"/tickets/{chance.choice(unsolved)}.json", {"ticket": change()})

    return {
        "a ticket": (get(lambda: f"/tickets/{ticket()}.json"), READS),
        "a ticket with its SLAs": (get(lambda: f"/tickets/{ticket()}.json?include=slas,users"), READS),
        "a ticket's audits": (get(lambda: f"/tickets/{ticket()}/audits.json"), READS),
        "a ticket's comments": (get(lambda: f"/tickets/{ticket()}/comments.json"), READS),
        "a user": (get(lambda: f"/users/{chance.choice(people)}.json"), READS),
        "users/me": (get(lambda: "/users/me.json"), READS),
        "100 tickets by page": (get(lambda: f"/tickets.json?page={chance.randint(1, 100)}"), 0),
        "100 tickets by cursor": (get(lambda: "/tickets.json?page[size]=100&sort=-updated_at"), 0),
        "a search": (get(lambda: "/search.json?query=type:ticket+status:open+priority:high"), 0),
        "1,000 of an export": (get(lambda: f"/incremental/tickets/cursor.json?start_time={since}"), 0),
        "an update of a field": (put(lambda: {"priority": chance.choice(["low", "high", "urgent"])}), UPDATES),
        "a comment and tags": (put(lambda: {"comment": {"body": "Noted"}, "additional_tags": [f"t{ticket()}"]}), UPDATES),
        "a new ticket": (lambda: ("POST", "/tickets.json", {"ticket": {"comment": {"body": "Help"}}}), UPDATES),
    }  # fmt: skip


def measure(server: Server, make: Callable[[], Ask], seconds: float) -> float:
    """Answers in a second of the server's processor time."""
    server.ask(*make())
    done, before, end = 0, server.cpu(), time.monotonic() + seconds
    while time.monotonic() < end or server.cpu() - before < 10 / TICK:
        server.ask(*make())
        done += 1
    return done / (server.cpu() - before)


def shown(name: str, value: float, unit: str, wanted: float, *, least: bool) -> bool:
    """Print one figure beside what is wanted; whether it is good enough."""
    good = not wanted or (value >= wanted if least else value <= wanted)
    words = f"{'at least' if least else 'at most'} {wanted:,.0f} {'' if good else '  MISSED'}" if wanted else ""
    print(f"{name:28} {value:10,.1f} {unit:32} {words}")
    return good


def main() -> int:
    """Measure all; 0 where nothing is missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--tickets", type=int, default=50_000)
    parser.add_argument("--seconds", type=float, default=2.0)
    given = parser.parse_args()
    results = []
    with serving(START_TICKETS) as server:
        name, unit = f"start with {START_TICKETS:,} tickets", f"s of one core, {server.wall:.1f} by the clock"
        results.append(shown(name, server.start, unit, START_SECONDS, least=False))
    with serving(given.tickets) as server:
        print(f"with {given.tickets:,} tickets:")
        chance = random.Random(1)  # noqa: S311 - which tickets are asked for is no secret
        for name, (make, wanted) in questions(server, chance).items():
            rate = measure(server, make, given.seconds)
            results.append(shown(f"  {name}", rate, "a second of one core", wanted, least=True))
    with serving(2 * given.tickets) as server:
        results.append(
            shown(f"with {2 * given.tickets:,} tickets", server.peak_mb(), "MB at most", MEMORY_MB, least=False)
        )
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
