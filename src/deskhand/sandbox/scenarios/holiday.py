"""A public holiday: the office is closed from Saturday before to the day itself, customers write on."""

from datetime import timedelta
from typing import TYPE_CHECKING

from deskhand.sandbox.actors_time import DAY
from deskhand.sandbox.company import Company, open_doors, settle
from deskhand.sandbox.generator import write_history

if TYPE_CHECKING:
    from deskhand.sandbox.sandbox import Sandbox


def build(sandbox: "Sandbox", seed: int, tickets: int | None) -> Company:
    """The company on a holiday that spans the weekend: its schedules say so, and its agents stay at home."""
    company = settle(sandbox, seed=seed)
    today = company.start.date()
    for row in sandbox.world.tables["schedules"]:
        if row["name"] != "Round the clock":
            sandbox.world.add_holiday(row["id"], "Long weekend", str(today - timedelta(days=2)), str(today))
    day = int(company.start.timestamp() // DAY)
    company.cast.holidays = frozenset({day - 2, day - 1, day})
    write_history(
        company.cast, company.drawer, tickets=200 if tickets is None else tickets, until=company.start.timestamp()
    )
    open_doors(company, low=15, high=30)
    return company
