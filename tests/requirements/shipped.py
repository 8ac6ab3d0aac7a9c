"""The shipped policies at work: on one ticket by itself, and as the whole worker on an account like the demo company's."""

from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from deskhand import wiring
from deskhand.app.ports import Store
from deskhand.cli.demo import play
from deskhand.cli.demo.drive import Driver
from deskhand.core.decision import Decision
from deskhand.core.effect import Assign
from deskhand.core.policy import Escalate, Policy, Tell
from deskhand.core.ticket import Organization
from deskhand.documents import load_policies, load_text
from deskhand.sandbox import API, EMAIL, Sandbox, SimClock, Ticket
from deskhand.sandbox.company import open_doors, settle
from tests.core.builders import Desk, ticket
from tests.source import ROOT

Json = dict[str, Any]
PRIORITY = {"p1": "urgent", "p2": "high", "p3": "normal", "p4": "low", None: None}


@cache
def shipped() -> Policy:
    """The policies in the repository."""
    loaded = load_policies(ROOT / "policies")
    assert loaded.policy is not None, [str(problem) for problem in loaded.problems]
    return loaded.policy


def case(severity: str | None = "p3", tier: str = "", **fields: Any) -> Desk:
    """A ticket of Monday 09:00 UTC under the shipped policies. Names in `fields` are custom fields, but for those of a ticket itself."""
    own = {name: fields.pop(name) for name in ("status", "group", "assignee", "subject", "tags") if name in fields}
    customer = Organization(3, "Globex", (), {"tier": tier, "csm_id": "42"}) if tier else None
    return Desk(shipped(), ticket(priority=PRIORITY[severity], fields=fields, organization=customer, **own))


def fired(decision: Decision) -> list[str]:
    """The rules that fired."""
    return [verdict.rule for verdict in decision.verdicts if verdict.outcome == "fires"]


class Firm:
    """The company's account without tickets, and the worker on it in enforce mode, in simulated time from Monday 08:30 UTC on.

    What it keeps is in a database in the folder, or in a store that is given.
    """

    def __init__(self, folder: Path, keep: Store | None = None) -> None:
        self.sandbox = Sandbox("acme", SimClock(), 1)
        self.company = settle(self.sandbox, customers=8)
        open_doors(self.company, arriving=False)
        self.stage = play.Stage(self.sandbox)
        settings = play._settings(self.sandbox, play.Ask(policies=ROOT / "policies"), folder)
        parts = wiring.Parts(self.stage, self.stage.wait, mount=self.sandbox.adapter(), guards=play.ALL_AT_ONCE)
        self.worker = wiring.build(settings, parts, keep=keep)
        self.decisions: list[Decision] = []
        self.worker.engine.witness = self.decisions.append

    def ticket(
        self,
        severity: str | None = "p3",
        *,
        tier: str = "",
        customer: int = 0,
        facts: Json | None = None,
        **fields: Any,
    ) -> Ticket:
        """A new ticket of a customer, of one whose organization has a tier if that matters; `facts` are what else it has beside custom fields."""
        rows = [row for row in self.company.customers if not tier or self._tier(row) == tier]
        asked = {"subject": "Help", "comment": {"body": "It broke"}, "priority": PRIORITY[severity]} | (facts or {})
        return self.sandbox.world.create_ticket(
            asked | {"custom_fields": self._custom(fields)}, author=rows[customer]["id"], via=EMAIL
        )

    def homes(self, count: int) -> list[int]:
        """Customers of so many different organizations, by their number."""
        found: dict[int, int] = {}
        for number, row in enumerate(self.company.customers):
            found.setdefault(row["organization_id"], number)
        return sorted(found.values())[:count]

    def change(self, one: Ticket, by: str = "lead@acme.example", *, facts: Json | None = None, **fields: Any) -> None:
        """An agent changes custom fields of a ticket, and what else of it `facts` say."""
        given = (facts or {}) | ({"custom_fields": self._custom(fields)} if fields else {})
        self.sandbox.world.update_ticket(one, given, author=self.company.agents[by], via=API)

    def _custom(self, fields: Json) -> list[Json]:
        return [{"id": self.company.fields[name], "value": value} for name, value in fields.items()]

    def _tier(self, customer: Json) -> str:
        homes = {row["id"]: row["organization_fields"]["tier"] for row in self.company.organizations}
        return str(homes.get(customer["organization_id"], ""))

    def go(self, minutes: float) -> None:
        """Let the worker work for so long."""
        until = self.stage.now() + timedelta(minutes=minutes)
        Driver(self.worker.engine, self.stage, timedelta(seconds=30), lambda *_: None, self.worker.post).run(until)
        if self.stage.now() < until:
            self.stage.run_until(until)

    def carry(self, minutes: float) -> None:
        """Let the worker work for so long, with what it says to people carried to the pretended services."""
        until = self.stage.now() + timedelta(minutes=minutes)
        Driver(self.worker.engine, self.stage, timedelta(seconds=30), lambda *_: None, self.worker.post).run(until)
        if self.stage.now() < until:
            self.stage.run_until(until)

    def show(self, one: Ticket) -> Json:
        """A ticket as the API shows it."""
        found: Json = self.worker.connection.gateway.get(f"tickets/{one.id}", holds="ticket")["ticket"]
        return found

    def field(self, one: Ticket, name: str) -> Any:
        """A custom field of a ticket, as the API shows it now."""
        found = {row["id"]: row["value"] for row in self.show(one)["custom_fields"]}
        return found[self.company.fields[name]]

    def comments(self, one: Ticket) -> list[Json]:
        """What was written in it after it came."""
        return list(self.worker.connection.gateway.pages(f"tickets/{one.id}/comments", "comments"))[1:]

    def notes(self, one: Ticket) -> str:
        """All that was written, as one text."""
        return "\n\n".join(str(comment["body"]) for comment in self.comments(one))

    def all_comments(self) -> Iterator[Json]:
        """Every comment of every ticket that the worker wrote."""
        for one in self.worker.connection.gateway.pages("tickets", "tickets"):
            for comment in self.worker.connection.gateway.pages(f"tickets/{one['id']}/comments", "comments"):
                if comment["author_id"] == self.company.worker:
                    yield comment

    def close(self) -> None:
        """Let go of the store."""
        self.worker.store.close()


def said_of(file: str, old: str, new: str) -> list[str]:
    """What is said of the shipped policies where one of their files says something else: each problem in one line."""
    folder = ROOT / "policies"
    texts = {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.yaml"))}
    assert texts[file].count(old) == 1, f"{file} has {texts[file].count(old)} of {old!r}"
    return [str(problem) for problem in load_text({**texts, file: texts[file].replace(old, new)}).problems]


def ladders(decision: Decision) -> set[str]:
    """The ladders that rules start at a look."""
    names = fired(decision)
    return {action.ladder for rule in shipped().rules if rule.id in names for action in rule.then if isinstance(action, Escalate)}  # fmt: skip


def told(decision: Decision) -> set[str]:
    """The roles that rules tell at a look."""
    names = fired(decision)
    return {action.role for rule in shipped().rules if rule.id in names for action in rule.then if isinstance(action, Tell)}  # fmt: skip


def group(decision: Decision) -> str | None:
    """The group that the ticket gets."""
    changes = [effect.change for effect in decision.effects if not effect.overruled_by]
    return next((change.group for change in changes if isinstance(change, Assign)), None)
