"""Undo: plan how to take back what a run or a rule did, and hand the plan to the outbox, under the guards that rules are under."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from deskhand import logs
from deskhand.app.ports import Desk, Store, Transaction
from deskhand.app.trail import by_person
from deskhand.core.ceiling import Wanted, excess
from deskhand.core.climb import Climb
from deskhand.core.delivery import Row, State
from deskhand.core.memory import Memory
from deskhand.core.policy import Policy
from deskhand.core.ticket import LIVE, Ticket
from deskhand.core.trail import Fact
from deskhand.core.undo import Inverse, inverse
from deskhand.errors import NotKnown, WrongState

log = logs.get(__name__)


@dataclass(frozen=True, slots=True)
class Run:
    """A run of the worker that wrote something."""

    id: str
    first: datetime
    last: datetime
    writes: int
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What undoing comes to, ticket by ticket; `gone` are tickets that Zendesk no longer has, `ends` the ladders that are no longer climbed, by ticket.

    `of` says what was to be undone.
    """

    tickets: tuple[Inverse, ...]
    gone: tuple[int, ...] = ()
    ends: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    of: str = ""

    @property
    def writes(self) -> int:
        """How many tickets would be changed."""
        return sum(one.write is not None for one in self.tickets)


@dataclass(frozen=True, slots=True)
class Handed:
    """What became of a plan: writes on their way, or held with the reason."""

    planned: int
    held: int
    reason: str = ""


def runs(store: Store) -> list[Run]:
    """The runs that wrote something, newest first."""
    with store.read() as tx:
        done = [row for row in tx.outbox.listed(("done",)) if not row.write.undoes]
    by_run: dict[str, list[Row]] = {}
    for row in done:
        by_run.setdefault(row.run, []).append(row)
    found = [
        Run(
            name,
            min(row.created_at for row in rows),
            max(row.created_at for row in rows),
            len(rows),
            tuple(sorted({rule for row in rows for rule in row.write.rules})),
        )
        for name, rows in by_run.items()
    ]
    return sorted(found, key=lambda run: run.last, reverse=True)


def plan(store: Store, desk: Desk, *, run: str = "", rule: str = "", since: datetime | None = None) -> Plan:
    """What would be taken back of a run (by its id or the beginning of it), or of a rule since an instant, on the tickets as they are now.

    Raises NotKnown where nothing was written that fits.
    """
    with store.read() as tx:
        rows = [row for row in tx.outbox.listed(("done",)) if not row.write.undoes and _fits(row, run, rule, since)]
    what = f"run '{run}'" if run else f"rule '{rule}'{f' since {since:%Y-%m-%d %H:%M} UTC' if since else ''}"
    if not rows:
        raise NotKnown(f"nothing was written by {what}", hint="`deskhand runs` lists the runs that wrote something.")
    by_ticket: dict[int, list[Row]] = {}
    for row in rows:
        by_ticket.setdefault(row.write.ticket_id, []).append(row)
    tickets = {ticket.id: ticket for ticket in desk.fetch(sorted(by_ticket)) if ticket.status != "deleted"}
    made = [inverse(by_ticket[key], ticket) for key, ticket in sorted(tickets.items())]
    with store.read() as tx:
        climbs = {key: begun_by(memory, by_ticket[key]) for key, memory in tx.memories.load(by_ticket).items()}
    ends = {key: tuple(climb.ladder for climb in found) for key, found in sorted(climbs.items()) if found}
    return Plan(tuple(made), tuple(sorted(by_ticket.keys() - tickets.keys())), ends, what)


def apply(store: Store, policy: Policy, made: Plan, run: str, now: datetime, *, by: str, allowed: int = 0) -> Handed:
    """Put the plan's writes into the outbox, and end its escalations. More than the ceiling allows are held, unless the number is named; then escalations go on.

    Raises WrongState where a write is under way on one of the tickets, or where a smaller number was named.
    """
    writes = [one.write for one in made.tickets if one.write is not None]
    count = max(len(writes), len(made.ends))
    if allowed and allowed < count:
        raise WrongState(f"{allowed} were named, but {count} tickets would change", hint="Look at the plan again.")
    with store.begin() as tx:
        busy = sorted(tx.outbox.under_way([write.ticket_id for write in writes]))
        if busy:
            words = f"a write is under way on ticket {busy[0]}" + (f" and {len(busy) - 1} more" if busy[1:] else "")
            raise WrongState(words, hint="Wait for the worker's next cycle, then plan again.")
        reason = "" if allowed else _too_many(tx, policy, count)
        state: State = "held" if reason else "planned"
        rows = [Row(write, state, now, now, run=run, reason=reason) for write in writes]
        tx.outbox.put(rows)
        tickets = tx.tickets.load([write.ticket_id for write in writes])
        levels = {key: _level(policy, ticket, made) for key, ticket in tickets.items()}
        memories = tx.memories.load(levels)
        tx.memories.save(replace(memory, intended=levels[key] or memory.intended) for key, memory in memories.items())
        if not reason:
            over = tx.memories.load(made.ends)
            tx.memories.save(ended(memory, made.ends[key]) for key, memory in over.items())
            tx.work.wake(over, now)
        over_now = [] if reason else _ladders(made)
        told = by_person("undone", by, now, rows, run=run, of=made.of, state=state, allowed=allowed, ended=over_now)
        tx.trail.add([told])
    log.info("undo_handed_in", writes=len(writes), state=state, reason=reason)
    return Handed(0, len(writes), reason) if reason else Handed(len(writes), 0)


def begun_by(memory: Memory, rows: Iterable[Row]) -> tuple[Climb, ...]:
    """The climbs under way that these writes, or what was decided with them, began on a ticket."""
    first: dict[str, datetime] = {}
    for row in rows:
        for rule in row.write.rules:
            first[rule] = min(first.get(rule, row.created_at), row.created_at)
    under_way = (climb for climb in memory.climbs if climb.stage != "over" and not climb.undone)
    return tuple(climb for climb in under_way if climb.rule in first and climb.began >= first[climb.rule])


def ended(memory: Memory, ladders: Collection[str]) -> Memory:
    """The memory with the climbs of these ladders taken back: they are over at the next look, which closes their pages."""
    climbs = (
        replace(climb, undone=climb.undone or (climb.stage != "over" and climb.ladder in ladders))
        for climb in memory.climbs
    )
    return replace(memory, climbs=tuple(climbs))


def _ladders(made: Plan) -> list[Fact]:
    """The ladders that end, as the trail tells them."""
    return [{"ticket": key, "ladders": list(names)} for key, names in made.ends.items()]


def _fits(row: Row, run: str, rule: str, since: datetime | None) -> bool:
    return (
        (not run or row.run.startswith(run))
        and (not rule or rule in row.write.rules)
        and (since is None or row.created_at >= since)
    )


def _too_many(tx: Transaction, policy: Policy, count: int) -> str:
    """Whether undoing is itself more than a rule might do."""
    live = sum(number for status, number in tx.tickets.count().items() if status in LIVE)
    over = excess(policy.guards.ceiling, Wanted(count, count), Wanted(count, count), live)
    return f"undoing would change {over}" if over else ""


def _level(policy: Policy, ticket: Ticket, made: Plan) -> str | None:
    """The severity that undoing gives a ticket, so that it counts as ours and begins no new life; None where it stays."""
    back = next((one.back for one in made.tickets if one.ticket_id == ticket.id), ())
    for one in back:
        if one.name == policy.binding.field and isinstance(one.then, str):
            return policy.binding.reads.get(one.then.lower())
    return None


def summed(made: Plan) -> dict[str, int]:
    """How many tickets change in what, for people."""
    counts: dict[str, int] = {}
    for name in _names(made.tickets):
        counts[name] = counts.get(name, 0) + 1
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _names(tickets: Iterable[Inverse]) -> Iterable[str]:
    return (one.name for ticket in tickets for one in ticket.back)
