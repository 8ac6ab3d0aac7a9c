"""Vitals: is the worker alive, is it doing its work, and what is in its way?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from deskhand.app.bell import Bell
from deskhand.app.engine import Engine
from deskhand.app.ports import Transaction
from deskhand.app.post import Post
from deskhand.app.standing import told
from deskhand.app.unclear import NOT_SHOWN
from deskhand.core.ticket import LIVE
from deskhand.errors import StoreError

HUNG: Final = timedelta(minutes=10)
"""A worker in which no job has even been tried for so long hangs, and should be started again."""
SLOW: Final = timedelta(minutes=5)
"""So long may a full cycle take, whatever the time between polls."""
QUIET: Final = timedelta(hours=24)
"""Where live tickets are known and none was looked at for so long, something is wrong."""


@dataclass(slots=True)
class Health:
    """How each job has fared, and when work was last done. Instants are UTC."""

    started: datetime | None = None
    last_try: datetime | None = None
    last_good: dict[str, datetime] = field(default_factory=dict)
    last_error: dict[str, str] = field(default_factory=dict)
    failures: dict[str, int] = field(default_factory=dict)
    cycles: int = 0
    last_cycle: datetime | None = None
    """When a full cycle was last completed: read, judged, delivered."""
    evaluated: int = 0
    last_evaluated: datetime | None = None
    refused: str = ""
    """Why the policies as they are now were not loaded."""


@dataclass(frozen=True, slots=True)
class Vitals:
    """How the worker stands. `alive` says that it works at all; `ailments` are the reasons why it is not ready."""

    at: datetime
    alive: bool
    ailments: tuple[str, ...]
    mode: str
    policy: str
    run: str
    stopped: str = ""
    refused: str = ""
    waits: str = ""
    """Why the policies of the folder are not in force, where it is signatures that they lack."""
    cycles: int = 0
    last_cycle: datetime | None = None
    evaluated: int = 0
    failures: Mapping[str, int] = field(default_factory=dict)
    tickets: Mapping[str, int] = field(default_factory=dict)
    outbox: Mapping[str, int] = field(default_factory=dict)
    due: int = 0
    oldest_due: datetime | None = None
    read_to: Mapping[str, datetime] = field(default_factory=dict)
    messages: Mapping[str, int] = field(default_factory=dict)
    not_shown: int = 0
    """Pages that their services took and did not show, since the database was made."""
    services_away: Mapping[str, str] = field(default_factory=dict)
    webhooks: Mapping[str, int] = field(default_factory=dict)
    """Webhooks by what became of them; empty where none are listened for."""
    last_webhook: datetime | None = None
    named: int = 0
    """Tickets that webhooks named and that were not read yet."""

    @property
    def oldest_due_age(self) -> float:
        """Seconds for which the oldest due row has waited."""
        return max((self.at - self.oldest_due).total_seconds(), 0.0) if self.oldest_due else 0.0

    def lag(self, feed: str) -> float:
        """Seconds since a feed was last read to its end."""
        return max((self.at - self.read_to[feed]).total_seconds(), 0.0)


def vitals(engine: Engine, health: Health, every: float, post: Post | None = None, bell: Bell | None = None) -> Vitals:
    """Take them, without changing anything; a database that cannot be read is an ailment. That no webhooks come is none: the polls do without."""
    now = engine.clock.now()
    alive = now - (health.last_try or health.started or now) <= HUNG
    ailments = list(_late(health, now, every))
    held = _Held()
    try:
        with engine.store.read() as tx:
            held = _look(tx, now)
    except StoreError as error:
        ailments.append(f"the database cannot be read: {error}")
    ailments += _quiet(held, health, now)
    away = post.away(now) if post else {}
    ailments += [f"{name} is {why}" for name, why in away.items()]
    if held.messages.get("dead"):
        ailments.append(
            f"{held.messages['dead']} messages reached nobody; `deskhand outbox list --state dead` shows them"
        )
    return Vitals(
        at=now,
        alive=alive,
        ailments=tuple(ailments),
        mode=engine.policy.mode,
        policy=engine.policy.digest,
        run=engine.run,
        stopped=engine.stop(),
        refused=health.refused,
        waits=held.waits,
        cycles=health.cycles,
        last_cycle=health.last_cycle,
        evaluated=health.evaluated,
        failures=dict(health.failures),
        tickets=held.tickets,
        outbox=held.outbox,
        due=held.due,
        oldest_due=held.oldest_due,
        read_to=held.read_to,
        messages=held.messages,
        not_shown=held.not_shown,
        services_away=away,
        webhooks=dict(bell.came) if bell else {},
        last_webhook=bell.last if bell else None,
        named=bell.waiting if bell else 0,
    )


@dataclass(frozen=True, slots=True)
class _Held:
    """What the database tells; nothing where it could not be read."""

    tickets: Mapping[str, int] = field(default_factory=dict)
    outbox: Mapping[str, int] = field(default_factory=dict)
    due: int = 0
    oldest_due: datetime | None = None
    read_to: Mapping[str, datetime] = field(default_factory=dict)
    messages: Mapping[str, int] = field(default_factory=dict)
    not_shown: int = 0
    waits: str = ""


def patience(every: float) -> timedelta:
    """How long a full cycle may be ago, for polls so many seconds apart."""
    return max(timedelta(seconds=5 * every), SLOW)


def _late(health: Health, now: datetime, every: float) -> list[str]:
    """Whether full cycles are completed as often as they should be, and which jobs fail."""
    found = [
        f"{job} failed {'once' if count == 1 else f'{count} times in a row'}: {health.last_error[job]}"
        for job, count in health.failures.items()
        if count
    ]
    since = health.last_cycle or health.started
    if health.last_cycle is None:
        found.append("no full cycle has been completed yet")
    elif since is not None and now - since > patience(every):
        found.append(f"no full cycle has been completed since {since:%Y-%m-%d %H:%M:%S} UTC")
    return found


def _quiet(held: _Held, health: Health, now: datetime) -> list[str]:
    """Whether nothing is looked at although there are live tickets."""
    live = sum(count for status, count in held.tickets.items() if status in LIVE)
    since = health.last_evaluated or health.started
    if live and since is not None and now - since > QUIET:
        return [f"no ticket was looked at since {since:%Y-%m-%d %H:%M} UTC, and {live} are live"]
    return []


def _look(tx: Transaction, now: datetime) -> _Held:
    due, oldest = tx.work.overdue(now)
    names = ("recent", "export", "ticket events", "metric events")
    read = {name: tx.notebook.get(f"read to {name}") for name in names}
    policy = told(tx)
    return _Held(
        tickets=dict(tx.tickets.count()),
        outbox=dict[str, int](tx.outbox.count().items()),
        due=due,
        oldest_due=oldest,
        read_to={name: datetime.fromisoformat(at) for name, at in read.items() if at},
        messages=dict[str, int](tx.messages.count().items()),
        not_shown=int(tx.notebook.get(NOT_SHOWN) or 0),
        waits=policy.waits if policy else "",
    )
