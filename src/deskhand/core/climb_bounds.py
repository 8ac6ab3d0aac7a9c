"""What bounds a climb: who may be paged for which severity, when, and whether anybody can be reached; when it ends, and whether people move on."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from deskhand.core.calendar import Calendar
from deskhand.core.climb import Climb, ProofKind
from deskhand.core.facts import Facts
from deskhand.core.ladder import Ladder, Rung
from deskhand.core.memory import Memory
from deskhand.core.outside import Outside
from deskhand.core.policy import Policy
from deskhand.core.severity import LEVELS
from deskhand.core.ticket import Ticket

HOPS: Final = 50
"""How many openings of several calendars are followed until all of them are open."""


def ending(ladder: Ladder, facts: Facts) -> str:
    """Why a climb is at its end, in words; empty while it is not."""
    status = facts.ticket.status
    if status == "closed" and any(event.kind == "merged" for event in facts.history):
        return "the ticket was merged into another one"
    if status in ("solved", "closed", "deleted"):
        return f"the ticket is {status}"
    step = ladder.ends.judge(facts)
    return f"it is resolved ({step.says})" if step.held else ""


def too_high(rung: Rung, climb: Climb, ladder: Ladder, policy: Policy) -> str:
    """Why this severity must not reach whoever is on a rung (requirement 24); empty where it may."""
    role, severity = policy.roles.get(rung.role), climb.severity or ""
    if role is None or not role.executive or not _is_below(severity, ladder.executive_from):
        return ""
    return f"{severity.upper()} does not reach {rung.role}, who is asked from {ladder.executive_from.upper()} on"


def barred(rung: Rung, climb: Climb, ladder: Ladder, policy: Policy) -> str:
    """Why this severity must not page a rung at all; empty where it may."""
    severity = climb.severity or ""
    level = policy.levels.get(severity)
    never = level.page_on_call == "false" if level else severity in ("p3", "p4")
    if never and not ladder.urgent:
        return f"{severity.upper()} pages nobody, and '{rung.name}' is a rung that pages"
    return too_high(rung, climb, ladder, policy)


def unreachable(rung: Rung, climb: Climb, ladder: Ladder, outside: Outside) -> ProofKind | None:
    """Why nobody can be paged on a rung. Where PagerDuty climbs, who is on call is for PagerDuty to say."""
    if not rung.channels:
        return "no channel"
    theirs = ladder.climber.get(climb.severity or "") == "pagerduty"
    return "nobody on call" if outside.on_call.get(rung.role) == () and not theirs else None


def opening(rung: Rung, climb: Climb, policy: Policy, ticket: Ticket, at: datetime) -> datetime:
    """The first instant from `at` on at which a rung may page what is not urgent: in its hours, in the office's where its severity says so, by a channel that is open."""
    level = policy.levels.get(climb.severity or "")
    office = level is not None and level.page_on_call == "business_hours_only"
    hours = (rung.hours, policy.office.of(ticket) if office else None)
    known = [policy.channels[name].hours for name in rung.channels if name in policy.channels]
    quiet = [one for one in known if one is not None]
    return _open(at, [one for one in hours if one], quiet if len(quiet) == len(rung.channels) else ())


def moved_at(facts: Facts, memory: Memory) -> datetime | None:
    """When people last moved the ticket on, as far as that is known: a reply, a change of who has it or what is watched, anything by its assignee."""
    own = memory.own.after if memory.own else None
    kinds = ("status", "severity", "assigned", "group", "agent_reply", "field")
    found = [one.at for one in facts.history if one.kind in kinds and not one.ours and one.at != own]
    metrics = facts.ticket.metrics
    if metrics and metrics.assignee_updated_at and metrics.assignee_updated_at != own:
        found.append(metrics.assignee_updated_at)
    return max((at for at in found if at <= facts.now), default=None)


def _is_below(severity: str, least: str) -> bool:
    """Whether a severity is less severe than another; none at all is."""
    return severity not in LEVELS or LEVELS.index(severity) > LEVELS.index(least)


def _open(at: datetime, needed: Sequence[Calendar], either: Sequence[Calendar]) -> datetime:
    """The first instant from `at` on at which all of `needed` are open, and one of `either`, if there are any."""
    for _ in range(HOPS):
        before = at
        for calendar in needed:
            at = calendar.next_open(at)
        if either:
            at = min(calendar.next_open(at) for calendar in either)
        if at == before:
            break
    return at
