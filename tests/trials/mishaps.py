"""What goes wrong in a trial: faults of the API, deaths of the process at any step, a database that is locked or full."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final

import requests
from requests.adapters import BaseAdapter

from deskhand.app.ports import Store, Transaction
from deskhand.errors import StoreBusy, StoreFull

KINDS: Final[tuple[Mapping[str, object], ...]] = (
    {"kind": "status", "status": 503},
    {"kind": "status", "status": 500, "body": "<html>oops</html>"},
    {"kind": "status", "status": 429, "headers": [["Retry-After", "7"]]},
    {"kind": "status", "status": 409, "method": "PUT", "body": {"error": "DatabaseConflict"}},
    {"kind": "timeout_before_commit", "seconds": 65},
    {"kind": "timeout_after_commit", "seconds": 65, "method": "PUT"},
    {"kind": "late_commit", "seconds": 20, "method": "PUT"},
    {"kind": "reset"},
    {"kind": "reset_after_commit", "method": "PUT"},
    {"kind": "cut_json"},
    {"kind": "html_200"},
    {"kind": "empty_object"},
    {"kind": "list_instead_of_object"},
    {"kind": "duplicate_page", "path": "/api/v2/tickets"},
    {"kind": "empty_middle_page", "path": "/api/v2/tickets"},
    {"kind": "no_content"},
    {
        "kind": "redirect",
        "path": "/[ao]*",
    },  # the account alone: at a service it is a wrong address, and for a person to mend
    {"kind": "latency", "seconds": 3},
    {"kind": "lost_job", "path": "/api/v2/job_statuses/*"},
    {"kind": "slow_job", "path": "/api/v2/job_statuses/*"},
)
"""Every kind of fault, with where it may strike."""


RACES: Final = 0.1
"""How often somebody changes a ticket between the worker's reading and its writing."""


class Killed(BaseException):
    """The process died here: nothing may catch it."""


@dataclass
class Fate:
    """Draws what goes wrong, while `wild`; the last day of a trial is calm, so that everything can come to its end."""

    random: Random
    now: Callable[[], datetime]
    calm_from: datetime
    deaths: float
    store_faults: float
    died: int = 0
    denied: int = 0
    turn: str = ""
    """The job that is being done."""
    where: list[str] = field(default_factory=list)
    """The jobs and places in which it died."""

    @property
    def wild(self) -> bool:
        """Whether things still go wrong."""
        return self.now() < self.calm_from

    def step(self, name: str) -> None:
        """A place where the process may die. Raises Killed."""
        if self.wild and self.random.random() < self.deaths:
            self.died += 1
            self.where.append(f"{self.turn}: {name}")
            raise Killed(name)

    def database(self) -> None:
        """The database may be locked or full. Raises StoreBusy or StoreFull."""
        if self.wild and self.random.random() < self.store_faults:
            self.denied += 1
            raise self.random.choice((StoreBusy("locked"), StoreFull()))

    def faults(self) -> list[Mapping[str, object]]:
        """Faults of the API for the whole wild time: each kind once, at a share and in a window of its own."""
        found: list[Mapping[str, object]] = []
        start = self.now()
        span = (self.calm_from - start).total_seconds()
        for kind in KINDS:
            begin = start + timedelta(seconds=span * self.random.random() * 0.9)
            end = min(begin + timedelta(hours=self.random.choice((1, 6, 30))), self.calm_from)
            share = self.random.choice((0.02, 0.1, 0.5))
            found.append({**kind, "share": share, "after": begin.timestamp(), "until": end.timestamp()})
        if self.random.random() < 0.4:  # six hours away altogether
            begin = start + timedelta(seconds=span * self.random.random() * 0.8)
            until = min(begin + timedelta(hours=6), self.calm_from)
            found.append({"kind": "status", "status": 503, "after": begin.timestamp(), "until": until.timestamp()})
        return found


@dataclass
class MortalStore:
    """A store in which the process may die before and after each commit. `committed` hears of every commit."""

    inner: Store
    fate: Fate
    began: Callable[[], None]
    committed: Callable[[], None]

    @contextmanager
    def begin(self) -> Iterator[Transaction]:
        """One writing transaction."""
        self.fate.database()
        self.fate.step("before the transaction")
        self.began()
        with self.inner.begin() as tx:
            yield tx
            self.fate.step("before the commit")
        self.committed()
        self.fate.step("after the commit")

    def read(self) -> AbstractContextManager[Transaction]:
        """To look at only."""
        return self.inner.read()

    def close(self) -> None:
        """Nothing to let go of."""


class MortalAdapter(BaseAdapter):
    """A transport in which the process may die before a request leaves, and after its answer has come."""

    def __init__(self, inner: BaseAdapter, fate: Fate, race: Callable[[], None]) -> None:
        """`race` lets people be quicker than a write that is about to leave."""
        super().__init__()
        self._inner, self._fate, self._race = inner, fate, race

    def send(
        self, request: requests.PreparedRequest, stream: bool = False, timeout: Any = None, verify: Any = True,
        cert: Any = None, proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:  # fmt: skip
        """Carry a request out, or die."""
        self._fate.step("before the request")
        if request.method == "PUT" and self._fate.random.random() < RACES:
            self._race()
        answer = self._inner.send(request, stream, timeout, verify, cert, proxies)
        self._fate.step("after the answer")
        return answer

    def close(self) -> None:
        """Nothing to let go of."""
