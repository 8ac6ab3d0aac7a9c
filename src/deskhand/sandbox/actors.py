"""Scripted people: agents who answer, ask, hand over and solve, and customers who write, answer, nudge and come back.

Each ticket has a life of its own: whoever acts looks at the ticket as it stands (somebody else, or the worker, may have changed it), does one plausible
thing and puts the next one on the agenda. All changes go through `World.update_ticket` with the person as author. The same seed and the same
changes by others give the same lives.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Any

from deskhand.sandbox import company_words as words
from deskhand.sandbox.actors_time import DAY, HOUR, awake_after, next_shift, shift_after
from deskhand.sandbox.agenda import happening
from deskhand.sandbox.clock import iso
from deskhand.sandbox.exchange import Row
from deskhand.sandbox.records import EMAIL, WEB, Ticket, Via
from deskhand.sandbox.refusal import Refusal
from deskhand.sandbox.world import World

Schedule = Callable[[float, Callable[[], object]], None]

FIRST_ANSWER = {"urgent": 480, "high": 2_100, "normal": 6_000, "low": 25_000}
"""Usual seconds until an agent takes a new ticket, by priority."""

NEXT_TURN = {"urgent": 1_500, "high": 4_500, "normal": 14_000, "low": 60_000}
"""Usual seconds of work between two things an agent does on an open ticket."""

HALF_TARGET = {"urgent": 450, "high": 1_800, "normal": 7_200, "low": 43_200}
"""Seconds after which half of the first answer's time is used up, by priority."""

CLOSING = 4 * DAY
"""Seconds from solved to closed, as the account's automation does it."""

_AUTOMATION = Via("rule", "automation", 0, "Close four days after solved")
_UPWARDS = {
    "Support L1": "Support L2",
    "Support L2": "Platform Engineering",
    "Billing": "Support L2",
    "Network Specialists": "Platform Engineering",
}
_RAISED = {"low": "normal", "normal": "high", "high": "urgent"}


@dataclass(frozen=True, slots=True)
class NewTicket:
    """A ticket that a customer is about to write. `idle` is in how many seconds the first agent looks at it, None for as usual."""

    requester: int
    subject: str
    body: str
    priority: str | None = None
    type: str | None = None
    group: int | None = None
    fields: Mapping[int, Any] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    via: Via = EMAIL
    idle: float | None = None
    form: int | None = None

    def body_of_creation(self) -> Row:
        """As the API takes it."""
        row: Row = {
            "subject": self.subject, "requester_id": self.requester, "priority": self.priority, "type": self.type, "group_id": self.group,
            "tags": list(self.tags), "comment": {"body": self.body},
            "custom_fields": [{"id": key, "value": value} for key, value in self.fields.items()],
        }  # fmt: skip
        return row | ({"ticket_form_id": self.form} if self.form else {})


@dataclass(slots=True)
class Cast:
    """All scripted people of one world. `groups` and `fields` are ids by name; `hurry` below 1 makes everybody faster."""

    world: World
    schedule: Schedule
    random: Random
    groups: Mapping[str, int]
    fields: Mapping[str, int]
    hurry: float = 1.0
    brief: bool = False
    """Whether lives are short: agents mostly solve with their first answer, and nobody edits or asks in between."""
    off_duty: frozenset[int] = frozenset()
    """Agents who never act by themselves: the worker's own user."""
    holidays: frozenset[int] = frozenset()
    """Days since 1970 on which agents do not work."""
    refusals: list[Refusal] = field(default_factory=list)
    """What the account refused; people shrug and go on."""
    _desks: dict[int, tuple[int, list[int]]] = field(default_factory=dict)

    # Beginnings.

    @happening
    def arrive(self, new: NewTicket) -> Ticket:
        """A customer writes; an agent will get to it."""
        ticket = self.world.create_ticket(new.body_of_creation(), author=new.requester, via=new.via)
        self.expect(ticket, new.idle)
        return ticket

    def expect(self, ticket: Ticket, idle: float | None = None) -> None:
        """Let an agent look at a new ticket after `idle` seconds, or as soon as is usual for its priority."""
        now, random = self.world.now(), self.random
        key, priority = ticket.id, ticket.priority or "normal"
        if idle is not None:
            self.schedule(now + idle, partial(self._first_answer, key))
        elif priority == "urgent":
            self.schedule(now + self._soon(FIRST_ANSWER[priority]), partial(self._first_answer, key))
        else:
            self.schedule(self._at_work(self._soon(FIRST_ANSWER[priority])), partial(self._first_answer, key))
        if self.brief:
            return
        if random.random() < (0.15 if idle is None else 0.6):
            self._glance_at(ticket, now + HALF_TARGET[priority] + random.choice((-4, -1, 1, 1, 2, 3)))
        if random.random() < 0.12:
            self.schedule(awake_after(now, random.uniform(2, 9) * HOUR), partial(self._nudge, key))

    @happening
    def take_time(self) -> None:
        """From now on lives are as long as usual."""
        self.brief = False

    def _soon(self, usual: float) -> float:
        """A time around the usual one: mostly somewhat less, now and then several times as much."""
        return self.hurry * usual * self.random.lognormvariate(-0.1, 0.75)

    def _at_work(self, seconds: float) -> float:
        """When an agent gets to something that is `seconds` of work away."""
        due = shift_after(self.world.now(), seconds, self.random)
        while int(due // DAY) in self.holidays:
            due = next_shift((due // DAY + 1) * DAY) + self.random.uniform(0, 1.5 * HOUR)
        return due

    # Who acts, and how.

    def _alive(self, key: int) -> Ticket | None:
        """The ticket, unless nothing can be done to it any more."""
        ticket = self.world.tickets.get(key)
        return None if ticket is None or ticket.deleted or ticket.status == "closed" else ticket

    def colleagues(self, group: int | None) -> list[int]:
        """The agents of a group who may write in public, by id."""
        members = self.world.members.get(group or 0, {})
        count, desk = self._desks.get(group or 0, (-1, []))
        if count != len(members):
            users = self.world.tables["users"].rows
            desk = [
                key for key in sorted(members) if key not in self.off_duty and not users[key]["only_private_comments"]
            ]
            self._desks[group or 0] = len(members), desk
        return desk

    def agent_for(self, ticket: Ticket) -> int | None:
        """Who works on a ticket: its assignee, else somebody of its group, else of the first line."""
        if ticket.assignee_id in self.world.staff - self.off_duty:
            return ticket.assignee_id
        desk = self.colleagues(ticket.group_id) or self.colleagues(self.groups.get("Support L1"))
        return self.random.choice(desk) if desk else None

    def act(self, ticket: Ticket, changes: Row, author: int, text: str | None = None, *, public: bool = False) -> bool:
        """Change a ticket as `author` with an optional comment; whether the account took it."""
        comment = None if text is None else {"body": text, "public": public}
        try:
            self.world.update_ticket(
                ticket, changes, author=author, via=WEB if author in self.world.staff else EMAIL, comment=comment
            )
        except Refusal as refusal:
            self.refusals.append(refusal)
            return False
        return True

    def custom(self, **values: object) -> Row:
        """Custom fields by name, as a body takes them; names that the account lacks are left out."""
        return {
            "custom_fields": [
                {"id": self.fields[name], "value": value} for name, value in values.items() if name in self.fields
            ]
        }

    def _taken_by(self, ticket: Ticket, agent: int) -> Row:
        """What makes an agent the assignee, in a group that they are in."""
        if ticket.assignee_id == agent:
            return {}
        if agent in self.world.members.get(ticket.group_id or 0, {}):
            return {"assignee_id": agent}
        return {"assignee_id": agent, "group_id": self.world.tables["users"].need(agent)["default_group_id"]}

    # Turns of agents.

    @happening
    def _first_answer(self, key: int) -> None:
        ticket = self._alive(key)
        agent = self.agent_for(ticket) if ticket else None
        if ticket is None or agent is None or ticket.status not in ("new", "open"):
            return
        random = self.random
        if self.brief and random.random() < 0.7:
            self.solve(ticket, agent)
            self._go_on(ticket)
            return
        asks = random.random() < 0.35
        changes = self._taken_by(ticket, agent) | {"status": "pending" if asks else "open"}
        changes |= self.custom(last_customer_update_at=iso(self.world.now()))
        text = random.choice(words.FIRST_REPLIES) + (" " + random.choice(words.QUESTIONS) if asks else "")
        self.act(ticket, changes, agent, text, public=True)
        self._glance_at(ticket, self.world.now() + random.randint(1, 90), 0.2)
        self._go_on(ticket)

    @happening
    def _agent_turn(self, key: int) -> None:
        ticket = self._alive(key)
        agent = self.agent_for(ticket) if ticket else None
        if ticket is None or agent is None or ticket.status not in ("new", "open", "hold"):
            return
        move = self.random.choices(_TURNS, _WEIGHTS)[0]
        move(self, ticket, agent)
        self._glance_at(ticket, self.world.now() + self.random.randint(1, 90), 0.12)
        self._go_on(ticket)

    def _glance_at(self, ticket: Ticket, epoch: float, chance: float = 1.0) -> None:
        """Somebody edits the ticket at this very instant, perhaps in the same seconds as others do."""
        key = ticket.id
        if not self.brief and self.random.random() < chance:
            self.schedule(epoch, partial(self._glance, key))

    @happening
    def _glance(self, key: int) -> None:
        ticket = self._alive(key)
        agent = self.agent_for(ticket) if ticket else None
        if ticket is None or agent is None or ticket.status == "solved":
            return
        if self.random.random() < 0.5:
            self.act(ticket, {}, agent, self.random.choice(words.NOTES))
        else:
            self.act(ticket, {"additional_tags": [self.random.choice(("seen", "follow_up", "week_10"))]}, agent)

    def _go_on(self, ticket: Ticket) -> None:
        """Put what comes next in a ticket's life on the agenda."""
        key, now, random = ticket.id, self.world.now(), self.random
        if ticket.status in ("new", "open"):
            pause = self._soon(NEXT_TURN[ticket.priority or "normal"])
            due = now + pause if ticket.priority == "urgent" else self._at_work(pause)
            self.schedule(due, partial(self._agent_turn, key))
        elif ticket.status == "pending" and random.random() < 0.8:
            self.schedule(awake_after(now, self._soon(5 * HOUR)), partial(self._customer_turn, key))
        elif ticket.status == "pending":
            self.schedule(self._at_work(random.uniform(3, 6) * DAY), partial(self._give_up, key))
        elif ticket.status == "hold":
            self.schedule(self._at_work(self._soon(20 * HOUR)), partial(self._agent_turn, key))
        elif ticket.status == "solved":
            self.schedule(now + CLOSING, partial(self._close, key, now))
            if random.random() < 0.15:
                self.schedule(awake_after(now, self._soon(6 * HOUR)), partial(self._customer_turn, key))

    @happening
    def _give_up(self, key: int) -> None:
        """Nobody answered for days: the agent solves the ticket."""
        ticket = self._alive(key)
        agent = self.agent_for(ticket) if ticket else None
        if ticket is not None and agent is not None and ticket.status == "pending":
            self.act(
                ticket, {"status": "solved"} | self._taken_by(ticket, agent), agent, words.NO_ANSWER[0], public=True
            )
            self._go_on(ticket)

    @happening
    def _close(self, key: int, solved: int) -> None:
        """The account's automation closes what was solved four days ago and is still solved."""
        ticket = self._alive(key)
        if ticket is not None and ticket.status == "solved" and ticket.updated <= solved + CLOSING // 2:
            self.world.record_by_rule(
                ticket, self.world.change_by_rule(ticket, {"status": "closed"}, _AUTOMATION), _AUTOMATION
            )

    # Turns of customers.

    @happening
    def _customer_turn(self, key: int) -> None:
        """The requester answers a question, or comes back to a solved ticket; either opens it again."""
        ticket = self._alive(key)
        if ticket is None or ticket.status not in ("pending", "solved"):
            return
        kind = (
            words.ANSWERS
            if ticket.status == "pending"
            else words.REOPENINGS
            if self.random.random() < 0.6
            else words.THANKS
        )
        self.act(ticket, {"status": "open"}, ticket.requester_id, self.random.choice(kind), public=True)
        if kind is words.THANKS:
            self.schedule(self._at_work(1_800), partial(self._solve_again, key))
        else:
            self._go_on(ticket)

    @happening
    def _solve_again(self, key: int) -> None:
        ticket = self._alive(key)
        agent = self.agent_for(ticket) if ticket else None
        if ticket is not None and agent is not None and ticket.status == "open":
            self.act(ticket, {"status": "solved"} | self._taken_by(ticket, agent), agent)
            self._go_on(ticket)

    @happening
    def _nudge(self, key: int) -> None:
        """A customer who has waited for long asks again."""
        ticket = self._alive(key)
        if ticket is not None and ticket.status in ("new", "open"):
            self.act(ticket, {}, ticket.requester_id, self.random.choice(words.NUDGES), public=True)

    # What an agent may do in one turn.

    def ask(self, ticket: Ticket, agent: int) -> None:
        """Ask the customer something and wait for the answer."""
        changes = (
            {"status": "pending"}
            | self._taken_by(ticket, agent)
            | self.custom(last_customer_update_at=iso(self.world.now()))
        )
        self.act(ticket, changes, agent, self.random.choice(words.QUESTIONS), public=True)

    def solve(self, ticket: Ticket, agent: int) -> None:
        """Answer and solve."""
        changes = {"status": "solved"} | self._taken_by(ticket, agent)
        if ticket.priority == "urgent":
            changes |= self.custom(mitigation_status="resolved")
        self.act(ticket, changes, agent, self.random.choice(words.SOLUTIONS), public=True)

    def note(self, ticket: Ticket, agent: int) -> None:
        """Leave a note for colleagues."""
        self.act(ticket, {"status": "open"} if ticket.status == "hold" else {}, agent, self.random.choice(words.NOTES))

    def hold(self, ticket: Ticket, agent: int) -> None:
        """Wait for somebody outside support."""
        self.act(ticket, {"status": "hold"} | self._taken_by(ticket, agent), agent, self.random.choice(words.HOLDS))

    def hand_over(self, ticket: Ticket, agent: int) -> None:
        """Pass the ticket to the next group upwards."""
        names = {key: name for name, key in self.groups.items()}
        target = self.groups.get(_UPWARDS.get(names.get(ticket.group_id or 0, ""), ""))
        if target is None:
            self.note(ticket, agent)
            return
        self.act(ticket, {"group_id": target, "assignee_id": None}, agent, self.random.choice(words.HANDOVERS))

    def examine(self, ticket: Ticket, agent: int) -> None:
        """Find out more: what is contained, what can be reproduced, who in engineering has it."""
        if ticket.priority == "urgent" and self.random.random() < 0.6:
            done = self.random.choice(("contained", "contained", "mitigated"))
            changes = self.custom(mitigation_status=done, engineering_assigned_at=iso(self.world.now()))
            self.act(ticket, changes, agent, self.random.choice(words.CONTAINED))
        elif ticket.type in ("problem", "incident"):
            self.act(
                ticket,
                self.custom(repro_confirmed=True, suspected_bug=self.random.random() < 0.7),
                agent,
                words.REPRODUCED[0],
            )
        else:
            self.note(ticket, agent)

    def weigh(self, ticket: Ticket, agent: int) -> None:
        """Change the priority by one step, mostly upwards."""
        lowered = {after: before for before, after in _RAISED.items()}
        steps = _RAISED if self.random.random() < 0.6 else lowered
        priority = steps.get(ticket.priority or "normal")
        self.act(ticket, {"priority": priority} if priority else {"additional_tags": ["checked"]}, agent)

    def tag(self, ticket: Ticket, agent: int) -> None:
        """Put a tag on the ticket, or take one off."""
        mine = ("vip_caller", "call_back", "known_issue")
        found = [tag for tag in mine if tag in ticket.tags]
        self.act(
            ticket, {"remove_tags": found[:1]} if found else {"additional_tags": [self.random.choice(mine)]}, agent
        )

    def merge(self, ticket: Ticket, agent: int) -> None:
        """Merge the ticket into a newer open one of the same requester, as an agent does with a duplicate; else leave a note."""
        twins = [
            self.world.tickets[key]
            for key in self.world.by["requester_id"].ids(ticket.requester_id)
            if key != ticket.id
        ]
        target = next((twin for twin in reversed(twins) if twin.status in ("new", "open") and not twin.deleted), None)
        if target is None:
            self.note(ticket, agent)
            return
        closing = {"status": "closed", "additional_tags": ["closed_by_merge"]} | self._taken_by(ticket, agent)
        if self.act(ticket, closing, agent, f"This request was closed and merged into request #{target.id}."):
            self.act(
                target, {}, agent, f'Request #{ticket.id} "{ticket.subject}" was closed and merged into this request.'
            )


_MOVES: tuple[tuple[Callable[[Cast, Ticket, int], None], int], ...] = (
    (Cast.ask, 24), (Cast.solve, 30), (Cast.note, 14), (Cast.hold, 8), (Cast.hand_over, 7), (Cast.examine, 8), (Cast.weigh, 3), (Cast.tag, 4),
    (Cast.merge, 2),
)  # fmt: skip
_TURNS, _WEIGHTS = zip(*_MOVES, strict=True)
