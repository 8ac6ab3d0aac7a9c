"""A trial whose policy climbs ladders: the same week, with services that are slow, silent, away for an hour, or lose their answers."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from deskhand.app.answers import Answers
from deskhand.app.deliver import deliver
from deskhand.app.engine import Engine
from deskhand.app.on_call import OnCall
from deskhand.app.ports import Transaction
from deskhand.app.post import Post
from deskhand.app.trail_reading import walk
from deskhand.core.message import WAITING, MessageRow
from deskhand.core.outside import Outside
from deskhand.core.policy import Policy
from deskhand.settings import Settings
from deskhand.wiring_services import Given, open_post
from tests.trials.ladders import EDITED_LADDERS, LADDERS
from tests.trials.mishaps import MortalAdapter
from tests.trials.service_checks import inspect_services
from tests.trials.trial import Trial, Verdict, compiled
from tests.trials.world import START, WEEK

MISHAPS: Final[tuple[Mapping[str, object], ...]] = (
    {"kind": "timeout_before_commit", "seconds": 20},
    {"kind": "timeout_after_commit", "seconds": 20},
    {"kind": "late_commit", "seconds": 30},
    {"kind": "reset_after_commit"},
    {"kind": "status", "status": 429, "headers": [["Retry-After", "20"]]},
    {"kind": "status", "status": 503},
    {"kind": "latency", "seconds": 4},
)
"""What befalls services, besides what befalls everything."""
NAMES: Final = ("pagerduty", "slack", "jira", "statuspage", "hook")
ASK: Final = timedelta(minutes=3)
"""Between two questions whether somebody has acknowledged; a trial asks less often than the worker."""
CALM_ASK: Final = timedelta(minutes=60)
"""The same where everything open is acknowledged."""


@dataclass
class ServiceTrial(Trial):
    """A worker that also speaks to services, and people who answer their pages, or do not."""

    post: Post = field(init=False)
    answers: Answers = field(init=False)
    on_call: OnCall = field(init=False)
    ask_at: datetime = START

    def __post_init__(self) -> None:
        super().__post_init__()
        services = self.world.sandbox.services.pagerduty
        services.answers_in("Olga Oncall", self.random.choice((None, 60, 240, 1_500)))
        services.answers_in("Lee Lead", self.random.choice((None, 120, 2_400)))
        for fault in self._service_faults() if self.wild else ():
            self.world.sandbox.faults.add(fault)

    def _service_faults(self) -> list[dict[str, object]]:
        """Each kind at some service, at a share and in a window of its own; and perhaps one that is away for an hour."""
        found: list[dict[str, object]] = []
        span = (self.fate.calm_from - START).total_seconds()
        for kind in MISHAPS:
            begin = START.timestamp() + span * self.random.random() * 0.9
            end = min(begin + 3600 * self.random.choice((1, 12, 48)), self.fate.calm_from.timestamp())
            where = f"/services/{self.random.choice(NAMES)}/*"
            found.append({**kind, "path": where, "share": self.random.choice((0.1, 0.5)), "after": begin, "until": end})
        for name in self.random.sample(NAMES, 2):
            begin = START.timestamp() + span * self.random.random() * 0.9
            away = {"kind": "status", "status": 503, "path": f"/services/{name}/*"}
            found.append({**away, "after": begin, "until": min(begin + 3600, self.fate.calm_from.timestamp())})
        return found

    # The worker.

    def _policies(self) -> tuple[Policy, Policy]:
        return compiled(LADDERS), compiled(EDITED_LADDERS)

    def _start(self) -> Engine:
        engine = super()._start()
        self.post = self._joined(engine)
        self.answers, self.on_call = Answers(engine.store, self.post.pagers, calm=CALM_ASK), OnCall(self.post.pagers)
        engine.outside = self._outside
        return engine

    def _outside(self) -> Outside:
        """What a decision may know beside the ticket."""
        return Outside("acme", "https://acme.zendesk.com", self.on_call.people(self.world.now()))

    def _joined(self, engine: Engine) -> Post:
        """The channels of the policy, to the stand-ins."""
        sandbox = self.world.sandbox
        told = sandbox.services.settings(sandbox.url).items()
        settings = Settings.model_validate({name.removeprefix("DESKHAND_").lower(): value for name, value in told})
        mount = MortalAdapter(sandbox.adapter(), self.fate, lambda: None)
        post = open_post(Given(settings, {}, self.world.now, mount), engine.policy.channels)
        assert not post.missing, post.missing
        return post

    def _work(self) -> None:
        """Beside the tickets: what is said, who answered, who is on call."""
        super()._work()
        now = self.world.now()
        self._turn("message", lambda: deliver(self.engine, self.post))
        if self.ask_at <= now:
            self._turn("on call", lambda: self.on_call.refresh(self.policy.roles, now))
            self._turn("answers", lambda: self.answers.ask(self.world.now()))
            self.ask_at = now + (ASK if self._is_waiting(now) else CALM_ASK)

    def _is_waiting(self, now: datetime) -> bool:
        """Whether somebody was paged and has not acknowledged."""
        with self.inner.read() as tx:
            threads = {thread: tx.messages.of(thread) for thread in tx.messages.open_threads(now - WEEK * 2)}
        pages = [row for rows in threads.values() for row in rows if row.message.verb == "page" and row.sent_at]
        return any(row.answered_at is None and now - (row.sent_at or now) < timedelta(minutes=40) for row in pages)

    def _busy(self) -> bool:
        with self.inner.read() as tx:
            counts = tx.messages.count()
        return super()._busy() or any(counts.get(state) for state in WAITING)

    def _moments(self, tx: Transaction) -> list[datetime | None]:
        return [*super()._moments(tx), tx.messages.next_at(), self.ask_at]

    # The end.

    def _final(self) -> None:
        super()._final()
        with self.inner.read() as tx:
            rows: dict[str, MessageRow] = {row.message.key: row for row in tx.messages.recent(START)}
            told = [one["key"] for entry in walk(tx, ("sent",)) for one in entry.told["messages"]]
        self.problems += inspect_services(self.world.sandbox.services, rows, self.counts, self._forgotten_rows())
        went = {key for key, row in rows.items() if row.state in ("sent", "confirmed")}
        if sorted(told) != sorted(went):
            self.problems.append(f"a whole trail: of {len(went)} messages that went, {len(told)} are told")

    def _forgotten_rows(self) -> dict[str, MessageRow]:
        """Messages that were sent, or were about to be, and that the database cannot know."""
        return {}


def run_services(seed: int, tickets: int = 25, *, wild: bool = True) -> Verdict:
    """One trial with services from its seed."""
    random.seed(seed)
    return ServiceTrial(seed, tickets, wild=wild).run()
