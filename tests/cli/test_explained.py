"""How a decision is shown: where a ticket stands on a ladder, and why it stands there."""

import io

from rich.console import Console

from deskhand.cli.explained import decided
from deskhand.core.decision import Decision
from tests.core.builders import START, at
from tests.core.escalation import page, tower


def shown(decision: Decision) -> str:
    """What people see of a decision."""
    out = io.StringIO()
    decided(Console(file=out, width=200), decision)
    return out.getvalue()


def test_a_climb_is_shown_with_its_rung_its_proofs_and_its_next_step() -> None:
    """Who is asked now, who was asked before and did not answer, and when the next step is due."""
    desk = tower(page("first", 300), page("second", 600))
    desk.run(START, at(5))

    text = shown(desk.look(at(6)))

    assert "ladder up  paging  'rung second', page 1  zd:acme:7:e1" in text
    assert "left: first paged once since 2026-03-02 09:00 UTC, no answer by 2026-03-02 09:05 UTC" in text
    assert "next step 2026-03-02T09:15:00Z" in text


def test_what_is_said_outside_is_shown_as_an_effect() -> None:
    """Page, channels, and the rule behind it; what only observes says so."""
    desk = tower(page("first"))

    text = shown(desk.look(START))

    assert "climb ladder up  [burns, escalate]" in text
    assert "page first by pd, chat  [burns, climb]" in text


def test_an_acknowledged_climb_names_who_has_it() -> None:
    """And one that is over says why."""
    desk = tower(page("first"))
    desk.look(START)
    desk.answers("Ann", at(1))

    assert "acknowledged by Ann" in shown(desk.look(at(1)))
    desk.becomes(status="solved", updated_at=at(2))
    assert "over: the ticket is solved" in shown(desk.look(at(2)))
