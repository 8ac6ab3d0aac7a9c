"""What a note template may speak of: plain data, drawn from the ticket, its clocks and the rule that fired."""

from collections.abc import Mapping
from dataclasses import dataclass

from deskhand.core.clock import Reading
from deskhand.core.facts import Facts
from deskhand.core.policy import Rule
from deskhand.core.ticket import Organization, Person

NOTE_VALUES: Mapping[str, tuple[str, ...]] = {
    "ticket": (
        "id", "subject", "status", "priority", "type", "group", "assignee", "brand", "form", "tags", "created_at",
        "updated_at", "field",
    ),
    "requester": ("name", "email", "tags", "field"),
    "organization": ("name", "tags", "field"),
    "severity": ("now", "before", "after"),
    "rule": ("id", "description"),
    "clock": ("name", "stage", "elapsed", "target", "remaining", "burn", "due_at", "calendar"),
    "ask": ("reason", "role", "tier", "area", "pattern", "missing"),
    "now": (),
}  # fmt: skip
"""Every name a template may use; durations are seconds, instants ISO in UTC, `burn` whole per cent, cut."""


@dataclass(frozen=True, slots=True)
class Ask:
    """What the rule's action says, beside the facts: severity before and after, who is asked for what, and what is missing."""

    before: str | None = None
    after: str | None = None
    reason: str = ""
    role: str = ""
    tier: str = ""
    area: str = ""
    pattern: str = ""
    missing: str = ""


def note_values(facts: Facts, rule: Rule, ask: Ask) -> dict[str, object]:
    """The values for one note, with exactly the names of NOTE_VALUES."""
    ticket = facts.ticket
    plain = {name: getattr(ticket, name) for name in NOTE_VALUES["ticket"] if name not in ("tags", "field")}
    times = {name: getattr(ticket, name).isoformat() for name in ("created_at", "updated_at")}
    return {
        "ticket": plain | times | {"tags": sorted(ticket.tags), "field": dict(ticket.fields)},
        "requester": _who(ticket.requester, ("name", "email")),
        "organization": _who(ticket.organization, ("name",)),
        "severity": {
            "now": facts.severity,
            "before": ask.before or facts.severity,
            "after": ask.after or facts.severity,
        },
        "rule": {"id": rule.id, "description": rule.description},
        "clock": _clock(_asked(facts, rule)),
        "ask": {name: getattr(ask, name) for name in NOTE_VALUES["ask"]},
        "now": facts.now.isoformat(),
    }


def _who(who: Person | Organization | None, names: tuple[str, ...]) -> dict[str, object]:
    found = {name: getattr(who, name) if who else None for name in names}
    return found | {"tags": list(who.tags) if who else [], "field": dict(who.fields) if who else {}}


def _asked(facts: Facts, rule: Rule) -> Reading | None:
    """The clock that the rule's condition asks about: of several, the one with the largest burn."""
    found = [reading for name in sorted(rule.when.clocks()) for reading in facts.clocks(name)]
    found = found or list(facts.clocks("current"))
    return max(found, key=lambda reading: (reading.seen.burn or 0.0, reading.seen.clock), default=None)


def _clock(reading: Reading | None) -> dict[str, object]:
    if reading is None:
        return dict.fromkeys(NOTE_VALUES["clock"])
    seen = reading.seen
    known = seen.elapsed is not None and bool(seen.target)
    return {
        "name": seen.clock,
        "stage": seen.stage,
        "elapsed": seen.elapsed,
        "target": seen.target,
        "remaining": seen.target - seen.elapsed if known and seen.target and seen.elapsed is not None else None,
        "burn": int(seen.elapsed * 100 // seen.target) if known and seen.target and seen.elapsed is not None else None,
        "due_at": seen.due_at.isoformat() if seen.due_at else None,
        "calendar": seen.calendar,
    }
