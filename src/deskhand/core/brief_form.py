"""Where a brief finds its parts on a ticket: what the policies' `brief:` says, and what it says where they are silent."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

from deskhand.core.condition import Both, Compare, Condition

USUAL: Final[Mapping[str, str]] = {
    "summary": "subject",
    "customers": "field.affected_customers",
    "workflow_impact": "field.workflow_impact",
    "revenue_at_risk": "field.revenue_at_risk",
    "description": "field.issue_description",
    "steps": "field.reproduction_steps",
    "expected": "field.expected_result",
    "actual": "field.actual_result",
    "environment": "field.environment",
    "tried": "field.tried_so_far",
    "last_update_at": "field.last_customer_update_at",
    "last_update": "field.last_customer_update",
    "expectation": "field.customer_expectation",
    "escalation_risk": "field.escalation_risk",
    "needed": "field.help_needed",
    "deadline": "field.help_deadline",
}
"""Each part of the form, in its order, with the field that holds it unless the policies name another one."""

_BUG: Final = Both(
    "",
    "any",
    (Compare("", "field.issue_type", "is", "bug"), Compare("", "field.suspected_bug", "is", True)),  # noqa: FBT003 - a checkbox
)


@dataclass(frozen=True, slots=True)
class BriefForm:
    """The form for all briefs.

    `fields` are names of fields by part; a part that is absent is kept nowhere, and so is never asked for. The SLA is at risk from `at_risk` of the
    target of `clock` on. `bug` tells the tickets that engineering cannot take without steps to reproduce.
    """

    fields: Mapping[str, str] = field(default_factory=lambda: dict(USUAL))
    at_risk: Fraction = Fraction(3, 4)
    clock: str = "current"
    bug: Condition = _BUG
