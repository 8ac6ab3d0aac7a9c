"""Filling a brief in: from the ticket, its clocks and its fields, with what is missing by name and by the field to put it in."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from deskhand.core.brief import Brief, BriefSeverity, SlaStatus, Target
from deskhand.core.brief_form import BriefForm
from deskhand.core.brief_text import listed, sentences, tried
from deskhand.core.clock import Reading
from deskhand.core.facts import Facts, read_instant, title
from deskhand.core.policy import Policy
from deskhand.core.ticket import Value

SEVERITIES: Final[dict[str, BriefSeverity]] = {"p1": "Critical", "p2": "High", "p3": "Medium"}
"""The words of briefs for our levels. There is none for P4: what nobody is hurried by is not handed over by a brief (requirements, M10)."""
FEWEST, MOST = 3, 5
"""Sentences of the description (requirement 84)."""


def brief_for(facts: Facts, policy: Policy, target: Target | None, url: str = "") -> Brief | None:
    """The brief for whoever takes this ticket over; None for a P4, which has none. `url` is the ticket's own, for people."""
    if facts.severity == "p4":
        return None
    form = policy.brief
    said = _Said(facts, form)
    status, clock = _sla(facts, form)
    made = Brief(
        ticket_id=facts.ticket.id,
        url=url,
        at=facts.now,
        summary=said.text("summary"),
        severity=SEVERITIES.get(facts.severity or ""),
        target=target,
        customers=said.text("customers") or _customer(facts),
        workflow_impact=said.text("workflow_impact"),
        revenue_at_risk=said.text("revenue_at_risk"),
        sla=status,
        sla_clock=clock,
        description=said.text("description"),
        steps=listed(said.text("steps")),
        expected=said.text("expected"),
        actual=said.text("actual"),
        environment=said.text("environment"),
        tried=tried(said.text("tried")),
        last_update_at=_last_update_at(facts, said.value("last_update_at")),
        last_update=said.text("last_update"),
        expectation=said.text("expectation"),
        escalation_risk=said.text("escalation_risk"),
        needed=said.text("needed"),
        deadline=_deadline(said.value("deadline")),
    )
    return _with_missing(made, form, is_bug=form.bug.judge(facts).held)


class _Said:
    """What the ticket's fields say of the parts of the form."""

    def __init__(self, facts: Facts, form: BriefForm) -> None:
        self._facts, self._form = facts, form

    def value(self, part: str) -> Value:
        """The value of a part's field; None where it has no field."""
        name = self._form.fields.get(part)
        return self._facts.get(name) if name else None

    def text(self, part: str) -> str:
        """The same as people read it."""
        match self.value(part):
            case None:
                return ""
            case bool() as ticked:
                return "yes" if ticked else ""
            case tuple() as options:
                return ", ".join(options)
            case value:
                return str(value).strip()


def _customer(facts: Facts) -> str:
    """Who it is about where nobody wrote how many: the organization, or the requester where there is none."""
    who = facts.ticket.organization or facts.ticket.requester
    return f"{who.name} (1, as far as the ticket tells)" if who and who.name else ""


def _sla(facts: Facts, form: BriefForm) -> tuple[SlaStatus, str]:
    """How the promise stands, and by which clock; of several clocks, the worst."""
    order: tuple[SlaStatus, ...] = ("Unknown", "Within", "At risk", "Breached")
    found = [(_standing(reading, form), reading.seen.clock) for reading in facts.clocks(form.clock)]
    return max(found, key=lambda one: order.index(one[0]), default=("Unknown", ""))


def _standing(reading: Reading, form: BriefForm) -> SlaStatus:
    if reading.breached:
        return "Breached"
    seen = reading.seen
    if not reading.measurable or seen.elapsed is None or seen.target is None:
        return "Unknown"
    at_risk = seen.stage in ("running", "paused") and seen.elapsed >= seen.target * form.at_risk
    return "At risk" if at_risk else "Within"


def _last_update_at(facts: Facts, noted: Value) -> datetime | None:
    """When the customer last heard from us: what the field says, or the newest public reply that was seen, whichever is later."""
    known = (read_instant(noted), facts.instant("agent_reply"))
    return max((at for at in known if at is not None and at <= facts.now), default=None)


def _deadline(value: Value) -> datetime | None:
    """Until when; a date alone means its end, since a day that is named is there to be used."""
    at = read_instant(value)
    day_alone = isinstance(value, str) and len(value.strip()) <= len("2026-03-02")
    return at + timedelta(hours=23, minutes=59) if at and day_alone else at


def _with_missing(brief: Brief, form: BriefForm, *, is_bug: bool) -> Brief:
    from_form = (
        f'{words} (field "{title(form.fields[part])}"{why})'
        for part, words, why in _lacks(brief, is_bug=is_bug)
        if part in form.fields
    )
    stated = (name for name, value in (("severity", brief.severity), ("target", brief.target)) if value is None)
    return replace(brief, missing=(*stated, *from_form))


def _lacks(brief: Brief, *, is_bug: bool) -> Iterator[tuple[str, str, str]]:
    """Required parts that are empty, or not as they have to be, in the order of the form: part, words, and what is wrong with it."""
    count = sentences(brief.description)
    told = not brief.tried or any(one.result for one in brief.tried)
    needs_steps = is_bug and brief.target == "Engineering"
    for part, words, good, why in (
        ("summary", "summary", bool(brief.summary), ""),
        ("customers", "customers", bool(brief.customers), ""),
        ("workflow_impact", "workflow impact", bool(brief.workflow_impact), ""),
        ("description", "description", FEWEST <= count <= MOST, _counted(count)),
        ("steps", "steps to reproduce", bool(brief.steps) or not needs_steps, ""),
        ("expected", "expected result", bool(brief.expected) or not needs_steps, ""),
        ("actual", "actual result", bool(brief.actual) or not needs_steps, ""),
        ("environment", "environment", bool(brief.environment) or not needs_steps, ""),
        ("tried", "what has been tried", bool(brief.tried), ""),
        ("tried", "what came of it", told, ": write action -> result"),
        ("needed", "what is needed", bool(brief.needed), ""),
        ("deadline", "deadline", brief.deadline is not None, ""),
    ):
        if not good:
            yield part, words, why


def _counted(count: int) -> str:
    has = f", has {count}" if count else ""
    return f": {FEWEST} to {MOST} sentences{has}"
