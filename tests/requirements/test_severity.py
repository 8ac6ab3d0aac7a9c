"""Requirements 1 to 15: what the severities promise, how a ticket gets the right one, and what is measured."""

from typing import Any

import pytest

from deskhand.cli.main import main
from deskhand.core.brief_make import brief_for
from deskhand.core.decide import read_facts
from deskhand.core.decision import Decision
from deskhand.core.effect import SetSeverity
from deskhand.documents import load_text
from deskhand.sandbox.company import MONDAY
from tests.core.builders import HOUR, MINUTE, at
from tests.requirements.shipped import Firm, case, fired, shipped, told
from tests.source import ROOT

DAY = 24 * HOUR
LEVEL = """\
{level}:
  definition: what it means
  sla_response_minutes: {response}
  sla_resolution_hours: {resolution}
  page_on_call: {page}
  notify: []
  customer_update_cadence: {cadence}
  requires_status_page: {public}
"""
USUAL = {"response": "15", "resolution": "4", "page": "true", "cadence": "daily", "public": "true"}


def policy_of(**words: str) -> list[str]:
    """What is said of a severity policy whose levels all have these words."""
    text = "".join(LEVEL.format(level=level, **(USUAL | words)) for level in ("p1", "p2", "p3", "p4"))
    return [problem.check for problem in load_text({"severity.yaml": text}).problems if problem.weight == "error"]


def raised(decision: Decision) -> str | None:
    """The level that a decision gives the ticket."""
    changes = [one.change for one in decision.effects if not one.overruled_by]
    return next((change.after for change in changes if isinstance(change, SetSeverity)), None)


@pytest.mark.requirement(1, 6)
@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        ({"page": "business_hours_only"}, []),
        ({"page": "false"}, []),
        ({"page": "sometimes"}, ["bad-value"]),
        ({"public": "case_by_case"}, []),
        ({"public": "maybe"}, ["bad-value"]),
        ({"cadence": "30_minutes"}, []),
        ({"cadence": "4_hours"}, []),
        ({"cadence": "weekly"}, []),
        ({"cadence": "soon"}, ["bad-duration"]),
        ({"resolution": "weekly"}, []),
        ({"resolution": "0.5"}, []),
        ({"resolution": "daily"}, ["bad-value"]),
        ({"response": "soon"}, ["bad-value"]),
    ],
)
def test_the_severity_policy_takes_the_words_of_the_source_and_no_others(
    words: dict[str, str], wrong: list[str]
) -> None:
    """Each of the seven keys has its words; another one is a mistake at every level, with its place."""
    assert sorted(set(policy_of(**words))) == wrong


@pytest.mark.requirement(1)
def test_a_level_without_one_of_its_seven_keys_is_a_mistake() -> None:
    """All are there or the folder is not loaded."""
    whole = LEVEL.format(level="p1", **USUAL)
    for line in whole.splitlines()[1:]:
        found = load_text({"severity.yaml": whole.replace(f"{line}\n", "")})

        assert found.policy is None
        assert "missing-key" in {problem.check for problem in found.problems}, line


@pytest.mark.parametrize(
    ("severity", "response", "resolution", "roles", "update", "pages", "public"),
    [
        pytest.param("p1", 15, 4 * HOUR, {"support_lead", "eng_oncall", "director_support"}, 30 * MINUTE, "true", "true",
                     marks=pytest.mark.requirement(2)),
        pytest.param("p2", 60, 8 * HOUR, {"support_lead"}, 4 * HOUR, "business_hours_only", "case_by_case", marks=pytest.mark.requirement(3)),
        pytest.param("p3", 240, 48 * HOUR, set[str](), DAY, "false", "false", marks=pytest.mark.requirement(4)),
        pytest.param("p4", 1440, 7 * DAY, set[str](), 7 * DAY, "false", "false", marks=pytest.mark.requirement(5)),
    ],
)  # fmt: skip
@pytest.mark.requirement(2, 3, 4, 5)
def test_a_severity_keeps_its_promises(
    severity: str, response: int, resolution: int, roles: set[str], update: int, pages: str, public: str
) -> None:
    """The clocks have its targets, its people are told at once and no others, and customers hear as often as it says."""
    desk = case(severity)
    clocks = {clock.clock: clock for clock in desk.look(at(0)).clocks}
    level = shipped().levels[severity]

    assert (clocks["response"].target, clocks["resolution"].target) == (response * 60, resolution)
    assert clocks["response"].due_at == at(response)
    assert told(case(severity).look(at(1))) == roles
    assert (level.update_every, level.page_on_call, level.status_page) == (update, pages, public)


@pytest.mark.requirement(7)
@pytest.mark.parametrize(
    "why",
    [
        {"feature_unavailable": True},
        {"material_impact": "revenue_loss"},
        {"material_impact": "regulatory_exposure"},
        {"material_impact": "contract_breach"},
    ],
)
def test_either_of_two_reasons_makes_a_p1(why: dict[str, Any], firm: Firm) -> None:
    """The product or a critical feature is gone, or one customer is materially hurt. One customer of any size is enough."""
    one = firm.ticket("p3", tier="business", issue_type="how_to", **why)
    firm.go(2)

    assert firm.show(one)["priority"] == "urgent"


@pytest.mark.requirement(8)
def test_either_of_two_reasons_makes_a_p2(firm: Firm) -> None:
    """A major feature is broken and there is a workaround; or an enterprise customer's deadline comes within 24 hours."""
    broken = firm.ticket("p3", feature_degraded=True, workaround="works")
    blocked = firm.ticket("p4", tier="enterprise", customer_deadline="2026-03-03")
    later = firm.ticket("p4", tier="enterprise", customer_deadline="2026-03-04")
    small = firm.ticket("p4", tier="business", customer_deadline="2026-03-03")
    firm.go(5)

    assert [firm.show(one)["priority"] for one in (broken, blocked, later, small)] == ["high", "high", "low", "low"]
    waiting = case("p4", tier="enterprise", customer_deadline="2026-03-04")
    assert [raised(waiting.look(at(minutes))) for minutes in (899, 900)] == [None, "p2"]


@pytest.mark.requirement(9)
@pytest.mark.parametrize("issue", ["cosmetic", "documentation", "feature_request"])
def test_what_hurts_nobody_is_a_p4(issue: str) -> None:
    """Looks, documentation and wishes are P4, whatever was set; an inconvenience with a workaround stays P3."""
    assert raised(case("p2", issue_type=issue).look(at(1))) == "p4"
    assert raised(case("p2", issue_type=issue, impact_stated=True).look(at(1))) is None
    assert raised(case("p1", issue_type=issue, feature_unavailable=True).look(at(1))) is None
    assert raised(case("p3", issue_type="bug", workaround="works").look(at(1))) is None


@pytest.mark.requirement(10)
@pytest.mark.parametrize(
    ("severity", "clock", "target"),
    [
        ("p1", "acknowledgement", 15 * MINUTE), ("p1", "first-update", 30 * MINUTE), ("p1", "mitigation", 4 * HOUR),
        ("p2", "acknowledgement", HOUR), ("p2", "first-update", 4 * HOUR), ("p2", "mitigation", 10 * HOUR),
        ("p3", "acknowledgement", 4 * HOUR), ("p3", "first-update", 10 * HOUR), ("p3", "mitigation", 30 * HOUR),
    ],
)  # fmt: skip
def test_the_three_levels_have_their_targets(severity: str, clock: str, target: int) -> None:
    """Acknowledged, first update, resolved or mitigated; business days are ten office hours, from Monday 09:00 (08:00 to 18:00)."""
    (seen,) = [one for one in case(severity, status="new").look(at(0)).clocks if one.clock == clock]
    due = {30 * HOUR: at(3 * 24 * 60), 10 * HOUR: at(24 * 60)}.get(target, at(target / 60))

    assert (seen.target, seen.due_at) == (target, due)


@pytest.mark.requirement(11)
def test_mitigation_with_an_update_meets_the_resolution(firm: Firm) -> None:
    """Mitigated, a P1 is not breached when four hours are over; one that is not mitigated is."""
    one, other = firm.ticket("p1", issue_type="bug"), case("p1", issue_type="bug")
    firm.go(2)
    firm.change(one, mitigation_status="mitigated", last_customer_update_at="2026-03-02T08:32Z")
    firm.go(250)
    clocks = next(decision for decision in reversed(firm.decisions) if decision.ticket_id == one.id).clocks

    assert next(clock.stage for clock in clocks if clock.clock == "resolution") == "met"
    assert "open-past-its-time" not in {rule for decision in firm.decisions for rule in fired(decision)}
    assert "open-past-its-time" in fired(other.look(at(240)))


@pytest.mark.requirement(12)
def test_business_time_knows_hours_zone_and_holidays(firm: Firm) -> None:
    """A P2 of Monday evening uses nothing of its hour until the office opens: half of it is gone at 08:30 on Tuesday, and not at night."""
    firm.go(9 * 60 + 45)
    one = firm.ticket("p2")
    firm.go(14 * 60)
    night = firm.show(one)["priority"]
    firm.go(20)

    assert (night, firm.show(one)["priority"]) == ("high", "urgent")


@pytest.mark.requirement(13)
def test_a_severity_is_read_by_any_of_its_names_and_written_with_one() -> None:
    """In conditions, tests and files alike; a brief has the words of its own form."""
    text = "rules: [{id: r, when: {severity: SEV-2}, then: {raise_severity: {to: Critical, reason: x}}, ignore: [no-tests, no-description]}]"
    policy = load_text({"a.yaml": text}).policy
    assert policy is not None
    desk = case("p2")
    brief = brief_for(read_facts(desk.ticket, desk.memory, shipped(), at(1)), shipped(), None)
    desk.policy = policy
    assert brief is not None

    assert raised(desk.look(at(1))) == "p1"
    assert brief.severity == "High"


@pytest.mark.requirement(14)
def test_severities_and_the_matrix_are_one_page_that_everybody_can_read(capsys: pytest.CaptureFixture[str]) -> None:
    """As Markdown for a wiki: each level with its definition and promises, each row with its trigger, each ladder."""
    assert main(["ladder", "show", str(ROOT / "policies"), "--markdown"]) == 0
    page = capsys.readouterr().out

    for level in shipped().levels.values():
        assert " ".join(level.definition.split()) in page
    for words in (
        "| P1 |",
        "| 15m | 4h | 30m | yes |",
        "in business hours",
        "case by case",
        "## Matrix",
        "## Ladder: command",
    ):
        assert words in page


@pytest.mark.requirement(15)
def test_what_slas_need_is_measured_on_the_ticket(firm: Firm) -> None:
    """Severity, first response, first engineering assignment, last customer update, mitigation, state of the escalation, issue type."""
    one = firm.ticket("p1", issue_type="bug")
    firm.go(10)
    firm.change(one, facts={"comment": {"body": "We look into it.", "public": True}})
    firm.go(10)
    firm.change(one, engineering_assigned_at="2026-03-02T08:50Z", mitigation_status="contained")
    firm.go(3)
    decision = next(one_of for one_of in reversed(firm.decisions) if one_of.ticket_id == one.id)
    clocks = {clock.clock: clock for clock in decision.clocks}
    ended = {name: clocks[name].ended_at for name in ("response", "first-engineering-assignment")}

    assert decision.severity == "p1"
    assert [at and round((at - MONDAY).total_seconds() / 600) for at in ended.values()] == [1, 2]
    assert clocks["customer-update"].started_at is not None
    assert clocks["mitigation"].stage == "running"
    assert firm.field(one, "escalation_state") == "monitoring"
    assert firm.field(one, "issue_type") == "bug"
