"""Tickets by the dozen or by the ten thousand: drawn from a seed, with plausible kinds, tiers, priorities, people and times."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from random import Random
from typing import TYPE_CHECKING

from deskhand.sandbox.actors import Cast, NewTicket
from deskhand.sandbox.actors_time import DAY, arrivals, weekday
from deskhand.sandbox.agenda import Agenda, happening
from deskhand.sandbox.company_words import FEATURES, KINDS, SITES, Kind
from deskhand.sandbox.exchange import Row
from deskhand.sandbox.records import API, EMAIL, WEB, Via

if TYPE_CHECKING:
    from deskhand.sandbox.sandbox import Sandbox
    from deskhand.sandbox.world import World

PRIORITIES = ("low", "normal", "high", "urgent")
_CHANNELS: tuple[tuple[Via, int], ...] = ((EMAIL, 5), (WEB, 4), (API, 1), (Via("chat"), 1))
_KIND_WEIGHTS = [kind.weight for kind in KINDS]
_CHANNEL_WEIGHTS = [weight for _, weight in _CHANNELS]


@dataclass(slots=True)
class Drawer:
    """Draws new tickets. `groups` and `fields` are ids by name, `customers` user rows, `tiers` the tier of each organization by id."""

    random: Random
    groups: dict[str, int]
    fields: dict[str, int]
    customers: list[Row]
    tiers: dict[int, str] = field(default_factory=dict)

    def draw(self, kind: Kind | None = None, **given: object) -> NewTicket:
        """A new ticket of a kind (or any); `given` replaces what was drawn, by the names of NewTicket."""
        random = self.random
        kind = kind or random.choices(KINDS, _KIND_WEIGHTS)[0]
        requester = random.choice(self.customers)
        subject, body = self._words(kind)
        drawn: dict[str, object] = {
            "requester": requester["id"], "subject": subject, "body": body, "type": kind.ticket_type,
            "priority": random.choices(PRIORITIES, kind.priorities)[0] if random.random() < 0.97 else None,
            "group": self._queue(kind), "fields": self._fields(kind, requester), "via": random.choices(_CHANNELS, _CHANNEL_WEIGHTS)[0][0],
        }  # fmt: skip
        return NewTicket(**drawn | given)  # type: ignore[arg-type] # the keys are NewTicket's own

    def _words(self, kind: Kind) -> tuple[str, str]:
        random = self.random
        slots = {
            "feature": random.choice(FEATURES), "site": random.choice(SITES), "count": random.randint(2, 40),
            "hour": f"{random.randint(5, 17)}:{random.choice(('00', '10', '30', '45'))}", "invoice": f"INV-{random.randint(20_000, 29_999)}",
        }  # fmt: skip
        subject, body = random.choice(kind.texts)
        return subject.format(**slots), body.format(**slots)

    def _queue(self, kind: Kind) -> int | None:
        """Mostly the right group, sometimes the first line, sometimes none."""
        wrong = 0.3 if kind.issue_type == "network_outage" else 0.15
        if self.random.random() >= wrong:
            return self.groups[kind.group]
        return self.groups["Support L1"] if self.random.random() < 0.7 else None

    def _fields(self, kind: Kind, requester: Row) -> dict[int, object]:
        random, fields = self.random, self.fields
        made: dict[int, object] = {}
        if random.random() < 0.85:
            made[fields["issue_type"]] = kind.issue_type
            made[fields["product_area"]] = random.choice(kind.areas)
        tier = self.tiers.get(requester["organization_id"], "")
        if random.random() < (0.25 if tier == "enterprise" else 0.08):
            made[fields["impact_stated"]] = True
            made[fields["affected_seats"]] = str(random.randint(2, 400))
        if kind.ticket_type in ("incident", "problem") and random.random() < 0.1:
            made[fields["platforms"]] = random.sample(("windows", "macos", "linux", "ios", "android"), 2)
        return made


@dataclass(slots=True)
class Past:
    """History played before a world begins: happenings up to `until` come true at their own instants, later ones go to the sandbox's agenda."""

    sandbox: "Sandbox"
    agenda: Agenda = field(default_factory=Agenda)
    over: bool = False

    @happening
    def schedule(self, epoch: float, happening: Callable[[], object]) -> None:
        """Put something on the agenda of the past, or of the world once that has begun; to the second, as all of the account's times are."""
        (self.sandbox.agenda if self.over else self.agenda).at(round(epoch), happening)

    def play(self, until: float) -> None:
        """Let the past happen, and hand what is left over to the sandbox."""
        world: World = self.sandbox.world
        while (entry := self.agenda.take(until)) is not None:
            epoch, happening = entry
            with world.as_of(epoch):
                happening()
        self.over = True
        while (entry := self.agenda.take(float("inf"))) is not None:
            self.sandbox.agenda.at(*entry)


@happening
def arrive_drawn(cast: Cast, drawer: Drawer) -> None:
    """A customer writes a ticket that is drawn at this moment."""
    cast.arrive(drawer.draw())


def span_of(tickets: int) -> int:
    """Over how many days a number of tickets is spread: about forty a day, and never more than a quarter of a year."""
    return min(90, max(3, tickets // 28))


def write_history(cast: Cast, drawer: Drawer, *, tickets: int, until: float) -> None:
    """Let `tickets` tickets arrive before `until`, at the hours at which people write.

    Where there are thousands their lives are shorter, so that a large account is there within seconds.
    """
    if tickets > 2_000:
        cast.brief = True
        cast.schedule(until, cast.take_time)
    times = arrivals(drawer.random, until - span_of(tickets) * DAY, until, tickets)
    for at in times:
        cast.schedule(at, partial(arrive_drawn, cast, drawer))


@happening
def keep_arriving(cast: Cast, drawer: Drawer, since: float, *, low: int = 40, high: int = 80) -> None:
    """New tickets for the rest of this day and, planned each midnight, for every day to come: `low` to `high` on a working day."""
    midnight = (since // DAY + 1) * DAY
    count = drawer.random.randint(low, high)
    if weekday(since) >= 5:
        count //= 5
    for at in arrivals(drawer.random, since, midnight, count):
        cast.schedule(at, partial(arrive_drawn, cast, drawer))
    cast.schedule(midnight, partial(keep_arriving, cast, drawer, midnight, low=low, high=high))


def at(epoch: float) -> datetime:
    """An instant as an aware datetime in UTC."""
    return datetime.fromtimestamp(epoch, UTC)
