"""The escalation brief: what everybody who takes a ticket over has to know, as one value that every channel renders in its own form.

Requirements 82 to 88. What is not known is empty here, and named by `missing`, so that it can be asked for.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

SlaStatus = Literal["Within", "At risk", "Breached", "Unknown"]
Target = Literal["Engineering", "Product", "Security", "Leadership"]
BriefSeverity = Literal["Critical", "High", "Medium"]


@dataclass(frozen=True, slots=True)
class Tried:
    """Something that was tried, and what came of it (requirement 86)."""

    action: str
    result: str


@dataclass(frozen=True, slots=True)
class Brief:
    """One brief. Texts are what people wrote, as they wrote it: each channel escapes them for itself.

    `sla_clock` names the clock behind `sla`; `missing` holds the names of required parts that are empty, in the order of the form.
    """

    ticket_id: int
    url: str
    at: datetime
    summary: str
    severity: BriefSeverity | None
    target: Target | None
    customers: str = ""
    workflow_impact: str = ""
    revenue_at_risk: str = ""
    sla: SlaStatus = "Unknown"
    sla_clock: str = ""
    description: str = ""
    steps: tuple[str, ...] = ()
    expected: str = ""
    actual: str = ""
    environment: str = ""
    tried: tuple[Tried, ...] = ()
    last_update_at: datetime | None = None
    last_update: str = ""
    expectation: str = ""
    escalation_risk: str = ""
    needed: str = ""
    deadline: datetime | None = None
    missing: tuple[str, ...] = ()
