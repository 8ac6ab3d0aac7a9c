"""Zendesk away for six hours, and back: nothing missed, nothing flooded."""

from collections import Counter
from fractions import Fraction

import pytest

from deskhand.app.cycle import cycle
from deskhand.core.condition import Both, Burn, Compare
from deskhand.core.guards import Ceiling, Guards
from deskhand.core.policy import SetTo, WriteNote
from deskhand.errors import DeskError
from tests.app.places import Shop
from tests.core.builders import policy, rule

TICKETS = 250
HOURS = 6
NO_CEILING = Guards(ceiling=Ceiling(per_hour=None, per_cycle=None, share=None))


def step(share: int) -> Burn:
    """So many per cent of the response: 4 hours at P3."""
    return Burn("p", "response", "at_least", Fraction(share, 100))


STEPS = (
    *(rule(step(share), WriteNote("a-note"), id=f"step-{share}") for share in (25, 50, 75, 100)),
    rule(
        Both("p", "all", (step(100), Compare("p", "type", "is_not", "incident"))),
        SetTo("type", "incident"),
        id="breached",
    ),
)


@pytest.fixture(scope="module")
def back() -> tuple[Shop, int]:
    """A shop that was away, and how many cycles it took afterwards until nothing was due."""
    shop = Shop(policy(*STEPS, guards=NO_CEILING))
    tickets = [shop.ticket() for _ in range(TICKETS)]
    cycle(shop.engine, shop.pass_time)
    until = shop.sandbox.clock.epoch() + HOURS * 3600
    shop.sandbox.faults.add({"kind": "status", "status": 503, "until": until})
    while shop.sandbox.clock.epoch() < until:
        with pytest.raises(DeskError):
            cycle(shop.engine, shop.pass_time)
        shop.pass_time(900)
    answered = tickets[:20]
    for ticket in answered:
        shop.change(ticket, status="solved")
    shop.pass_time(90)
    cycles = 0
    while not _settled(shop) and cycles < 20:
        cycle(shop.engine, shop.pass_time)
        cycles += 1
    return shop, cycles


def _settled(shop: Shop) -> bool:
    with shop.store.begin() as tx:
        counts = tx.outbox.count()
        due = tx.work.due(shop.now(), 1)
        written = counts["done"]
    return bool(written) and not due and not any(counts[state] for state in ("planned", "sending", "unknown"))


def test_every_missed_threshold_is_settled_within_one_cycle_for_a_hundred_tickets(back: tuple[Shop, int]) -> None:
    """R12: fired or skipped, each with its place in the ledger."""
    shop, cycles = back

    assert cycles <= -(-TICKETS // 100)
    with shop.store.begin() as tx:
        memories = tx.memories.load(range(1, TICKETS + 1))
    outcomes = Counter(tuple(sorted((one.rule, one.outcome) for one in memory.ledger)) for memory in memories.values())
    assert outcomes == {
        (
            ("breached", "fired"),
            ("step-100", "fired"),
            ("step-25", "skipped"),
            ("step-50", "skipped"),
            ("step-75", "skipped"),
        ): TICKETS - 20,
        (): 20,
    }


def test_there_is_no_more_than_one_note_for_an_episode_and_none_for_what_came_and_went(back: tuple[Shop, int]) -> None:
    """Downtime: lost vs flood. Counted in the sandbox's audits; each note says that it is late."""
    shop, _ = back

    notes: Counter[int] = Counter()
    for ticket in shop.world.tickets.values():
        for audit in shop.audits(ticket):
            ours = "deskhand" in audit["metadata"]["custom"]
            said = [event["body"] for event in audit["events"] if event["type"] == "Comment" and ours]
            notes[ticket.id] += len(said)
            assert all("This comes late: it was due at 2026-03-02 13:00 UTC" in body for body in said)
    assert Counter(notes.values()) == {1: TICKETS - 20, 0: 20}
