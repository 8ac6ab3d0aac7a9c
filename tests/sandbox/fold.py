"""The metric events that a ticket's audits mean, worked out by rules written down a second time.

It reads what any client can read: audits, policies, schedules and people, as JSON, and shares no code with the sandbox. Business time is walked day by day.
Where this and the sandbox's export differ, one of them misreads the rules.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

Row = dict[str, Any]
Told = tuple[str, int, str, int, bool, object]
"""A metric event: metric, instance, type, second, taken back, and what its type carries."""

Target = tuple[object, int, bool]
"""A policy's id, seconds, and whether they are business time."""

NONE: Row = {"id": None, "policy_metrics": []}
DAY = 86_400
OVER = ("solved", "closed")
STILL = {
    "requester_wait_time": ("pending",),
    "agent_work_time": ("pending", "hold"),
    "pausable_update_time": ("pending",),
}
WHOLE = ("agent_work_time", "requester_wait_time", "resolution_time")
ALL = ("reply_time", *WHOLE, "periodic_update_time", "pausable_update_time", "group_ownership_time")
MOST_DAYS = 4_000


def second(text: str) -> int:
    """Seconds since 1970."""
    return int(datetime.fromisoformat(text).timestamp())


@dataclass(frozen=True)
class Rules:
    """The account's settings as the API told them at `since`: policies in their order, schedules with holidays, the first one first, roles of agents."""

    since: int
    policies: list[Row]
    group_policies: list[Row]
    schedules: dict[int, Row]
    staff: dict[int, str]


@dataclass
class Account:
    """What is known about an account: its rules through the year, the tiers of its organizations, the zones by their display names."""

    rules: list[Rules]
    tiers: dict[int, str]
    zones: dict[str, str]
    edits_wait: bool = False
    """Whether a change of opening hours moves what was foreseen only with a ticket's next update."""
    _spans: dict[tuple[int | None, int, int], list[tuple[int, int]]] = field(default_factory=dict)
    _days: dict[tuple[str, date], list[tuple[int, int]]] = field(default_factory=dict)

    def before(self, at: int) -> Rules:
        """The rules that an update at a second met: those made in an earlier one."""
        return self.rules[max(0, bisect_right([one.since for one in self.rules], at - 1) - 1)]

    def role(self, user: int, at: int) -> str | None:
        """`agent` or `light` for staff at a second, None for end users."""
        return self.rules[max(0, bisect_right([one.since for one in self.rules], at) - 1)].staff.get(user)

    # Business time.

    def key(self, schedule: int | None) -> int:
        """A schedule's id, or that of the account's first."""
        return schedule or next(iter(self.rules[0].schedules))

    def elapsed(self, schedule: int | None, start: int, end: int) -> int:
        """Open seconds of a schedule (None is the account's first) between two seconds."""
        days = range(start // DAY, end // DAY + 1) if end > start else range(0)
        spans = ((a, b) for day in days for a, b in self.open(schedule, day, len(self.rules)))
        return sum(max(0, min(b, end) - max(a, start)) for a, b in spans)

    def due(self, schedule: int | None, start: int, seconds: int, known: int) -> int | None:
        """The second before which so many open ones have passed since `start`, by the rules made until `known`; at closing time it is the next opening."""
        versions = max(1, bisect_right([one.since for one in self.rules], known))
        for day in range(start // DAY, start // DAY + MOST_DAYS):
            for a, b in self.open(schedule, day, versions):
                begin = max(a, start)
                if begin < b and seconds < b - begin:
                    return begin + seconds
                seconds -= max(0, b - begin)
        return None

    def open(self, schedule: int | None, day: int, versions: int) -> list[tuple[int, int]]:
        """The open spans of one day in UTC, as the first so many versions of the rules say."""
        key = schedule, day, versions
        if key not in self._spans:
            self._spans[key] = sorted(self._open(*key))
        return self._spans[key]

    def _open(self, schedule: int | None, day: int, versions: int) -> Iterator[tuple[int, int]]:
        for number, rules in enumerate(self.rules[:versions]):
            since = rules.since if number else 0
            until = self.rules[number + 1].since if number + 1 < versions else 1 << 60
            first, last = max(day * DAY, since), min((day + 1) * DAY, until)
            row = rules.schedules.get(schedule or 0) or next(iter(rules.schedules.values()))
            if first < last:
                for local in (date(1970, 1, 1) + timedelta(days=day + shift) for shift in (-1, 0, 1)):
                    spans = ((max(a, first), min(b, last)) for a, b in self._local(row, local))
                    yield from ((a, b) for a, b in spans if a < b)

    def _local(self, row: Row, day: date) -> list[tuple[int, int]]:
        """The open spans of a local day."""
        key = row["mark"], day
        if key not in self._days:
            zone, weekday = ZoneInfo(self.zones[row["time_zone"]]), day.isoweekday() % 7
            closed = any(one["start_date"] <= day.isoformat() <= one["end_date"] for one in row["holidays"])
            midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
            wall = [
                [int((midnight + timedelta(minutes=m - weekday * 1_440)).astimezone(UTC).timestamp()) for m in ends]
                for one in row["intervals"]
                if not closed
                and weekday * 1_440 < (ends := (one["start_time"], one["end_time"]))[1]
                and ends[0] < (weekday + 1) * 1_440
            ]
            self._days[key] = [(max(a, _at(midnight, 0)), min(b, _at(midnight, 1))) for a, b in wall]
        return self._days[key]


def _at(midnight: datetime, days: int) -> int:
    return int((midnight + timedelta(days=days)).astimezone(UTC).timestamp())


# What the updates of a ticket say.


@dataclass
class Step:
    """What a ticket was after an update, and what was written with it."""

    at: int
    first: bool
    via: str
    before: str = "new"
    status: str = "new"
    group: str | None = None
    moved: bool = False
    priority: str | None = None
    schedule: int | None = None
    words: set[str] = field(default_factory=set)
    """Of `customer`, `customer note`, `reply`, `note`, `light note`, `own`."""
    settings: set[str] = field(default_factory=set)
    targets: dict[str, Target] = field(default_factory=dict)
    """Policy, seconds and whether in business hours, by the policies' name of the metric."""


def steps(account: Account, audits: list[Row]) -> list[Step]:
    """The updates of a ticket, in order."""
    facts: Row = {"status": "new"}
    requester = next(str(e["value"]) for e in audits[0]["events"] if e.get("field_name") == "requester_id")
    made: list[Step] = []
    for number, audit in enumerate(audits):
        step = Step(second(audit["created_at"]), number == 0, audit["via"]["channel"], facts["status"])
        for event in audit["events"]:
            if event["type"] == "Comment":
                step.words |= _words(
                    account.role(event["author_id"], step.at), str(event["author_id"]) == requester, event["public"]
                )
            elif event["type"] in ("Create", "Change"):
                facts[event["field_name"]] = event["value"]
                step.moved |= event["field_name"] == "group_id"
                requester = str(facts.get("requester_id", requester))
            elif event["type"] == "ScheduleAssignment":
                facts["schedule"] = event["new_schedule_id"]
        step.status, step.group, step.priority = facts["status"], facts.get("group_id"), facts.get("priority")
        step.schedule = facts.get("schedule")
        if step.status == "deleted" or step.before == "deleted":
            step.settings, step.targets = made[-1].settings, made[-1].targets
        else:
            _promise(account, step, facts)
        made.append(step)
    return made


def _words(role: str | None, asks: bool, public: bool) -> set[str]:
    if role is None:
        return {"customer" if public else "customer note"}
    made = {"own"} if asks else set[str]()
    if role == "light" and not public:
        made.add("light note")
    elif not asks:
        made.add("reply" if public else "note")
    return made


def _promise(account: Account, step: Step, facts: Row) -> None:
    rules = account.before(step.at)
    policy = next((row for row in rules.policies if _matches(account, row["filter"], facts)), None)
    group_policy = next((row for row in rules.group_policies if _matches(account, row["filter"], facts)), None)
    if policy is not None:
        parts = (policy.get("metrics_settings") or {}).items()
        step.settings = {f"{metric} {name}" for metric, part in parts for name, value in part.items() if value}
    for row in (policy or NONE, group_policy or NONE):
        for metric in row["policy_metrics"]:
            if metric["priority"] == step.priority:
                step.targets[metric["metric"]] = row["id"], metric["target_in_seconds"], metric["business_hours"]


def _matches(account: Account, where: Row, facts: Row) -> bool:
    return not where["any"] and all(_holds(account, row, facts) for row in where["all"])


def _holds(account: Account, row: Row, facts: Row) -> bool:
    if row["field"] == "current_tags":
        return bool(set(str(row["value"]).split()) & set(facts.get("tags") or []))
    if row["field"] == "organization.custom_fields.tier":
        return account.tiers.get(int(facts.get("organization_id") or 0)) == str(row["value"])
    assert row["field"] == "group_id", row
    return str(facts.get("group_id")) == str(row["value"])


# The lives of the metrics: instances, each a list of (step, what happened).


@dataclass
class Instance:
    """One instance of a metric."""

    metric: str
    number: int
    marks: list[tuple[int, str]] = field(default_factory=list)

    @property
    def name(self) -> str:
        """As policies call it."""
        if self.metric == "reply_time":
            return "first_reply_time" if self.number == 1 else "next_reply_time"
        return {"resolution_time": "total_resolution_time"}.get(self.metric, self.metric)

    def after(self, step: int) -> str:
        """How it stands after a step: `activate` while it runs, `pause`, `fulfill`."""
        return next((kind for at, kind in reversed(self.marks) if at <= step), "unborn")


def whole(metric: str, made: list[Step]) -> list[Instance]:
    """Wait, work and resolution: one instance for the whole life, over while solved."""
    one = Instance(metric, 1, [(0, "activate")])
    for number, step in enumerate(made):
        over = one.marks[-1][1] == "fulfill"
        if step.status in OVER and not over:
            one.marks.append((number, "fulfill"))
        elif step.status not in (*OVER, "deleted") and over:
            one.marks.append((number, "activate"))
        _rest(one, number, step)
    return [one]


def _rest(one: Instance, number: int, step: Step) -> None:
    """Let a metric that is not over stand or run as the status says."""
    now = one.marks[-1][1]
    still = step.status == "deleted" or step.status in STILL.get(one.metric, ())
    if now != "fulfill" and step.status not in OVER and (now == "pause") != still:
        one.marks.append((number, "pause" if still else "activate"))


class Line:
    """The instances of a metric that has one after the other."""

    def __init__(self, metric: str) -> None:
        self.metric = metric
        self.made: list[Instance] = []

    def ends(self, number: int) -> None:
        """The present instance is over."""
        if self.made and self.made[-1].marks[-1][1] != "fulfill":
            self.made[-1].marks.append((number, "fulfill"))

    def begins(self, number: int, instance: int | None = None) -> None:
        """The next instance begins."""
        instance = instance or (self.made[-1].number + 1 if self.made else 1)
        self.made.append(Instance(self.metric, instance, [(number, "activate")]))

    def settles(self, number: int, step: Step) -> None:
        """What the status means for the present instance."""
        if step.status in OVER:
            self.ends(number)
        elif self.made:
            _rest(self.made[-1], number, step)


def reply(made: list[Step]) -> list[Instance]:
    """First and next reply."""
    line, answered = Line("reply_time"), False
    for number, step in enumerate(made):
        running = bool(line.made) and line.made[-1].marks[-1][1] != "fulfill"
        if step.first:
            if _opens(step):
                line.begins(number)
        else:
            if running and ("reply" in step.words or ("note" in step.words and _note_answers(line.made[-1], step))):
                line.ends(number)
                running = False
            answered_before = answered or "reply" in step.words or bool(line.made and not running)
            if not running and step.status not in (*OVER, "deleted") and _asks(step, answered_before):
                line.begins(number, 2 if not line.made and (answered or "reply" in step.words) else None)
        answered |= "reply" in step.words
        line.settles(number, step)
    return line.made


def _opens(step: Step) -> bool:
    on = {name.partition(" ")[2] for name in step.settings if name.startswith("first_reply_time")}
    if "customer" in step.words:
        return True
    if "own" in step.words:
        return "activate_on_agent_created_ticket_for_self" in on
    if "light note" in step.words and step.via == "email":
        return "activate_on_light_agent_on_email_forward_ticket_from_end_user" in on
    if "note" in step.words:
        return "activate_on_agent_ticket_created_for_end_user_with_internal_note" in on
    return "reply" in step.words and "activate_on_ticket_created_for_end_user" in on


def _note_answers(one: Instance, step: Step) -> bool:
    names = {
        "first_reply_time": "first_reply_time fulfill_on_agent_internal_note",
        "next_reply_time": "next_reply_time fulfill_on_non_requesting_agent_internal_note_after_activation",
    }
    return names[one.name] in step.settings


def _asks(step: Step, answered: bool) -> bool:
    names = {
        "customer note": "activate_on_end_user_added_internal_note",
        "light note": "activate_on_light_agent_internal_note",
        "own": "activate_on_agent_requested_ticket_with_public_comment_or_internal_note",
    }
    by_setting = any(word in step.words and f"next_reply_time {name}" in step.settings for word, name in names.items())
    return "customer" in step.words or (answered and by_setting)


def update(metric: str, made: list[Step]) -> list[Instance]:
    """Periodic and pausable update: a new instance with each word to the customer."""
    line = Line(metric)
    for number, step in enumerate(made):
        noted = "note" in step.words and f"{metric} activate_on_agent_internal_note" in step.settings
        if "reply" in step.words or noted:
            line.ends(number)
            if step.status not in (*OVER, "deleted"):
                line.begins(number)
        line.settles(number, step)
    return line.made


def ownership(made: list[Step]) -> list[Instance]:
    """The time in one group: a new instance with each group, and with each reopening."""
    line = Line("group_ownership_time")
    for number, step in enumerate(made):
        reopened = step.before in OVER and step.status not in (*OVER, "deleted")
        if step.moved and not step.first:
            line.ends(number)
        alive = step.status not in (*OVER, "deleted") or step.first
        if (step.first or step.moved or reopened) and step.group is not None and alive:
            line.begins(number)
        line.settles(number, step)
    return line.made


# The events.


def events(account: Account, audits: list[Row]) -> Counter[Told]:
    """All metric events that a ticket's audits mean."""
    made = steps(account, audits)
    told: list[Told] = [(metric, 0, "measure", made[0].at, False, None) for metric in ALL]
    lives: list[Callable[[], list[Instance]]] = [
        lambda: reply(made), lambda: update("periodic_update_time", made), lambda: update("pausable_update_time", made), lambda: ownership(made),
    ]  # fmt: skip
    instances = [one for life in lives for one in life()] + [one for metric in WHOLE for one in whole(metric, made)]
    for one in instances:
        told += [(one.metric, one.number, kind, made[at].at, False, None) for at, kind in one.marks]
        told += _minutes(account, made, one)
        told += _promised(account, made, one)
    return Counter(told)


def _runs(made: list[Step], one: Instance, until: int) -> list[tuple[int, int]]:
    """The seconds between which an instance ran before a mark; the last run ends with it."""
    runs, since = list[tuple[int, int]](), None
    for at, kind in one.marks[: until + 1]:
        if kind == "activate":
            since = made[at].at
        elif since is not None:
            runs, since = [*runs, (since, made[at].at)], None
    return runs if since is None else [*runs, (since, -1)]


def _minutes(account: Account, made: list[Step], one: Instance) -> Iterator[Told]:
    for place, (at, kind) in enumerate(one.marks):
        if kind == "fulfill":
            runs = _runs(made, one, place)
            calendar = sum(b - a for a, b in runs) // 60
            business = sum(account.elapsed(made[at].schedule, a, b) for a, b in runs) // 60
            yield one.metric, one.number, "update_status", made[at].at, False, (calendar, business)


@dataclass
class Ahead:
    """A breach that is foreseen: since which step, under which target, in which schedule's hours, after which runs."""

    step: int
    since: int
    target: Target
    hours: int | None
    runs: list[tuple[int, int]]
    told: int | None = None

    def look(self, account: Account, at: int, *, settled: bool = False) -> None:
        """Foresee the breach by what is known at a second; where edits wait, not once it came to pass, nor with the update that settles it."""
        if account.edits_wait and at > self.since and (settled or (self.told is not None and self.told < at)):
            return
        self.told = self.due(account, at)

    def due(self, account: Account, known: int) -> int | None:
        """When the target is used up, as far as the rules were known at a second."""
        *past, (since, _) = self.runs
        left = self.target[1]
        for start, end in past:
            spent = account.elapsed(self.hours, start, end) if self.target[2] else end - start
            if spent > left:
                return start  # in that run somewhere: in any case before this one
            left -= spent
        return account.due(self.hours, since, left, known) if self.target[2] else since + left


def _promised(account: Account, made: list[Step], one: Instance) -> Iterator[Told]:
    """Targets that come and go, and the breach that each run under a target foresees."""
    kind = "apply_group_sla" if one.metric == "group_ownership_time" else "apply_sla"
    target, ahead, missed = None, None, False
    turns = {at for at, _ in one.marks}
    for number in range(one.marks[0][0], len(made)):
        step, stands = made[number], one.after(number)
        now = step.targets.get(one.name) if stands != "fulfill" else target
        hours = account.key(step.schedule) if now is not None and now[2] else None
        if ahead is not None and ((number in turns and ahead.step < number) or now != target or hours != ahead.hours):
            ahead.look(account, step.at, settled=True)
            missed = ahead.told is not None and ahead.told < step.at
            yield from _breach(one, ahead, gone=not missed)
            ahead = None
        if stands != "fulfill" and now != target:
            yield one.metric, one.number, kind, step.at, False, now
            target, missed = now, False
        if now is not None and stands == "activate" and not missed and ahead is None:
            place = max(place for place, (at, _) in enumerate(one.marks) if at <= number)
            ahead = Ahead(number, step.at, now, hours, _runs(made, one, place))
        if ahead is not None:
            ahead.look(account, step.at)
    if ahead is not None:
        ahead.look(account, 1 << 60, settled=True)
        yield from _breach(one, ahead, gone=False)


def _breach(one: Instance, ahead: Ahead, *, gone: bool) -> Iterator[Told]:
    """The row of a breach that was foreseen, at the earliest when it was."""
    if ahead.told is not None:
        yield one.metric, one.number, "breach", max(ahead.told, ahead.since), gone, None
