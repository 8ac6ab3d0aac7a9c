"""The people of the demo company: groups and agents of Acme, its customers' companies and their people."""

from random import Random
from typing import TYPE_CHECKING

from deskhand.sandbox.exchange import Row

if TYPE_CHECKING:
    from deskhand.sandbox.world import World

GROUPS = (
    "Support L1", "Support L2", "Billing", "Network Specialists", "Platform Engineering", "Engineering On-Call", "Security Response",
)  # fmt: skip
"""Names of the groups, as the shipped policies use them."""

WORKER = "deskhand@acme.example"
"""The admin as whom the worker signs in."""

SPECIAL = (
    ("Lea Okafor", "lead@acme.example", ("Support L1", "Support L2", "Billing")),
    ("Casper Munk", "csm@acme.example", ("Support L1",)),
    ("Onni Callahan", "oncall@acme.example", ("Engineering On-Call", "Platform Engineering")),
    ("Sefa Guard", "security@acme.example", ("Security Response",)),
)
"""Agents whom the shipped policies name: name, address, groups; the first group is their default."""

_STAFFING = (
    ("Support L1", 8), ("Support L2", 5), ("Billing", 3), ("Network Specialists", 3), ("Platform Engineering", 2),
    ("Engineering On-Call", 1), ("Security Response", 1),
)  # fmt: skip

FIRST = (
    "Ada", "Bram", "Chidi", "Dana", "Emre", "Freya", "Goran", "Hana", "Ines", "Jonas", "Kofi", "Lin", "Mira", "Nils", "Olga", "Pavel",
    "Quinn", "Rosa", "Samir", "Tove", "Umar", "Vera", "Wim", "Xenia", "Yusuf", "Zoe", "Anouk", "Benat", "Ciara", "Dmitri",
)  # fmt: skip
LAST = (
    "Abara", "Bianchi", "Castro", "Dietrich", "Eriksen", "Fontaine", "Grabowski", "Haddad", "Ivanova", "Jansen", "Kaya", "Lindqvist",
    "Moreau", "Nowak", "O'Brien", "Petrov", "Quist", "Rossi", "Santos", "Takeda", "Ueda", "Varga", "Weber", "Yilmaz", "Zeman",
)  # fmt: skip
_COMPANY = (
    "Alder",
    "Birch",
    "Cedar",
    "Drift",
    "Ember",
    "Falcon",
    "Granite",
    "Harbor",
    "Iris",
    "Juniper",
    "Kestrel",
    "Lumen",
    "Maple",
    "North",
    "Onyx",
)
_TRADE = ("Logistics", "Foods", "Health", "Labs", "Energy", "Media", "Travel", "Books")
TIERS = (("enterprise", 2), ("business", 4), ("starter", 6))
"""Tiers with how often each occurs."""


def add_groups(world: "World") -> dict[str, int]:
    """The groups; returns their ids by name."""
    return {name: world.add_group(name)["id"] for name in GROUPS}


def add_agents(world: "World", groups: dict[str, int], random: Random) -> dict[str, int]:
    """The worker's own user, the agents whom policies name, and the rest of the staff; returns ids by address."""
    made = {WORKER: world.add_user("Deskhand Worker", WORKER, "admin", [groups["Support L1"]])["id"]}
    for name, email, member_of in SPECIAL:
        made[email] = world.add_user(name, email, "agent", [groups[group] for group in member_of])["id"]
    names = _names(random, sum(count for _, count in _STAFFING))
    for group, count in _STAFFING:
        for _ in range(count):
            name = names.pop()
            made |= _agent(world, name, [groups[group]])
    for name in ("Tariq Light", "Uma Light"):
        made |= _agent(world, name, [groups["Support L1"]], role="light_agent")
    return made


def _agent(world: "World", name: str, groups: list[int], role: str = "agent") -> dict[str, int]:
    email = address(name, "acme.example")
    return {email: world.add_user(name, email, role, groups)["id"]}


def add_organizations(world: "World", random: Random, count: int, csm: int) -> list[Row]:
    """Companies with a tier and, for enterprise, the agent who looks after them (`csm_id`)."""
    names = [f"{first} {trade}" for trade in _TRADE for first in _COMPANY]
    made = []
    for number in range(count):
        name = names[number % len(names)] + (f" {number // len(names) + 1}" if number >= len(names) else "")
        tier = random.choices([tier for tier, _ in TIERS], [weight for _, weight in TIERS])[0]
        fields = {
            "tier": tier,
            "csm_id": str(csm) if tier == "enterprise" else None,
            "contract_until": f"2027-{number % 12 + 1:02}-01",
        }
        made.append(world.add_organization(name, organization_fields=fields, domain_names=[_domain(name)]))
    return made


def add_customers(world: "World", random: Random, organizations: list[Row], count: int) -> list[Row]:
    """People who write tickets: some belong to a company, larger tiers have more of them, a few to none."""
    weights = [{"enterprise": 5, "business": 3}.get(row["organization_fields"]["tier"], 1) for row in organizations]
    made = []
    for number in range(count):
        home = None if number % 25 == 24 else random.choices(organizations, weights)[0]
        name = f"{random.choice(FIRST)} {random.choice(LAST)}"
        domain = home["domain_names"][0] if home else "mail.example"
        made.append(
            world.add_user(
                name,
                address(name, domain, number),
                organization_id=home["id"] if home else None,
                user_fields={"vip": number % 40 == 0},
            )
        )
    return made


def address(name: str, domain: str, number: int | None = None) -> str:
    """An e-mail address of a person; a number keeps namesakes apart."""
    local = "".join(letter for letter in name.lower().replace(" ", ".") if letter.isalnum() or letter == ".")
    return f"{local}{'' if number is None else number}@{domain}"


def _names(random: Random, count: int) -> list[str]:
    return random.sample([f"{first} {last}" for first in FIRST for last in LAST], count)


def _domain(name: str) -> str:
    return name.lower().replace(" ", "-") + ".example"
