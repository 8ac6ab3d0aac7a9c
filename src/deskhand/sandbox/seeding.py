"""Making a world without HTTP: people, groups, fields, policies, schedules. Each method returns the new row."""

import random
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from deskhand.sandbox import shapes
from deskhand.sandbox.clock import epoch_of, iso
from deskhand.sandbox.exchange import Row
from deskhand.sandbox.table import Table
from deskhand.sandbox.zones import iana

_TABLES = (
    ("group", "groups"), ("user", "users"), ("organization", "organizations"), ("group_membership", "group_memberships"),
    ("organization_membership", "organization_memberships"), ("ticket_field", "ticket_fields"), ("user_field", "user_fields"),
    ("organization_field", "organization_fields"), ("ticket_form", "ticket_forms"), ("brand", "brands"),
    ("custom_status", "custom_statuses"), ("custom_role", "custom_roles"), ("sla_policy", "sla_policies", "slas/policies"),
    ("schedule", "schedules", "business_hours/schedules"), ("macro", "macros"), ("view", "views"), ("trigger", "triggers"),
    ("trigger_category", "trigger_categories"), ("automation", "automations"), ("webhook", "webhooks"),
    ("item", "items", "dynamic_content/items"), ("satisfaction_rating", "satisfaction_ratings"), ("identity", "identities"),
    ("attachment", "attachments"), ("recipient_address", "recipient_addresses"),
    ("suspended_ticket", "suspended_tickets"), ("ticket_form_status", "ticket_form_statuses"), ("group_sla_policy", "group_sla_policies", "group_slas/policies"),
)  # fmt: skip

_PEOPLE = {
    "users",
    "organizations",
    "group_memberships",
    "organization_memberships",
    "identities",
    "attachments",
    "suspended_tickets",
}


@dataclass(frozen=True, slots=True)
class Opening:
    """What a schedule row and its holidays said from an instant on."""

    since: int
    schedule: Row
    holidays: tuple[Row, ...]


class Seeding(ABC):
    """The tables of an account and how to fill them. `World` adds tickets and the time to it."""

    def __init__(self, seed: int, subdomain: str) -> None:
        self.random = random.Random(seed)  # noqa: S311 - a pretended world, not a secret
        self.subdomain = subdomain
        self.account_id = 18_000_000 + seed
        self._last_id = 360_000_000_000 + seed * 1_000_000
        self.tables = {spec[1]: Table(*spec) for spec in _TABLES}
        self.emails: dict[str, int] = {}
        self.staff: set[int] = set()
        """Ids of all agents, light agents and admins."""
        self._kinds: dict[int, str] = {}
        """Of all staff: `agent`, or `light` for those who write only internal notes."""
        self._turns: dict[int, list[tuple[int, str | None]]] = {}
        """What those were whose kind changed, each time until when."""
        self.members: dict[int, dict[int, Row]] = {}
        self.revisions: dict[int, int] = {}
        """How often a rule was changed, from 1 on; by id, for those that were."""
        self.holidays: dict[int, list[Row]] = {}
        self.opening: dict[int, list[Opening]] = {}
        """What each schedule said, and since when."""
        self.listeners: dict[str, Callable[[], object]] = {}
        """Called when rows of a table were made, changed or dropped."""
        self.revision = 0
        """Grows with every change of fields, schedules or policies, so that what was worked out from them is worked out again."""

    @abstractmethod
    def now(self) -> int:
        """Seconds since 1970; World knows them."""

    def new_id(self, width: int = 1) -> int:
        """A new id, and `width - 1` behind it that nobody else gets."""
        self._last_id += width
        return self._last_id - width + 1

    def make(self, table: str, shape: Row, facts: Mapping[str, Any]) -> Row:
        """Add a row of a shape to a table, with `facts` over its usual values, an id and its times."""
        now = iso(self.now())
        row = {"id": self.new_id(), **shape, "created_at": now, "updated_at": now, **facts}
        self.tables[table].put(row)
        self.touched(table)
        return row

    def touched(self, table: str) -> None:
        """Rows of a table were made, changed or dropped."""
        if table not in _PEOPLE:
            self.revision += 1
        if table in self.listeners:
            self.listeners[table]()

    def add_group(self, name: str, **facts: Any) -> Row:
        """A group; the first one is the account's default."""
        return self.make("groups", shapes.group(name) | {"default": not self.tables["groups"]}, facts)

    def add_user(
        self,
        name: str,
        email: str | None = None,
        role: str = "end-user",
        groups: Sequence[int] = (),
        **facts: Any,
    ) -> Row:
        """A person of role end-user, light_agent, agent or admin, member of `groups`; the first is the default group."""
        row = self.make("users", shapes.user(name, email, role), facts)
        if row["role"] != "end-user" and "last_login_at" not in facts:
            row["last_login_at"] = row["created_at"]
        self.index_user(row)
        for group in groups:
            self.add_membership(row["id"], group)
        return row

    def index_user(self, row: Row) -> None:
        """Keep what is looked up about people up to date; to be called when a user row was made or changed."""
        row["iana_time_zone"] = iana(row["time_zone"] or "UTC")
        if row["email"]:
            self.emails[row["email"].lower()] = row["id"]
        key, staff = row["id"], row["role"] != "end-user"
        self._note_kind(key, ("light" if row["only_private_comments"] else "agent") if staff else None, row)
        if staff and row["custom_role_id"] is None:
            role = self.tables["custom_roles"].first(role_type=row["role_type"])
            row["custom_role_id"] = role["id"] if role else None

    def _note_kind(self, key: int, kind: str | None, row: Row) -> None:
        before = self._kinds.get(key)
        if kind != before and self.now() > epoch_of(row["created_at"]):
            self._turns.setdefault(key, []).append((self.now(), before))
        if kind is None:
            self.staff.discard(key)
            self._kinds.pop(key, None)
        else:
            self.staff.add(key)
            self._kinds[key] = kind

    def kind_of(self, user: int, at: int) -> str | None:
        """What somebody was at an instant, `agent`, `light` or None for an end user: what they wrote then stays what it was."""
        for until, kind in self._turns.get(user, ()):
            if at < until:
                return kind
        return self._kinds.get(user)

    def add_membership(self, user: int, group: int) -> Row:
        """Make an agent a member of a group; their first group is their default."""
        person = self.tables["users"].need(user)
        first = person["default_group_id"] is None
        row = self.make("group_memberships", {"user_id": user, "group_id": group, "default": first}, {})
        if first:
            person["default_group_id"] = group
        self.members.setdefault(group, {})[user] = row
        return row

    def drop_membership(self, membership: Row) -> None:
        """Take an agent out of a group."""
        self.tables["group_memberships"].drop(membership["id"])
        self.members.get(membership["group_id"], {}).pop(membership["user_id"], None)

    def add_organization(self, name: str, **facts: Any) -> Row:
        """A company. Tags and organization_fields are given as keywords."""
        return self.make("organizations", shapes.organization(name), facts)

    def add_field(
        self,
        title: str,
        kind: str = "text",
        options: Iterable[str | tuple[str, str]] = (),
        **facts: Any,
    ) -> Row:
        """A custom ticket field. `options` are values, or pairs of value (the tag) and name, of a tagger or multiselect."""
        row = self.make("ticket_fields", shapes.ticket_field(title, kind), facts)
        if kind in ("tagger", "multiselect"):
            row["custom_field_options"] = [self._option(pair) for pair in options]
        return row

    def _option(self, pair: str | tuple[str, str]) -> Row:
        value, name = (pair, pair.replace("_", " ").capitalize()) if isinstance(pair, str) else pair
        return shapes.option(self.new_id(), name, value)

    def add_record_field(
        self,
        table: str,
        key: str,
        kind: str = "text",
        options: Iterable[str | tuple[str, str]] = (),
        **facts: Any,
    ) -> Row:
        """A field of users or organizations: `table` is user_fields or organization_fields."""
        row = self.make(table, shapes.record_field(key, key.replace("_", " ").capitalize(), kind), facts)
        if kind == "dropdown":
            row["custom_field_options"] = [self._option(pair) for pair in options]
        return row

    def add_form(self, name: str, fields: Sequence[int] = (), **facts: Any) -> Row:
        """A ticket form; the first one is the default."""
        shape = shapes.ticket_form(name) | {
            "ticket_field_ids": list(fields),
            "default": not self.tables["ticket_forms"],
        }
        return self.make("ticket_forms", shape, facts)

    def add_brand(self, name: str, subdomain: str | None = None, **facts: Any) -> Row:
        """A brand; the first one is the default."""
        shape = shapes.brand(name, subdomain or self.subdomain)
        return self.make("brands", shape | {"default": not self.tables["brands"]}, facts)

    def add_custom_status(self, label: str, category: str, **facts: Any) -> Row:
        """A status; the first of its category is that category's default."""
        first = not self.tables["custom_statuses"].where(status_category=category)
        return self.make("custom_statuses", shapes.custom_status(label, category) | {"default": first}, facts)

    def add_schedule(self, name: str, time_zone: str = "UTC", intervals: Iterable[tuple[int, int]] = ()) -> Row:
        """A schedule; `intervals` are (start, end) in minutes since Sunday 00:00. The first one is the account's default."""
        row = self.make("schedules", shapes.schedule(name, time_zone), {})
        row["intervals"] = [{"start_time": start, "end_time": end} for start, end in intervals]
        self.holidays[row["id"]] = []
        self.hours_edited(row)
        return row

    def add_holiday(self, schedule: int, name: str, start: str, end: str | None = None) -> Row:
        """A holiday of a schedule, by ISO dates."""
        row = {"id": self.new_id(), "name": name, "start_date": start, "end_date": end or start}
        self.holidays[schedule].append(row)
        self.hours_edited(self.tables["schedules"].need(schedule))
        return row

    def hours_edited(self, schedule: Row) -> None:
        """A schedule was made, or its zone, intervals or holidays changed: that counts from now on; to be called after each such change."""
        made = self.opening.setdefault(schedule["id"], [])
        since = self.now()
        if made and made[-1].since >= since:
            made.pop()
        closed = tuple(dict(row) for row in self.holidays[schedule["id"]])
        opening = Opening(since, {**schedule, "intervals": list(schedule["intervals"])}, closed)
        made.append(opening)
        for key, others in self.opening.items():
            if key != schedule["id"] and others[-1].schedule["id"] == schedule["id"]:
                others.append(opening)
        self.touched("schedules")

    def schedule_dropped(self, schedule: Row) -> None:
        """A schedule is about to be deleted: tickets that have it follow the account's default from now on."""
        default = next((row for row in self.tables["schedules"] if row is not schedule), None)
        if default is not None:
            self.opening[schedule["id"]].append(replace(self.opening[default["id"]][-1], since=self.now()))

    def add_sla_policy(
        self,
        title: str,
        targets: Iterable[tuple[str, str, int] | tuple[str, str, int, bool]],
        all_of: Sequence[Row] = (),
        **facts: Any,
    ) -> Row:
        """An SLA policy. A target is (priority, metric, minutes) and, where in business hours, True; `all_of` are conditions."""
        shape = shapes.sla_policy(title) | {"position": len(self.tables["sla_policies"]) + 1}
        shape["filter"] = {"all": list(all_of), "any": []}
        shape["policy_metrics"] = [_target(*target) for target in targets]
        return self.make("sla_policies", shape, facts)

    def add_suspended_ticket(
        self, subject: str, content: str, name: str, email: str, cause: str = "Detected as spam"
    ) -> Row:
        """A message that waits among the suspended ones for an agent to recover or delete it."""
        brand = self.tables["brands"].first(default=True) or next(iter(self.tables["brands"]), {"id": None})
        address = f"support@{self.subdomain}.zendesk.com"
        shape = shapes.suspended_ticket(subject, content, name, email, cause)
        shape["via"]["source"]["to"] = {"address": address, "name": self.subdomain.capitalize()}
        return self.make("suspended_tickets", shape, {"recipient": address, "brand_id": brand["id"]})

    def add_rule(self, table: str, title: str, **facts: Any) -> Row:
        """A macro, trigger, automation or view: `table` is the plural; actions and conditions are given as keywords."""
        shape = shapes.RULES[table](title)
        if table == "triggers":
            shape["category_id"] = self.trigger_category()
        if table in ("triggers", "automations"):
            shape["position"] = 1 + max((row["position"] for row in self.tables[table]), default=0)
        return self.make(table, shape, facts)

    def trigger_category(self) -> str:
        """The id of the category of triggers that name none."""
        table = self.tables["trigger_categories"]
        first = next(iter(table), None) or self.make(
            "trigger_categories", {"name": "Initial category", "position": 0}, {}
        )
        return str(first["id"])


def _target(priority: str, metric: str, minutes: int, business_hours: bool = False) -> Row:  # noqa: FBT001, FBT002 - a column of a table
    return {
        "priority": priority, "metric": metric, "target": minutes, "business_hours": business_hours, "target_in_seconds": minutes * 60,
    }  # fmt: skip


def empty(world: Seeding) -> None:
    """What the smallest account has: an admin, a group, a brand, a form, the system's fields, statuses and roles."""
    for label, role_type in (("Admin", 4), ("Agent", 0), ("Light agent", 1)):
        world.make("custom_roles", shapes.custom_role(label, role_type), {})
    brand = world.add_brand(world.subdomain.capitalize())
    for position, (title, kind) in enumerate(shapes.SYSTEM_FIELDS):
        row = world.add_field(title, kind, removable=False, position=position)
        if kind in shapes.SYSTEM_OPTIONS:
            row["system_field_options"] = [
                {"name": name, "value": name.lower()} for name in shapes.SYSTEM_OPTIONS[kind]
            ]
        if kind in shapes.SUB_TYPES:
            row["sub_type_id"] = shapes.SUB_TYPES[kind]
    world.add_form("Default ticket form", [row["id"] for row in world.tables["ticket_fields"]])
    for label, category in (
        ("New", "new"),
        ("Open", "open"),
        ("Pending", "pending"),
        ("On-hold", "hold"),
        ("Solved", "solved"),
    ):
        world.add_custom_status(label, category)
    support = world.add_group("Support")
    company = world.add_organization(world.subdomain.capitalize())
    world.add_user("Admin", "admin@example.com", "admin", [support["id"]], organization_id=company["id"])
    address = shapes.recipient_address(company["name"], f"support@{world.subdomain}.zendesk.com")
    verified = dict.fromkeys(
        ("forwarding_status", "spf_status", "cname_status", "domain_verification_status"), "verified"
    )
    own = {"brand_id": brand["id"], "default": True, "domain_verification_code": None, **verified}
    world.make("recipient_addresses", address, own)
