"""The shape of severities, and of where tickets keep them."""

from typing import Annotated, Literal

from pydantic import Field

from deskhand.documents.shape import Cadence, Ident, OneOrMore, Strict, Text


class SeverityModel(Strict):
    """One level with its promises: the seven keys of a severity policy."""

    definition: Text
    """When a ticket has this severity, for people."""
    sla_response_minutes: Annotated[float, Field(gt=0)]
    """Minutes until the first public reply."""
    sla_resolution_hours: Annotated[float, Field(gt=0)] | Literal["weekly"]
    """Hours until it is solved or mitigated, or the word `weekly`."""
    page_on_call: bool | Literal["business_hours_only"]
    """Whether somebody on call is paged."""
    notify: list[Ident]
    """Roles that are told."""
    customer_update_cadence: Cadence
    """How often the customer hears from us: 30_minutes, 4_hours, daily, weekly."""
    requires_status_page: bool | Literal["case_by_case"]
    """Whether the status page tells of it."""


class BindingModel(Strict):
    """Where a ticket keeps its severity."""

    field: str = "priority"
    """`priority`, or a custom field: `field.severity`."""
    values: dict[str, str] = Field(default_factory=dict)
    """The value that stands for each level: `{p1: urgent}`. Urgent, high, normal, low for the priority, else p1 to p4."""
    aliases: dict[str, OneOrMore[str]] = Field(default_factory=dict)
    """Other values that count as a level when they are read: `{p1: [Blocker]}`."""
