"""What every use case works with: the store, the desk, the feeds, the policy in force and the one clock."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from deskhand.app.ports import AuditLog, Clock, Desk, Feed, MetricLog, Store
from deskhand.core.decision import Decision
from deskhand.core.outside import Outside
from deskhand.core.policy import Policy

BEAT: Final = "beat"
"""The name under which the instant of the last full cycle is noted."""
READ: Final = ("read to recent", "read to export", BEAT)
"""Notes that tell of when a database is."""
STALE: Final = timedelta(minutes=2)
"""A database that is no older than this at a start is taken for the one that was there."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes and times of a cycle."""

    batch: int = 500
    """Tickets judged in one transaction."""
    pages: int = 100
    """Pages that one feed may bring in one cycle before the others have their turn."""
    log_pages: int = 3
    """Pages that one log may bring in one cycle: a long past is caught up with beside the work, not before it."""
    lease: timedelta = timedelta(minutes=5)
    """How long a claimed write may stay unanswered before another worker may look into it."""
    settle_after: timedelta = timedelta(seconds=2)
    """How long to wait before the audits are read for an unclear write: stamps have whole seconds."""
    fresh: timedelta = timedelta(seconds=30)
    """A ticket read longer ago than this is read again before anything is decided to be written."""
    backfill: timedelta = timedelta(days=30)
    """How far back the first cycle of a new installation reads."""
    overlap: timedelta = timedelta(minutes=5)
    """How far before the last good page a feed starts again when its cursor has expired."""
    job_life: timedelta = timedelta(minutes=10)
    """A job that still runs after this is taken as lost; its writes are settled from the audits."""
    useful: timedelta = timedelta(minutes=15)
    """A write that has waited longer than this for its first attempt is not sent: its ticket is judged again."""


@dataclass(slots=True)
class Engine:
    """The parts that a use case needs, and what lives as long as the process: the policy in force and recent reads."""

    store: Store
    desk: Desk
    feeds: tuple[Feed, ...]
    policy: Policy
    clock: Clock
    run: str
    limits: Limits = field(default_factory=Limits)
    metric_log: MetricLog | None = None
    """What Zendesk's own clocks did; None where the policy asks for none of them."""
    audit_log: AuditLog | None = None
    """What was done to tickets, to the second; None where the policy has no clock of its own."""
    read_at: dict[int, datetime] = field(default_factory=dict)
    """When each ticket was last read from Zendesk, for the last minutes only."""
    witness: Callable[[Decision], None] | None = None
    """Called with each decision that is about to be stored; demo and trials compare these with Zendesk's audits."""

    outside: Callable[[], Outside] = Outside
    """What is known of the world outside Zendesk, as of now."""
    stop: Callable[[], str] = lambda: ""
    """Why nothing may be written now, asked before every batch; empty if it may."""
    caught_up: bool = False
    """Whether this process has seen every ticket that another one can have written to before it."""
    began: datetime = field(init=False)
    """When the process began."""
    known_to: datetime | None = field(init=False)
    """Of when the database is, as the process found it; None for a new one."""

    def __post_init__(self) -> None:
        self.began = self.clock.now()
        with self.store.read() as tx:
            known = [datetime.fromisoformat(at) for name in READ if (at := tx.notebook.get(name))]
        self.known_to = max(known, default=None)

    def has_polled(self, since: datetime) -> None:
        """Note that every feed was read to its end, begun at an instant. Once nothing that a process before this one handed in can still be done, this is all that it did."""
        self.caught_up = self.caught_up or since >= self.began + self.limits.job_life

    def may_be_older(self, created_at: datetime) -> bool:
        """Whether a ticket that has changed since the database knew it may have been written to by a process of which the database knows nothing.

        Somebody may have put a backup in the place of the database. After the first minutes everything that changed before has been seen.
        """
        return not self.caught_up and created_at < self.began + self.limits.overlap

    @property
    def is_stale(self) -> bool:
        """Whether so much time lies between the database and the process that messages may have been sent in it; a restart of seconds delays none."""
        return self.known_to is None or self.began - self.known_to > STALE

    stopped: str | None = None
    """Why the kill switch was on when the trail last heard of it; None as long as it was not asked for."""

    def was_read(self, ids: list[int], now: datetime) -> None:
        """Note that these tickets are as Zendesk has them now."""
        if len(self.read_at) > 50_000:
            self.read_at = {key: at for key, at in self.read_at.items() if now - at <= self.limits.fresh}
        self.read_at.update(dict.fromkeys(ids, now))

    def is_fresh(self, ticket_id: int, now: datetime) -> bool:
        """Whether a ticket was read from Zendesk a moment ago."""
        at = self.read_at.get(ticket_id)
        return at is not None and now - at <= self.limits.fresh
