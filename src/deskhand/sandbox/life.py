"""The life of a ticket's SLA metrics, told from its audits: clocks that start, pause, stop, and the metric events this makes.

Nothing of it is stored. Whatever is asked (the `slas` sideload, metric sets, metric events) is worked out from the audits and from which policy was
applied when, so that it cannot disagree with them. Instants are whole seconds since 1970.

An SLA policy's advanced settings (`metrics_settings`) say what else starts or ends the reply and update metrics while that policy is in force:

| setting | what it does |
|---|---|
| `first_reply_time.activate_on_ticket_created_for_end_user` | starts when an agent makes a ticket for an end user with a public comment |
| `first_reply_time.activate_on_agent_ticket_created_for_end_user_with_internal_note` | the same, with an internal note |
| `first_reply_time.activate_on_light_agent_on_email_forward_ticket_from_end_user` | starts when a light agent forwards an end user's mail |
| `first_reply_time.activate_on_agent_created_ticket_for_self` | starts when an agent makes a ticket for themselves |
| `first_reply_time.fulfill_on_agent_internal_note` | an agent's internal note is enough of an answer |
| `next_reply_time.activate_on_end_user_added_internal_note` | starts with an end user's comment that is not public |
| `next_reply_time.activate_on_agent_requested_ticket_with_public_comment_or_internal_note` | starts when an agent who asks for themselves writes |
| `next_reply_time.activate_on_light_agent_internal_note` | starts with a light agent's note |
| `next_reply_time.fulfill_on_non_requesting_agent_internal_note_after_activation` | an internal note of an agent who does not ask is enough of an answer |
| `periodic_update_time.activate_on_agent_internal_note` | an agent's internal note counts as an update |
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from deskhand.sandbox.exchange import Row
from deskhand.sandbox.records import Applied, Audit, Change, Comment, Note, Ticket

METRICS = (
    "reply_time",
    "agent_work_time",
    "requester_wait_time",
    "periodic_update_time",
    "pausable_update_time",
    "resolution_time",
    "group_ownership_time",
)
"""The metrics of metric events, in the order in which an update writes them."""

PAUSED_IN = {
    "requester_wait_time": {"pending"},
    "agent_work_time": {"pending", "hold"},
    "pausable_update_time": {"pending"},
}
"""In which statuses a metric's clock stands still; those not named never pause."""

SETTINGS = {
    "first_reply_time": (
        "activate_on_ticket_created_for_end_user", "activate_on_agent_created_ticket_for_self",
        "activate_on_light_agent_on_email_forward_ticket_from_end_user",
        "activate_on_agent_ticket_created_for_end_user_with_internal_note", "fulfill_on_agent_internal_note",
    ),
    "next_reply_time": (
        "fulfill_on_non_requesting_agent_internal_note_after_activation", "activate_on_end_user_added_internal_note",
        "activate_on_agent_requested_ticket_with_public_comment_or_internal_note", "activate_on_light_agent_internal_note",
    ),
    "periodic_update_time": ("activate_on_agent_internal_note",),
}  # fmt: skip
"""The advanced settings of an SLA policy, by metric."""

_OVER = ("solved", "closed")
_STILL = (*_OVER, "deleted")
_WHOLE_LIFE = ("agent_work_time", "requester_wait_time", "resolution_time")


@dataclass(slots=True)
class Clock:
    """One instance of a metric: the spans in which it ran, since when it is running (or None), when it was fulfilled (or None)."""

    metric: str
    instance: int
    started: int
    spans: list[tuple[int, int]] = field(default_factory=list)
    since: int | None = None
    done: int | None = None

    @property
    def policy_metric(self) -> str:
        """The name that SLA policies use: first and next reply are one metric in events."""
        if self.metric == "reply_time":
            return "first_reply_time" if self.instance == 1 else "next_reply_time"
        return "total_resolution_time" if self.metric == "resolution_time" else self.metric

    def stop(self, at: int) -> None:
        """Stand still from `at` on."""
        if self.since is not None:
            self.spans.append((self.since, at))
            self.since = None

    def ran(self, until: int | None = None) -> Iterator[tuple[int, int]]:
        """The spans in which it ran; one that is open ends at `until`."""
        yield from self.spans
        if self.since is not None and until is not None:
            yield self.since, max(self.since, until)


@dataclass(frozen=True, slots=True)
class MetricEvent:
    """One event of a metric, made by the update `audit`; `rest` holds what its type carries."""

    at: int
    audit: int
    metric: str
    instance: int
    kind: str
    rest: Row | None = None
    deleted: bool = False


@dataclass(slots=True)
class Life:
    """What the audits of a ticket tell about its metrics."""

    clocks: list[Clock] = field(default_factory=list)
    events: list[MetricEvent] = field(default_factory=list)
    statuses: list[tuple[int, str]] = field(default_factory=list)
    replies: list[int] = field(default_factory=list)
    solves: list[int] = field(default_factory=list)
    assigns: list[int] = field(default_factory=list)
    groups: int = 0
    reopens: int = 0
    last_comment: int | None = None
    requester_updated: int | None = None
    assignee_updated: int | None = None
    requester_changed: int | None = None
    newest: dict[str, Clock] = field(default_factory=dict)
    """The newest instance of each metric that ever started."""
    schedule_id: int | None = None
    """The schedule that was set last."""


class People(Protocol):
    """What the life of a ticket asks about those who wrote: the world knows."""

    def kind_of(self, user: int, at: int) -> str | None:
        """What somebody was at an instant: `agent`, `light`, or None for an end user."""
        ...


def life_of(ticket: Ticket, people: People) -> Life:
    """Tell the life of a ticket."""
    teller = Teller(ticket, people)
    for audit, applied in through(ticket):
        teller.step(audit, applied)
    return teller.life


def through(ticket: Ticket, until: int | None = None) -> Iterator[tuple[Audit, Applied | None]]:
    """The updates of a ticket (made by `until`), each with what was in force after it."""
    place, rows, applied = 0, ticket.applied, None
    for audit in ticket.audits:
        if until is not None and audit.at > until:
            return
        while place < len(rows) and rows[place].audit <= audit.id:
            applied = rows[place]
            place += 1
        yield audit, applied


@dataclass(slots=True)
class _Facts:
    """What one update means for the metrics."""

    status: str | None = None
    before: str | None = None
    group: bool = False
    agent_reply: bool = False
    agent_note: bool = False
    customer: bool = False
    customer_note: bool = False
    own: bool = False
    light_note: bool = False


class Teller:
    """Tells the life of a ticket update by update."""

    def __init__(self, ticket: Ticket, people: People) -> None:
        self.life = Life()
        self._people = people
        self._audit: Audit = (
            ticket.audits[0] if ticket.audits else Audit(0, ticket.created, ticket.submitter_id, ticket.via, ())
        )
        self._status = "new"
        self._requester = _first_requester(ticket)
        self._assignee: object = None
        self._group: object = None
        self._settings: frozenset[str] = frozenset()
        self._begun = False

    def step(self, audit: Audit, applied: Applied | None) -> None:
        """One more update, after which `applied` was in force."""
        self._audit = audit
        self._settings = applied.policy.settings if applied is not None and applied.policy is not None else frozenset()
        facts = self._digest(audit.events)
        if self._begun:
            self._update(facts)
        else:
            self._begun = True
            self._create(facts)

    # What an update says.

    def _digest(self, events: Iterable[object]) -> _Facts:
        facts = _Facts()
        for event in events:
            if type(event) is Change:
                self._change(event, facts)
            elif type(event) is Comment:
                self._comment(event, facts)
            elif type(event) is Note and event.kind == "ScheduleAssignment":
                self.life.schedule_id = event.rest["new_schedule_id"]
        return facts

    def _change(self, event: Change, facts: _Facts) -> None:
        life, at = self.life, self._audit.at
        if event.name == "status":
            facts.before, facts.status = facts.before or self._status, str(event.value)
            self._status = facts.status
            life.statuses.append((at, facts.status))
        elif event.name == "group_id":
            facts.group, self._group = True, event.value
            life.groups += event.value is not None
        elif event.name == "assignee_id":
            self._assignee = event.value
            if event.value is not None:
                life.assigns.append(at)
        elif event.name == "requester_id":
            self._requester = event.value
            life.requester_changed = at

    def _comment(self, event: Comment, facts: _Facts) -> None:
        life, at = self.life, self._audit.at
        life.last_comment = at
        kind, own = self._people.kind_of(event.author, at), event.author == self._requester
        staff, light = kind is not None, kind == "light"
        if own:
            life.requester_updated = at
        elif event.author == self._assignee:
            life.assignee_updated = at
        facts.own |= staff and own
        facts.customer |= event.public and not staff
        facts.customer_note |= not event.public and not staff
        facts.agent_reply |= event.public and staff and not own
        facts.light_note |= not event.public and light
        facts.agent_note |= not event.public and staff and not own and not light

    def _set(self, name: str) -> bool:
        """Whether an advanced setting of the policy in force is on."""
        return name in self._settings

    # What happens to the clocks.

    def _create(self, facts: _Facts) -> None:
        for metric in METRICS:
            self._emit("measure", metric, 0)
        if self._first_asked(facts):
            self._start("reply_time")
        for metric in _WHOLE_LIFE:
            self._start(metric)
        if self._group is not None:
            self._start("group_ownership_time")
        if facts.agent_reply:
            self._replied(answers=False)
        elif facts.agent_note:
            self._noted(answers=False)
        self._settle_status()

    def _first_asked(self, facts: _Facts) -> bool:
        """Whether a new ticket waits for a first reply: a customer's does, an agent's where the policy's settings say so."""
        if facts.customer:
            return True
        if facts.own:
            return self._set("first_reply_time.activate_on_agent_created_ticket_for_self")
        if facts.light_note and self._audit.via.channel == "email":
            return self._set("first_reply_time.activate_on_light_agent_on_email_forward_ticket_from_end_user")
        if facts.agent_note:
            return self._set("first_reply_time.activate_on_agent_ticket_created_for_end_user_with_internal_note")
        return facts.agent_reply and self._set("first_reply_time.activate_on_ticket_created_for_end_user")

    def _update(self, facts: _Facts) -> None:
        reopened = facts.before in _OVER and self._status not in _STILL
        if reopened:
            self._reopen()
        if facts.agent_reply:
            self._replied()
        elif facts.agent_note:
            self._noted()
        if self._status not in _STILL and self._asks(facts):
            self._asked()
        if facts.group:
            self._finish("group_ownership_time")
        if (facts.group or reopened) and self._group is not None and self._status not in _STILL:
            self._start("group_ownership_time")
        if facts.status is not None or facts.agent_reply or facts.agent_note:
            self._settle_status()

    def _asks(self, facts: _Facts) -> bool:
        """Whether somebody wrote who now waits for a reply."""
        if facts.customer:
            return True
        clock = self.life.newest.get("reply_time")
        if not self.life.replies and (clock is None or clock.done is None):
            return False
        return (
            (facts.customer_note and self._set("next_reply_time.activate_on_end_user_added_internal_note"))
            or (facts.light_note and self._set("next_reply_time.activate_on_light_agent_internal_note"))
            or (facts.own and self._set(_OWN_WORDS))
        )

    def _reopen(self) -> None:
        self.life.reopens += 1
        for metric in _WHOLE_LIFE:
            clock = self.life.newest.get(metric)
            if clock is not None and clock.done is not None:
                clock.done, clock.since = None, self._audit.at
                self._emit("activate", metric, clock.instance)

    def _asked(self) -> None:
        """Somebody waits for a reply: the reply clock starts, unless one is running."""
        clock = self.life.newest.get("reply_time")
        if clock is None or clock.done is not None:
            self._start("reply_time")

    def _replied(self, *, answers: bool = True) -> None:
        """An agent wrote in public. What opens a ticket is no answer to it."""
        self.life.replies.append(self._audit.at)
        if answers:
            self._finish("reply_time")
        self._updated("periodic_update_time")
        self._updated("pausable_update_time")

    def _noted(self, *, answers: bool = True) -> None:
        """An agent wrote a note: some policies count it."""
        clock = self.life.newest.get("reply_time")
        if answers and clock is not None and self._set(_NOTE_ANSWERS[clock.policy_metric]):
            self._finish("reply_time")
        if self._set("periodic_update_time.activate_on_agent_internal_note"):
            self._updated("periodic_update_time")

    def _updated(self, metric: str) -> None:
        """The customer was told something: the time to the next word starts anew."""
        self._finish(metric)
        if self._status not in _STILL:
            self._start(metric)

    def _settle_status(self) -> None:
        """Clocks pause, run or end as the present status says; those of a deleted ticket stand still."""
        if self._status in _OVER:
            if any(clock.done is None for clock in self.life.newest.values()):
                self.life.solves.append(self._audit.at)
            for metric in METRICS:
                self._finish(metric)
            return
        for clock in self.life.newest.values():
            if clock.done is None:
                self._pause_or_run(clock)

    def _pause_or_run(self, clock: Clock) -> None:
        paused = self._status == "deleted" or self._status in PAUSED_IN.get(clock.metric, ())
        if paused and clock.since is not None:
            clock.stop(self._audit.at)
            self._emit("pause", clock.metric, clock.instance)
        elif not paused and clock.since is None:
            clock.since = self._audit.at
            self._emit("activate", clock.metric, clock.instance)

    def _start(self, metric: str) -> None:
        before = self.life.newest.get(metric)
        instance = before.instance + 1 if before else self._first_instance(metric)
        at = self._audit.at
        clock = self.life.newest[metric] = Clock(metric, instance, at, since=at)
        self.life.clocks.append(clock)
        self._emit("activate", metric, instance)

    def _first_instance(self, metric: str) -> int:
        """A customer who writes only after an agent did has never waited for a first reply."""
        return 2 if metric == "reply_time" and self.life.replies else 1

    def _finish(self, metric: str) -> None:
        clock = self.life.newest.get(metric)
        if clock is None or clock.done is not None:
            return
        clock.stop(self._audit.at)
        clock.done = self._audit.at
        self._emit("fulfill", metric, clock.instance)

    def _emit(self, kind: str, metric: str, instance: int) -> None:
        self.life.events.append(MetricEvent(self._audit.at, self._audit.id, metric, instance, kind))


_OWN_WORDS = "next_reply_time.activate_on_agent_requested_ticket_with_public_comment_or_internal_note"
_NOTE_ANSWERS = {
    "first_reply_time": "first_reply_time.fulfill_on_agent_internal_note",
    "next_reply_time": "next_reply_time.fulfill_on_non_requesting_agent_internal_note_after_activation",
}


def _first_requester(ticket: Ticket) -> object:
    """Who asked at first; a later change of requester is told when it comes."""
    for audit in ticket.audits[:1]:
        for event in audit.events:
            if type(event) is Change and event.name == "requester_id":
                return event.value
    return ticket.requester_id
