"""Requirements 16 to 29: the decision tree, as the worker carries it out with the shipped policies."""

import json
from io import StringIO

import pytest
from rich.console import Console

from deskhand.app.explain import explain
from deskhand.cli.explained import show
from deskhand.cli.output import plain
from deskhand.core.effect import AddTags, Note, SetSeverity
from tests.core.builders import at
from tests.requirements.shipped import Firm, case, fired

NEEDS = "escalation_needs_info"


@pytest.mark.requirement(16)
@pytest.mark.parametrize(("severity", "half", "after"), [("p3", 120, "p2"), ("p2", 30, "p1")])
def test_more_than_half_of_the_sla_raises_a_ticket_by_one_level(severity: str, half: int, after: str) -> None:
    """At the second after half, with its reason; not at half, and not twice."""
    desk = case(severity)

    exactly, later = desk.look(at(half)), desk.look(at(half, 1))
    changes = [effect.change for effect in later.effects if isinstance(effect.change, SetSeverity)]

    assert [effect for effect in exactly.effects if isinstance(effect.change, SetSeverity)] == []
    assert [(change.before, change.after, change.reason) for change in changes] == [(severity, after, "sla_burn_50pct")]


@pytest.mark.requirement(16)
def test_a_raise_does_not_run_on_to_the_top_by_itself(firm: Firm) -> None:
    """121 minutes of 240 raise a P3 to P2, of whose 60 they would be twice as many: it does not become P1 by that, then or later (M4)."""
    one = firm.ticket("p3")

    firm.go(119)
    before = firm.show(one)["priority"]
    firm.go(2)
    raised = firm.show(one)["priority"]
    firm.go(180)

    assert (before, raised, firm.show(one)["priority"]) == ("normal", "high", "high")
    assert firm.notes(one).count("Severity raised") == 1


@pytest.mark.requirement(17)
@pytest.mark.parametrize("severity", ["p1", "p4"])
def test_p1_and_p4_are_not_raised_by_burn(severity: str) -> None:
    """Whatever was used up of their time."""
    desk = case(severity)

    for minutes in (10, 60, 60 * 24, 60 * 24 * 6):
        assert "raise-severity-at-half-burn" not in fired(desk.look(at(minutes)))


@pytest.mark.requirement(18)
def test_the_csm_of_an_enterprise_customer_with_an_impact_is_told_by_id(firm: Firm) -> None:
    """The note names the id that stands at the organization, and the CSM follows; others are not told."""
    told = firm.ticket("p3", tier="enterprise", impact_stated=True)
    others = (firm.ticket("p3", tier="enterprise"), firm.ticket("p3", tier="business", impact_stated=True))
    firm.go(2)
    homes = {row["id"]: row["organization_fields"]["csm_id"] for row in firm.company.organizations}

    assert f"(id {homes[firm.show(told)['organization_id']]})" in firm.notes(told)
    assert firm.show(told)["follower_ids"] == [firm.company.agents["csm@acme.example"]]
    assert "told_csm" in firm.show(told)["tags"]
    assert [firm.notes(one) for one in others] == ["", ""]


@pytest.mark.requirement(19)
def test_a_reproduced_bug_asks_the_third_line_of_its_area_without_a_page() -> None:
    """By a clarification in the ticket, with the brief; nobody is woken."""
    decision = case("p3", repro_confirmed=True, suspected_bug=True, product_area="api").look(at(1))
    notes = [effect.change.body for effect in decision.effects if isinstance(effect.change, Note)]

    assert any("L3 for api (async_clarification)" in note for note in notes)
    assert any(note.startswith("ESCALATION: ") for note in notes)
    assert AddTags(("engaged_l3",)) in [effect.change for effect in decision.effects]
    assert [message.verb for message in decision.messages if message.verb == "page"] == []
    assert "engage-l3" not in fired(case("p3", suspected_bug=True, product_area="api").look(at(1)))


@pytest.mark.requirement(20)
def test_anything_else_is_handled_where_it_is(firm: Firm) -> None:
    """A question of the first line that somebody answers in time: not a word from the worker."""
    one = firm.ticket("p3", issue_type="how_to")
    firm.change(one, facts={"group_id": firm.company.groups["Support L1"]})
    firm.go(5)
    firm.change(one, facts={"comment": {"body": "Like this.", "public": True}, "status": "pending"})
    firm.go(300)

    assert firm.decisions == []
    assert [comment["public"] for comment in firm.comments(one)] == [True]


@pytest.mark.requirement(21)
def test_a_decision_is_a_ticket_with_typed_actions_and_their_figures() -> None:
    """As JSON, for whoever wants to read it by machine."""
    desk = case("p3", tier="enterprise", impact_stated=True, repro_confirmed=True, suspected_bug=True)
    shown = json.loads(json.dumps(desk.look(at(121)), default=plain))
    actions = [(one["action"], one["change"]) for one in shown["effects"]]

    assert shown["ticket_id"] == 7
    assert {"raise_severity", "notify", "engage"} <= {word for word, _ in actions}
    raised = next(change for word, change in actions if word == "raise_severity")
    assert (raised["after"], raised["reason"]) == ("p2", "sla_burn_50pct")
    assert any("(id 42)" in str(change) for _, change in actions)


@pytest.mark.requirement(22)
def test_each_decision_is_kept_and_can_be_explained(firm: Firm) -> None:
    """With its rule, the values that it saw, its thresholds and what it did, long after."""
    one = firm.ticket("p3")
    firm.go(125)
    engine = firm.worker.engine
    found = explain(engine.store, None, engine.policy, one.id, firm.stage.now())
    (kept,) = [past for past in found.past if "raise-severity-at-half-burn" in fired(past)]
    (verdict,) = [verdict for verdict in kept.verdicts if verdict.rule == "raise-severity-at-half-burn"]
    assert verdict.step is not None
    seen = [step.says for _, step in verdict.step.walk()]

    assert verdict.place.startswith(("policies/", "/")) or "escalation.yaml" in verdict.place
    assert any("was p3" in says for says in seen)
    assert any("current burn above 50% (response 50" in says for says in seen)
    assert kept.write is not None
    assert ("priority", "high") in kept.write.sets
    assert all(verdict.step.replay() == verdict.step.held for verdict in kept.verdicts if verdict.step)


@pytest.mark.requirement(27)
def test_a_failed_login_waits_for_what_has_to_be_known_and_goes_on_by_itself(firm: Firm) -> None:
    """As P2: request, instant and client are asked for once, and the third line only then."""
    one = firm.ticket("p2", issue_type="login", repro_confirmed=True, suspected_bug=True, product_area="identity")
    firm.go(10)
    waiting = firm.show(one)["tags"]
    firm.change(one, request_id="r-1")
    firm.go(10)
    asked = firm.notes(one)
    firm.change(one, failed_at="2026-03-02T08:00Z", client_version="5.2")
    firm.go(2)

    assert (NEEDS in waiting, "engaged_l3" in waiting) == (True, False)
    assert asked.count("Please fill in: Request id, Failed at and Client version.") == 1
    assert "Help is asked" not in asked
    assert "Help is asked of L3 for identity" in firm.notes(one)
    assert "engaged_l3" in firm.show(one)["tags"]
    assert NEEDS not in firm.show(one)["tags"]


@pytest.mark.requirement(22, 27)
def test_what_an_escalation_waits_for_is_explained(firm: Firm) -> None:
    """`deskhand explain` says that the rule holds and waits, and for which fields."""
    one = firm.ticket("p2", issue_type="login", repro_confirmed=True, suspected_bug=True, request_id="r-1")
    firm.go(2)
    engine, out = firm.worker.engine, Console(file=StringIO(), width=300)
    show(out, explain(engine.store, None, engine.policy, one.id, firm.stage.now()))
    assert isinstance(out.file, StringIO)
    said = out.file.getvalue()

    assert "engage-l3  waits for what this kind of ticket requires: Failed at and Client version are empty" in said
    assert "requires:login  holds, and fired already in this episode" in said


@pytest.mark.requirement(29)
def test_no_word_of_the_worker_reaches_a_customer(firm: Firm) -> None:
    """Whatever a ticket is: all that it writes into tickets is internal, and what customers are told is a person's to say."""
    for severity, issue in (
        ("p1", "network_outage"),
        ("p2", "login"),
        ("p3", "bug"),
        ("p4", "security"),
        ("p2", "cosmetic"),
    ):
        firm.ticket(severity, tier="enterprise", issue_type=issue, impact_stated=True, suspected_bug=True, repro_confirmed=True)  # fmt: skip
    firm.go(65)
    written = list(firm.all_comments())

    assert len(written) > 10
    assert {comment["public"] for comment in written} == {False}
