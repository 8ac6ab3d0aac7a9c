"""One matter, three pages that nobody answers, and its end, over a pretended PagerDuty whose two APIs fail as a seed has it, and a worker that dies."""

import random
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from deskhand.app.answers import Answers
from deskhand.app.deliver import deliver
from deskhand.app.engine import Engine
from deskhand.app.post import Post
from deskhand.core.ladder import Channel as Place
from deskhand.core.ladder import Role
from deskhand.core.message import Verb
from deskhand.store.in_memory import MemoryStore
from tests.app.carriers import Office
from tests.core.builders import policy
from tests.notify.matters import THREAD, message
from tests.notify.paging import Pager

REST: Final = "/services/pagerduty/*incidents*"
EVENTS: Final = "/services/pagerduty/v2/enqueue"
BETWEEN: Final = 600
"""Seconds from one page to the next."""
STEP: Final = 5
LOST: Final = (
    "timeout_before_commit",
    "timeout_after_commit",
    "reset",
    "reset_after_commit",
    "cut_json",
    "empty_object",
)
PLACES: Final = {
    "pager": Place("pager", "pagerduty", "PSUPPORT"),
    "events": Place("events", "pagerduty_events", "PSUPPORT"),
}
ROLES: Final = {"eng": Role("eng", schedule="PENGINEERS"), "boss": Role("boss", schedule="PCOMMAND", level=2)}


@dataclass
class Course:
    """What a trial came to: how often each page reached somebody, and how many incidents are left open."""

    reached: Counter[int] = field(default_factory=Counter)
    late: dict[int, float] = field(default_factory=dict)
    left_open: int = 0


class Paging:
    """A trial. `away` names the API that is down for its first hour; `share` of all other calls fails."""

    def __init__(self, seed: int, *, away: str = "", share: float = 0.0) -> None:
        self.random = random.Random(seed)
        self.pager = Pager()
        self.sandbox = self.pager.sandbox
        self.sandbox.faults._random.seed(seed)
        self.deaths = self.random.choice((0.0, 0.02))
        end = self.sandbox.clock.epoch() + 3_600
        if away:
            kind = self.random.choice(("status", "timeout_before_commit", "reset"))
            self.sandbox.faults.add({"kind": kind, "path": away, "status": 500, "until": end})
        for kind in LOST if share else ():
            self.sandbox.faults.add(
                {"kind": kind, "path": "/services/pagerduty/*", "share": share / len(LOST), "until": end}
            )
        self.store = MemoryStore()
        self.engine = Engine(
            self.store,
            Office().engine.desk,
            (),
            replace(policy(), channels=PLACES, roles=ROLES, guards=Office().engine.policy.guards),
            self,
            "run",
        )
        self.asked: dict[int, datetime] = {}
        self.begin()

    def now(self) -> datetime:
        """The instant."""
        return self.sandbox.clock.now()

    def begin(self) -> None:
        """A new process, which remembers nothing."""
        reader = self.pager.reader()
        rest = self.pager.rest("pager")
        events = self.pager.events(reader=reader)
        self.post = Post(channels={"pager": rest, "events": events}, pagers={"pager": rest, "events": reader})
        self.post.arrange(PLACES)
        self.answers = Answers(self.store, self.post.pagers)

    def say(self, number: int, verb: Verb = "page", *channels: str, role: str = "eng") -> None:
        """A decision's message."""
        made = replace(message(verb, number=number), channels=channels or ("pager", "events"), role=role, urgent=True)
        self.asked[number] = self.now()
        with self.store.begin() as tx:
            tx.messages.add([replace(made, at=self.now())], self.now(), "run")

    def work(self, seconds: float) -> None:
        """Let so much time pass; now and then the process dies between two turns."""
        end = self.now() + timedelta(seconds=seconds)
        while self.now() < end:
            deliver(self.engine, self.post)
            self.answers.ask(self.now())
            if self.random.random() < self.deaths:
                self.begin()
            self.sandbox.run_until(self.now() + timedelta(seconds=STEP))

    def run(self) -> Course:
        """Three pages and the end; then an hour without faults."""
        for number, role in ((1, "eng"), (2, "eng"), (3, "boss")):
            self.say(number, role=role)
            self.work(BETWEEN)
        self.say(8, "close", "pager")
        self.say(9, "close", "events")
        self.work(3_600 + 1_800)
        return self.course()

    def course(self) -> Course:
        """What PagerDuty's log says."""
        found, page = Course(), 0
        for one in self.pager.duty.log:
            if "title" in one.facts:
                page = int(one.facts["title"].rpartition("[#")[2].rstrip("]"))
            if one.kind == "paged":
                found.reached[page] += 1
                found.late.setdefault(page, (one.when - self.asked[page]).total_seconds())
        found.left_open = sum(one.open for one in self.pager.duty.incidents if one.key.startswith(THREAD))
        return found
