"""Filling a brief in from a ticket: every part from its place, and what is missing by name (requirements 82 to 88)."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest

from deskhand.core.brief import Brief, Target, Tried
from deskhand.core.brief_form import USUAL, BriefForm
from deskhand.core.brief_make import brief_for
from deskhand.core.condition import Compare
from deskhand.core.decide import read_facts
from deskhand.core.history import Event
from deskhand.core.ticket import Organization
from tests.core.builders import Desk, at, policy, ticket

FULL: dict[str, Any] = {
    "affected_customers": "2: Acme and Globex",
    "workflow_impact": "No invoices can be sent",
    "revenue_at_risk": "40k a day",
    "issue_description": "Exports stop half-way. It began on Monday at 08:00. Every export over 5,000 rows is cut.",
    "issue_type": "bug",
    "reproduction_steps": "1. Ask for 10,000 rows\n2. Wait",
    "expected_result": "10,000 rows",
    "actual_result": "5,000 rows",
    "environment": "Production, version 5.2",
    "tried_so_far": "Smaller export -> works\nOther browser -> the same",
    "last_customer_update": "We look into it",
    "last_customer_update_at": "2026-03-02T09:20Z",
    "customer_expectation": "A fix by Friday",
    "escalation_risk": "Their director asks daily",
    "help_needed": "Fix the cut",
    "help_deadline": "2026-03-03T12:00Z",
}


def brief(
    minutes: float = 30, target: Target | None = "Engineering", form: BriefForm | None = None, **changes: Any
) -> Brief | None:
    """The brief of a P2 whose fields are all filled in, but for the changes; so long after it was created."""
    fields = FULL | changes.pop("fields", {})
    facts: dict[str, Any] = {"priority": "high", "subject": "Exports stop", "fields": fields}
    desk = Desk(policy(brief=form or BriefForm()), ticket(**(facts | changes)))
    return brief_for(read_facts(desk.ticket, desk.memory, desk.policy, at(minutes)), desk.policy, target, "https://x/7")


def missing(**changes: Any) -> tuple[str, ...]:
    """What is missing in it."""
    made = brief(**changes)
    assert made is not None
    return made.missing


@pytest.mark.requirement(82, 83, 84, 85, 86, 87, 88)
def test_every_part_comes_from_its_place_on_the_ticket() -> None:
    """A ticket on which everything was filled in lacks nothing."""
    assert brief() == Brief(
        ticket_id=7,
        url="https://x/7",
        at=at(30),
        summary="Exports stop",
        severity="High",
        target="Engineering",
        customers="2: Acme and Globex",
        workflow_impact="No invoices can be sent",
        revenue_at_risk="40k a day",
        sla="Within",
        sla_clock="response",
        description=FULL["issue_description"],
        steps=("Ask for 10,000 rows", "Wait"),
        expected="10,000 rows",
        actual="5,000 rows",
        environment="Production, version 5.2",
        tried=(Tried("Smaller export", "works"), Tried("Other browser", "the same")),
        last_update_at=at(20),
        last_update="We look into it",
        expectation="A fix by Friday",
        escalation_risk="Their director asks daily",
        needed="Fix the cut",
        deadline=datetime(2026, 3, 3, 12, 0, tzinfo=UTC),
        missing=(),
    )


@pytest.mark.requirement(13, 82)
@pytest.mark.parametrize(("priority", "word"), [("urgent", "Critical"), ("high", "High"), ("normal", "Medium")])
def test_severities_have_the_words_of_the_form(priority: str, word: str) -> None:
    """P1 is Critical, P2 High, P3 Medium."""
    made = brief(priority=priority)
    assert made is not None

    assert made.severity == word


@pytest.mark.requirement(82)
def test_a_p4_has_no_brief_and_a_ticket_without_severity_one_that_asks_for_it() -> None:
    """The form has no word for P4 (M10); a severity that nobody has set is missing, not guessed."""
    assert brief(priority="low") is None
    assert missing(priority=None) == ("severity",)
    assert missing(target=None) == ("target",)


@pytest.mark.requirement(83)
@pytest.mark.parametrize(
    ("minutes", "status"), [(0, "Within"), (44.9, "Within"), (45, "At risk"), (59.9, "At risk"), (60, "Breached")]
)
def test_the_status_of_the_sla_is_worked_out(minutes: float, status: str) -> None:
    """At risk from three quarters of the hour that a P2 has for its response; breached at its end."""
    made = brief(minutes)
    assert made is not None

    assert (made.sla, made.sla_clock) == (status, "response")


@pytest.mark.requirement(83)
def test_the_policy_says_from_when_an_sla_is_at_risk_and_by_which_clock() -> None:
    """Of several clocks the worst counts; without a target nothing is known."""
    early = brief(form=BriefForm(at_risk=Fraction(1, 2)))
    other = brief(70, form=BriefForm(clock="any"))
    unknown = brief(priority=None)
    assert early is not None
    assert other is not None
    assert unknown is not None

    assert early.sla == "At risk"
    assert (other.sla, other.sla_clock) == ("Breached", "response")
    assert unknown.sla == "Unknown"


@pytest.mark.requirement(84)
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "3 to 5 sentences"),
        ("It stops.", "3 to 5 sentences, has 1"),
        ("One. Two.", "3 to 5 sentences, has 2"),
        ("One. Two. Three. Four. Five. Six.", "3 to 5 sentences, has 6"),
    ],
)
def test_a_description_has_three_to_five_sentences(text: str, words: str) -> None:
    """Less says too little, more is not read; the count is told."""
    assert missing(fields={"issue_description": text}) == (f'description (field "Issue description": {words})',)


@pytest.mark.requirement(85)
def test_engineering_takes_no_bug_without_steps() -> None:
    """Steps, expected, actual and environment are required for a bug that goes to engineering, and for nothing else."""
    empty = dict.fromkeys(("reproduction_steps", "expected_result", "actual_result", "environment"), "")

    assert missing(fields=empty) == (
        'steps to reproduce (field "Reproduction steps")',
        'expected result (field "Expected result")',
        'actual result (field "Actual result")',
        'environment (field "Environment")',
    )
    assert len(missing(fields=empty | {"issue_type": "performance", "suspected_bug": True})) == 4
    assert missing(target="Product", fields=empty) == ()
    assert missing(fields=empty | {"issue_type": "performance"}) == ()
    assert missing(fields=empty, form=BriefForm(bug=Compare("p", "field.issue_type", "is", "defect"))) == ()


@pytest.mark.requirement(86)
def test_something_was_tried_and_something_came_of_it() -> None:
    """At least one attempt with its result; one without a result is asked for it."""
    assert missing(fields={"tried_so_far": None}) == ('what has been tried (field "Tried so far")',)
    assert missing(fields={"tried_so_far": "Restarted"}) == (
        'what came of it (field "Tried so far": write action -> result)',
    )
    assert missing(fields={"tried_so_far": "Asked\nRestarted -> no change"}) == ()


@pytest.mark.requirement(87)
def test_the_last_update_is_the_newest_that_is_known() -> None:
    """The field's instant, or the newest public reply that was seen, whichever is later; none before the first."""
    desk = Desk(policy(), ticket(priority="high", fields=FULL))
    replied = (*desk.memory.history, Event(at(25), "agent_reply"))
    desk.memory = type(desk.memory)(7, history=replied)
    later = brief_for(read_facts(desk.ticket, desk.memory, desk.policy, at(30)), desk.policy, "Product")
    to_come = brief(fields={"last_customer_update_at": "2026-03-05T09:00Z"})
    none = brief(fields={"last_customer_update_at": "soon"})
    assert later is not None
    assert to_come is not None
    assert none is not None

    assert (later.last_update_at, to_come.last_update_at, none.last_update_at) == (at(25), None, None)


@pytest.mark.requirement(88)
def test_what_is_needed_and_by_when_are_asked_for() -> None:
    """Both are required; a day alone lasts until its end, and what is no instant is none."""
    whole_day = brief(fields={"help_deadline": "2026-03-03"})
    assert whole_day is not None

    assert missing(fields={"help_needed": " ", "help_deadline": "as soon as possible"}) == (
        'what is needed (field "Help needed")',
        'deadline (field "Help deadline")',
    )
    assert whole_day.deadline == datetime(2026, 3, 3, 23, 59, tzinfo=UTC)


@pytest.mark.requirement(83)
def test_the_organization_stands_for_customers_that_nobody_has_counted() -> None:
    """Somebody is always affected; the ticket knows that one."""
    made = brief(fields={"affected_customers": ""}, organization=Organization(3, "Acme"))
    assert made is not None

    assert made.customers == "Acme (1, as far as the ticket tells)"
    assert missing(fields={"affected_customers": ""}) == ('customers (field "Affected customers")',)


def test_a_part_that_is_kept_nowhere_is_not_asked_for() -> None:
    """A form without it is whole without it; fields of any kind are read as people read them."""
    short = {part: name for part, name in USUAL.items() if part not in ("workflow_impact", "deadline")}
    made = brief(
        form=BriefForm(fields=short | {"environment": "field.platforms", "expectation": "field.vip"}),
        fields={"workflow_impact": "", "help_deadline": None, "platforms": ("windows", "ios"), "vip": True},
    )
    assert made is not None

    assert (made.missing, made.workflow_impact, made.deadline) == ((), "", None)
    assert (made.environment, made.expectation) == ("windows, ios", "yes")


def test_the_same_ticket_has_the_same_brief() -> None:
    """It is a value: nothing is read but what was given."""
    assert brief() == brief()
    assert brief(30 + 1 / 60) != brief()
    assert (at(30) + timedelta(0)) == at(30)
