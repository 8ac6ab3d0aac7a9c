"""Requirements 82 to 88: the form of every handoff, in the ticket and in every service that carries it."""

import json
from collections.abc import Callable

import pytest

from deskhand.core.brief_note import brief_note
from deskhand.core.message import Message
from deskhand.notify import adf, pagerduty_words, slack_blocks
from deskhand.notify.others import Address, words
from tests.notify.spoken import BRIEF, PAGE
from tests.requirements.shipped import Firm

Rendering = Callable[[Message], str]


def in_note(message: Message) -> str:
    """The internal note."""
    assert message.notice.brief is not None
    return brief_note(message.notice.brief)


def in_slack(message: Message) -> str:
    """The blocks of a headline in Slack."""
    return json.dumps(slack_blocks.blocks(message), ensure_ascii=False)


def in_jira(message: Message) -> str:
    """The description of an issue."""
    return json.dumps(adf.of_notice(message.notice), ensure_ascii=False)


def in_mail(message: Message) -> str:
    """What apprise carries."""
    return words(message, Address("mailto", lambda *_: True))[1]


def in_event(message: Message) -> str:
    """The details of an event in PagerDuty."""
    return json.dumps(pagerduty_words.custom_details(message), ensure_ascii=False)


def in_incident(message: Message) -> str:
    """The body of an incident in PagerDuty."""
    return pagerduty_words.details(message)


EVERY: tuple[Rendering, ...] = (in_note, in_slack, in_jira, in_mail, in_event, in_incident)
PARTS = {
    82: (BRIEF.summary, "Critical", "Engineering"),
    83: (BRIEF.customers, BRIEF.workflow_impact, BRIEF.revenue_at_risk, "Breached", BRIEF.sla_clock),
    84: ("Since 02:40 every checkout ends in an error.", "The release of 02:30 is suspected."),
    85: (*BRIEF.steps, BRIEF.expected, BRIEF.actual, BRIEF.environment),
    86: tuple(text for one in BRIEF.tried for text in (one.action, one.result)),
    87: ("2026-11-21 02:44", BRIEF.last_update, BRIEF.expectation, BRIEF.escalation_risk),
    88: (BRIEF.needed, "2026-11-21 03:34"),
}


@pytest.mark.requirement(82, 83, 84, 85, 86, 87, 88)
@pytest.mark.parametrize("rendering", EVERY)
def test_every_part_of_the_form_reaches_everybody_from_the_same_object(rendering: Rendering) -> None:
    """Whoever takes a ticket over reads the same, wherever they read it; and what is missing."""
    text = rendering(PAGE)

    assert [(number, part) for number, parts in PARTS.items() for part in parts if part not in text] == []
    assert BRIEF.missing[0] in text


@pytest.mark.requirement(82, 83, 84, 85, 86, 87, 88)
def test_the_worker_writes_the_brief_from_the_ticket(firm: Firm) -> None:
    """An agent fills the fields in, the ticket goes to the third line, and the note has all of it; nothing of it is public."""
    one = firm.ticket("p2", tier="enterprise", issue_type="bug", product_area="api")
    firm.go(10)
    firm.change(one, facts={"comment": {"body": "We look into it.", "public": True}})
    firm.go(5)
    firm.change(
        one,
        repro_confirmed=True,
        suspected_bug=True,
        workflow_impact="No invoices can be sent",
        affected_customers="2",
        issue_description="Exports stop. It began on Monday. Every export over 5,000 rows is cut.",
        reproduction_steps="1. Ask for 10,000 rows\n2. Wait",
        expected_result="10,000 rows",
        actual_result="5,000 rows",
        environment="Production",
        tried_so_far="A smaller export -> it works",
        help_needed="Find the limit, and lift it",
        help_deadline="2026-03-03T12:00Z",
    )
    firm.go(5)
    (brief,) = [note for note in firm.comments(one) if "ESCALATION" in note["body"]]

    for line in (
        "ESCALATION: Help",
        "Severity: High | Target: Engineering",
        "Customers: 2",
        "SLA status: Within (resolution)",
        "Every export over 5,000 rows is cut.",
        "2. Wait",
        "1. A smaller export -> it works",
        "Last update: 2026-03-02 08:40 UTC",
        "Find the limit, and lift it",
        "Deadline: 2026-03-03 12:00 UTC",
    ):
        assert line in brief["body"]
    assert "Missing" not in brief["body"]
    assert brief["public"] is False


@pytest.mark.requirement(84, 85, 86, 88)
def test_what_the_brief_lacks_is_asked_for_in_the_note(firm: Firm) -> None:
    """By the names of the fields; a P4 has no brief at all (M10)."""
    one = firm.ticket("p3", issue_type="bug", repro_confirmed=True, suspected_bug=True, issue_description="It stops.")
    small = firm.ticket("p4", issue_type="bug", repro_confirmed=True, suspected_bug=True, impact_stated=True)
    firm.go(2)
    lack = next(line for line in firm.notes(one).splitlines() if line.startswith("Missing: "))

    for field in ("Reproduction steps", "Tried so far", "Help needed", "Help deadline"):
        assert f'(field "{field}")' in lack
    assert '(field "Issue description": 3 to 5 sentences, has 1)' in lack
    assert "ESCALATION" not in firm.notes(small)
