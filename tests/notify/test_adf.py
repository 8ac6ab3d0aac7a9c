"""Documents in Atlassian's format: whole, valid, and never more than text."""

import json
from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskhand.core.brief import Brief, Tried
from deskhand.core.message import Link, Notice
from deskhand.core.plain import CUT
from deskhand.notify.adf import MOST, Node, of_notice
from deskhand.sandbox.services.document import faults, links_of, text_of
from tests.notify.matters import HOSTILE, NOW, RUNBOOK, URL, brief


def kinds(node: Node) -> set[str]:
    """Every kind of node and mark in a document."""
    marks = {str(mark["type"]) for mark in node.get("marks", ())}
    return {str(node["type"])} | marks | {kind for inner in node.get("content", ()) for kind in kinds(inner)}


def hostile(text: str) -> Notice:
    """A notice that says the same text in every place that a ticket can reach."""
    people = brief(**dict.fromkeys(("customers", "workflow_impact", "revenue_at_risk", "sla_clock", "description", "expected", "actual", "environment", "last_update", "expectation", "escalation_risk", "needed", "summary"), text))  # fmt: skip
    listed = replace(people, steps=(text, text), tried=(Tried(text, text),), missing=(text,))
    return Notice(text, text, URL, listed, ((text, text),), (Link(text, "https://ok.example/"),))


@pytest.mark.requirement(82, 83, 84, 85, 86, 87, 88)
def test_a_brief_is_rendered_whole() -> None:
    """Requirements 82 to 88: every part of the form is in the document, in the form's order."""
    text = text_of(of_notice(Notice("t", "Engineering is asked.", URL, brief(), (("Rung", "L3"),), (RUNBOOK,))))

    headings = ["ESCALATION: Checkout is down for Europe", "IMPACT", "ISSUE DESCRIPTION", "REPRODUCTION STEPS", "WHAT'S BEEN TRIED", "CUSTOMER COMMUNICATION", "WHAT'S NEEDED"]  # fmt: skip
    assert [text.index(one) for one in headings] == sorted(text.index(one) for one in headings)
    for said in (
        "Severity: Critical", "Target: Engineering", "Missing: request id", "Customers: 3: Acme, Globex, Initech", "Workflow impact: nobody can pay",
        "Revenue at risk: 40,000 EUR a day", "SLA: At risk (first reply)", "Since 09:00.", "Everybody in Europe.", "Open the shop", "Pay by card",
        "Expected: A receipt", "Actual: Error 17", "Environment: production, eu-1", "restarted the gateway → no change", "asked the bank → all well there",
        "Last update: 2026-11-21 12:00 UTC", "What was said: We are looking into it.", "Expectation: an answer by 13:00", "Escalation risk: high",
        "Find the cause", "Deadline: 2026-11-21 14:00 UTC", "Rung: L3", "Engineering is asked.", "Ticket in Zendesk", "Checkout runbook",
    ):  # fmt: skip
        assert said in text


def test_no_part_of_a_brief_is_forgotten() -> None:
    """Each text of a brief, whatever parts it gets later, is in the document."""
    marked = {one.name: f"<{one.name}>" for one in fields(Brief) if one.type is str and one.name not in ("url", "sla")}

    text = text_of(of_notice(Notice("t", brief=brief(**marked))))

    assert [name for name, word in marked.items() if word not in text] == []


def test_what_is_missing_is_said_to_be() -> None:
    """An empty brief is a valid document too, and hides nothing."""
    bare = Brief(1, URL, NOW, "", None, None)
    document = of_notice(Notice("t", brief=bare))

    assert list(faults(document)) == []
    assert text_of(document).count("(not given)") >= 8
    assert "REPRODUCTION" not in text_of(document)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_only_ever_text(text: str) -> None:
    """No mention, card, code or link comes of what somebody wrote, and the document stays valid and below the limit."""
    document = of_notice(hostile(text))

    assert list(faults(document)) == []
    assert kinds(document) <= {"doc", "paragraph", "heading", "bulletList", "orderedList", "listItem", "text", "hardBreak", "strong", "link"}  # fmt: skip
    assert set(links_of(document)) <= {URL, "https://ok.example/"}
    assert len(text_of(document)) <= MOST + 2_000
    json.dumps(document).encode()


def test_what_is_too_long_is_cut_and_says_so() -> None:
    """One long part leaves room for the others; a long whole ends with the words that say so."""
    long = text_of(of_notice(Notice("t", brief=brief(description="x" * 64_000))))
    whole = text_of(of_notice(Notice("t", brief=brief(tried=tuple(Tried(f"{i} " * 2_000, "") for i in range(99))))))

    assert CUT in long
    assert "Find the cause" in long
    assert whole.rstrip().endswith(CUT)


def test_only_addresses_of_the_web_become_links() -> None:
    """Any other address is no link, but its words stay."""
    document = of_notice(Notice("t", links=(Link("run", "javascript:alert(1)"), Link("", "https://a.example/x"))))

    assert list(links_of(document)) == ["https://a.example/x"]
    assert "run" in text_of(document)


@given(st.text(st.characters(exclude_categories=()), max_size=200))
def test_any_text_makes_a_valid_document(text: str) -> None:
    """Law: whatever is written, the document is valid and can be encoded."""
    document = of_notice(hostile(text))

    assert list(faults(document)) == []
    json.dumps(document).encode()
