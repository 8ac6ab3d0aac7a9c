"""Drive the worker through simulated time: jump from one thing that happens to the next, and do what the service would do then."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from deskhand.app.answers import Answers
from deskhand.app.deliver import deliver
from deskhand.app.dispatch import Dispatched, dispatch
from deskhand.app.engine import Engine
from deskhand.app.evaluate import evaluate
from deskhand.app.hear import hear
from deskhand.app.outcome import Delivered
from deskhand.app.poll import Polled, poll
from deskhand.app.post import Post

QUIET = timedelta(seconds=75)
"""How long the export may keep a change back (60 s), with a margin: polling goes on for so long after the last change."""


ASK_JOBS = timedelta(seconds=2)
"""How long to wait before a running job is asked again."""


ASK_PAGERS = timedelta(seconds=120)
"""How long to wait before it is asked again who acknowledged."""
BREATH = timedelta(seconds=10)
"""How long to wait between two turns of messages that nothing else happens in: a busy room takes one a second."""
A_DAY = timedelta(days=1)


class Stage(Protocol):
    """The pretended world that the worker is driven against."""

    def now(self) -> datetime:
        """The simulated instant."""
        ...

    def next_happening(self) -> datetime | None:
        """When the world's own next change is due."""
        ...

    def run_until(self, instant: datetime) -> int:
        """Let everything up to an instant happen; returns how many happenings there were."""
        ...


@dataclass(slots=True)
class Tally:
    """What the worker did on the way."""

    polled: Polled = field(default_factory=Polled)
    evaluations: int = 0
    decisions: int = 0
    dispatched: Dispatched = field(default_factory=Dispatched)
    delivered: Delivered = field(default_factory=Delivered)
    rounds: int = 0


Progress = Callable[[datetime, Tally], None]


@dataclass(slots=True)
class Driver:
    """The worker's loop in simulated time. `every` is the time between two polls while anything changes."""

    engine: Engine
    stage: Stage
    every: timedelta
    progress: Progress
    post: Post = field(default_factory=Post)
    tally: Tally = field(default_factory=Tally)
    poll_at: datetime | None = None
    quiet_from: datetime | None = None
    ask_at: datetime | None = None
    """When to ask again what the jobs under way came to."""
    answers_at: datetime | None = None
    """When to ask again who acknowledged."""
    said_at: datetime | None = None
    """When messages were last delivered."""

    answers: Answers = field(init=False)

    def __post_init__(self) -> None:
        self.answers = Answers(self.engine.store, self.post.pagers)

    def run(self, end: datetime) -> Tally:
        """Go on until `end`, then until nothing is left under way."""
        self.poll_at = self.stage.now()
        self.quiet_from = self.stage.now() + QUIET
        while (moment := self._next()) is not None and moment <= end:
            self._step(moment)
        self._step(max(end, self.stage.now()))
        self._finish()
        return self.tally

    def _next(self) -> datetime | None:
        """The next instant at which the worker has to do anything: a poll after the world has moved, a ticket, a write."""
        with self.engine.store.read() as tx:
            moments = [tx.work.next_at(), tx.outbox.next_at()]
            message = tx.messages.next_at()
        if message is not None:
            moments.append(max(message, (self.said_at or self.stage.now()) + BREATH))
        happening = self.stage.next_happening()
        if self.poll_at is None and happening is not None:
            self.poll_at = max(happening, self.stage.now()) + self.every
        moments += [self.poll_at, self.ask_at, self.answers_at]
        soonest = min((moment for moment in moments if moment), default=None)
        return None if soonest is None else max(soonest, self.stage.now())

    def _step(self, moment: datetime) -> None:
        """One instant: the world moves, and the worker does what is due."""
        if self.stage.run_until(moment):
            self.quiet_from = moment + QUIET
            self.poll_at = self.poll_at or moment
        if self.poll_at and self.poll_at <= moment:
            self.tally.polled += poll(self.engine)
            hear(self.engine)
            self.poll_at = moment + self.every if self.quiet_from and moment < self.quiet_from else None
        self._work()

    def _work(self) -> None:
        """Judge what is due and deliver what was decided; nothing is asked for that cannot have changed."""
        self.tally.rounds += 1
        now = self.stage.now()
        with self.engine.store.read() as tx:
            due = tx.work.next_at()
        if due is not None and due <= now:
            judged = evaluate(self.engine)
            self.tally.evaluations += judged.tickets
            self.tally.decisions += len(judged.decisions)
        with self.engine.store.read() as tx:
            counts, write, message = tx.outbox.count(), tx.outbox.next_at(), tx.messages.next_at()
        waits = self.ask_at is not None and now < self.ask_at and (write is None or write > now)
        if any(counts.get(state) for state in ("planned", "sending", "unknown")) and not waits:
            turn = dispatch(self.engine)
            self.tally.dispatched += turn
            self.ask_at = self.stage.now() + ASK_JOBS if turn.running or turn.held_up else None
            self.quiet_from = self.stage.now() + QUIET
            self.poll_at = self.poll_at or self.stage.now() + self.every
        if message is not None and message <= now and (self.said_at is None or now >= self.said_at + BREATH):
            self._tell_people()
        if self.answers_at is not None and now >= self.answers_at:
            self.answers.ask(now)
            self._expect_answers()
        self.progress(self.stage.now(), self.tally)

    def _tell_people(self) -> None:
        """Deliver messages; while pages are open it is asked who acknowledged."""
        self.said_at = self.stage.now()
        self.tally.delivered += deliver(self.engine, self.post)
        if self.answers_at is None:
            self._expect_answers()

    def _expect_answers(self) -> None:
        now = self.stage.now()
        with self.engine.store.read() as tx:
            waiting = tx.messages.open_threads(now - A_DAY)
        self.answers_at = now + ASK_PAGERS if waiting else None

    def _finish(self) -> None:
        """After the end: a last reading, and every write brought to its end. Nothing new is begun: ladders would be climbed for hours."""
        self.stage.run_until(self.stage.now() + timedelta(seconds=30))
        self.tally.polled += poll(self.engine)
        hear(self.engine)
        self._work()
        for _ in range(500):
            with self.engine.store.read() as tx:
                counts = tx.outbox.count()
            if not any(counts.get(state) for state in ("planned", "sending", "unknown")):
                return
            self.stage.run_until(self.stage.now() + timedelta(seconds=10))
            self.tally.dispatched += dispatch(self.engine)
            self._tell_people()
