"""Requirements 23 to 46, 53 and 54: the escalation matrix - who gets a ticket next, after how long or under which condition."""

from typing import Any

import pytest

from deskhand.cli.main import main
from deskhand.core.effect import AddTags
from deskhand.core.ladder import KINDS
from deskhand.core.policy import Engage, Escalate, Repeat, Rule
from tests.core.builders import HOUR, at
from tests.requirements.shipped import Firm, case, fired, group, ladders, said_of, shipped, told
from tests.source import ROOT

CONTAINED = {"mitigation_status": "contained"}


def rule(name: str) -> Rule:
    """A shipped rule."""
    (found,) = (one for one in shipped().rules if one.id == name)
    return found


@pytest.mark.requirement(23)
def test_the_three_kinds_have_rows_and_ladders_of_their_own() -> None:
    """What a rule hands on by a ladder is of the ladder's kind; each kind is there; who decides is on no technical ladder."""
    rows = {one.id: one.escalation for one in shipped().rules if one.escalation}
    climbed = {(row.kind, shipped().ladders[action.ladder].kind) for one in shipped().rules if (row := one.escalation)
               for action in one.then if isinstance(action, Escalate)}  # fmt: skip

    assert {row.kind for row in rows.values()} == set(KINDS)
    assert {ours == theirs for ours, theirs in climbed} == {True}
    deciding = {"incident_commander", "eng_manager", "director_support", "vp_oncall"}
    for ladder in shipped().ladders.values():
        roles = {rung.role for rung in ladder.rungs}
        assert bool(roles & deciding) == (ladder.kind == "stakeholder"), ladder.id


@pytest.mark.requirement(23)
def test_mixed_kinds_are_refused() -> None:
    """A stakeholder's row cannot start a technical ladder, nor can a row that raises the severity be technical."""
    row = "{kind: stakeholder, issue: production impact, owner: eng_oncall, next: incident_commander}"
    mixed = said_of("matrix.yaml", row, row.replace("stakeholder", "technical"))
    raised = said_of("escalation.yaml", "{kind: severity, issue: any", "{kind: technical, issue: any")

    for said in (mixed, raised):
        assert [problem for problem in said if "[kinds-mixed]" in problem] != []


@pytest.mark.requirement(24)
@pytest.mark.parametrize("severity", ["p3", "p4"])
def test_a_low_severity_reaches_no_executive(severity: str) -> None:
    """Whatever is wrong, churns or breaks: no executive is told or asked."""
    executives = {name for name, role in shipped().roles.items() if role.executive}
    everything = dict.fromkeys(
        ("churn_risk", "executive_involved", "impact_stated", "suspected_bug", "repro_confirmed"), True
    )
    desk = case(severity, tier="enterprise", issue_type="documentation", **everything)
    heard: set[str] = set()
    for minutes in (1, 60, 60 * 24 * 3, 60 * 24 * 8):
        decision = desk.look(at(minutes))
        heard |= told(decision) | {rung.role for name in ladders(decision) for rung in shipped().ladders[name].rungs}

    assert executives >= {"director_support", "vp_oncall"}
    assert heard & executives == set()


@pytest.mark.requirement(24)
def test_a_path_from_a_low_severity_to_an_executive_is_refused() -> None:
    """By a rule that tells one, and by a ladder that asks one."""
    telling = said_of("matrix.yaml", "      severity: {at_least: p2}\n      any:\n        - field.churn_risk: true", "      any:\n        - field.churn_risk: true")  # fmt: skip
    asking = said_of("ladders.yaml", "up to the executives where nobody answers.\n    severities: [p1]", "up to the executives where nobody answers.\n    severities: [p1, p3]")  # fmt: skip

    for said in (telling, asking):
        assert [problem for problem in said if "[executive-reach]" in problem] != []


@pytest.mark.requirement(25)
@pytest.mark.parametrize(
    ("trigger", "severity", "facts", "by"),
    [
        ("a bug that needs a fix", "p3", {"repro_confirmed": True, "suspected_bug": True}, "engage-l3"),
        ("infrastructure", "p2", {"issue_type": "network_outage"}, "network-outage"),
        ("corrupted data", "p2", {"data_corruption": True}, "data-is-corrupted"),
        ("access that support lacks", "p3", {"access_needed": True}, "access-is-missing"),
        ("production is down", "p3", {"feature_unavailable": True}, "unavailable-is-p1"),
        ("security", "p4", {"issue_type": "security"}, "security-owner-at-once"),
        ("high value at risk", "p3", {"tier": "enterprise", "impact_stated": True}, "tell-the-csm"),
        ("an executive is involved", "p2", {"executive_involved": True}, "leadership-should-know"),
    ],
)  # fmt: skip
def test_each_trigger_of_an_escalation_is_seen(trigger: str, severity: str, facts: dict[str, Any], by: str) -> None:
    """Technical, complexity, impact and business: each has a rule, and without its fact the rule is silent."""
    tier = str(facts.get("tier", ""))
    fields = {name: value for name, value in facts.items() if name != "tier"}

    assert by in fired(case(severity, tier=tier, **fields).look(at(1))), trigger
    assert by not in fired(case(severity).look(at(1))), trigger


@pytest.mark.requirement(25)
def test_time_is_a_trigger_of_its_own() -> None:
    """A breach that comes near (four fifths of a P2's 8 hours), and what is open past its time, at those instants."""
    desk = case("p2", issue_type="performance", workaround="works")
    near, past = desk.look(at(384)), desk.look(at(480))

    assert "breach-is-near" in fired(near)
    assert "open-past-its-time" not in fired(near)
    assert near.look_again is not None
    assert near.look_again <= at(480)
    assert "open-past-its-time" in fired(past)


@pytest.mark.requirement(25)
def test_the_same_issue_of_three_customers_is_a_pattern(firm: Firm) -> None:
    """Two are not; the third one makes it one, and engineering is told once for it."""
    made = [
        firm.ticket("p3", customer=home, facts={"tags": ["incident_exports"]}, issue_type="how_to")
        for home in firm.homes(2)
    ]
    firm.go(10)
    two = [firm.show(one)["tags"] for one in made]
    made.append(firm.ticket("p3", customer=firm.homes(3)[2], facts={"tags": ["incident_exports"]}, issue_type="how_to"))
    other = firm.ticket("p3", issue_type="how_to")
    firm.go(10)

    assert ["pattern" in tags for tags in two] == [False, False]
    assert "pattern" in firm.show(made[2])["tags"]
    assert "pattern" not in firm.show(other)["tags"]


@pytest.mark.requirement(26)
def test_each_target_is_reached() -> None:
    """The second line, engineering, product, security at once, leadership: for a brief, a queue, a ladder or a person."""
    tiers = {action.tier for one in shipped().rules for action in one.then if isinstance(action, Engage)}
    security = case("p4", issue_type="security").look(at(0))
    product = case("p4", tier="enterprise", issue_type="feature_request", impact_stated=True).look(at(0))

    assert tiers >= {"l2", "l3", "product"}
    assert (group(security), ladders(security)) == ("Security Response", {"security"})
    assert AddTags(("engaged_product",)) in [effect.change for effect in product.effects]
    assert group(case("p1", area="x", issue_type="bug", product_area="api").look(at(0))) == "Platform Engineering"
    assert "director_support" in told(case("p2", churn_risk=True).look(at(0)))


@pytest.mark.requirement(30)
def test_the_first_line_confirms_the_impact_of_a_p1_in_15_minutes(firm: Firm) -> None:
    """Else the lead is told to; whoever confirmed it in time hears nothing of it."""
    silent, confirmed = firm.ticket("p1", issue_type="bug"), firm.ticket("p1", issue_type="bug")
    firm.go(12)
    firm.change(confirmed, impact_stated=True)
    early = firm.notes(silent)
    firm.go(5)

    assert "nobody has confirmed" not in early
    assert "nobody has confirmed" in firm.notes(silent)
    assert "nobody has confirmed" not in firm.notes(confirmed)


@pytest.mark.parametrize(
    ("severity", "facts", "minutes", "ladder", "answered"),
    [
        pytest.param("p1", {"impact_stated": True}, 30, "command", {"mitigation_plan": "Roll back"}, marks=pytest.mark.requirement(31)),
        pytest.param("p1", {"impact_stated": True}, 60, "specialists", {"root_cause_hypothesis": "The pool is empty"},
                     marks=pytest.mark.requirement(32)),
        pytest.param("p2", {"issue_type": "performance"}, 240, "specialists", {"workaround": "works"}, marks=pytest.mark.requirement(33)),
        pytest.param("p2", {"issue_type": "network_outage"}, 120, "specialists", {"workaround": "works"}, marks=pytest.mark.requirement(41)),
        pytest.param("p1", {"issue_type": "webhook_failure"}, 30, "platform", {"root_cause": "A certificate"},
                     marks=pytest.mark.requirement(53)),
    ],
)  # fmt: skip
@pytest.mark.requirement(31, 32, 33, 41, 53)
def test_time_without_an_answer_starts_the_next_ones_ladder(
    severity: str, facts: dict[str, Any], minutes: int, ladder: str, answered: dict[str, Any]
) -> None:
    """At the very second; not a second earlier, not where the question was answered, and not once it is contained."""
    early, due = (case(severity, **facts).look(at(minutes, seconds)) for seconds in (-1, 0))
    met = case(severity, **facts, **answered).look(at(minutes))
    contained = case(severity, **facts, **CONTAINED).look(at(minutes))

    assert ladder in ladders(due)
    assert early.look_again == at(minutes)
    for other in (early, met, contained):
        assert ladder not in ladders(other)


@pytest.mark.requirement(34)
def test_a_p3_with_a_workaround_is_handed_on_only_when_it_fails_or_hurts(firm: Firm) -> None:
    """Guided and logged for engineering; the second line is asked when the workaround fails or a new impact appears."""
    one, other = (firm.ticket("p3", issue_type="bug", suspected_bug=True, workaround="works") for _ in range(2))
    firm.go(30)
    before = [firm.show(ticket)["tags"] for ticket in (one, other)]
    firm.change(one, workaround="failed")
    firm.change(other, impact_stated=True)
    firm.go(3)

    for tags in before:
        assert "logged_for_engineering" in tags
        assert "engaged_l2" not in tags
    for ticket in (one, other):
        assert "engaged_l2" in firm.show(ticket)["tags"]


@pytest.mark.requirement(35)
@pytest.mark.parametrize("severity", ["p1", "p2", "p3", "p4"])
def test_security_goes_to_its_owner_at_once_at_any_hour(severity: str) -> None:
    """In the second in which it is seen, on a Sunday night as well: no timer, no hours, whatever the severity."""
    desk = case(severity, issue_type="security")
    night = desk.look(at(-60 * 30))
    ladder = shipped().ladders["security"]

    assert "security_owner" in told(night)
    assert ladders(night) == {"security"}
    assert group(night) == "Security Response"
    assert (ladder.urgent, ladder.rungs[0].role, ladder.rungs[0].how) == (True, "security_owner", "page")
    assert ladder.impact is None
    assert [rung.hours for rung in ladder.rungs if rung.hours] == []


@pytest.mark.requirement(36)
def test_a_row_without_issue_owner_next_or_trigger_is_refused() -> None:
    """Nothing relies on feeling: each of the four is named, or the folder is not loaded."""
    row = "{kind: technical, issue: data corruption, owner: Support L2, next: specialist}"
    for part in ("issue: data corruption, ", "owner: Support L2, ", ", next: specialist", "kind: technical, "):
        assert [one for one in said_of("matrix.yaml", row, row.replace(part, "")) if "[missing-key]" in one] != [], part
    no_trigger = said_of("matrix.yaml", "      severity: {at_least: p2}\n      field.data_corruption: true\n", "      severity: {at_least: p2}\n")  # fmt: skip
    no_row = said_of("matrix.yaml", f"    escalation: {row}\n", "")

    assert [one for one in no_trigger if "[no-trigger]" in one] != []
    assert [one for one in no_row if "[no-matrix-row]" in one] != []


@pytest.mark.requirement(37)
def test_the_matrix_is_one_page(capsys: pytest.CaptureFixture[str]) -> None:
    """Every rule with a row is one line of a table, with whose it is, when, and whose it becomes."""
    assert main(["ladder", "show", str(ROOT / "policies"), "--markdown"]) == 0
    lines = capsys.readouterr().out.splitlines()

    for one in shipped().rules:
        found = [line for line in lines if line.endswith(f"| {one.id} |")]
        assert len(found) == (1 if one.escalation else 0), one.id
    (line,) = [line for line in lines if line.endswith("| p1-no-mitigation-plan |")]
    for words in ("P1", "stakeholder", "production impact", "30m after", "no mitigation plan", "incident\\_commander"):
        assert words in line


@pytest.mark.requirement(38, 40)
def test_a_network_outage_has_a_driver_and_goes_straight_to_its_specialists(firm: Firm) -> None:
    """Hybrid: by function to the specialists' queue at once, and by rank to the commander, who owns communication and priorities."""
    one = firm.ticket("p1", issue_type="network_outage", impact_stated=True)
    firm.go(2)

    assert firm.show(one)["group_id"] == firm.company.groups["Network Specialists"]
    assert "communication and priorities are yours" in firm.notes(one)
    assert "told_incident_commander" in firm.show(one)["tags"]


@pytest.mark.requirement(38)
def test_the_path_by_rank_goes_up_and_the_path_by_function_goes_across() -> None:
    """From commander to manager to director; and to the specialist of the issue whatever the rank."""
    up = [rung.role for rung in shipped().ladders["command"].rungs]
    across = [rung.role for rung in shipped().ladders["specialists"].rungs if rung.how == "page"]

    assert up == ["incident_commander", "eng_manager", "director_support", "vp_oncall"]
    assert across[0] == "specialist"


@pytest.mark.requirement(41)
def test_a_threshold_is_edited_for_one_issue_type_alone() -> None:
    """Four hours are two for the network; the other rule does not hold for it, so nothing fires twice."""
    network, other = (case("p2", issue_type=issue) for issue in ("network_outage", "performance"))

    assert "p2-network-no-workaround" in fired(network.look(at(120)))
    assert "p2-no-workaround" not in fired(network.look(at(240)))
    assert ladders(other.look(at(120))) == set()
    assert "p2-no-workaround" in fired(other.look(at(240)))


@pytest.mark.requirement(43)
def test_a_p1_that_nobody_took_tells_the_commander_and_pages_on_call() -> None:
    """After 15 minutes without an acknowledgement, and only then."""
    early, due = (case("p1", status="new").look(at(15, seconds)) for seconds in (-1, 0))
    taken = case("p1", status="new")
    taken.becomes(assignee="lead@acme.example", updated_at=at(10))

    assert "engineering" in ladders(due)
    assert "incident_commander" in told(due)
    assert shipped().ladders["engineering"].rungs[0].role == "eng_oncall"
    for other in (early, taken.look(at(15))):
        assert "engineering" not in ladders(other)


@pytest.mark.requirement(44)
def test_a_p1_without_an_engineer_goes_to_the_group_on_call(firm: Firm) -> None:
    """After 30 minutes with an empty field; not where an engineer was assigned."""
    one, taken = (firm.ticket("p1", issue_type="bug", impact_stated=True) for _ in range(2))
    firm.go(10)
    firm.change(taken, engineering_assigned_at="2026-03-02T08:40Z")
    firm.go(15)
    early = firm.show(one)["group_id"]
    firm.go(8)
    on_call = firm.company.groups["Engineering On-Call"]

    assert early != on_call
    assert firm.show(one)["group_id"] == on_call
    assert firm.show(one)["assignee_id"] == firm.company.agents["oncall@acme.example"]
    assert firm.show(taken)["group_id"] != on_call


@pytest.mark.requirement(45)
def test_a_silent_p1_is_reminded_and_an_update_is_required_until_it_comes(firm: Firm) -> None:
    """After 60 minutes, every hour again; the tag goes when an agent has written to the customer."""
    one = firm.ticket("p1", issue_type="bug", impact_stated=True)
    firm.go(5)
    firm.change(one, facts={"comment": {"body": "We look into it.", "public": True}})
    firm.go(58)
    early = firm.notes(one).count("has heard nothing from us")
    firm.go(65)
    twice, required = firm.notes(one).count("has heard nothing from us"), firm.show(one)["tags"]
    firm.change(one, facts={"comment": {"body": "Still at it. Next word at 12:00 UTC.", "public": True}})
    firm.go(5)

    assert (early, twice) == (0, 2)
    assert "customer_update_required" in required
    assert "customer_update_required" not in firm.show(one)["tags"]
    assert rule("customer-update-due").repeat == Repeat(HOUR, 24)


@pytest.mark.requirement(46)
def test_a_network_outage_goes_to_the_network_specialists(firm: Firm) -> None:
    """By its issue type, at any severity, without anybody's doing."""
    tickets = [firm.ticket(severity, issue_type="network_outage") for severity in ("p1", "p2", "p3", "p4")]
    firm.go(2)

    assert {firm.show(one)["group_id"] for one in tickets} == {firm.company.groups["Network Specialists"]}


@pytest.mark.requirement(54)
def test_an_error_of_a_service_of_ours_is_handed_over_in_words_that_stay(firm: Firm) -> None:
    """The platform's engineers have it, the note says so, and the decision is kept."""
    one = firm.ticket("p3", issue_type="webhook_failure", internal_service_error=True)
    firm.go(2)

    assert firm.show(one)["group_id"] == firm.company.groups["Platform Engineering"]
    assert "Handed over: a service of ours fails" in firm.notes(one)
    assert "another-service-is-broken" in {name for decision in firm.decisions for name in fired(decision)}
