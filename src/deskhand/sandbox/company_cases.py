"""Tickets of the demo company that stand at interesting points when the day begins: minutes from half of their time, or wrong in some way."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from deskhand.sandbox import company_words as words
from deskhand.sandbox.actors import Cast, NewTicket
from deskhand.sandbox.actors_time import HOUR
from deskhand.sandbox.agenda import happening
from deskhand.sandbox.company_words import KINDS, Kind
from deskhand.sandbox.exchange import Row

if TYPE_CHECKING:
    from deskhand.sandbox.generator import Drawer

_BY_TYPE: dict[str, Kind] = {kind.issue_type: kind for kind in KINDS}
_LATE = 9 * HOUR
"""Seconds of silence of tickets that everybody forgets until the end of the day."""


def write_cases(cast: Cast, drawer: "Drawer", start: float) -> int:
    """Put all cases on the agenda of a past that ends at `start`; returns how many there are."""
    count = 0
    for age, make in [
        *_waiting(drawer),
        *_urgent(drawer),
        *_enterprise(drawer),
        *_bugs(drawer),
        *_misplaced(drawer),
        *_overrated(drawer),
    ]:
        cast.schedule(start - age, partial(cast.arrive, make))
        count += 1
    for age, priority in (
        (4 * HOUR - 600, "high"),
        (4 * HOUR - 1_500, "high"),
        (24 * HOUR - 900, "normal"),
        (24 * HOUR - 2_700, "normal"),
    ):
        cast.schedule(start - age, partial(answered, cast, drawer, priority))
        count += 1
    return count


@happening
def answered(cast: Cast, drawer: "Drawer", priority: str) -> None:
    """A ticket that gets its first answer soon and nothing after that: the resolution's time is what runs."""
    new = drawer.draw(_BY_TYPE["performance"], priority=priority, group=drawer.groups["Support L2"])
    ticket = cast.world.create_ticket(new.body_of_creation(), author=new.requester, via=new.via)
    cast.schedule(cast.world.now() + 420, partial(answer_once, cast, ticket.id, cast.agent_for(ticket)))


@happening
def answer_once(cast: Cast, key: int, agent: int | None) -> None:
    """The one answer that such a ticket gets."""
    if agent is not None:
        cast.act(cast.world.tickets[key], {"status": "open"}, agent, words.FIRST_REPLIES[0], public=True)


def _waiting(drawer: "Drawer") -> Iterator[tuple[float, NewTicket]]:
    """Without any answer, minutes before half of their time or before its end."""
    for minutes in (108, 112, 114, 116, 117, 118, 119):
        yield minutes * 60, drawer.draw(_BY_TYPE["login"], priority="normal", idle=_LATE)
    for minutes in (20, 24, 26, 28):
        yield minutes * 60, drawer.draw(_BY_TYPE["webhook_failure"], priority="high", idle=_LATE)
    for minutes in (232, 236, 238):
        yield minutes * 60, drawer.draw(_BY_TYPE["data_export"], priority="normal", idle=_LATE)
    for minutes in (52, 56, 58):
        yield minutes * 60, drawer.draw(_BY_TYPE["bug"], priority="high", idle=_LATE)


def _urgent(drawer: "Drawer") -> Iterator[tuple[float, NewTicket]]:
    """P1 without an engineer: some get an answer from support, none gets `engineering_assigned_at`."""
    for minutes, idle in ((4, 240.0), (12, 500.0), (22, _LATE), (27, 600.0), (29, _LATE)):
        yield (
            minutes * 60,
            drawer.draw(_BY_TYPE["performance"], priority="urgent", group=drawer.groups["Support L2"], idle=idle),
        )


def _enterprise(drawer: "Drawer") -> Iterator[tuple[float, NewTicket]]:
    """Impact stated by people of enterprise customers."""
    people = [row for row in drawer.customers if drawer.tiers.get(row["organization_id"]) == "enterprise"]
    for number in range(min(8, len(people))):
        new = drawer.draw(_BY_TYPE["data_export"], priority="normal", requester=drawer.random.choice(people)["id"])
        yield (
            (number * 9 + 3) * 60,
            _with(
                drawer, new, {"impact_stated": True, "issue_type": "data_export", "affected_seats": str(20 + number)}
            ),
        )


def _bugs(drawer: "Drawer") -> Iterator[tuple[float, NewTicket]]:
    """Reproduced, and suspected to be a bug of the product."""
    for number in range(6):
        kind = _BY_TYPE["bug"]
        facts: Row = {
            "repro_confirmed": True,
            "suspected_bug": True,
            "issue_type": "bug",
            "product_area": kind.areas[number % len(kind.areas)],
        }
        yield (number * 17 + 9) * 60, _with(drawer, drawer.draw(kind, priority="low"), facts)


def _misplaced(drawer: "Drawer") -> Iterator[tuple[float, NewTicket]]:
    """Network outages that lie in the first line's queue, and others in the wrong place."""
    facts = {"network_outage": "network", "security": "identity", "billing_question": "billing"}
    for number, issue in enumerate(("network_outage",) * 5 + ("security", "billing_question", "billing_question")):
        new = drawer.draw(
            _BY_TYPE[issue], priority="high" if issue == "security" else "normal", group=drawer.groups["Support L1"]
        )
        yield (number * 6 + 2) * 60, _with(drawer, new, {"issue_type": issue, "product_area": facts[issue]})


def _overrated(drawer: "Drawer") -> Iterator[tuple[float, NewTicket]]:
    """Cosmetic things, questions about the documentation and wishes at high priority."""
    for number, issue in enumerate(
        ("cosmetic", "cosmetic", "documentation", "feature_request", "cosmetic", "feature_request")
    ):
        new = drawer.draw(_BY_TYPE[issue], priority="high", group=drawer.groups["Support L1"])
        yield (number * 4 + 5) * 60, _with(drawer, new, {"issue_type": issue})


def _with(drawer: "Drawer", new: NewTicket, facts: Row) -> NewTicket:
    """A drawn ticket with custom fields (by name) over its own."""
    return replace(new, fields={**new.fields, **{drawer.fields[name]: value for name, value in facts.items()}})
