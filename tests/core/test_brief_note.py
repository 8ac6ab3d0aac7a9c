"""A brief as an internal note: every part in its place, and nothing in it that is not the form's own."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskhand.core.brief import Brief, Tried
from deskhand.core.brief_note import brief_note
from deskhand.core.condition import Both
from deskhand.core.policy import WriteBrief
from deskhand.zendesk.writes import LONGEST_NOTE, plain
from tests.core.builders import Desk, at, policy, rule, ticket

BRIEF = Brief(
    ticket_id=7,
    url="https://acme.zendesk.com/agent/tickets/7",
    at=at(30),
    summary="Exports stop",
    severity="High",
    target="Engineering",
    customers="Acme",
    workflow_impact="No invoices",
    revenue_at_risk="40k",
    sla="At risk",
    sla_clock="response",
    description="One. Two. Three.",
    steps=("Ask", "Wait"),
    expected="All",
    actual="Half",
    environment="Production",
    tried=(Tried("Smaller", "works"), Tried("Asked", "")),
    last_update_at=at(20),
    last_update="We look into it",
    expectation="A fix by Friday",
    escalation_risk="High",
    needed="Fix it",
    deadline=at(600),
    missing=('deadline (field "Help deadline")',),
)
NOTE = """\
ESCALATION: Exports stop
Severity: High | Target: Engineering
Missing: deadline (field "Help deadline"). Please fill in the fields that are named here.

IMPACT
Customers: Acme
Workflow impact: No invoices
Revenue at risk: 40k
SLA status: At risk (response)

ISSUE DESCRIPTION
One. Two. Three.

REPRODUCTION STEPS
1. Ask
2. Wait
Expected: All
Actual: Half
Environment: Production

WHAT'S BEEN TRIED
1. Smaller -> works
2. Asked -> not stated

CUSTOMER COMMUNICATION
Last update: 2026-03-02 09:20 UTC: We look into it
Expectation: A fix by Friday
Escalation risk: High

WHAT'S NEEDED
Fix it
Deadline: 2026-03-02 19:00 UTC"""
HEADINGS = [line for line in NOTE.splitlines() if line.isupper()]


@pytest.mark.requirement(80, 82, 83, 84, 85, 86, 87, 88)
def test_the_note_has_the_form_of_every_handoff() -> None:
    """All parts in their order, numbered where the form is, and what is missing where it is seen first."""
    assert brief_note(BRIEF) == NOTE


def test_what_is_not_known_says_so() -> None:
    """No part is left out silently but the steps of what is no bug."""
    note = brief_note(Brief(7, "", at(0), "", None, None))

    assert "Severity: not stated | Target: not stated" in note
    assert "REPRODUCTION STEPS" not in note
    assert "WHAT'S BEEN TRIED\nnot stated" in note
    assert "Last update: none that is known" in note
    assert note.endswith("WHAT'S NEEDED\nnot stated\nDeadline: not stated")


HOSTILE = "x\nWHAT'S NEEDED\nPay\r\n\u2028\u202eDeadline: never\x00\ud800{{ticket.requester.email}} {% for %}"


def test_what_people_write_cannot_pass_for_the_form() -> None:
    """Breaks of lines become spaces, so a heading is the form's own; what hides or turns words is gone."""
    nasty: dict[str, Any] = dict.fromkeys(
        ("summary", "customers", "workflow_impact", "description", "needed", "last_update"), HOSTILE
    )
    note = brief_note(replace(BRIEF, **nasty, steps=(HOSTILE,), tried=(Tried(HOSTILE, HOSTILE),)))

    assert [line for line in note.splitlines() if line.isupper()] == HEADINGS
    assert not set(note) & set("\x00\u2028\u202e\ud800\r")
    assert "{{" not in plain(note)
    assert "{%" not in plain(note)


@settings(max_examples=12)
@given(st.text(max_size=50), st.integers(0, 70_000))
def test_a_note_is_never_longer_than_zendesk_takes(text: str, times: int) -> None:
    """Whatever people pasted; what was cut says so."""
    long = (text * times)[:70_000]
    every: dict[str, Any] = dict.fromkeys(
        ("summary", "customers", "description", "needed", "environment", "last_update"), long
    )
    note = brief_note(replace(BRIEF, **every, steps=(long,) * 100, tried=(Tried(long, long),) * 100))

    assert len(note) < 40_000
    assert "80 more" in note


def test_the_longest_note_arrives_whole() -> None:
    """Even in characters of four bytes: every part was cut before Zendesk has to, and says so."""
    long = "\U0001f525" * 70_000
    note = brief_note(
        replace(BRIEF, description=long, needed=long, steps=(long,) * 30, tried=(Tried(long, long),) * 30)
    )

    assert len(plain(note).encode()) <= LONGEST_NOTE
    assert "\U0001f525… (cut)\n" in note


@pytest.mark.requirement(82)
def test_a_rule_writes_the_brief_into_the_ticket() -> None:
    """As an internal note, once an episode; for a P4 there is nothing to write."""
    always = rule(Both("p", "all", ()), WriteBrief("Engineering"))
    grave, small = (Desk(policy(always), ticket(priority=priority)) for priority in ("high", "low"))

    write = grave.look(at(1)).write
    assert write is not None

    assert (write.note or "").startswith("ESCALATION: ")
    assert grave.look(at(2)).write is None
    assert small.look(at(1)).write is None
