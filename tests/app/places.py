"""The worker's use cases joined to the sandbox inside this process, in simulated time."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from deskhand.app.dispatch import Dispatched, dispatch
from deskhand.app.engine import Engine
from deskhand.app.evaluate import Evaluated, evaluate
from deskhand.app.poll import Polled, poll
from deskhand.app.ports import Store
from deskhand.core.decision import Decision
from deskhand.core.policy import Policy
from deskhand.sandbox import API, EMAIL, Options, Sandbox, SimClock, Ticket
from deskhand.store import MemoryStore
from deskhand.zendesk.account import Account, Connection
from deskhand.zendesk.auth import ClientCredentials, Secret

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@dataclass
class Shop:
    """A sandbox with two groups, two fields and a customer, and an engine that works on it."""

    policy: Policy
    feeds: Literal["both", "export", "recent"] = "both"
    read_only: bool = False
    options: Options | None = None
    store: Store = field(default_factory=MemoryStore)
    decisions: list[Decision] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.sandbox = Sandbox(clock=SimClock(START), options=self.options)
        world = self.world = self.sandbox.world
        self.groups: Mapping[str, Any] = {name: world.add_group(name) for name in ("Network", "Billing")}
        both = [group["id"] for group in self.groups.values()]
        self.agent = world.add_user("Ann", "ann@acme.example", "agent", groups=both)
        self.customer = world.add_user("Zoe", "zoe@customer.example", "end-user")
        self.issue = world.add_field("Issue type", "tagger", options=["network_outage", "billing"])
        self.state = world.add_field("Escalation state", "text")
        self.engine = self.start()

    def start(self) -> Engine:
        """A worker, new like after a restart; the store stays."""
        self.connection = Connection(
            Account(self.sandbox.url, ClientCredentials("sandbox-client", Secret("sandbox-secret"))),
            now=self.now,
            wait=self.pass_time,
            read_only=self.read_only,
            environ={},
            mount=self.sandbox.adapter(),
        )
        needs = self.policy.needs
        self.engine = Engine(
            self.store,
            self.connection.desk(needs),
            self.connection.feeds(self.feeds, needs),
            self.policy,
            self,
            "run",
            metric_log=self.connection.metric_log(needs),
            audit_log=self.connection.audit_log(needs),
        )
        self.engine.witness = self.decisions.append
        return self.engine

    def now(self) -> datetime:
        """The sandbox's instant."""
        return self.sandbox.clock.now()

    def pass_time(self, seconds: float) -> None:
        """Let so much time pass."""
        self.sandbox.run_until(self.now() + timedelta(seconds=seconds))

    def ticket(self, **facts: Any) -> Ticket:
        """A new ticket of the customer's."""
        asked = {"subject": "Help", "comment": {"body": "It broke"}, "priority": "normal"} | facts
        return self.world.create_ticket(asked, author=self.customer["id"], via=EMAIL)

    def change(self, ticket: Ticket, **facts: Any) -> None:
        """The agent changes a ticket."""
        self.world.update_ticket(ticket, facts, author=self.agent["id"], via=API)

    def show(self, ticket: Ticket) -> dict[str, Any]:
        """A ticket as the API shows it."""
        found: dict[str, Any] = self.connection.gateway.get(f"tickets/{ticket.id}", holds="ticket")["ticket"]
        return found

    def audits(self, ticket: Ticket) -> list[dict[str, Any]]:
        """A ticket's audits as the API shows them."""
        return list(self.connection.gateway.pages(f"tickets/{ticket.id}/audits", "audits"))

    def cycle(self, rounds: int = 6) -> tuple[Polled, Evaluated, Dispatched]:
        """Poll, judge, deliver, until the jobs have ended."""
        polled, judged, sent = poll(self.engine), evaluate(self.engine), dispatch(self.engine)
        for _ in range(rounds):
            self.pass_time(3)
            sent += dispatch(self.engine)
            more = evaluate(self.engine)
            judged.tickets += more.tickets
            judged.decisions += more.decisions
        return polled, judged, sent

    def outbox(self) -> dict[str, int]:
        """How many rows there are in each state, those without any left out."""
        with self.store.begin() as tx:
            return {state: count for state, count in tx.outbox.count().items() if count}
