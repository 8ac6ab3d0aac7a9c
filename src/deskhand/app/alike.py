"""How many customers have the same issue: what a decision is told of other tickets."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from deskhand.app.ports import Transaction
from deskhand.core.alike import Likeness, digest, places
from deskhand.core.ticket import Ticket

Counts = Mapping[Likeness, int]


def note_alike(tx: Transaction, tickets: Collection[Ticket], asked: Collection[Likeness]) -> None:
    """Note what these tickets may share with others, so that they are counted."""
    if asked and tickets:
        keys = [ticket.id for ticket in tickets]
        tx.alike.put(keys, [place for ticket in tickets for place in places(ticket, asked)])


def count_alike(
    tx: Transaction, tickets: Collection[Ticket], asked: Collection[Likeness], now: datetime
) -> dict[int, Counts]:
    """For each ticket and likeness the customers whose tickets are alike, as far as they were noted."""
    known: dict[tuple[Likeness, str], int] = {}
    for likeness in asked:
        since = now - timedelta(seconds=likeness.within)
        for value in {value for ticket in tickets for value in likeness.values(ticket)}:
            known[likeness, value] = tx.alike.customers(likeness.key, digest(value), since)
    return {
        ticket.id: {
            likeness: max((known[likeness, value] for value in likeness.values(ticket)), default=0)
            for likeness in asked
        }
        for ticket in tickets
    }
