"""Answers that never come, by the hundred."""

from random import Random

from deskhand.core.condition import Compare
from deskhand.core.guards import Ceiling, Guards
from deskhand.core.policy import Tag, WriteNote
from deskhand.sandbox.records import Comment
from tests.app.places import Shop
from tests.core.builders import policy, rule

CASES, AT_ONCE = 500, 10
NO_CEILING = Guards(ceiling=Ceiling(per_hour=None, per_cycle=None, share=None))
ROUTE = rule(Compare("p", "priority", "is", "normal"), Tag(add=("routed",)), WriteNote("a-note"))
KINDS = (
    {"kind": "timeout_after_commit", "seconds": 65},
    {"kind": "timeout_before_commit", "seconds": 65},
    {"kind": "late_commit", "seconds": 20},
    {"kind": "reset_after_commit"},
    {"kind": "cut_json"},
)
"""What keeps an answer back; in a fifth of the cases the write is done only after the worker gave up."""


def test_five_hundred_writes_without_an_answer_are_there_once() -> None:
    """R4: each batch of ten meets one of five accidents, drawn at random; the audits hold one mark for each ticket, and one note."""
    random = Random(4)
    shop = Shop(policy(ROUTE, guards=NO_CEILING))
    tickets = []
    for _ in range(CASES // AT_ONCE):
        tickets += [shop.ticket() for _ in range(AT_ONCE)]
        shop.sandbox.faults.add(
            {**random.choice(KINDS), "method": "PUT", "path": "/api/v2/tickets/update_many", "count": 1}
        )
        shop.cycle(rounds=8)
    shop.cycle(rounds=40)

    assert shop.outbox() == {"done": CASES}
    for ticket in tickets:
        assert sum("deskhand" in (audit.custom or {}) for audit in ticket.audits) == 1
        assert sum(isinstance(event, Comment) for audit in ticket.audits for event in audit.events) == 2
