"""Requirements 28, 39, 47, 48, 51 and 52: the shipped ladders climbed - one rung at a time, with proof, until somebody has it or it is contained."""

from datetime import datetime
from typing import Any

import pytest

from deskhand.core.message import Message
from deskhand.sandbox.company import MONDAY
from tests.core.builders import START, at, ticket
from tests.core.escalation import Tower, on
from tests.requirements.shipped import PRIORITY, Firm, fired, shipped

P1: dict[str, Any] = {"impact_stated": True}
"""Confirmed, so that nothing but time is missing."""


def burning(severity: str = "p1", status: str = "new", created: datetime = START, **fields: Any) -> Tower:
    """A ticket under the shipped policies, whose pagers and rotas are the test's."""
    given = ticket(priority=PRIORITY[severity], status=status, fields=fields, created_at=created, updated_at=created)
    return on(shipped(), given)


def pages(desk: Tower, ladder: str = "") -> list[tuple[str, datetime]]:
    """Who was paged when, on one ladder or on all."""
    return [(one.role, one.at) for one in desk.sent if one.verb == "page" and ladder in (one.climb, "")]


def closes(desk: Tower) -> list[Message]:
    """What was closed."""
    return [one for one in desk.sent if one.verb == "close"]


@pytest.mark.requirement(39, 43, 48)
def test_a_p1_that_nobody_acknowledges_climbs_rung_by_rung_every_five_minutes() -> None:
    """The engineer on call twice, five minutes each, then the third line twice, then the room is told; each step with its proof in the ticket."""
    desk = burning(**P1)

    desk.run(START, at(59))

    assert pages(desk, "engineering") == [
        ("eng_oncall", at(15)), ("eng_oncall", at(20)), ("platform_l3", at(25)), ("platform_l3", at(30)),
    ]  # fmt: skip
    (climb,) = [one for one in desk.memory.climbs if one.ladder == "engineering"]
    assert [(proof.kind, proof.role, proof.pages) for proof in climb.proofs] == [
        ("no answer", "eng_oncall", 2), ("no answer", "platform_l3", 2),
    ]  # fmt: skip
    notes = "\n".join(desk.notes)
    assert "eng_oncall paged twice since 2026-03-02 09:15 UTC, no answer by 2026-03-02 09:25 UTC" in notes
    third = next(one for one in desk.sent if one.role == "platform_l3" and one.verb == "page")
    assert any("paged twice" in value for _, value in third.notice.facts)


@pytest.mark.requirement(39)
def test_a_rung_is_skipped_only_where_nobody_is_on_call_and_the_ticket_says_so() -> None:
    """At once, with the proof; where nobody knows who is on call, they are paged."""
    empty, unknown = burning(**P1), burning(**P1)
    empty.on_call = {"eng_oncall": (), "platform_l3": ("Lea",)}

    for desk in (empty, unknown):
        desk.run(START, at(16))

    assert pages(empty, "engineering") == [("platform_l3", at(15))]
    assert "nobody is on call as eng_oncall" in "\n".join(empty.notes)
    assert pages(unknown, "engineering") == [("eng_oncall", at(15))]


@pytest.mark.requirement(48)
def test_an_acknowledgement_within_five_minutes_asks_nobody_else() -> None:
    """And the ticket says who has it."""
    desk = burning(
        **P1, mitigation_plan="Roll back", root_cause_hypothesis="The pool", engineering_assigned_at="2026-03-02T09:10Z"
    )
    desk.run(START, at(15))
    desk.answers("Ann", at(18))

    desk.run(at(18), at(60))

    assert pages(desk) == [("eng_oncall", at(15))]
    assert "Ann acknowledged" in "\n".join(desk.notes)


@pytest.mark.requirement(47, 52)
def test_contained_stops_every_page_and_leaves_the_timers_running() -> None:
    """From then on nobody is paged on any ladder; the customer's update is due as before."""
    desk = burning(**P1)
    desk.run(START, at(32))
    before = len(pages(desk))
    desk.sets(at(32), mitigation_status="contained")

    desk.run(at(32), at(59))
    due = desk.look(at(60))
    desk.run(at(61), at(240))

    assert before > 4
    assert len(pages(desk)) == before
    assert {climb.stage for climb in desk.memory.climbs} == {"monitor"}
    assert "customer-update-due" in fired(due)


@pytest.mark.requirement(52)
def test_what_is_solved_is_closed_wherever_it_was_opened() -> None:
    """After all that was said before, and nothing is said after it."""
    desk = burning(**P1)
    desk.run(START, at(21))
    desk.becomes(status="solved", updated_at=at(22))

    desk.run(at(22), at(600))

    assert closes(desk) != []
    for one in closes(desk):
        assert all(
            other.number < one.number for other in desk.sent if other.thread == one.thread and other.verb != "close"
        )
    assert [one for one in pages(desk) if one[1] > at(22)] == []


@pytest.mark.requirement(3, 52)
def test_a_p2_pages_nobody_at_night() -> None:
    """What falls due at half past seven in the evening is paged when the office opens, and not a second earlier."""
    desk = burning("p2", created=at(510), issue_type="network_outage", **P1)

    desk.run(at(510), at(24 * 60))

    assert pages(desk, "specialists")[0] == ("specialist", at(23 * 60))


@pytest.mark.requirement(28, 51)
def test_nobody_is_paged_before_the_impact_is_confirmed() -> None:
    """A P2 that has nobody's impact waits, however long; confirming it pages at once."""
    desk = burning("p2", issue_type="network_outage")
    desk.run(START, at(200))
    waiting = pages(desk)
    desk.sets(at(200), impact_stated=True)

    desk.run(at(200), at(201))

    assert waiting == []
    assert pages(desk) == [("specialist", at(200))]


@pytest.mark.requirement(4, 5, 24, 51)
@pytest.mark.parametrize("severity", ["p3", "p4"])
def test_a_low_severity_wakes_nobody_whatever_it_says(severity: str) -> None:
    """A week of a ticket with everything ticked but security: not one page, and not one executive."""
    everything: dict[str, Any] = dict.fromkeys(("impact_stated", "churn_risk", "executive_involved", "suspected_bug", "repro_confirmed", "data_corruption"), True)  # fmt: skip
    desk = burning(severity, status="open", issue_type="documentation", workaround="failed", **everything)
    executives = {name for name, role in shipped().roles.items() if role.executive}

    desk.run(START, at(7 * 24 * 60))

    assert pages(desk) == []
    assert {one.role for one in desk.sent} & executives == set()


@pytest.mark.requirement(35)
def test_security_is_paged_in_the_second_in_which_it_is_seen() -> None:
    """On a Sunday night, as P4: the owner, and after ten minutes the lead."""
    night = at(-60 * 30)
    desk = burning("p4", created=night, issue_type="security")

    desk.run(night, at(-60 * 30 + 15))

    assert pages(desk) == [("security_owner", night), ("security_owner", at(-1795)), ("security_lead", at(-1790)), ("security_lead", at(-1785))]  # fmt: skip
    assert {one.urgent for one in desk.sent if one.verb == "page"} == {True}


def paged(firm: Firm) -> list[tuple[str, int]]:
    """Whom PagerDuty paged, and how many minutes after the start; those of one minute, who belong to different ladders, by name."""
    log = firm.sandbox.services.pagerduty.log
    told = [(str(one.facts["person"]), round((one.at - MONDAY.timestamp()) / 60)) for one in log if one.kind == "paged"]
    return sorted(told, key=lambda one: (one[1], one[0]))


@pytest.mark.requirement(31, 39, 43, 48)
def test_the_people_who_are_paged_are_those_that_the_ladders_name(firm: Firm) -> None:
    """The whole worker against the pretended PagerDuty: whoever has the engineers' and the commanders' shifts, in order, and nobody twice for one step."""
    one = firm.ticket("p1", issue_type="bug", impact_stated=True)

    firm.go(52)

    assert paged(firm) == [
        ("Olga Oncall", 15), ("Olga Oncall", 20), ("Lee Lead", 25), ("Ines Commander", 30), ("Lee Lead", 30),
        ("Ines Commander", 35), ("Mona Manager", 40), ("Vera Vice", 50),
    ]  # fmt: skip
    assert "'On call' is left: " in firm.notes(one)
    assert firm.notes(one).count("Paged eng_oncall") == 2


@pytest.mark.requirement(48)
def test_whoever_acknowledges_in_the_pager_has_it(firm: Firm) -> None:
    """Two minutes after the page: nobody else of the ladder is asked, and the ticket names them."""
    firm.sandbox.services.pagerduty.answers_in("Olga Oncall", 120)
    one = firm.ticket(
        "p1", issue_type="bug", impact_stated=True, mitigation_plan="Roll back", root_cause_hypothesis="The pool"
    )

    firm.go(50)

    assert paged(firm) == [("Olga Oncall", 15)]
    assert "Olga Oncall acknowledged" in firm.notes(one)


@pytest.mark.requirement(47, 52)
def test_contained_silences_the_pager_and_solved_resolves_it(firm: Firm) -> None:
    """From the agent's tick on nobody is paged; the reminder of the customer's update still comes; the page is resolved with the ticket."""
    one = firm.ticket("p1", issue_type="bug", impact_stated=True)
    firm.go(22)
    before = paged(firm)
    firm.change(one, mitigation_status="contained")
    firm.go(60)
    after, notes = paged(firm), firm.notes(one)
    firm.change(one, facts={"status": "solved"})
    firm.go(5)

    assert before == after != []
    assert "has heard nothing from us for an hour" in notes
    assert "resolved" in {effect.kind for effect in firm.sandbox.services.pagerduty.log}
    assert {incident.status for incident in firm.sandbox.services.pagerduty.incidents} == {"resolved"}
