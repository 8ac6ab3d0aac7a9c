"""An account made of canned answers."""

from datetime import timedelta
from typing import Any

from deskhand.zendesk.directory import Directory, Field, Names
from deskhand.zendesk.gateway import Gateway
from tests.http.canned import NOW, Canned, session

STATE = Field(11, "state", "State", "tagger", {"calm": "Calm", "alarm": "Alarm"})
COUNT = Field(12, "count", "Count", "integer")
TICKED = Field(13, "ticked", "Ticked", "checkbox")
AREAS = Field(14, "areas", "Areas", "multiselect", {"a": "A", "b": "B"})
FIELDS = {one.id: one for one in (STATE, COUNT, TICKED, AREAS)}


def names(**more: Any) -> Names:
    """A small account."""
    facts: dict[str, Any] = {
        "groups": {1: "Network", 2: "Billing"},
        "group_ids": {"Network": 1, "Billing": 2},
        "agents": {5: "ann@acme.example", 6: "lead@acme.example"},
        "agent_ids": {"ann@acme.example": 5, "lead@acme.example": 6},
        "fields": FIELDS,
        "field_ids": {one.name: one.id for one in FIELDS.values()},
        "brands": {7: "EU"},
        "brand_ids": {"EU": 7},
        "forms": {8: "Default"},
        "form_ids": {"Default": 8},
        "statuses": {9: "Waiting for parts"},
        "status_ids": {"Waiting for parts": 9},
        "targets": {("first_reply_time", "high"): (3600, True)},
        "twice": {"group Twins": (3, 4)},
    }
    return Names(**(facts | more))


class Told:
    """A clock that stands where it is put, and the waits that moved it."""

    def __init__(self) -> None:
        self.at = NOW
        self.waits: list[float] = []

    def now(self) -> Any:
        """Where it stands."""
        return self.at

    def wait(self, seconds: float) -> None:
        """Move on."""
        self.waits.append(seconds)
        self.at += timedelta(seconds=seconds)


def gateway(canned: Canned, clock: Told | None = None) -> Gateway:
    """A gateway over canned answers, which waits in pretended time."""
    return Gateway(session(canned), (clock or Told()).wait)


def directory(canned: Canned | None = None, known: Names | None = None) -> Directory:
    """A directory that knows the small account; it reads again from the canned answers."""
    found = Directory(gateway(canned or Canned()), lambda: NOW)
    found._names, found._read_at = known or names(), NOW
    return found
