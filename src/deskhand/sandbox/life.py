"""The life of a ticket's SLA metrics, told from its audits: clocks that start, pause, stop, and the metric events this makes.

Nothing of it is stored. Whatever is asked (the `slas` sideload, metric sets, metric events) is worked out from the audits and from which policy was
applied when, so that it cannot disagree with them. Instants are whole seconds since 1970.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from deskhand.sandbox.exchange import Row
from deskhand.sandbox.records import Audit, Change, Comment, Ticket

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

    def current(self, metric: str) -> Clock | None:
        """The newest instance of a metric, or None where it never started."""
        return next((clock for clock in reversed(self.clocks) if clock.metric == metric), None)


def life_of(ticket: Ticket, staff: frozenset[int] | set[int]) -> Life:
    """Tell the life of a ticket. `staff` are the ids of all agents, light agents and admins."""
    return _Teller(ticket, staff).tell()


@dataclass(slots=True)
class _Facts:
    """What one update means for the metrics."""

    status: str | None = None
    before: str | None = None
    group: bool = False
    has_group: bool = False
    agent_reply: bool = False
    customer: bool = False


class _Teller:
    def __init__(self, ticket: Ticket, staff: frozenset[int] | set[int]) -> None:
        self._ticket = ticket
        self._staff = staff
        self._life = Life()
        self._audit: Audit = (
            ticket.audits[0] if ticket.audits else Audit(0, ticket.created, ticket.submitter_id, ticket.via, ())
        )
        self._status = "new"
        self._requester = _first_requester(ticket)
        self._assignee: object = None

    def tell(self) -> Life:
        for number, audit in enumerate(self._ticket.audits):
            self._audit = audit
            facts = self._digest(audit.events)
            if number == 0:
                self._create(facts)
            else:
                self._update(facts)
        return self._life

    def _digest(self, events: Iterable[object]) -> _Facts:
        facts = _Facts()
        for event in events:
            if type(event) is Change:
                self._change(event, facts)
            elif type(event) is Comment:
                self._comment(event, facts)
        return facts

    def _change(self, event: Change, facts: _Facts) -> None:
        life, at = self._life, self._audit.at
        if event.name == "status":
            facts.before, facts.status = facts.before or self._status, str(event.value)
            self._status = facts.status
            life.statuses.append((at, facts.status))
        elif event.name == "group_id":
            facts.group, facts.has_group = True, event.value is not None
            life.groups += event.value is not None
        elif event.name == "assignee_id":
            self._assignee = event.value
            if event.value is not None:
                life.assigns.append(at)
        elif event.name == "requester_id":
            self._requester = event.value
            life.requester_changed = at

    def _comment(self, event: Comment, facts: _Facts) -> None:
        self._life.last_comment = self._audit.at
        customer = event.author == self._requester or event.author not in self._staff
        if event.author == self._requester:
            self._life.requester_updated = self._audit.at
        elif event.author == self._assignee:
            self._life.assignee_updated = self._audit.at
        if event.public:
            facts.customer = facts.customer or customer
            facts.agent_reply = facts.agent_reply or not customer

    # What happens to the clocks.

    def _create(self, facts: _Facts) -> None:
        for metric in METRICS:
            self._emit("measure", metric, 0)
        if facts.customer:
            self._start("reply_time")
        for metric in _WHOLE_LIFE:
            self._start(metric)
        if facts.has_group:
            self._start("group_ownership_time")
        if facts.agent_reply:
            self._replied()
        self._settle_status()

    def _update(self, facts: _Facts) -> None:
        reopened = facts.before in ("solved", "closed") and self._status not in ("solved", "closed")
        if reopened:
            self._reopen()
        if facts.agent_reply:
            self._replied()
        if facts.customer and self._status not in ("solved", "closed"):
            self._asked()
        if facts.group:
            self._finish("group_ownership_time")
        if (facts.group or reopened) and self._grouped(facts):
            self._start("group_ownership_time")
        if facts.status is not None or facts.agent_reply:
            self._settle_status()

    def _grouped(self, facts: _Facts) -> bool:
        return facts.has_group if facts.group else self._life.groups > 0

    def _reopen(self) -> None:
        self._life.reopens += 1
        for metric in _WHOLE_LIFE:
            clock = self._life.current(metric)
            if clock is not None and clock.done is not None:
                clock.done, clock.since = None, self._audit.at
                self._emit("activate", metric, clock.instance)

    def _asked(self) -> None:
        """A customer wrote: the reply clock starts, unless one is running."""
        clock = self._life.current("reply_time")
        if clock is None or clock.done is not None:
            self._start("reply_time")

    def _replied(self) -> None:
        """An agent answered in public."""
        self._life.replies.append(self._audit.at)
        self._finish("reply_time")
        for metric in ("periodic_update_time", "pausable_update_time"):
            self._finish(metric)
            if self._status not in ("solved", "closed"):
                self._start(metric)

    def _settle_status(self) -> None:
        """Clocks pause, run or end as the present status says."""
        if self._status in ("solved", "closed"):
            if any(clock.done is None for clock in self._life.clocks):
                self._life.solves.append(self._audit.at)
            for metric in METRICS:
                self._finish(metric)
            return
        for clock in self._life.clocks:
            if clock.done is None:
                self._pause_or_run(clock)

    def _pause_or_run(self, clock: Clock) -> None:
        paused = self._status in PAUSED_IN.get(clock.metric, ())
        if paused and clock.since is not None:
            clock.stop(self._audit.at)
            self._emit("pause", clock.metric, clock.instance)
        elif not paused and clock.since is None:
            clock.since = self._audit.at
            self._emit("activate", clock.metric, clock.instance)

    def _start(self, metric: str) -> None:
        before = self._life.current(metric)
        instance = before.instance + 1 if before else self._first_instance(metric)
        at = self._audit.at
        self._life.clocks.append(Clock(metric, instance, at, since=at))
        self._emit("activate", metric, instance)

    def _first_instance(self, metric: str) -> int:
        """A customer who writes only after an agent did has never waited for a first reply."""
        return 2 if metric == "reply_time" and self._life.replies else 1

    def _finish(self, metric: str) -> None:
        clock = self._life.current(metric)
        if clock is None or clock.done is not None:
            return
        clock.stop(self._audit.at)
        clock.done = self._audit.at
        self._emit("fulfill", metric, clock.instance)

    def _emit(self, kind: str, metric: str, instance: int) -> None:
        self._life.events.append(MetricEvent(self._audit.at, self._audit.id, metric, instance, kind))


def _first_requester(ticket: Ticket) -> object:
    """Who asked at first; a later change of requester is told when it comes."""
    for audit in ticket.audits[:1]:
        for event in audit.events:
            if type(event) is Change and event.name == "requester_id":
                return event.value
    return ticket.requester_id
