"""What the use cases need of the services that carry messages, and of the store that keeps them. Adapters in `notify` fit by shape; `wiring` joins them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Literal, Protocol

from deskhand.core.issue import PastDue
from deskhand.core.message import Link, Message, MessageRow, MessageState, Receipt, Sent, Shift, Standing
from deskhand.core.sheet import Sheet

Again = Literal["safe", "ask", "accept", "never"]
"""What may be done with a message whose outcome is unknown. `safe`: send it again, the service knows it by its key. `ask`: `find` it first. `accept`: send it
again where silence is worse than a second one (pages, and what is urgent), else leave it. `never`: leave it."""


class Channel(Protocol):
    """One channel of the policies: a service and a place there.

    Every method raises RateLimited (with the seconds to wait), Transient (nothing was done), Unknown (may have been done), Rejected or AccessRefused (never
    will be, whose hint names the setting or the policy key to mend). Nothing in it retries.
    """

    @property
    def name(self) -> str:
        """Its name in the policies."""
        ...

    @property
    def service(self) -> str:
        """The service that it speaks to; channels of one service and secret share its pace."""
        ...

    @property
    def again(self) -> Again:
        """What to do where the outcome is unknown."""
        ...

    def carries(self, message: Message) -> bool:
        """Whether it can carry this kind of message at all."""
        ...

    def send(self, message: Message, earlier: Sequence[Sent]) -> Receipt:
        """Send it. `earlier` is what this very channel carried of the same thread before, oldest first."""
        ...

    def find(self, message: Message, earlier: Sequence[Sent]) -> Receipt | None:
        """What the service has of a message whose outcome is unknown, or None if it has nothing. Asked only where `again` is `ask`, and for read-back."""
        ...


class Pager(Protocol):
    """A channel that can tell who acknowledged, and who is on call."""

    @property
    def name(self) -> str:
        """The channel's name in the policies."""
        ...

    def standing(self, thread: str) -> Standing | None:
        """Where the newest matter under a thread stands; None where the service has none. Raises as a channel does."""
        ...

    def on_call(self, schedule: str, level: int, since: datetime, until: datetime) -> tuple[Shift, ...]:
        """Who is on call at a level of an escalation policy between two instants, in order of time. Raises as a channel does."""
        ...


class Runbooks(Protocol):
    """Where runbooks are looked up. Fails soft: no runbook is no reason not to page."""

    def find(self, label: str) -> Link | None:
        """The runbook for a label (an issue type) or a page's id, from a cache where it is fresh enough; None where there is none or it cannot be asked."""
        ...


class Wiki(Protocol):
    """Where pages of ours are put for people to find."""

    def put(self, sheet: Sheet) -> Receipt:
        """Make the page with this title say this; the receipt's state is made, changed or unchanged. Raises as a channel does."""
        ...


class Tracker(Protocol):
    """Where issues are kept."""

    def past_due(self) -> Sequence[PastDue]:
        """Escalation issues that are open and past their due date. Raises as a channel does."""
        ...


class Messages(Protocol):
    """Messages on their way, in the store."""

    def put(self, rows: Iterable[MessageRow]) -> None:
        """Insert or replace rows by their key."""
        ...

    def add(self, messages: Iterable[Message], now: datetime, run: str) -> list[Message]:
        """Queue those whose key is not there yet, as planned; returns them."""
        ...

    def claim(
        self, now: datetime, limit: int, lease_until: datetime, channels: Collection[str] | None = None
    ) -> list[MessageRow]:
        """Planned rows whose time has come, by any of these channels (None: by any), oldest first; now `sending` with one attempt more.

        Each thread has an order for each channel: at most one row, the lowest number that is planned, and none while another is `sending` or
        `unknown` there. A `close` waits for the pages of its thread that are under way anywhere. What is deferred or held keeps back none: an
        urgent page waits for no quiet hours that an earlier word waits for.
        """
        ...

    def hold(self, channels: Collection[str], until: datetime) -> None:
        """Planned rows by these channels wait until an instant at least."""
        ...

    def ready(
        self, now: datetime, state: MessageState, limit: int, channels: Collection[str] | None = None
    ) -> list[MessageRow]:
        """Rows in a state, by any of these channels (None: by any), that have not come to their end and whose `not_before` has come, oldest first."""
        ...

    def stale(self, now: datetime) -> list[MessageRow]:
        """Rows in `sending` whose lease has run out."""
        ...

    def find(self, key: str) -> MessageRow | None:
        """The row of a message."""
        ...

    def of(self, thread: str) -> list[MessageRow]:
        """All rows of a thread, by number."""
        ...

    def matters(self, threads: Iterable[str]) -> Mapping[str, list[MessageRow]]:
        """All rows of each of these threads, by number."""
        ...

    def joined(self, threads: Iterable[str], since: datetime) -> Mapping[str, list[str]]:
        """Threads that were told of or counted in each of these, as far as their messages were decided or sent after an instant."""
        ...

    def open_threads(self, since: datetime) -> list[str]:
        """Threads in which a page was sent that was decided after an instant, and nothing was closed since: whose acknowledgement is asked for."""
        ...

    def recent(self, since: datetime) -> list[MessageRow]:
        """Rows whose message was decided or sent after an instant, oldest first, for budgets, storms and statistics."""
        ...

    def listed(self, states: Sequence[MessageState], limit: int = 100_000) -> list[MessageRow]:
        """Rows in any of these states, oldest first."""
        ...

    def count(self) -> Mapping[MessageState, int]:
        """How many rows there are, by state."""
        ...

    def next_at(self) -> datetime | None:
        """When the next row is due that has not come to its end: one that may leave, is put off, unclear, or to be read back."""
        ...

    def forget(self, before: datetime) -> int:
        """Retention: drop rows settled before an instant; returns how many."""
        ...
