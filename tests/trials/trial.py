"""One trial: a seed, a simulated week, and everything that an outsider finds wrong afterwards."""

import json
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from random import Random
from typing import Any, Final, Literal

from deskhand.app.dispatch import Dispatched, dispatch
from deskhand.app.engine import Engine, Limits
from deskhand.app.evaluate import evaluate
from deskhand.app.hear import hear
from deskhand.app.poll import poll
from deskhand.app.ports import Transaction
from deskhand.core.decision import Decision
from deskhand.core.guards import Ceiling, Guards
from deskhand.core.policy import Policy
from deskhand.documents.load import load_text
from deskhand.errors import DeskhandError, RateLimited
from deskhand.sandbox import Request
from deskhand.sandbox.limits import UNLIMITED
from deskhand.store import MemoryStore
from deskhand.zendesk.account import Account, Connection
from deskhand.zendesk.auth import ClientCredentials, Secret
from tests.trials.checks import Seen, inspect
from tests.trials.mishaps import Fate, Killed, MortalAdapter, MortalStore
from tests.trials.rules import EDITED, POLICY
from tests.trials.world import START, WEEK, World

CALM: Final = timedelta(hours=30)
"""The end of a trial, in which nothing goes wrong any more."""
SETTLE: Final = timedelta(hours=3)
"""After the week: nobody does anything any more, and the worker brings everything to its end."""
ROUNDS: Final = 6_000
"""A trial that needs more turns than this hangs."""
GUARDS: Final = replace(Guards(), ceiling=Ceiling(per_hour=None, per_cycle=None, share=None), per_ticket_and_day=None)
"""Ceilings and caps have tests of their own; a trial of 50 tickets would trip over them."""


@dataclass
class Verdict:
    """What came of a trial. `problems` is empty where every promise held."""

    seed: int
    problems: list[str]
    counts: Counter[str]


@cache
def compiled(text: str) -> Policy:
    """A policy of the trials."""
    loaded = load_text({"trial.yaml": text})
    assert loaded.policy is not None, [str(problem) for problem in loaded.problems]
    return replace(loaded.policy, guards=GUARDS)


@dataclass
class Trial:
    """A world, a worker on it that dies and comes back, and what outsiders may know of both."""

    seed: int
    tickets: int = 50
    wild: bool = True
    counts: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    decided: dict[str, Decision] = field(default_factory=dict)
    """Decisions that were committed, by the mark of their write."""
    troubled: bool = False
    """Whether the last turn met an error, so that the next one waits a little, as the service does."""
    _waiting: list[Decision] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.random = Random(self.seed)
        self.world = World.build(Random(self.random.random()), self.tickets)
        calm = START + WEEK - CALM
        share = 1.0 if self.wild else 0.0
        self.fate = Fate(
            Random(self.random.random()),
            self.world.now,
            calm,
            deaths=share * self.random.choice((0.0, 0.0005, 0.0015)),
            store_faults=share * self.random.choice((0.0, 0.002)),
        )
        if self.wild:
            for fault in self.fate.faults():
                self.world.sandbox.faults.add(dict(fault))
        self.policy, self.edited = self._policies()
        self.feeds: Literal["both", "export", "recent"] = self.random.choice(("both", "export", "recent"))
        self.every = timedelta(minutes=self.random.choice((90, 180, 360)))
        self.edit_at = START + WEEK * self.random.random() if self.random.random() < 0.4 else None
        self.inner = MemoryStore()
        self.engine = self._start()

    def run(self) -> Verdict:
        """Live through the week, then look at what is left."""
        end = START + WEEK
        poll_at = START
        for _ in range(ROUNDS):
            now = self.world.now()
            if now >= end + SETTLE and not (now < end + SETTLE * 2 and self._busy()):
                break
            if poll_at <= now:
                self._turn("poll", lambda: poll(self.engine))
                self._turn("hear", lambda: hear(self.engine))
                poll_at = now + (self.every if now < end else timedelta(minutes=10))
            self.troubled = False
            self._work()
            self._between()
            self.world.run_until(self._next(poll_at))
        else:
            self.problems.append(f"the trial hangs at {self.world.now()}")
        self._final()
        return Verdict(self.seed, self.problems, self.counts)

    # The worker.

    def _policies(self) -> tuple[Policy, Policy]:
        """What is in force, and what it is edited into."""
        return compiled(POLICY), compiled(EDITED)

    def _work(self) -> None:
        """Judge what is due, and deliver what was decided."""
        self._turn("judge", lambda: evaluate(self.engine))
        self._turn("deliver", lambda: dispatch(self.engine))

    def _start(self) -> Engine:
        """A process begins: nothing is known but what the store holds."""
        self._waiting.clear()
        store = MortalStore(self.inner, self.fate, began=self._waiting.clear, committed=self._keep)
        connection = Connection(
            Account(self.world.sandbox.url, ClientCredentials("sandbox-client", Secret("sandbox-secret"))),
            now=self.world.now,
            wait=lambda seconds: self.world.run_until(self.world.now() + timedelta(seconds=seconds)),
            read_only=False,
            environ={},
            mount=MortalAdapter(self.world.sandbox.adapter(), self.fate, self._race),
        )
        needs = self.policy.needs
        self.counts["starts"] += 1
        return Engine(
            store,
            connection.desk(needs),
            connection.feeds(self.feeds, needs),
            self.policy,
            _Clock(self.world),
            f"run{self.counts['starts']}",
            limits=Limits(backfill=timedelta(days=30)),
            metric_log=connection.metric_log(needs),
            audit_log=connection.audit_log(needs),
            witness=self._waiting.append,
        )

    def _race(self) -> None:
        """Somebody changes the ticket of a write that is just leaving."""
        with self.inner.read() as tx:
            rows = tx.outbox.ready(self.world.now(), "sending", 100)
        if rows:
            row = self.random.choice(rows)
            self.world.overtake(row.write.ticket_id)
            self.counts["races"] += 1

    def _keep(self) -> None:
        """The decisions of a transaction that was committed."""
        for decision in self._waiting:
            self.counts["decisions"] += 1
            if decision.write:
                self.decided[decision.write.op_id] = decision
        self._waiting.clear()

    def _turn(self, name: str, do: Callable[[], object]) -> None:
        """One job of the service: its errors end here, and death is followed by another process."""
        self.fate.turn = name
        try:
            came = do()
            self.troubled |= isinstance(came, Dispatched) and came.held_up
        except Killed:
            self.counts["deaths"] += 1
            self.engine = self._start()
        except RateLimited as error:
            self.counts["429"] += 1
            self.world.run_until(self.world.now() + timedelta(seconds=error.retry_after))
        except DeskhandError as error:
            self.counts[type(error).__name__] += 1
            self.troubled = True
        except Exception as error:  # noqa: BLE001 - an error of no kind of ours is what a trial looks for
            if not self.problems:
                self.problems.append(f"{name}: unexpected {type(error).__name__}: {error}")

    def _between(self) -> None:
        """What happens to the worker between two turns."""
        self._edit()

    def _edit(self) -> None:
        """The policy is edited and loaded again, while the worker runs."""
        if self.edit_at and self.edit_at <= self.world.now():
            self.edit_at, self.policy = None, self.edited
            self.engine.policy = self.policy
            self.counts["edits"] += 1

    def _busy(self) -> bool:
        """Whether a write that was decided just now is still on its way."""
        with self.inner.read() as tx:
            return any(tx.outbox.count().get(state) for state in ("planned", "sending", "unknown"))

    def _next(self, poll_at: datetime) -> datetime:
        """The next instant at which the worker has to do anything."""
        now = self.world.now()
        with self.inner.read() as tx:
            moments = [poll_at, *self._moments(tx)]
            counts = tx.outbox.count()
        if counts.get("sending") or counts.get("unknown"):
            moments.append(now + timedelta(seconds=self.random.choice((10, 120, 900))))
        soonest = min(moment for moment in moments if moment)
        pause = timedelta(seconds=600 if self.troubled else 5) if soonest <= now else timedelta(0)
        return max(soonest, now + pause)

    def _moments(self, tx: Transaction) -> list[datetime | None]:
        """When something in the store is due."""
        return [tx.work.next_at(), tx.outbox.next_at()]

    # The end.

    def _final(self) -> None:
        """Read the account as an outsider, and hold it against the promises."""
        self.world.sandbox.faults.clear()
        self.world.sandbox.meter.limits = UNLIMITED
        with self.inner.read() as tx:
            counts = {state: number for state, number in tx.outbox.count().items() if number}
            trail = tx.trail.entries(limit=1_000_000)
        for state in ("planned", "sending", "unknown"):
            if counts.get(state):
                self.problems.append(f"{counts[state]} writes are still {state} after six quiet hours")
        self.counts.update(counts)
        self.counts["died"] = self.fate.died
        seen = Seen(
            self._read, self.world, self._meant(), self._ended(), trail, self._forgotten(), bool(self.counts["edits"])
        )
        self.problems += inspect(seen, self.counts)

    def _meant(self) -> dict[str, Decision]:
        """The decisions of which an audit may tell."""
        return self.decided

    def _forgotten(self) -> frozenset[str]:
        """Writes that were done and that the database cannot know."""
        return frozenset()

    def _ended(self) -> dict[str, str]:
        """Writes that came to no audit, with the state and reason that the store gives."""
        found: dict[str, str] = {}
        with self.inner.read() as tx:
            for mark in self.decided:
                row = tx.outbox.find(mark)
                found[mark] = f"{row.state}: {row.reason}" if row else "absent"
        return found

    def _read(self, path: str) -> dict[str, Any]:
        """The account's API, as its admin."""
        sandbox = self.world.sandbox
        admin = next(user["id"] for user in sandbox.world.tables["users"] if user["role"] == "admin")
        headers = {"Authorization": f"Bearer {sandbox.door.issue(admin)}", "Host": "acme.zendesk.com"}
        answer = sandbox.handle(Request.of("GET", path, headers=headers))
        assert answer.status == 200, (path, answer.status, answer.body[:200])
        found: dict[str, Any] = json.loads(answer.body)
        return found


@dataclass(frozen=True, slots=True)
class _Clock:
    """The simulated clock, as the worker sees it."""

    world: World

    def now(self) -> datetime:
        """The instant."""
        return self.world.now()


def run(seed: int, tickets: int = 50, *, wild: bool = True) -> Verdict:
    """One trial from its seed: the same seed is the same trial. tenacity draws its pauses from the process's own dice."""
    random.seed(seed)
    return Trial(seed, tickets, wild=wild).run()
