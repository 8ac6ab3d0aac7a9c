"""Restore drills: a trial in which the database is copied, the worker goes on for a while and is killed, and the copy is put back in the place of the database.

R19. What the worker did between the copy and its death is in the account and not in the database. It is held against the account's audits as in every trial:
nothing that was done then is done again, and nothing that it decided then and had not done is lost.
"""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from deskhand.app.take_over import take_over
from deskhand.core.decision import Decision
from deskhand.core.message import MessageRow
from deskhand.store import MemoryStore
from tests.trials.checks import mark_of
from tests.trials.service_trial import ServiceTrial
from tests.trials.trial import CALM, Trial, Verdict
from tests.trials.world import START, WEEK


@dataclass
class RestoreTrial(Trial):
    """A trial whose database is lost once, some minutes to a day after its last backup."""

    kept: MemoryStore | None = None
    """The backup."""
    landed: set[str] = field(default_factory=set)
    """Marks of writes that were done before the restore: what is decided again under one of them is not what they said."""
    lost: dict[str, Decision] = field(default_factory=dict)
    """Decisions that the database forgot and that nobody had carried out: they need not be, but a request may still be on its way."""

    def __post_init__(self) -> None:
        super().__post_init__()
        away = timedelta(minutes=self.random.choice((2, 20, 120, 480, 1440)) * (0.5 + self.random.random() / 2))
        self.copy_at: datetime | None = START + (WEEK - CALM - away) * (0.1 + 0.9 * self.random.random())
        self.restore_at: datetime | None = self.copy_at + away
        self.before: frozenset[str] = frozenset()

    def _between(self) -> None:
        """The copy is made, and later put back."""
        super()._between()
        now = self.world.now()
        if self.copy_at and self.copy_at <= now:
            self.copy_at, self.kept, self.before = None, self.inner.copy(), frozenset(self.decided)
        elif self.kept and self.restore_at and self.restore_at <= now:
            self._restore(self.kept)

    def _restore(self, kept: MemoryStore) -> None:
        """The worker is killed, and another begins with the copy: at once, or after somebody has found it."""
        self.restore_at, self.inner = None, kept
        self.world.run_until(self.world.now() + timedelta(minutes=self.random.choice((0, 0, 5, 180))))
        done = {
            mark_of({"metadata": {"custom": audit.custom}}) for ticket in self.world.made for audit in ticket.audits
        }
        self.landed = done & self.decided.keys()
        forgotten = self.decided.keys() - self.before - done
        self.lost = {mark: self.decided.pop(mark) for mark in forgotten}
        self.counts["restores"] += 1
        self.counts["writes that the backup does not know"] += len(self.landed - self.before)
        self.counts["decisions that were lost"] += len(self.lost)
        self.engine = self._start()

    def _next(self, poll_at: datetime) -> datetime:
        """The copy and the restore come at their own instants."""
        wanted = [at for at in (self.copy_at, self.restore_at) if at and at > self.world.now()]
        return min([super()._next(poll_at), *wanted])

    def _keep(self) -> None:
        """Decisions under the mark of a write that was done are none: that write stays what it was."""
        done = {mark: self.decided[mark] for mark in self.landed}
        super()._keep()
        self.decided.update(done)

    def _meant(self) -> dict[str, Decision]:
        """What may be in the audits: what was decided since, and requests of the worker that was killed."""
        return {**self.lost, **self.decided}

    def _forgotten(self) -> frozenset[str]:
        return frozenset({*self.landed, *self.lost} - self.before)

    def _ended(self) -> dict[str, str]:
        found = super()._ended()
        for mark, state in found.items():
            if mark in self.landed and state == "absent":
                found[mark] = "conflict: it was done before the restore"
        return found | dict.fromkeys(self.lost.keys() - self.decided.keys(), "conflict: forgotten by the restore")


@dataclass
class RestoreServiceTrial(RestoreTrial, ServiceTrial):
    """The same with services: what was said after the backup is not said again, as far as its service can be asked."""

    said: dict[str, MessageRow] = field(default_factory=dict)
    """Messages of which the database knows nothing any more, and that their services have or may have."""

    def _restore(self, kept: MemoryStore) -> None:
        with self.inner.read() as tx:
            rows = tx.messages.recent(START)
        self.said = {row.message.key: row for row in rows if row.tried or row.state == "sending"}
        super()._restore(kept)
        self._turn("take over", lambda: take_over(self.engine))

    def _forgotten_rows(self) -> dict[str, MessageRow]:
        return self.said


def run_restore_services(seed: int, tickets: int = 25, *, wild: bool = True) -> Verdict:
    """One drill with services from its seed."""
    random.seed(seed)
    return RestoreServiceTrial(seed, tickets, wild=wild).run()


def run_restore(seed: int, tickets: int = 50, *, wild: bool = True) -> Verdict:
    """One drill from its seed."""
    random.seed(seed)
    return RestoreTrial(seed, tickets, wild=wild).run()
