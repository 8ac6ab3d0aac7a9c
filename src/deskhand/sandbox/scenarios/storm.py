"""One cause, many tickets: a line is cut, and within minutes everybody writes."""

from functools import partial
from typing import TYPE_CHECKING

from deskhand.sandbox.actors_time import HOUR
from deskhand.sandbox.company import Company, build_company
from deskhand.sandbox.company_words import KINDS

if TYPE_CHECKING:
    from deskhand.sandbox.sandbox import Sandbox

AFTER, WITHIN = 20 * 60, 12 * 60
"""Seconds from the start to the first ticket of the storm, and from the first to the last."""

_SUBJECTS = (
    "No connection since a few minutes", "Everything is down", "Cannot reach the service from any office", "Is there an outage?",
    "VPN and web both unreachable", "Our whole team is offline",
)  # fmt: skip
_BODY = "Since ten to nine nothing answers any more. We have customers waiting. What is going on, and how long will it take?"


def build(sandbox: "Sandbox", seed: int, tickets: int | None) -> Company:
    """The company, then 150 tickets (or as many as asked for) about the same outage; some name it in their fields, some do not."""
    company = build_company(sandbox, seed=seed)
    drawer, cast = company.drawer, company.cast
    outage = next(kind for kind in KINDS if kind.issue_type == "network_outage")
    begin = company.start.timestamp() + AFTER
    for _ in range(150 if tickets is None else tickets):
        at = begin + WITHIN * drawer.random.betavariate(1.5, 3)
        new = drawer.draw(
            outage, subject=drawer.random.choice(_SUBJECTS), body=_BODY, idle=drawer.random.uniform(0.5, 6) * HOUR
        )
        cast.schedule(at, partial(cast.arrive, new))
    return company
