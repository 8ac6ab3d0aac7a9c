"""A brief as an internal note: plain text in the order of the form (requirements 82 to 88), with what is missing at the top where it is seen."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from deskhand.core.brief import Brief
from deskhand.core.plain import short

PART: Final = 3_000
"""Characters of one part; what is longer is cut, and says so."""
LINE: Final = 300
"""Characters of what should be one line, and of each entry of a list."""
ENTRIES: Final = 20
NOT_STATED: Final = "not stated"


def brief_note(brief: Brief) -> str:
    """The note's text. Each part is on lines of its own, so that no ticket text can pass for a heading of the form."""
    return "\n".join(_lines(brief))


def _lines(brief: Brief) -> Iterator[str]:
    yield f"ESCALATION: {_one_line(brief.summary)}"
    yield f"Severity: {brief.severity or NOT_STATED} | Target: {brief.target or NOT_STATED}"
    if brief.missing:
        yield f"Missing: {'; '.join(brief.missing)}. Please fill in the fields that are named here."
    yield from ("", "IMPACT")
    yield f"Customers: {_one_line(brief.customers)}"
    yield f"Workflow impact: {_one_line(brief.workflow_impact, PART)}"
    yield f"Revenue at risk: {_one_line(brief.revenue_at_risk)}"
    yield f"SLA status: {brief.sla}{f' ({brief.sla_clock})' if brief.sla_clock else ''}"
    yield from ("", "ISSUE DESCRIPTION", _one_line(brief.description, PART))
    if brief.steps or brief.expected or brief.actual or brief.environment:
        yield from ("", "REPRODUCTION STEPS", *_numbered(short(step, LINE) for step in brief.steps))
        yield f"Expected: {_one_line(brief.expected)}"
        yield f"Actual: {_one_line(brief.actual)}"
        yield f"Environment: {_one_line(brief.environment)}"
    yield from ("", "WHAT'S BEEN TRIED")
    yield from _numbered(f"{short(one.action, LINE)} -> {_one_line(one.result)}" for one in brief.tried)
    yield from ("", "CUSTOMER COMMUNICATION")
    yield f"Last update: {_last_update(brief)}"
    yield f"Expectation: {_one_line(brief.expectation)}"
    yield f"Escalation risk: {_one_line(brief.escalation_risk)}"
    yield from ("", "WHAT'S NEEDED", _one_line(brief.needed, PART))
    yield f"Deadline: {moment(brief.deadline) or NOT_STATED}"


def _last_update(brief: Brief) -> str:
    if brief.last_update_at is None:
        return f"none that is known{f': {short(brief.last_update, LINE)}' if brief.last_update else ''}"
    return f"{moment(brief.last_update_at)}{f': {short(brief.last_update, LINE)}' if brief.last_update else ''}"


def _numbered(entries: Iterable[str]) -> Iterator[str]:
    """At most ENTRIES of a list, with a word on how many are left out."""
    given = list(entries)
    if not given:
        yield NOT_STATED
    yield from (f"{number}. {one}" for number, one in enumerate(given[:ENTRIES], 1))
    if len(given) > ENTRIES:
        yield f"({len(given) - ENTRIES} more are in the ticket's fields)"


def _one_line(text: str, longest: int = LINE) -> str:
    return short(text, longest) or NOT_STATED


def moment(at: datetime | None) -> str:
    """An instant as 2026-03-02 09:00 UTC; empty where there is none."""
    return f"{at:%Y-%m-%d %H:%M} UTC" if at else ""
