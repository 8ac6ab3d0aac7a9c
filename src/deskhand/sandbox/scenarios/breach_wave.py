"""Many promises break at once: unanswered tickets whose time was set to run out in the same minutes."""

from functools import partial
from typing import TYPE_CHECKING

from deskhand.sandbox.actors_time import HOUR
from deskhand.sandbox.company import Company, open_doors, settle
from deskhand.sandbox.generator import write_history

if TYPE_CHECKING:
    from deskhand.sandbox.sandbox import Sandbox

PEAK, WIDTH = 60 * 60, 5 * 60
"""Seconds from the start to the middle of the wave, and how wide it is."""

_MINUTES = {"normal": (240, 120), "high": (60, 30)}
"""Minutes for the first answer, and half of them, by priority."""


def build(sandbox: "Sandbox", seed: int, tickets: int | None) -> Company:
    """120 tickets (or as many as asked for) that nobody touches: a third breach, the others pass half of their time, within five minutes."""
    company = settle(sandbox, seed=seed)
    cast, drawer, random = company.cast, company.drawer, company.drawer.random
    peak = company.start.timestamp() + PEAK
    write_history(cast, drawer, tickets=120, until=company.start.timestamp())
    for number in range(120 if tickets is None else tickets):
        priority = "normal" if number % 4 else "high"
        age = 60 * _MINUTES[priority][0 if number % 3 == 0 else 1]
        new = drawer.draw(priority=priority, idle=10 * HOUR, group=company.groups["Support L1"])
        cast.schedule(peak - age + random.uniform(-WIDTH / 2, WIDTH / 2), partial(cast.arrive, new))
    open_doors(company, low=10, high=20)
    return company
