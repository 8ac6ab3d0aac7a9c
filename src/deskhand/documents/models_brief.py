"""The shape of the escalation brief: which field holds which part of the form, and the action that writes it."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, WithJsonSchema

from deskhand.documents import scalars
from deskhand.documents.shape import Strict, reader, written

FieldName = str | Literal[False]
"""A field, or `false` for a part that is kept nowhere and so is not asked for."""
BriefTarget = Literal["engineering", "product", "security", "leadership"]


def _share(value: object) -> object:
    return str(scalars.share(value))


class PartsModel(Strict):
    """Fields by part: those of tickets, of the organization or of the requester. What is not named is where it usually is."""

    summary: FieldName = "subject"
    """One line."""
    customers: FieldName = "field.affected_customers"
    """How many and who; the organization where it is empty."""
    workflow_impact: FieldName = "field.workflow_impact"
    revenue_at_risk: FieldName = "field.revenue_at_risk"
    description: FieldName = "field.issue_description"
    """What, since when, how it shows, how far it reaches: 3 to 5 sentences."""
    steps: FieldName = "field.reproduction_steps"
    """One a line."""
    expected: FieldName = "field.expected_result"
    actual: FieldName = "field.actual_result"
    environment: FieldName = "field.environment"
    tried: FieldName = "field.tried_so_far"
    """One a line: `action -> result`."""
    last_update_at: FieldName = "field.last_customer_update_at"
    """When the customer last heard from us; the newest public reply counts where it is later."""
    last_update: FieldName = "field.last_customer_update"
    """What was said then."""
    expectation: FieldName = "field.customer_expectation"
    """What the customer expects, and by when."""
    escalation_risk: FieldName = "field.escalation_risk"
    needed: FieldName = "field.help_needed"
    """What exactly is asked for: to investigate, fix, decide or approve."""
    deadline: FieldName = "field.help_deadline"
    """A date, which means its end, or a date with a time."""


class BriefModel(Strict):
    """The form for all briefs."""

    fields: PartsModel = PartsModel()
    clock: str = "current"
    """The clock that tells the SLA status: any, current, one of ours, or one of Zendesk's metrics."""
    at_risk: Annotated[
        str, BeforeValidator(reader(_share, "bad-percent"), json_schema_input_type=written(scalars.PERCENT, "75%"))
    ] = "3/4"
    """From this share of the target on, the SLA is at risk: 75% unless stated."""
    bug: Annotated[Any, WithJsonSchema({"x-definition": "Condition"})] = None
    """Which tickets are bugs, which engineering does not take without steps to reproduce: issue type bug, or suspected bug, unless stated."""


class WriteBriefModel(Strict):
    """Write the brief as an internal note. What is missing in it is named, with the fields to fill in."""

    target: BriefTarget
    """Who takes the ticket over."""
