"""Services of every kind of idempotency for tests of delivery, and a post office with them: they keep what they took, can be away, and lose answers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from deskhand.app.deliver import deliver
from deskhand.app.engine import Engine
from deskhand.app.outcome import Delivered
from deskhand.app.post import Post
from deskhand.app.service_ports import Again
from deskhand.core.audited import Audit
from deskhand.core.delivery import Outcome
from deskhand.core.effect import TicketWrite
from deskhand.core.guards import OFF, Guards
from deskhand.core.ladder import Channel as Place
from deskhand.core.memory import Memory
from deskhand.core.message import Message, MessageRow, Receipt, Sent, Service, Verb
from deskhand.core.ticket import Ticket
from deskhand.errors import DeskError, Unknown
from deskhand.store import MemoryStore
from tests.app.rota import Rota
from tests.core.builders import START, policy
from tests.core.messages import message

Fault = Callable[[Message], DeskError | None]
"""An error that a call ends with; None for none."""


@dataclass
class Carrier:
    """A service with one channel. `before` strikes before anything is done, `after` once it is done, so that the answer is lost; `looking` strikes `find`."""

    name: str
    service: Service = "pagerduty_events"
    again: Again = "safe"
    verbs: tuple[Verb, ...] = ("page", "tell", "close")
    before: Fault = lambda _message: None
    after: Fault = lambda _message: None
    looking: Fault = lambda _message: None
    took: list[Message] = field(default_factory=list)
    calls: int = 0
    earlier: list[tuple[Sent, ...]] = field(default_factory=list)
    forgets: bool = False
    """Whether it takes messages and then does not show them."""

    def carries(self, message: Message) -> bool:
        """What it is for."""
        return message.verb in self.verbs

    def send(self, message: Message, earlier: Sequence[Sent]) -> Receipt:
        """Take it; a service that is safe knows it by its key."""
        self.calls += 1
        if error := self.before(message):
            raise error
        if self.again != "safe" or message.key not in self.keys:
            self.took.append(message)
            self.earlier.append(tuple(earlier))
        if error := self.after(message):
            raise error
        return Receipt(f"{self.name}/{message.key}")

    def find(self, message: Message, earlier: Sequence[Sent]) -> Receipt | None:
        """What it has."""
        if error := self.looking(message):
            raise error
        return Receipt(f"{self.name}/{message.key}") if message.key in self.keys and not self.forgets else None

    @property
    def keys(self) -> list[str]:
        """The keys of what it took, in order."""
        return [one.key for one in self.took]


class NoDesk:
    """Zendesk, which nobody asks here."""

    def fetch(self, ids: Sequence[int]) -> list[Ticket]:
        """No tickets."""
        return []

    def spare(self) -> bool:
        """Nobody is in the way."""
        return True

    def submit(self, writes: Sequence[TicketWrite]) -> str:
        """No writes."""
        raise AssertionError(writes)

    def outcomes(self, job_id: str, writes: Sequence[TicketWrite]) -> list[Outcome] | None:
        """No jobs."""
        raise AssertionError(job_id, writes)

    def audit_of(self, write: TicketWrite) -> int | None:
        """No audits."""
        raise AssertionError(write)

    def audits(self, ticket_id: int) -> tuple[Audit, ...]:
        """No audits."""
        raise AssertionError(ticket_id)


class Office:
    """A worker's post office in simulated time."""

    def __init__(
        self, *carriers: Carrier, guards: Guards = OFF, places: Mapping[str, Mapping[str, Any]] | None = None
    ) -> None:
        """`places` are facts of the policy's channels, by name."""
        self.time = START
        self.carriers = {one.name: one for one in carriers}
        channels = {
            name: Place(name, one.service, **(places or {}).get(name, {})) for name, one in self.carriers.items()
        }
        self.store = MemoryStore()
        self.stopped = ""
        rules = replace(policy(), channels=channels, guards=guards)
        self.engine = Engine(self.store, NoDesk(), (), rules, self, "run", stop=lambda: self.stopped)
        self.pager = Rota()
        self.paging: tuple[str, ...] = ()
        self.open()

    def open(self) -> None:
        """A post office that knows of nothing, as after a restart."""
        self.post = Post(channels=dict(self.carriers), pagers=dict.fromkeys(self.paging, self.pager))
        self.post.arrange(self.engine.policy.channels)

    def now(self) -> datetime:
        """The instant."""
        return self.time

    def queue(self, ticket: int = 1, /, **facts: Any) -> Message:
        """A decision's message about a ticket; a page, if nothing else is said."""
        key = f"m{ticket}-{facts.get('number', 1)}"
        given: dict[str, Any] = {"at": self.time, "key": key} | facts
        one = replace(message(ticket), **given)
        with self.store.begin() as tx:
            tx.messages.add([one], self.time, "run")
        return one

    def turn(self) -> Delivered:
        """One turn of everything, now."""
        return deliver(self.engine, self.post)

    def work(self, seconds: float, *, step: float = 2) -> None:
        """Let so much time pass, with a turn every other second."""
        end = self.time + timedelta(seconds=seconds)
        self.turn()
        while self.time < end:
            self.time += timedelta(seconds=step)
            self.turn()

    def row(self, key: str) -> MessageRow:
        """A message as the store has it."""
        with self.store.begin() as tx:
            found = tx.messages.find(key)
        assert found is not None
        return found

    def remember(self, memory: Memory) -> None:
        """What the worker knows of a ticket."""
        with self.store.begin() as tx:
            tx.memories.save([memory])


def away(error: type[DeskError], until: Callable[[], bool] = lambda: False) -> Fault:
    """A fault that lasts until something holds."""
    return lambda _message: None if until() else error("no answer")


def times(count: int, error: Callable[[], DeskError] = lambda: Unknown("no answer")) -> Fault:
    """A fault that strikes so often and then no more."""
    left = [count]

    def strike(_message: Message) -> DeskError | None:
        left[0] -= 1
        return error() if left[0] >= 0 else None

    return strike
