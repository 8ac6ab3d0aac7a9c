"""What the use cases need from the outside, as small as they need it. Adapters fit by shape; `wiring` joins them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from deskhand.app.service_ports import Messages
from deskhand.core.alike import Alike
from deskhand.core.audited import Audit
from deskhand.core.decision import Decision
from deskhand.core.delivery import Outcome, Row, State
from deskhand.core.effect import TicketWrite
from deskhand.core.memory import Memory
from deskhand.core.metric_event import MetricEvent
from deskhand.core.ticket import Ticket
from deskhand.core.trail import Draft, Entry

# ---- the Zendesk side --------------------------------------------------------------------------------------------------


class Page(Protocol):
    """One page of a feed: tickets in the order given, the cursor after it, and whether more is ready now.

    Deleted tickets come as tickets with status `deleted`. `cursor` is opaque to us and must be stored with what it brought.
    """

    @property
    def tickets(self) -> tuple[Ticket, ...]:
        """What changed."""
        ...

    @property
    def cursor(self) -> str:
        """Where to go on."""
        ...

    @property
    def more(self) -> bool:
        """Whether the next page can be read now."""
        ...


class Feed(Protocol):
    """Says that something changed. `name` is the key under which its cursor is kept."""

    @property
    def name(self) -> str:
        """The key under which its cursor is kept."""
        ...

    def read(self, cursor: str | None, *, since: datetime) -> Page:
        """The page after `cursor`; with None, the first page of what changed after `since`.

        Raises RateLimited or Transient; Rejected for a cursor that has expired (the caller starts again from `since`).
        """
        ...


class MetricPage(Protocol):
    """One page of Zendesk's metric events."""

    @property
    def rows(self) -> tuple[MetricEvent, ...]:
        """What is told; a row may come again, and late."""
        ...

    @property
    def cursor(self) -> str:
        """Where to go on."""
        ...

    @property
    def more(self) -> bool:
        """Whether the next page can be read now."""
        ...


class AuditPage(Protocol):
    """One page of audits."""

    @property
    def rows(self) -> tuple[Audit, ...]:
        """What is told, oldest first, no audit left out."""
        ...

    @property
    def cursor(self) -> str:
        """Where to go on."""
        ...

    @property
    def more(self) -> bool:
        """Whether the next page can be read now."""
        ...


class MetricLog(Protocol):
    """Says what Zendesk's own clocks did: targets, starts, pauses."""

    @property
    def name(self) -> str:
        """The key under which its cursor is kept."""
        ...

    def ready(self) -> bool:
        """Whether a page can be read now without keeping others waiting."""
        ...

    def read(self, cursor: str | None, *, since: datetime) -> MetricPage:
        """The page after `cursor`; with None, the first since an instant. Raises RateLimited, Transient or Rejected."""
        ...


class AuditLog(Protocol):
    """Says what was done to tickets, to the second."""

    @property
    def name(self) -> str:
        """The key under which its cursor is kept."""
        ...

    def ready(self) -> bool:
        """Whether a page can be read now without keeping others waiting."""
        ...

    def read(self, cursor: str | None, *, since: datetime) -> AuditPage:
        """The page after `cursor`; with None, the first since an instant. Raises RateLimited, Transient or Rejected."""
        ...


class Desk(Protocol):
    """Tickets in Zendesk, read and written by number."""

    def fetch(self, ids: Sequence[int]) -> list[Ticket]:
        """The tickets as they are now, with SLAs and metric sets; numbers that no longer exist are absent."""
        ...

    def spare(self) -> bool:
        """Whether something may be read beside the feeds now, without waiting and without taking from what they need."""
        ...

    def submit(self, writes: Sequence[TicketWrite]) -> str:
        """Hand in at most 100 conditional writes as one job; returns the job's id.

        Raises RateLimited or Transient when nothing was handed in, Rejected when the call was refused, Unknown when it
        cannot be known.
        """
        ...

    def outcomes(self, job_id: str, writes: Sequence[TicketWrite]) -> list[Outcome] | None:
        """What the job came to for each write, or None while it runs. Writes of a job that Zendesk lost are `unknown`."""
        ...

    def audit_of(self, write: TicketWrite) -> int | None:
        """The audit that carries this write's mark, or None if the ticket has none: settles an unknown outcome."""
        ...

    def audits(self, ticket_id: int) -> tuple[Audit, ...]:
        """Every audit of a ticket, oldest first: what was done to it that the database may not know of. Empty where they cannot be listed."""
        ...


# ---- the store ---------------------------------------------------------------------------------------------------------


class Tickets(Protocol):
    """What Zendesk last told us."""

    def load(self, ids: Iterable[int]) -> dict[int, Ticket]:
        """Those of these that are held."""
        ...

    def save(self, tickets: Iterable[Ticket]) -> None:
        """Keep these in place of what was held."""
        ...

    def remove(self, ids: Iterable[int]) -> None:
        """Forget tickets with their memory, work, decisions and patterns (outbox rows stay)."""
        ...

    def ids(self, statuses: Iterable[str]) -> list[int]:
        """The numbers of those that have one of these statuses."""
        ...

    def count(self) -> Mapping[str, int]:
        """How many tickets are held, by status."""
        ...


class Work(Protocol):
    """Which tickets to look at, and when: one key per ticket, the earlier instant wins."""

    def wake(self, ids: Iterable[int], at: datetime) -> None:
        """Look at these no later than `at`."""
        ...

    def settle(self, looked: Mapping[int, datetime | None]) -> None:
        """These were looked at; look again at the instant given, or not until something changes."""
        ...

    def due(self, now: datetime, limit: int) -> list[int]:
        """Tickets whose instant has come, longest overdue first."""
        ...

    def next_at(self) -> datetime | None:
        """The earliest instant of all."""
        ...

    def overdue(self, now: datetime) -> tuple[int, datetime | None]:
        """How many are due, and since when the oldest has been."""
        ...


class Memories(Protocol):
    """What is remembered of each ticket."""

    def load(self, ids: Iterable[int]) -> dict[int, Memory]:
        """Those of these that there are."""
        ...

    def save(self, memories: Iterable[Memory]) -> None:
        """Keep these in place of what was held."""
        ...


class Decisions(Protocol):
    """Decisions worth keeping: those that did, or would have done, something."""

    def record(self, decisions: Iterable[Decision], run: str) -> None:
        """Keep these, as made by a run of the worker."""
        ...

    def of(self, ticket_id: int, limit: int = 20) -> list[Decision]:
        """The newest decisions of a ticket, newest first."""
        ...

    def forget(self, before: datetime) -> int:
        """Retention: drop what was decided before an instant; returns how many."""
        ...

    def since(self, at: datetime) -> int:
        """How many were made at an instant or later."""
        ...


class Outbox(Protocol):
    """Writes on their way."""

    def put(self, rows: Iterable[Row]) -> None:
        """Insert or replace rows by their op_id."""
        ...

    def claim(self, now: datetime, limit: int, lease_until: datetime) -> list[Row]:
        """Planned rows whose time has come, oldest first, at most one a ticket; now `sending` with one attempt more.

        A ticket with a row in `sending` or `unknown` gives none.
        """
        ...

    def ready(self, now: datetime, state: State, limit: int) -> list[Row]:
        """Rows in a state whose `not_before` has come, oldest first."""
        ...

    def find(self, op_id: str) -> Row | None:
        """The row of a mark."""
        ...

    def under_way(self, ids: Iterable[int]) -> dict[int, Row]:
        """The unfinished row of each of these tickets, if it has one."""
        ...

    def listed(self, states: Sequence[State], limit: int = 100_000) -> list[Row]:
        """Rows in any of these states, oldest first."""
        ...

    def count(self) -> Mapping[State, int]:
        """How many rows there are, by state."""
        ...

    def next_at(self) -> datetime | None:
        """When the next planned or unknown row is due."""
        ...

    def stale(self, now: datetime) -> list[Row]:
        """Rows in `sending` whose lease has run out: a worker died holding them."""
        ...

    def forget(self, before: datetime) -> int:
        """Retention: drop rows settled before an instant; returns how many. What is held or under way stays."""
        ...


class AlikeTickets(Protocol):
    """Which tickets may be one pattern: what they have in common, and whose they are."""

    def put(self, ids: Iterable[int], places: Iterable[Alike]) -> None:
        """These are all the places of these tickets, in place of what was noted."""
        ...

    def customers(self, key: str, value: str, since: datetime) -> int:
        """How many customers have a ticket there that was created at an instant or later."""
        ...


class Notebook(Protocol):
    """Small named facts that must move together with the rest: cursors, the policy in force, the first start."""

    def get(self, name: str) -> str | None:
        """What is noted under a name."""
        ...

    def set(self, name: str, value: str) -> None:
        """Note it."""
        ...


class Trail(Protocol):
    """The audit trail: entries are added behind the last one, in the transaction of what they tell; none is altered or removed."""

    def add(self, drafts: Iterable[Draft]) -> list[Entry]:
        """Put entries behind the last one. Others wait until the transaction ends, so it comes last in one."""
        ...

    def entries(self, after: int = 0, limit: int = 1_000, kinds: Collection[str] = ()) -> list[Entry]:
        """Entries with higher numbers, in order, at most so many; of some kinds only, where any are given."""
        ...

    def last(self) -> Entry | None:
        """The newest entry."""
        ...


class Texts(Protocol):
    """The texts of policies: of all versions that were ever signed, and of the one that was in force last."""

    def keep(self, digest: str, texts: Mapping[str, str], at: datetime) -> None:
        """Keep the texts of a version; what is kept already stays as it is."""
        ...

    def of(self, digest: str) -> Mapping[str, str] | None:
        """The texts of a version by file name, or None."""
        ...

    def kept(self) -> Mapping[str, datetime]:
        """Every version whose texts are kept, with since when."""
        ...

    def forget(self, digests: Collection[str]) -> None:
        """Drop the texts of these."""
        ...


class Transaction(Protocol):
    """All of it, in one unit of work: committed whole on leaving, or not at all on an exception."""

    @property
    def tickets(self) -> Tickets:
        """What Zendesk last told us."""
        ...

    @property
    def work(self) -> Work:
        """When to look at what."""
        ...

    @property
    def memories(self) -> Memories:
        """What is remembered of each ticket."""
        ...

    @property
    def decisions(self) -> Decisions:
        """What was decided."""
        ...

    @property
    def outbox(self) -> Outbox:
        """Writes on their way."""
        ...

    @property
    def messages(self) -> Messages:
        """Messages on their way to people."""
        ...

    @property
    def alike(self) -> AlikeTickets:
        """Which tickets may be one pattern."""
        ...

    @property
    def notebook(self) -> Notebook:
        """Small named facts."""
        ...

    @property
    def trail(self) -> Trail:
        """The audit trail."""
        ...

    @property
    def texts(self) -> Texts:
        """The texts of policies."""
        ...


class Store(Protocol):
    """Where all of it is kept."""

    def begin(self) -> AbstractContextManager[Transaction]:
        """One writing transaction at a time. Raises StoreBusy or StoreFull."""
        ...

    def read(self) -> AbstractContextManager[Transaction]:
        """One state of it all, to look at only; waits for no writer."""
        ...

    def close(self) -> None:
        """Let go of it."""
        ...


# ---- time --------------------------------------------------------------------------------------------------------------


class Clock(Protocol):
    """The one clock: real in service, simulated in demo and trials."""

    def now(self) -> datetime:
        """The instant, UTC."""
        ...
