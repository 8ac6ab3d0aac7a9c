"""A day on which little happens: for looking at one ticket at a time."""

from typing import TYPE_CHECKING

from deskhand.sandbox.company import Company, open_doors, settle
from deskhand.sandbox.generator import write_history

if TYPE_CHECKING:
    from deskhand.sandbox.sandbox import Sandbox


def build(sandbox: "Sandbox", seed: int, tickets: int | None) -> Company:
    """Some 60 tickets, four to eight new ones a day, agents twice as quick as usual."""
    company = settle(sandbox, seed=seed)
    company.cast.hurry = 0.5
    write_history(
        company.cast, company.drawer, tickets=60 if tickets is None else tickets, until=company.start.timestamp()
    )
    open_doors(company, low=4, high=8)
    return company
