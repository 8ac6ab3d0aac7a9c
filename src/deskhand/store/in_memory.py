"""The store in memory: the same contract, for tests, the demo and trials. Nothing outlives the process."""

import heapq
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain
from typing import get_args

from deskhand.core.alike import Alike
from deskhand.core.decision import Decision
from deskhand.core.delivery import OPEN, Row, State
from deskhand.core.memory import Memory
from deskhand.core.message import Message, MessageRow, MessageState
from deskhand.core.ticket import Ticket
from deskhand.core.trail import Entry
from deskhand.store.journal import Journal
from deskhand.store.texts import MemoryTexts
from deskhand.store.trail import MemoryTrail
from deskhand.store.turn import Turn


@dataclass(frozen=True, slots=True)
class _Shelves:
    """All tables. Rows of the outbox, and messages, that still have to come to an end stand apart, so that old ones cost nothing."""

    tickets: Journal[int, Ticket] = field(default_factory=Journal)
    memories: Journal[int, Memory] = field(default_factory=Journal)
    work: Journal[int, datetime] = field(default_factory=Journal)
    decisions: Journal[int, tuple[Decision, ...]] = field(default_factory=Journal)
    waiting: Journal[str, MessageRow] = field(default_factory=Journal)
    said: Journal[str, MessageRow] = field(default_factory=Journal)
    open: Journal[str, Row] = field(default_factory=Journal)
    ended: Journal[str, Row] = field(default_factory=Journal)
    alike: Journal[int, tuple[Alike, ...]] = field(default_factory=Journal)
    notes: Journal[str, str] = field(default_factory=Journal)
    trail: Journal[int, Entry] = field(default_factory=Journal)
    texts: Journal[str, tuple[datetime, Mapping[str, str]]] = field(default_factory=Journal)

    def keep(self) -> None:
        """Commit."""
        for name in self.__slots__:
            getattr(self, name).keep()

    def undo(self) -> None:
        """Roll back."""
        for name in self.__slots__:
            getattr(self, name).undo()

    def fill(self, other: "_Shelves") -> None:
        """Take over the rows of another."""
        for name in self.__slots__:
            getattr(self, name).rows.update(getattr(other, name).rows)


@dataclass(frozen=True, slots=True)
class MemoryTickets:
    """What Zendesk last told us."""

    shelves: _Shelves

    def load(self, ids: Iterable[int]) -> dict[int, Ticket]:
        """The tickets that are known, by number."""
        rows = self.shelves.tickets.rows
        return {key: rows[key] for key in ids if key in rows}

    def save(self, tickets: Iterable[Ticket]) -> None:
        """Insert or replace."""
        for ticket in tickets:
            self.shelves.tickets.put(ticket.id, ticket)

    def remove(self, ids: Iterable[int]) -> None:
        """Forget tickets with their memory, work, decisions and patterns."""
        for key in ids:
            self.shelves.tickets.drop(key)
            self.shelves.memories.drop(key)
            self.shelves.work.drop(key)
            self.shelves.decisions.drop(key)
            self.shelves.alike.drop(key)

    def ids(self, statuses: Iterable[str]) -> list[int]:
        """The numbers of those that have one of these statuses."""
        wanted = set(statuses)
        return [ticket.id for ticket in self.shelves.tickets.rows.values() if ticket.status in wanted]

    def count(self) -> dict[str, int]:
        """How many tickets are held, by status."""
        return dict(Counter(ticket.status for ticket in self.shelves.tickets.rows.values()))


@dataclass(frozen=True, slots=True)
class MemoryMemories:
    """What is remembered of each ticket."""

    shelves: _Shelves

    def load(self, ids: Iterable[int]) -> dict[int, Memory]:
        """The memories that exist, by ticket."""
        rows = self.shelves.memories.rows
        return {key: rows[key] for key in ids if key in rows}

    def save(self, memories: Iterable[Memory]) -> None:
        """Insert or replace."""
        for memory in memories:
            self.shelves.memories.put(memory.ticket_id, memory)


@dataclass(frozen=True, slots=True)
class MemoryWork:
    """Which tickets to look at, and when."""

    shelves: _Shelves

    def wake(self, ids: Iterable[int], at: datetime) -> None:
        """Look at these no later than `at`: an earlier instant stays."""
        work = self.shelves.work
        for key in ids:
            work.put(key, min(at, work.rows.get(key, at)))

    def settle(self, looked: Mapping[int, datetime | None]) -> None:
        """These were looked at; look again at the instant given, or not until something changes."""
        for key, at in looked.items():
            if at is None:
                self.shelves.work.drop(key)
            else:
                self.shelves.work.put(key, at)

    def due(self, now: datetime, limit: int) -> list[int]:
        """Tickets whose instant has come, longest overdue first."""
        waiting = ((at, key) for key, at in self.shelves.work.rows.items() if at <= now)
        return [key for _, key in heapq.nsmallest(limit, waiting)]

    def next_at(self) -> datetime | None:
        """The earliest instant of all."""
        return min(self.shelves.work.rows.values(), default=None)

    def overdue(self, now: datetime) -> tuple[int, datetime | None]:
        """How many are due, and since when the oldest has been."""
        waiting = [at for at in self.shelves.work.rows.values() if at <= now]
        return len(waiting), min(waiting, default=None)


@dataclass(frozen=True, slots=True)
class MemoryDecisions:
    """Decisions worth keeping. They come back with an empty memory, as from the database."""

    shelves: _Shelves

    def record(self, decisions: Iterable[Decision], run: str) -> None:  # noqa: ARG002 - the port's signature
        """Keep these; which run made them is of use only in a database."""
        kept = self.shelves.decisions
        for decision in decisions:
            bare = replace(decision, memory=Memory(decision.ticket_id))
            kept.put(decision.ticket_id, (*kept.rows.get(decision.ticket_id, ()), bare))

    def of(self, ticket_id: int, limit: int = 20) -> list[Decision]:
        """The newest decisions of a ticket, newest first."""
        made = sorted(self.shelves.decisions.rows.get(ticket_id, ()), key=lambda decision: decision.at)
        return made[::-1][:limit]

    def since(self, at: datetime) -> int:
        """How many were made at an instant or later."""
        return sum(decision.at >= at for made in self.shelves.decisions.rows.values() for decision in made)

    def forget(self, before: datetime) -> int:
        """Drop what was decided before an instant; returns how many."""
        dropped = 0
        for key, made in list(self.shelves.decisions.rows.items()):
            left = tuple(decision for decision in made if decision.at >= before)
            dropped += len(made) - len(left)
            if not left:
                self.shelves.decisions.drop(key)
            elif len(left) < len(made):
                self.shelves.decisions.put(key, left)
        return dropped


@dataclass(frozen=True, slots=True)
class MemoryOutbox:
    """Writes on their way."""

    shelves: _Shelves

    def put(self, rows: Iterable[Row]) -> None:
        """Insert or replace rows by their op_id."""
        for row in rows:
            place, other = self.shelves.open, self.shelves.ended
            if row.state not in OPEN:
                place, other = other, place
            other.drop(row.op_id)
            place.put(row.op_id, row)

    def claim(self, now: datetime, limit: int, lease_until: datetime) -> list[Row]:
        """Planned rows whose time has come, oldest first, at most one a ticket; now `sending` with one attempt more."""
        taken = {row.write.ticket_id for row in self.shelves.open.rows.values() if row.state in ("sending", "unknown")}
        claimed: dict[int, Row] = {}
        for row in self._sorted(row for row in self._in("planned") if row.not_before <= now):
            if len(claimed) < limit and row.write.ticket_id not in taken:
                sending = replace(row, state="sending", attempts=row.attempts + 1, lease_until=lease_until)
                claimed.setdefault(row.write.ticket_id, sending)
        self.put(claimed.values())
        return list(claimed.values())

    def ready(self, now: datetime, state: State, limit: int) -> list[Row]:
        """Rows in a state whose `not_before` has come, oldest first."""
        return self._sorted(row for row in self._in(state) if row.not_before <= now)[:limit]

    def find(self, op_id: str) -> Row | None:
        """The row of a write, or None."""
        return self.shelves.open.rows.get(op_id) or self.shelves.ended.rows.get(op_id)

    def under_way(self, ids: Iterable[int]) -> dict[int, Row]:
        """The unfinished row of each of these tickets, if it has one; the oldest where it has several."""
        wanted = set(ids)
        found: dict[int, Row] = {}
        for row in self._sorted(row for row in self.shelves.open.rows.values() if row.write.ticket_id in wanted):
            found.setdefault(row.write.ticket_id, row)
        return found

    def listed(self, states: Sequence[State], limit: int = 100_000) -> list[Row]:
        """Rows in any of these states, oldest first."""
        return self._sorted(row for state in set(states) for row in self._in(state))[:limit]

    def count(self) -> dict[State, int]:
        """How many rows are in each state; states without rows count 0."""
        rows = [*self.shelves.open.rows.values(), *self.shelves.ended.rows.values()]
        return dict.fromkeys(get_args(State), 0) | Counter(row.state for row in rows)

    def next_at(self) -> datetime | None:
        """When the next planned or unknown row is due."""
        waiting = (row.not_before for row in self.shelves.open.rows.values() if row.state != "sending")
        return min(waiting, default=None)

    def stale(self, now: datetime) -> list[Row]:
        """Rows in `sending` whose lease has run out (or that never had one), oldest first."""
        return self._sorted(row for row in self._in("sending") if row.lease_until is None or row.lease_until <= now)

    def forget(self, before: datetime) -> int:
        """Drop rows that ended before an instant; returns how many. `observed` rows ended when they were made, held ones have not."""
        ended = [(row.settled_at or row.created_at, row) for row in self.shelves.ended.rows.values()]
        old = [row.op_id for at, row in ended if at < before and row.state != "held"]
        for key in old:
            self.shelves.ended.drop(key)
        return len(old)

    def _in(self, state: State) -> Iterator[Row]:
        shelf = self.shelves.open if state in OPEN else self.shelves.ended
        return (row for row in shelf.rows.values() if row.state == state)

    def _sorted(self, rows: Iterable[Row]) -> list[Row]:
        return sorted(rows, key=lambda row: (row.created_at, row.op_id))


@dataclass(frozen=True, slots=True)
class MemoryMessages:
    """Messages on their way."""

    shelves: _Shelves

    def put(self, rows: Iterable[MessageRow]) -> None:
        """Insert or replace rows by their key."""
        for row in rows:
            place, other = self.shelves.waiting, self.shelves.said
            if row.settled_at is not None:
                place, other = other, place
            other.drop(row.message.key)
            place.put(row.message.key, row)

    def add(self, messages: Iterable[Message], now: datetime, run: str) -> list[Message]:
        """Queue those whose key is not there yet, as planned; returns them."""
        wanted = {message.key: message for message in messages}
        new = [message for key, message in wanted.items() if self.find(key) is None]
        self.put(MessageRow(message, "planned", now, run) for message in new)
        return new

    def claim(
        self, now: datetime, limit: int, lease_until: datetime, channels: Collection[str] | None = None
    ) -> list[MessageRow]:
        """Planned rows whose time has come, in each thread and channel the first; now `sending` with one attempt more."""
        wanted = (row for row in self._free() if row.not_before <= now and (channels is None or row.by in channels))
        rows = [
            replace(row, state="sending", attempts=row.attempts + 1, lease_until=lease_until)
            for row in self._sorted(wanted)[:limit]
        ]
        self.put(rows)
        return rows

    def hold(self, channels: Collection[str], until: datetime) -> None:
        """Planned rows by these channels wait until an instant at least."""
        mine = [row for row in self._open() if row.state == "planned" and row.by in channels and row.not_before < until]
        self.put(replace(row, not_before=until) for row in mine)

    def ready(
        self, now: datetime, state: MessageState, limit: int, channels: Collection[str] | None = None
    ) -> list[MessageRow]:
        """Rows in a state that have not come to their end and whose `not_before` has come, oldest first."""
        due = (row for row in self._open() if row.state == state and row.not_before <= now)
        return self._sorted(row for row in due if channels is None or row.by in channels)[:limit]

    def stale(self, now: datetime) -> list[MessageRow]:
        """Rows in `sending` whose lease has run out (or that never had one), oldest first."""
        held = (row for row in self._open() if row.state == "sending")
        return self._sorted(row for row in held if row.lease_until is None or row.lease_until <= now)

    def find(self, key: str) -> MessageRow | None:
        """The row of a message, or None."""
        return self.shelves.waiting.rows.get(key) or self.shelves.said.rows.get(key)

    def of(self, thread: str) -> list[MessageRow]:
        """All rows of a thread, by number."""
        return self.matters([thread])[thread]

    def matters(self, threads: Iterable[str]) -> dict[str, list[MessageRow]]:
        """All rows of each of these threads, by number."""
        found: dict[str, list[MessageRow]] = {thread: [] for thread in threads}
        for row in sorted((row for row in self._all() if row.message.thread in found), key=_place):
            found[row.message.thread].append(row)
        return found

    def open_threads(self, since: datetime) -> list[str]:
        """Threads in which a page was sent that was decided after an instant, and nothing was closed since."""
        rows = self._all()
        closed = {row.message.thread for row in rows if row.message.verb == "close" and row.settled_at is not None}
        went = (
            row for row in rows if row.state in ("sent", "confirmed") and not row.joined and row.message.at >= since
        )
        return sorted({row.message.thread for row in went if row.message.verb == "page"} - closed)

    def joined(self, threads: Iterable[str], since: datetime) -> dict[str, list[str]]:
        """Threads that were told of or counted in each of these, as far as their messages were decided or sent after an instant."""
        found: dict[str, set[str]] = {thread: set() for thread in threads}
        for row in self.recent(since):
            if row.joined in found:
                found[row.joined].add(row.message.thread)
        return {thread: sorted(others) for thread, others in found.items()}

    def recent(self, since: datetime) -> list[MessageRow]:
        """Rows whose message was decided or sent after an instant, oldest first."""
        return self._sorted(
            row for row in self._all() if row.message.at >= since or (row.sent_at and row.sent_at >= since)
        )

    def listed(self, states: Sequence[MessageState], limit: int = 100_000) -> list[MessageRow]:
        """Rows in any of these states, oldest first."""
        return self._sorted(row for row in self._all() if row.state in states)[:limit]

    def count(self) -> dict[MessageState, int]:
        """How many rows are in each state; states without rows count 0."""
        return dict.fromkeys(get_args(MessageState), 0) | Counter(row.state for row in self._all())

    def next_at(self) -> datetime | None:
        """When the next row is due: one that may leave, is put off, unclear, or to be read back."""
        waiting = (row for row in self._open() if row.state in ("deferred", "unknown", "sent"))
        return min((row.not_before for row in chain(waiting, self._free())), default=None)

    def forget(self, before: datetime) -> int:
        """Drop rows that came to their end before an instant; returns how many."""
        rows = self.shelves.said.rows.items()
        old = [key for key, row in rows if row.settled_at is not None and row.settled_at < before]
        for key in old:
            self.shelves.said.drop(key)
        return len(old)

    def _all(self) -> list[MessageRow]:
        return [*self.shelves.waiting.rows.values(), *self.shelves.said.rows.values()]

    def _open(self) -> list[MessageRow]:
        return list(self.shelves.waiting.rows.values())

    def _free(self) -> list[MessageRow]:
        """Planned rows that no other of their thread keeps back."""
        threads: dict[str, list[MessageRow]] = {}
        for row in self._open():
            threads.setdefault(row.message.thread, []).append(row)
        return [
            row
            for rows in threads.values()
            for row in rows
            if row.state == "planned" and not any(_keeps_back(other, row) for other in rows if other is not row)
        ]

    def _sorted(self, rows: Iterable[MessageRow]) -> list[MessageRow]:
        return sorted(rows, key=lambda row: (row.message.at, row.message.key))


def _place(row: MessageRow) -> tuple[int, str]:
    return row.message.number, row.message.key


def _keeps_back(other: MessageRow, row: MessageRow) -> bool:
    """Whether another row of the thread has to go first, or to come to its end first."""
    if other.state in ("sending", "unknown"):
        return other.by == row.by or (row.message.verb == "close" and other.message.verb == "page")
    return other.state == "planned" and other.by == row.by and _place(other) < _place(row)


@dataclass(frozen=True, slots=True)
class MemoryAlike:
    """Which tickets may be one pattern."""

    shelves: _Shelves

    def put(self, ids: Iterable[int], places: Iterable[Alike]) -> None:
        """These are all the places of these tickets, in place of what was noted."""
        found: dict[int, list[Alike]] = {key: [] for key in ids}
        for one in places:
            found.setdefault(one.ticket_id, []).append(one)
        for key, mine in found.items():
            self.shelves.alike.put(key, tuple(mine))

    def customers(self, key: str, value: str, since: datetime) -> int:
        """How many customers have a ticket there that was created at an instant or later."""
        all_of_them = chain.from_iterable(self.shelves.alike.rows.values())
        there = (one for one in all_of_them if (one.key, one.value) == (key, value) and one.at >= since)
        return len({one.customer for one in there})


@dataclass(frozen=True, slots=True)
class MemoryNotebook:
    """Small named facts."""

    shelves: _Shelves

    def get(self, name: str) -> str | None:
        """The value under a name, or None."""
        return self.shelves.notes.rows.get(name)

    def set(self, name: str, value: str) -> None:
        """Write a value down, in place of the one before."""
        self.shelves.notes.put(name, value)


@dataclass(frozen=True, slots=True)
class MemoryTransaction:
    """All parts, in one unit of work."""

    tickets: MemoryTickets
    work: MemoryWork
    memories: MemoryMemories
    decisions: MemoryDecisions
    outbox: MemoryOutbox
    messages: MemoryMessages
    alike: MemoryAlike
    notebook: MemoryNotebook
    trail: MemoryTrail
    texts: MemoryTexts


class MemoryStore:
    """Keeps everything as long as the process lives. Threads take turns."""

    def __init__(self) -> None:
        """An empty store."""
        self._turn = Turn()
        self._shelves = shelves = _Shelves()
        self._parts = MemoryTransaction(
            MemoryTickets(shelves),
            MemoryWork(shelves),
            MemoryMemories(shelves),
            MemoryDecisions(shelves),
            MemoryOutbox(shelves),
            MemoryMessages(shelves),
            MemoryAlike(shelves),
            MemoryNotebook(shelves),
            MemoryTrail(shelves.trail),
            MemoryTexts(shelves.texts),
        )

    @contextmanager
    def begin(self) -> Iterator[MemoryTransaction]:
        """One transaction; an exception takes back all that it did."""
        with self._turn.take():
            try:
                yield self._parts
            except BaseException:
                self._shelves.undo()
                raise
            self._shelves.keep()

    @contextmanager
    def read(self) -> Iterator[MemoryTransaction]:
        """A transaction that only looks: whatever it writes is taken back."""
        with self._turn.take():
            try:
                yield self._parts
            finally:
                self._shelves.undo()

    def copy(self) -> "MemoryStore":
        """A backup: another store that holds what was committed to this one."""
        other = MemoryStore()
        with self._turn.take():
            other._shelves.fill(self._shelves)
        return other

    def close(self) -> None:
        """Nothing to let go of."""
