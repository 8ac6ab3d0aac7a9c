"""The use cases of macros, joined to the sandbox inside this process, in simulated time."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import requests
from requests.adapters import BaseAdapter

from deskhand.app.macros.apply import Applied, apply_plan
from deskhand.app.macros.document import Plan, read, written
from deskhand.app.macros.plan import Asked, make_plan
from deskhand.app.macros.ports import Shop
from deskhand.core.macros.marker import Owner, parse
from deskhand.core.macros.plan import Choices
from deskhand.core.macros.record import Want
from deskhand.sandbox import Options, Sandbox, SimClock
from deskhand.store import MemoryStore
from deskhand.store.macro_runs import MemoryRuns
from deskhand.store.macro_states import DatabaseStates
from deskhand.zendesk.account import Account, Connection
from deskhand.zendesk.auth import ClientCredentials, Secret
from deskhand.zendesk.macros import ZendeskMacros

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
OWNER = Owner("acme", "prod")


class Killed(BaseException):
    """The process died."""


class Cut(BaseAdapter):
    """A transport that dies with the request of a number: before it is carried out, or after."""

    def __init__(self, inner: BaseAdapter, at: int | None, *, after: bool) -> None:
        super().__init__()
        self.inner, self.at, self.after = inner, at, after
        self.sent = 0

    def send(self, request: requests.PreparedRequest, *args: Any, **more: Any) -> requests.Response:
        """Hand it on, unless it is the one."""
        self.sent += 1
        if self.sent == self.at and not self.after:
            raise Killed
        answer = self.inner.send(request, *args, **more)
        if self.sent == self.at:
            raise Killed
        return answer

    def close(self) -> None:
        """Nothing is held."""


@dataclass
class Place:
    """An account, a state, and a folder for journals."""

    options: Options | None = None
    store: MemoryStore = field(default_factory=MemoryStore)
    runs: int = 0

    def __post_init__(self) -> None:
        self.sandbox = Sandbox(clock=SimClock(START), options=self.options)
        self.world = self.sandbox.world
        self.journals = MemoryRuns()
        self.group: int = self.world.add_group("Billing")["id"]
        self.field: int = self.world.add_field("Order no", "tagger", ["late", "lost"])["id"]
        self.cut = Cut(self.sandbox.adapter(), None, after=False)

    def now(self) -> datetime:
        """The sandbox's instant."""
        return self.sandbox.clock.now()

    def wait(self, seconds: float) -> None:
        """Let so much time pass."""
        self.sandbox.run_until(self.now() + timedelta(seconds=seconds))

    def desk(self, *, read_only: bool = False, mount: BaseAdapter | None = None) -> ZendeskMacros:
        """The account's macros over a new connection."""
        connection = Connection(
            Account(self.sandbox.url, ClientCredentials("sandbox-client", Secret("sandbox-secret"))),
            now=self.now,
            wait=self.wait,
            read_only=read_only,
            environ={},
            mount=mount or self.sandbox.adapter(),
        )
        return connection.macros()

    def shop(self, *, read_only: bool = False, owner: Owner = OWNER, mount: BaseAdapter | None = None) -> Shop:
        """What the use cases work with, new like after a restart; account and state stay."""
        self.runs += 1
        return Shop(
            desk=self.desk(read_only=read_only, mount=mount),
            states=DatabaseStates(self.store, self.now, "ann"),
            runs=self.journals,
            owner=owner,
            now=self.now,
            wait=self.wait,
            run=f"run-{self.runs}",
            by="test",
        )

    def plan(self, wants: Iterable[Want], **asked: Any) -> Plan:
        """A plan, made by a transport that cannot write, and read back from its file."""
        choices = {name: asked.pop(name) for name in list(asked) if name in Choices.__slots__ and name != "delete"}
        made = make_plan(self.shop(read_only=True), wants, Asked(choices=Choices(**choices), **asked))
        return read(written(made), "plan.json")

    def apply(self, wants: Iterable[Want], **asked: Any) -> Applied:
        """Plan and apply."""
        return apply_plan(self.shop(), self.plan(wants, **asked))

    def bind(self, wants: Iterable[Want]) -> None:
        """Have these macros, as after an apply of few."""
        done = apply_plan(self.shop(), self.plan(wants, allowed={"update": 1_000}))
        assert not done.failed

    def rows(self) -> list[dict[str, Any]]:
        """The macros as the account has them."""
        return [dict(row) for row in self.world.tables["macros"]]

    def row(self, title: str) -> dict[str, Any]:
        """The one macro of a title, itself: who changes it changes the account."""
        (found,) = [row for row in self.world.tables["macros"] if row["title"] == title]
        return found

    def picture(self) -> list[tuple[Any, ...]]:
        """What the account's macros say and do, and which keys their markers name; without numbers that differ by run."""
        names = ("title", "active", "restriction", "actions")
        found = []
        for row in self.rows():
            text, mark = parse(row["description"])
            own = mark is not None and mark.macro_id == row["id"]
            found.append((*(str(row[name]) for name in names), text, mark.key if mark else "", own))
        return sorted(found)

    def calls(self) -> list[str]:
        """Every request so far, as method and path, token requests left out."""
        return [
            f"{call.method} {call.path.removeprefix('/api/v2/').removesuffix('.json')}"
            for call in self.sandbox.calls.log
            if "oauth" not in call.path
        ]
