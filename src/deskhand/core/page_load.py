"""How much paging weighs on people: pages a week, pages at night, and how long they took to be acknowledged (requirement 55)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from deskhand.core.message import MessageRow
from deskhand.core.zone import zone_named

NIGHT: Final = (22, 7)
"""From ten in the evening until seven, by the wall clock, is night."""


@dataclass(frozen=True, slots=True)
class Load:
    """The pages of one person in one week, which begins on the Monday `week`.

    Whoever acknowledged a page was the person; a page that nobody acknowledged counts for its role. `typical` and `slowest` are seconds from the page to its
    acknowledgement, of those `answered`.
    """

    week: date
    who: str
    pages: int
    nights: int
    answered: int
    typical: float | None = None
    slowest: float | None = None


def page_load(rows: Iterable[MessageRow], zone: str) -> tuple[Load, ...]:
    """The load of everybody who was paged, newest week first, and in it the most pages first. `zone` says when it is night, and where weeks begin."""
    zoned = zone_named(zone)
    piles: dict[tuple[date, str], list[tuple[datetime, MessageRow]]] = {}
    for row in _pages(rows):
        at = (row.sent_at or row.message.at).astimezone(zoned)
        week = at.date() - timedelta(days=at.weekday())
        piles.setdefault((week, row.answered_by or row.message.role or row.message.channels[row.channel]), []).append(
            (at, row)
        )
    loads = [_load(week, who, pile) for (week, who), pile in piles.items()]
    return tuple(sorted(loads, key=lambda one: (-one.week.toordinal(), -one.pages, one.who)))


def _pages(rows: Iterable[MessageRow]) -> Iterator[MessageRow]:
    """What was sent as a page; what joined a storm disturbed nobody."""
    return (row for row in rows if row.message.verb == "page" and row.sent_at is not None and not row.joined)


def _load(week: date, who: str, pile: list[tuple[datetime, MessageRow]]) -> Load:
    taken = sorted(
        max((row.answered_at - row.sent_at).total_seconds(), 0.0)
        for _, row in pile
        if row.answered_at is not None and row.sent_at is not None
    )
    nights = sum(at.hour >= NIGHT[0] or at.hour < NIGHT[1] for at, _ in pile)
    return Load(
        week,
        who,
        len(pile),
        nights,
        len(taken),
        (taken[(len(taken) - 1) // 2] + taken[len(taken) // 2]) / 2 if taken else None,
        taken[-1] if taken else None,
    )
