"""A year in the life of an account: tickets that come and go, people who meddle, rules that change on the way; and what a client reads of it."""

import json
from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random
from typing import Any

from deskhand.sandbox import API, EMAIL, WEB, Options, Request, Sandbox, SimClock, Ticket
from deskhand.sandbox.actors_time import DAY, HOUR, arrivals
from deskhand.sandbox.company import Company, settle
from deskhand.sandbox.limits import UNLIMITED
from deskhand.sandbox.refusal import Refusal
from tests.sandbox.fold import Account, Row, Rules, Told, events, second

START = datetime(2026, 1, 5, tzinfo=UTC)
DAYS = 365
PRIORITIES = ("low", "normal", "high", "urgent")
METRICS = {
    "first_reply_time": (60, 1_200), "next_reply_time": (60, 1_500), "periodic_update_time": (240, 3_000), "pausable_update_time": (240, 3_000),
    "requester_wait_time": (300, 6_000), "agent_work_time": (200, 4_000), "total_resolution_time": (600, 10_000),
}  # fmt: skip
"""Metrics of SLA policies with the range of their targets in minutes."""

SETTINGS = (
    "first_reply_time activate_on_ticket_created_for_end_user", "first_reply_time activate_on_agent_created_ticket_for_self",
    "first_reply_time activate_on_light_agent_on_email_forward_ticket_from_end_user",
    "first_reply_time activate_on_agent_ticket_created_for_end_user_with_internal_note", "first_reply_time fulfill_on_agent_internal_note",
    "next_reply_time fulfill_on_non_requesting_agent_internal_note_after_activation",
    "next_reply_time activate_on_agent_requested_ticket_with_public_comment_or_internal_note",
    "next_reply_time activate_on_light_agent_internal_note", "periodic_update_time activate_on_agent_internal_note",
)  # fmt: skip


@dataclass
class Year:
    """An account that lives through a year, by a seed."""

    company: Company
    random: Random
    end: int = 0
    """When people stop to meddle."""
    edited: int = 0
    """The day of the last edit."""
    rules: list[Rules] = field(default_factory=list)
    told: dict[int, int] = field(default_factory=dict)
    """A sum of hashes of each ticket's exported events, once they were read."""

    @property
    def sandbox(self) -> Sandbox:
        """Where it lives."""
        return self.company.sandbox

    # What a client does and reads.

    def call(self, method: str, path: str, body: object = None) -> Any:
        """The JSON of a call that succeeds, made as an admin."""
        basic = b64encode(b"admin@example.com/token:sandbox-token").decode()
        headers = {"authorization": f"Basic {basic}", "content-type": "application/json"}
        data = b"" if body is None else json.dumps(body).encode()
        address = path if path.startswith("http") else f"{self.sandbox.url}/api/v2{path}"
        response = self.sandbox.handle(Request.of(method, address, headers=headers, body=data))
        assert response.status < 300, (method, path, response.body)
        return json.loads(response.body) if response.body else None

    def note_rules(self) -> None:
        """Read the account's rules as they are now."""
        schedules = {}
        for row in self.call("GET", "/business_hours/schedules.json")["schedules"]:
            holidays = self.call("GET", f"/business_hours/schedules/{row['id']}/holidays.json")["holidays"]
            schedule = {"time_zone": row["time_zone"], "intervals": row["intervals"], "holidays": holidays}
            schedules[row["id"]] = json.loads(json.dumps(schedule | {"mark": json.dumps(schedule)}))
        users = [row for row in self.sandbox.world.tables["users"] if row["role"] != "end-user"]
        staff = {row["id"]: "light" if row["only_private_comments"] else "agent" for row in users}
        now = self.sandbox.world.now() if self.rules else 0
        policies, groups = (
            sorted(self.call("GET", f"/{path}/policies.json")[many], key=lambda row: int(row["position"]))
            for path, many in (("slas", "sla_policies"), ("group_slas", "group_sla_policies"))
        )
        self.rules.append(Rules(now, policies, groups, schedules, staff))

    def account(self) -> Account:
        """What is known of the account for the fold."""
        tiers = {row["id"]: str(row["organization_fields"]["tier"]) for row in self.company.organizations}
        zones = {row["name"]: row["iana_name"] for row in self.call("GET", "/time_zones.json")["time_zones"]}
        return Account(self.rules, tiers, zones, edits_wait=self.sandbox.options.schedule_edits == "next_update")

    def audits(self, key: int) -> list[Row]:
        """A ticket's audits."""
        found: list[Row] = []
        path = f"/tickets/{key}/audits.json?page[size]=100"
        while path:
            page = self.call("GET", path)
            found += page["audits"]
            path = page["links"]["next"] if page["meta"]["has_more"] else ""
        return found

    def exported(self) -> Iterator[Row]:
        """All metric events of the account."""
        path, ended = "/incremental/ticket_metric_events.json?start_time=0", False
        while not ended:
            page = self.call("GET", path)
            yield from page["ticket_metric_events"]
            path, ended = page["next_page"], page["end_of_stream"]

    # The year.

    def begin(self, tickets: int) -> None:
        """Put a year's tickets on the agenda, and make the rules."""
        company, start = self.company, int(START.timestamp())
        company.past.over, self.end = True, start + DAYS * DAY
        for at in arrivals(self.random, start, self.end, tickets):
            company.cast.schedule(at, self.arrive)
        self.set_up()

    def go_on(self, until: int) -> None:
        """Let the days pass until one, with an edit of the rules every week or two."""
        while (day := self.edited + self.random.randint(6, 16)) < until:
            self.sandbox.run_until(START + timedelta(days=day, seconds=self.random.randrange(DAY) + 0.5))
            self.random.choice(EDITS)(self)
            self.note_rules()
            self.edited = day
        self.sandbox.run_until(START + timedelta(days=until))

    def set_up(self) -> None:
        """Policies with all metrics, one by a tag, group SLAs for some groups, and triggers that set schedules."""
        for row in self.call("GET", "/slas/policies.json")["sla_policies"]:
            self.call("PUT", f"/slas/policies/{row['id']}.json", {"sla_policy": self.policy()})
        where = {"all": [{"field": "current_tags", "operator": "includes", "value": "vip_caller"}], "any": []}
        body = self.policy() | {"title": "Callers", "filter": where, "position": 0}
        self.call("POST", "/slas/policies.json", {"sla_policy": body})
        for name in ("Support L1", "Support L2", "Billing"):
            group = {"field": "group_id", "operator": "is", "value": self.company.groups[name]}
            body = {"title": name, "filter": {"all": [group], "any": []}} | self.group_policy()
            self.call("POST", "/group_slas/policies.json", {"group_sla_policy": body})
        for row in self.call("GET", "/business_hours/schedules.json")["schedules"]:
            tag = {"field": "current_tags", "operator": "includes", "value": row["name"].lower().replace(" ", "_")}
            actions = [{"field": "set_schedule", "value": str(row["id"])}]
            self.company.sandbox.world.add_rule(
                "triggers", row["name"], actions=actions, conditions={"all": [tag], "any": []}
            )
        self.note_rules()

    def policy(self) -> Row:
        """New targets for some metrics and priorities, and some advanced settings."""
        random = self.random
        settings: dict[str, dict[str, bool]] = {}
        for name in random.sample(SETTINGS, random.randint(0, 4)):
            metric, _, setting = name.partition(" ")
            settings.setdefault(metric, {})[setting] = True
        metrics = [
            {"priority": priority, "metric": metric, "target": random.randint(low, high), "business_hours": random.random() < 0.6}
            for metric, (low, high) in METRICS.items()
            for priority in PRIORITIES
            if random.random() < 0.8
        ]  # fmt: skip
        return {"policy_metrics": metrics, "metrics_settings": settings}

    def group_policy(self) -> Row:
        """New targets for the time in a group."""
        metrics = [
            {"priority": priority, "metric": "group_ownership_time", "target": self.random.randint(60, 2_000), "business_hours": self.random.random() < 0.5}
            for priority in PRIORITIES
        ]  # fmt: skip
        return {"policy_metrics": metrics}

    # What happens to tickets beside the usual.

    def arrive(self) -> None:
        """A ticket comes, mostly from a customer; now and then somebody meddles with it later."""
        company, random = self.company, self.random
        new = company.drawer.draw()
        chance = random.random()
        if chance < 0.9:
            ticket = company.cast.arrive(new)
        else:
            staff = random.choice(sorted(company.agents.values()))
            body: Row = new.body_of_creation() | {"comment": {"body": new.body, "public": random.random() < 0.5}}
            if chance > 0.98:
                body["requester_id"] = staff
            ticket = company.sandbox.world.create_ticket(body, author=staff, via=EMAIL if chance < 0.93 else API)
            company.cast.expect(ticket)
        while random.random() < 0.35:
            at = self.sandbox.world.now() + random.expovariate(1 / (30 * HOUR))
            company.cast.schedule(at, partial(self.meddle, ticket))

    def meddle(self, ticket: Ticket) -> None:
        """Somebody does something that the usual life of a ticket lacks."""
        world, random = self.sandbox.world, self.random
        if ticket.deleted or ticket.status == "closed" or world.now() >= self.end:
            return
        agent = random.choice(sorted(self.company.agents.values()))
        if random.random() < 0.1:
            world.delete_ticket(ticket, agent)
            self.company.cast.schedule(world.now() + random.randint(1, 4 * DAY), partial(self.restore, ticket))
            return
        customer = random.choice(self.company.customers)["id"]
        changes: Row = random.choice((
            {"group_id": random.choice([None, *self.company.groups.values()]), "assignee_id": None},
            {"additional_tags": [random.choice(("americas", "round_the_clock", "office_hours"))]},
            {"priority": random.choice(PRIORITIES)}, {"requester_id": random.choice((agent, customer))},
            {"status": random.choice(("open", "pending", "hold"))}, {"status": "solved"}, {}, {},
            {"status": "closed", "additional_tags": ["closed_by_merge"]},
        ))  # fmt: skip
        comment = {"body": "so", "public": random.random() < 0.6} if not changes or random.random() < 0.2 else None
        author = ticket.requester_id if comment and random.random() < 0.3 else agent
        try:
            world.update_ticket(ticket, changes, author=author, via=WEB, comment=comment)
        except Refusal as refusal:
            self.company.cast.refusals.append(refusal)

    def restore(self, ticket: Ticket) -> None:
        """A deleted ticket comes back, and agents look at it again."""
        if ticket.deleted:
            self.sandbox.world.restore_ticket(ticket, self.company.worker)
            self.company.cast.expect(ticket)

    # What an admin changes.

    def retarget(self) -> None:
        """A policy gets other targets and settings."""
        row = self.random.choice(self.call("GET", "/slas/policies.json")["sla_policies"])
        self.call("PUT", f"/slas/policies/{row['id']}.json", {"sla_policy": self.policy()})

    def retarget_group(self) -> None:
        """A group's policy gets other targets."""
        row = self.random.choice(self.call("GET", "/group_slas/policies.json")["group_sla_policies"])
        self.call("PUT", f"/group_slas/policies/{row['id']}.json", {"group_sla_policy": self.group_policy()})

    def part(self) -> None:
        """Some tickets get a policy of their own, with the targets of the one they had."""
        row = self.call("GET", "/slas/policies.json")["sla_policies"][0]
        tag = {
            "field": "current_tags",
            "operator": "includes",
            "value": self.random.choice(("call_back", "known_issue", "seen")),
        }
        body = {
            "title": "Part",
            "filter": {"all": [tag], "any": []},
            "policy_metrics": row["policy_metrics"],
            "position": 0,
        }
        self.call("POST", "/slas/policies.json", {"sla_policy": body})

    def reorder(self) -> None:
        """The policies stand in another order."""
        keys = [str(row["id"]) for row in self.call("GET", "/slas/policies.json")["sla_policies"]]
        self.random.shuffle(keys)
        self.call("PUT", f"/slas/policies/reorder.json?sla_policy_ids={','.join(keys)}", {})

    def change_hours(self) -> None:
        """A schedule opens and closes at other hours, with a break."""
        random = self.random
        row = random.choice(self.call("GET", "/business_hours/schedules.json")["schedules"][:2])
        first, last = random.randint(6, 9), random.randint(15, 20)
        days = [0, *range(1, 6)] if random.random() < 0.3 else range(1, 6)
        rows = [
            {"start_time": day * 1_440 + a * 60, "end_time": day * 1_440 + b * 60}
            for day in days
            for a, b in ((first, 12), (13, last))
        ]
        path = f"/business_hours/schedules/{row['id']}/workweek.json"
        self.call("PUT", path, {"workweek": {"intervals": rows}})

    def add_holiday(self) -> None:
        """Some days to come, or today, are free."""
        row = self.random.choice(self.call("GET", "/business_hours/schedules.json")["schedules"][:2])
        first = self.sandbox.clock.now().date() + timedelta(days=self.random.randint(0, 20))
        dates = {"start_date": str(first), "end_date": str(first + timedelta(days=self.random.randint(0, 3)))}
        self.call("POST", f"/business_hours/schedules/{row['id']}/holidays.json", {"holiday": {"name": "Free"} | dates})

    def drop_holiday(self) -> None:
        """A holiday is none any more."""
        row = self.call("GET", "/business_hours/schedules.json")["schedules"][0]
        path = f"/business_hours/schedules/{row['id']}/holidays"
        for one in self.call("GET", f"{path}.json")["holidays"][-1:]:
            self.call("DELETE", f"{path}/{one['id']}.json")

    def drop_schedule(self) -> None:
        """The Americas follow the office from now on."""
        for row in self.call("GET", "/business_hours/schedules.json")["schedules"]:
            if row["name"] == "Americas":
                self.call("DELETE", f"/business_hours/schedules/{row['id']}.json")

    def move_zone(self) -> None:
        """The office moves to another time zone."""
        row = self.call("GET", "/business_hours/schedules.json")["schedules"][0]
        zone = self.random.choice(("London", "Berlin", "Sydney", "Eastern Time (US & Canada)"))
        self.call("PUT", f"/business_hours/schedules/{row['id']}.json", {"schedule": {"time_zone": zone}})

    def demote(self) -> None:
        """An agent is one no more."""
        agents = [row for row in self.sandbox.world.tables["users"] if row["role"] == "agent" and row["active"]]
        row = self.random.choice(agents)
        self.call("PUT", f"/users/{row['id']}.json", {"user": {"role": "end-user"}})


EDITS: tuple[Callable[[Year], None], ...] = (
    Year.retarget, Year.retarget, Year.retarget_group, Year.part, Year.reorder, Year.change_hours, Year.add_holiday, Year.add_holiday, Year.drop_holiday,
    Year.drop_schedule, Year.move_zone, Year.demote,
)  # fmt: skip


def _told(row: Row) -> Told:
    """A row of the export as the fold tells it."""
    rest: object = None
    if row["type"] == "update_status":
        rest = row["status"]["calendar"], row["status"]["business"]
    elif row["type"] in ("apply_sla", "apply_group_sla"):
        held = row.get("sla") or row.get("group_sla")
        rest = held and (held["policy"]["id"], held["target"] * 60, held["business_hours"])
    return row["metric"], row["instance_id"], row["type"], second(row["time"]), row["deleted"], rest


def year_of(seed: int, tickets: int, until: int = DAYS + 5, **options: Any) -> Year:
    """A year that was lived until a day; with five days more, all who were deleted are back."""
    sandbox = Sandbox(clock=SimClock(START), seed=seed, options=Options(**options), limits=UNLIMITED)
    company = settle(sandbox, seed=seed, customers=max(100, tickets // 20), start=START)
    year = Year(company, Random(seed))
    year.begin(tickets)
    year.go_on(until)
    return year


@dataclass
class Compared:
    """What came of comparing the export with the fold."""

    tickets: int = 0
    events: Counter[str] = field(default_factory=Counter)
    """By type; a breach that was taken back is `breach, deleted`."""
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        """The figures in one line."""
        total, kinds = sum(self.events.values()), ", ".join(f"{kind} {n:,}" for kind, n in self.events.most_common())
        return f"{self.tickets:,} tickets, {total:,} events ({kinds})"


def compare(year: Year, misread: Callable[[Account], object] = lambda _: None, *, enough: int = 50) -> Compared:
    """Hold the export against the fold, ticket by ticket, until there are enough differences; `misread` alters what the fold knows of the account.

    Of the export only a sum of hashes is kept for each ticket; where that differs, the rows tell how.
    """
    account, done = year.account(), Compared()
    misread(account)
    if not year.told:
        _read(year, done)
    for key in year.sandbox.world.tickets:
        done.tickets += 1
        expected = events(account, year.audits(key))
        if sum(hash(row) * count for row, count in expected.items()) != year.told.get(key):
            rows = year.call("GET", f"/tickets/{key}.json?include=metric_events")["ticket"]["metric_events"]
            told = Counter(_told(row) for part in rows.values() for row in part)
            done.wrong.append(f"{key}: {told - expected} instead of {expected - told}")
        if len(done.wrong) >= enough:
            break
    return done


def _read(year: Year, done: Compared) -> None:
    """Walk through the export, which must be in the order of time."""
    last = ""
    for row in year.exported():
        if row["time"] < last:
            done.wrong.append(f"{row['id']} at {row['time']} comes after {last}")
        last, key = row["time"], row["ticket_id"]
        year.told[key] = year.told.get(key, 0) + hash(_told(row))
        done.events[row["type"] + (", deleted" if row["deleted"] else "")] += 1
