"""Short ways to let a ticket climb a ladder: people who are on call, pagers that answer, and time that goes by."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from deskhand.core.calendar import Calendar
from deskhand.core.climb import Climb
from deskhand.core.condition import Compare
from deskhand.core.decide import decide
from deskhand.core.decision import Decision
from deskhand.core.guards import OFF
from deskhand.core.ladder import Channel, Ladder, Role, Rung
from deskhand.core.memory import Memory
from deskhand.core.message import Message, Standing
from deskhand.core.outside import Outside
from deskhand.core.policy import Escalate, Policy, Rule
from deskhand.core.severity import Level
from deskhand.core.ticket import Ticket
from deskhand.core.week import Span, Week
from tests.core.builders import Desk, policy, rule, ticket

OFFICE = Calendar("office", "UTC", Week(tuple((Span(9 * 3600, 17 * 3600),) if day < 5 else () for day in range(7))))
"""Monday to Friday, nine to five."""
BURNS = Compare("p", "field.escalated", "is", True)
CONTAINED = Compare("p", "field.mitigation_status", "is", "contained")
RESOLVED = Compare("p", "field.mitigation_status", "is", "resolved")
IMPACT = Compare("p", "field.impact_confirmed", "is", True)

CHANNELS = {
    "pd": Channel("pd", "pagerduty", "PSERVICE"),
    "chat": Channel("chat", "slack", "C1"),
    "day": Channel("day", "slack", "C2", hours=OFFICE),
}
ROLES = {
    "first": Role("first", ("pd", "chat")),
    "second": Role("second", ("pd",)),
    "boss": Role("boss", ("chat",), executive=True),
    "news": Role("news", ("chat",)),
}


def page(role: str, wait: int = 300, pages: int = 1, **more: Any) -> Rung:
    """A rung where somebody has to acknowledge."""
    return Rung(f"rung {role}", role, "page", more.pop("channels", ROLES[role].channels), wait, pages, **more)


def tell(role: str, **more: Any) -> Rung:
    """A rung where nobody has to answer."""
    return Rung(f"rung {role}", role, "notify", ROLES[role].channels, 0, **more)


def ladder(*rungs: Rung, **more: Any) -> Ladder:
    """A ladder for P1 and P2, climbed by the worker."""
    facts: dict[str, Any] = {"severities": frozenset({"p1", "p2"}), "stops": CONTAINED, "ends": RESOLVED}
    return Ladder("up", "severity", "policies/l.yaml:1:1", "what it is for", rungs=rungs, **(facts | more))


def level(name: str, page_on_call: str) -> Level:
    """A severity that pages so."""
    return Level(name, "", 900, 14400, page_on_call, (), 1800, "true")


LEVELS = {
    "p1": level("p1", "true"),
    "p2": level("p2", "business_hours_only"),
    "p3": level("p3", "false"),
    "p4": level("p4", "false"),
}


def burning(**changes: Any) -> Ticket:
    """A P1 that is to be escalated."""
    fields = {"escalated": True} | dict(changes.pop("fields", {}))
    return ticket(**({"priority": "urgent", "subject": "Nothing works", "fields": fields} | changes))


def escalating(*ladders: Ladder, rules: tuple[Rule, ...] = (), **more: Any) -> Policy:
    """A policy whose one rule has the first ladder climbed for what burns."""
    first = rule(BURNS, *(Escalate(one.id) for one in ladders), id="burns")
    facts: dict[str, Any] = {
        "ladders": {one.id: one for one in ladders},
        "roles": ROLES,
        "channels": CHANNELS,
        "levels": LEVELS,
        "guards": OFF,
        "clocks": (),
    }
    return policy(first, *rules, **(facts | more))


@dataclass(slots=True)
class Tower(Desk):
    """A desk with people on call, and pagers that tell who acknowledged."""

    on_call: dict[str, tuple[str, ...]] = field(default_factory=dict)
    sent: list[Message] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    stopped: str = ""

    def look(self, now: datetime) -> Decision:
        """Decide, remember, and keep what is said."""
        outside = Outside("acme", "https://acme.example", dict(self.on_call), stopped=self.stopped)
        decision = decide(self.ticket, self.memory, self.policy, now, outside=outside)
        self.memory = decision.memory
        self.sent += decision.messages
        self.notes += [decision.write.note] if decision.write and decision.write.note else []
        return decision

    def run(self, start: datetime, end: datetime, every: int = 0) -> None:
        """Look when it is due until `end`, or every so many seconds."""
        at: datetime | None = start
        while at is not None and at <= end:
            look = self.look(at).look_again
            at = at + timedelta(seconds=every) if every else look

    def answers(
        self, by: str, at: datetime, state: Literal["acknowledged", "resolved", "triggered"] = "acknowledged"
    ) -> None:
        """The pager tells how the newest matter stands."""
        standing = Standing(self.climb.thread, state, by=by, at=at)
        others = tuple(one for one in self.memory.standings if one.thread != standing.thread)
        self.memory = replace(self.memory, standings=(*others, standing))

    def sets(self, at: datetime, **fields: Any) -> None:
        """A person fills in fields."""
        self.becomes(updated_at=at, fields={**self.ticket.fields, **fields})

    @property
    def climb(self) -> Climb:
        """The newest climb."""
        return self.memory.climbs[-1]

    @property
    def said(self) -> list[tuple[str, str, datetime]]:
        """Each message: what, to whom, when."""
        return [(one.verb, one.role or one.channels[0], one.at) for one in self.sent]


def tower(*rungs: Rung, of: Ticket | None = None, **more: Any) -> Tower:
    """A ticket that burns, and one ladder for it."""
    return Tower(escalating(ladder(*rungs, **more)), of or burning())


def on(policies: Policy, of: Ticket, memory: Memory | None = None, **more: Any) -> Tower:
    """A tower over any policy."""
    return Tower(policies, of, memory or Memory(of.id), **more)
