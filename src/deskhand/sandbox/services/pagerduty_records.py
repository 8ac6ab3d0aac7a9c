"""PagerDuty's records: incidents, escalation policies and who is on duty, and how its API shows them. Instants are seconds since 1970."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from deskhand.sandbox.clock import iso
from deskhand.sandbox.exchange import Row


@dataclass(frozen=True, slots=True)
class Duty:
    """Somebody is on call; without a start or an end, always."""

    person: str
    start: int | None = None
    end: int | None = None

    def holds(self, at: int) -> bool:
        """Whether that is so at an instant."""
        return (self.start is None or self.start <= at) and (self.end is None or at < self.end)

    def within(self, since: int, until: int) -> bool:
        """Whether some of it is between two instants."""
        return (self.start is None or self.start < max(until, since + 1)) and (self.end is None or since < self.end)


@dataclass(slots=True)
class Policy:
    """An escalation policy: who is on duty at each level, and after how many seconds PagerDuty itself goes on to the next one; 0 is never."""

    id: str
    levels: list[list[Duty]]
    timeout: int = 1_800

    def on_duty(self, level: int, at: int) -> list[str]:
        """Who is on call at a level, counted from 1."""
        return [one.person for one in self.levels[level - 1] if one.holds(at)] if level <= len(self.levels) else []

    def first(self, level: int, at: int) -> int | None:
        """The first level from this one on that has somebody; None where there is none."""
        return next((one for one in range(level, len(self.levels) + 1) if self.on_duty(one, at)), None)


@dataclass(slots=True)
class Incident:
    """One incident. `turn` counts how often it was assigned; `acknowledged` is when and by whom, none while it is triggered."""

    id: str
    number: int
    key: str
    service: str
    title: str
    urgency: str
    policy: str
    created: int
    level: int = 1
    status: str = "triggered"
    assignees: list[str] = field(default_factory=list)
    acknowledged: list[tuple[int, str]] = field(default_factory=list)
    changed_by: str = ""
    changed: int = 0
    turn: int = 0
    priority: str = ""
    details: Row = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @property
    def open(self) -> bool:
        """Whether it is not resolved."""
        return self.status != "resolved"


def reference(kind: str, identity: str, summary: str = "") -> Row:
    """A record as others name it."""
    return {"id": identity, "type": f"{kind}_reference", "summary": summary or identity}


def user(person: str) -> Row:
    """A person as others name them."""
    return reference("user", "U" + "".join(char for char in person.upper() if char.isalnum())[:13], person)


def incident_row(one: Incident, url: str) -> Row:
    """An incident as the API shows it."""
    return {
        "id": one.id, "type": "incident", "summary": f"[#{one.number}] {one.title}", "html_url": f"{url}/incidents/{one.id}", "incident_number": one.number,
        "title": one.title, "created_at": iso(one.created), "status": one.status, "incident_key": one.key, "urgency": one.urgency,
        "service": reference("service", one.service), "escalation_policy": reference("escalation_policy", one.policy),
        "priority": reference("priority", one.priority) if one.priority else None,
        "assignments": [{"at": iso(one.changed), "assignee": user(person)} for person in one.assignees] if one.open else [],
        "acknowledgements": [{"at": iso(at), "acknowledger": user(person)} for at, person in one.acknowledged] if one.open else [],
        "last_status_change_at": iso(one.changed), "last_status_change_by": user(one.changed_by) if one.changed_by else reference("service", one.service),
    }  # fmt: skip


def duty_rows(policy: Policy, level: int, duties: Sequence[Duty]) -> list[Row]:
    """Duties at a level as the API lists them."""
    return [
        {
            "user": user(one.person), "schedule": None, "escalation_policy": reference("escalation_policy", policy.id), "escalation_level": level,
            "start": None if one.start is None else iso(one.start), "end": None if one.end is None else iso(one.end),
        }
        for one in duties
    ]  # fmt: skip
