"""The demo company: an account as a small software maker would have it, with its people, settings, a past of some weeks, and a day to come.

Addresses end in acme.example. The worker signs in as `deskhand@acme.example` with the OAuth client `deskhand`, secret `sandbox-secret`.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import TYPE_CHECKING

from deskhand.sandbox import company_people as people
from deskhand.sandbox import company_settings as settings
from deskhand.sandbox.actors import Cast
from deskhand.sandbox.actors_time import DAY
from deskhand.sandbox.auth import Client
from deskhand.sandbox.clock import START
from deskhand.sandbox.company_cases import write_cases
from deskhand.sandbox.exchange import Row
from deskhand.sandbox.generator import Drawer, Past, keep_arriving, write_history

if TYPE_CHECKING:
    from deskhand.sandbox.sandbox import Sandbox

MONDAY = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
"""When the demo's day begins."""

CLIENT_ID, CLIENT_SECRET = "deskhand", "sandbox-secret"


@dataclass(slots=True)
class Company:
    """What was built: ids of groups and custom fields by name, of agents by address, the rows of customers, and the people who act."""

    sandbox: "Sandbox"
    groups: dict[str, int]
    agents: dict[str, int]
    fields: dict[str, int]
    organizations: list[Row]
    customers: list[Row]
    cast: Cast
    drawer: Drawer
    past: Past
    start: datetime = field(default=MONDAY)

    @property
    def worker(self) -> int:
        """The id of the user as whom the worker signs in."""
        return self.agents[people.WORKER]


def build_company(
    sandbox: "Sandbox",
    *,
    seed: int = 1,
    tickets: int = 400,
    start: datetime | None = None,
    arriving: bool = True,
    cases: bool = True,
) -> Company:
    """Fill an empty sandbox with the company and its past, and move its clock to `start` (or leave it, where it is later already).

    Without `start` its day begins on the demo's Monday, or when the clock stands, where that is on purpose another time.

    `tickets` is how many there are at the start; `arriving` lets 40 to 80 more come on each working day; `cases` are the tickets
    that stand at interesting points. The same seed gives the same company.
    """
    company = settle(sandbox, seed=seed, customers=max(200, tickets // 5), start=start)
    begin = company.start.timestamp()
    staged = write_cases(company.cast, company.drawer, begin) if cases and tickets >= 100 else 0
    write_history(company.cast, company.drawer, tickets=tickets - staged, until=begin)
    open_doors(company, arriving=arriving)
    return company


def open_doors(company: Company, *, arriving: bool = True, low: int = 40, high: int = 80) -> None:
    """Let the past happen, move the clock to the start, switch the account's own rules on, and let new tickets come (`low` to `high` on a working day)."""
    company.past.play(company.start.timestamp())
    company.sandbox.clock.to(company.start)
    settings.add_rules(company.sandbox.world, company.groups, company.fields)
    if arriving:
        keep_arriving(company.cast, company.drawer, company.start.timestamp(), low=low, high=high)


def settle(sandbox: "Sandbox", *, seed: int = 1, customers: int = 200, start: datetime | None = None) -> Company:
    """The company without tickets: groups, agents, organizations, customers, settings, credentials. No instant of it is later than `start`."""
    world, random = sandbox.world, _dice(f"company {seed}")
    now = sandbox.clock.now().replace(microsecond=0)
    start = max(start or (MONDAY if now >= START else now), now)
    with world.as_of(start.timestamp() - 400 * DAY):
        groups = people.add_groups(world)
        agents = people.add_agents(world, groups, random)
        organizations = people.add_organizations(world, random, max(60, customers // 4), agents["csm@acme.example"])
        rows = people.add_customers(world, random, organizations, customers)
        fields = settings.add_fields(world)
        settings.add_desk(world, fields)
        settings.add_schedules(world)
        settings.add_slas(world)
    sandbox.door.clients[CLIENT_ID] = Client(CLIENT_SECRET, agents[people.WORKER])
    past = Past(sandbox)
    cast = Cast(
        world, past.schedule, _dice(f"cast {seed}"), groups, fields, off_duty=frozenset({agents[people.WORKER]})
    )
    tiers = {row["id"]: row["organization_fields"]["tier"] for row in organizations}
    drawer = Drawer(_dice(f"tickets {seed}"), groups, fields, rows, tiers)
    return Company(sandbox, groups, agents, fields, organizations, rows, cast, drawer, past, start)


def _dice(seed: str) -> Random:
    return Random(seed)  # noqa: S311 - a pretended company, not a secret
