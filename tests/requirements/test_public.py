"""Requirements 2, 14, 19, 29, 37: what goes to the public and to engineering, by the shipped policies, the whole worker and the pretended services."""

from typing import Any

import pytest

from deskhand.app.message_box import release
from deskhand.sandbox import Ticket
from deskhand.sandbox.services.document import text_of
from tests.requirements.shipped import Firm

WORDS = "Checkout of Globex <script> is down, call +49 30 1234"


def outage(firm: Firm) -> Ticket:
    """A P1 that somebody has taken and whose impact is stated."""
    made = firm.ticket("p1", tier="enterprise", facts={"subject": WORDS}, impact_stated=True, product_area="billing")
    firm.go(2)
    agent = firm.company.agents["lead@acme.example"]
    firm.change(made, facts={"assignee_id": agent, "comment": {"body": "We look.", "public": True}})
    firm.go(10)
    return made


def page(firm: Firm) -> list[dict[str, Any]]:
    """What the status page says."""
    found: list[dict[str, Any]] = firm.sandbox.services.statuspage.incidents
    return found


@pytest.mark.requirement(2, 29)
def test_a_p1_is_public_at_once_and_what_follows_waits_for_a_manager(firm: Firm) -> None:
    """The first entry without anybody's approval, in the policy's own words; the end only after somebody has read it."""
    made = outage(firm)
    (incident,) = page(firm)
    assert (incident["name"], incident["status"]) == ("Some customers may see errors", "investigating")
    assert "billing does not work as it should" in incident["incident_updates"][0]["body"]

    firm.change(made, mitigation_status="resolved")
    firm.go(10)
    assert incident["status"] == "investigating"
    with firm.worker.engine.store.begin() as tx:
        (held,) = tx.messages.listed(("held",))
    assert "manager reads it" in held.reason
    release(firm.worker.engine.store, held.message.key, "ann", firm.stage.now())
    firm.go(10)

    assert page(firm)[0]["status"] == "resolved"
    shown = str(page(firm))
    assert not any(word in shown for word in ("Globex", "script", "1234", "It broke"))


@pytest.mark.requirement(19, 82)
def test_what_was_reproduced_becomes_one_issue_with_its_brief_and_runbook(firm: Firm) -> None:
    """In the tracker, with a link back; the runbook is that of the issue type."""
    firm.sandbox.services.confluence.add("Exports runbook", "runbook", "bug", changed=firm.sandbox.clock.epoch())
    made = firm.ticket(
        "p3", facts={"subject": WORDS}, repro_confirmed=True, suspected_bug=True, issue_type="bug", product_area="api"
    )
    firm.go(30)

    jira = firm.sandbox.services.jira
    assert [one.kind for one in jira.log if one.key == "ESC-1"] == ["issue", "link"]
    issue = jira.issues["ESC-1"]
    said = text_of(issue["fields"]["description"])
    assert f"zd-{made.id}" in issue["fields"]["labels"]
    assert WORDS in issue["fields"]["summary"]
    assert "ESCALATION:" in said
    assert "Runbook: Exports runbook" in said
    assert list(issue["links"]) == [f"zendesk:{made.id}"]
