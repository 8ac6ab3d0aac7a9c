"""A small account, and the life of its tickets: customers who ask, agents who answer, change, pause, solve and reopen, triggers that fight back."""

import heapq
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Final

from deskhand.sandbox import API, EMAIL, Options, Sandbox, SimClock, Ticket
from deskhand.sandbox.refusal import Refusal

START: Final = datetime(2026, 3, 23, 7, 0, tzinfo=UTC)
"""A Monday in the week in which European clocks change."""
WEEK: Final = timedelta(days=7)
SUBJECTS: Final = (
    "It broke",
    "{{ticket.id}} {% if true %}hello{% endif %}",
    "<< ticket.subject >> <!channel>",
    "=cmd|' /C calc'!A0",
    "\u202eright to left \x1b[31m",
    "Rechnung für Zürich – 你好",
)
Act = Callable[[], None]


@dataclass
class World:
    """The account, and what is still to happen in it. Everything is drawn from `random`."""

    random: Random
    tickets: int
    sandbox: Sandbox
    hostile: bool
    """Whether a trigger takes back what the worker does to urgent tickets."""
    made: list[Ticket] = field(default_factory=list)
    happened: int = 0
    _queue: list[tuple[datetime, int, Act]] = field(default_factory=list)
    _number: int = 0

    @classmethod
    def build(cls, random: Random, tickets: int) -> "World":
        """An account whose unknowns are drawn, with its whole week planned."""
        options = Options(
            gone_breaches=random.choice(("deleted", "gone")),
            slas_keep_done=random.random() < 0.5,
            slas_stage_done=random.choice(("achieved", "completed")),
            header_spelling=random.choice(("ratelimit", "rate-limit")),
            rate_limit_body=random.choice(("text", "json", "html")),
            metric_event_lag=random.choice((0, 0, 12, 13 * 60)),
        )
        sandbox = Sandbox(clock=SimClock(START), seed=random.randrange(1 << 30), options=options)
        world = cls(random, tickets, sandbox, hostile=random.random() < 0.3)
        world._furnish()
        for _ in range(tickets):
            world.plan(START + WEEK * 0.8 * random.random(), world._birth)
        return world

    def _furnish(self) -> None:
        made = self.sandbox.world
        groups = [made.add_group(name)["id"] for name in ("Network", "Billing", "First Line")]
        self.groups = groups
        self.agents = [
            made.add_user(f"Agent {n}", f"agent{n}@acme.example", "agent", groups=groups)["id"] for n in range(3)
        ]
        self.customers = [made.add_user(f"Customer {n}", f"c{n}@customer.example", "end-user")["id"] for n in range(5)]
        self.issue = made.add_field("Issue type", "tagger", options=["network_outage", "billing", "other"])["id"]
        made.add_field("Escalation state", "text")
        made.add_sla_policy("All", [(level, "next_reply_time", 240) for level in ("low", "normal", "high", "urgent")])
        if self.hostile:
            made.add_rule(
                "triggers",
                "No fighting",
                conditions={"all": [{"field": "current_tags", "operator": "includes", "value": "fought"}], "any": []},
                actions=[{"field": "remove_tags", "value": "fought"}],
            )

    # Time.

    def now(self) -> datetime:
        """The simulated instant."""
        return self.sandbox.clock.now()

    def next_happening(self) -> datetime | None:
        """When something is done to a ticket next."""
        return self._queue[0][0] if self._queue else None

    def run_until(self, instant: datetime) -> None:
        """Let everything up to an instant happen, each at its own."""
        while self._queue and self._queue[0][0] <= instant:
            at, _, act = heapq.heappop(self._queue)
            self.sandbox.run_until(max(at, self.now()))
            self.happened += 1
            act()
        self.sandbox.run_until(max(instant, self.now()))

    def plan(self, at: datetime, act: Act) -> None:
        """Something happens at an instant, to the second."""
        self._number += 1
        heapq.heappush(self._queue, (at.replace(microsecond=0), self._number, act))

    # Lives.

    def _birth(self) -> None:
        draw = self.random
        facts: dict[str, Any] = {
            "subject": draw.choice(SUBJECTS),
            "comment": {"body": draw.choice(SUBJECTS)},
            "priority": draw.choice(("low", "normal", "normal", "high", "urgent")),
            "group_id": draw.choice(self.groups),
        }
        if draw.random() < 0.6:
            facts["custom_fields"] = [{"id": self.issue, "value": draw.choice(("network_outage", "billing", "other"))}]
        ticket = self.sandbox.world.create_ticket(facts, author=draw.choice(self.customers), via=EMAIL)
        self.made.append(ticket)
        self._next(ticket, left=draw.randrange(2, 12))

    def _next(self, ticket: Ticket, left: int) -> None:
        """Something else is done to it later: soon, within hours, or after days."""
        if left:
            hours = self.random.choice((0.01, 0.3, 1.0, 4.0, 20.0)) * self.random.random() * 2
            self.plan(self.now() + timedelta(hours=hours), lambda: self._live(ticket, left))

    def _live(self, ticket: Ticket, left: int) -> None:
        draw = self.random
        customer, facts = self._deed(ticket)
        author = ticket.requester_id if customer else draw.choice(self.agents)
        with suppress(Refusal):  # closed, or a field that may not be changed like this: people are refused too
            self.sandbox.world.update_ticket(ticket, facts, author=author, via=EMAIL if customer else API)
        self._next(ticket, left - 1)

    def overtake(self, number: int) -> None:
        """An agent changes a ticket right now."""
        ticket = next(one for one in self.made if one.id == number)
        with suppress(Refusal):
            facts = {"tags": [*ticket.tags, f"race{self.random.randrange(1000)}"]}
            self.sandbox.world.update_ticket(ticket, facts, author=self.random.choice(self.agents), via=API)

    def _deed(self, ticket: Ticket) -> tuple[bool, dict[str, Any]]:
        """What is done, and whether by the customer."""
        draw = self.random
        answer = {"comment": {"body": draw.choice(SUBJECTS), "public": True}}
        match draw.randrange(10):
            case 0 | 1:
                return True, answer
            case 2:
                return False, answer | {"status": "pending"}
            case 3:
                return False, answer
            case 4:
                return False, {"status": draw.choice(("open", "pending", "hold"))}
            case 5:
                return False, {"priority": draw.choice(("low", "normal", "high", "urgent"))}
            case 6:
                return False, {"group_id": draw.choice(self.groups), "assignee_id": None}
            case 7:
                value = draw.choice(("network_outage", "billing", "other", None))
                return False, {"custom_fields": [{"id": self.issue, "value": value}]}
            case 8:
                return False, answer | {"status": "solved"}
            case _:
                kept = [tag for tag in ticket.tags if draw.random() < 0.7]
                return False, {"tags": [*kept, f"mark{draw.randrange(5)}"]}
