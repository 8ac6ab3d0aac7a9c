"""Requirements 28, 39, 47 to 49, 51 and 52: who is paged, for how long one is waited for, who is next, and when it stops."""

from datetime import UTC, datetime

import pytest

from deskhand.cli.main import main
from deskhand.core.outside import Outside
from deskhand.core.policy import Escalate, Tell
from deskhand.core.ticket import Metrics
from tests.core.builders import MINUTE, at
from tests.requirements.shipped import Firm, case, said_of, shipped
from tests.source import ROOT

BEGAN = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
"""When the company's worker begins."""


@pytest.mark.requirement(49)
def test_the_ladders_say_who_is_told_at_each_severity_and_how_fast(capsys: pytest.CaptureFixture[str]) -> None:
    """Each rung with who, how, after how long and by which channels; each severity that pages has somebody who is paged."""
    assert main(["ladder", "show", str(ROOT / "policies"), "--markdown"]) == 0
    page = capsys.readouterr().out

    assert "| On call | eng\\_oncall | page, wait 5m, up to 2 times | at once |" in page
    assert "| L3 platform | platform\\_l3 | page, wait 5m, up to 2 times | 10m |" in page
    for level in shipped().levels.values():
        climbed = {action.ladder for rule in shipped().rules for action in rule.then if isinstance(action, Escalate)}
        pages = [
            name
            for name in climbed
            if level.id in shipped().ladders[name].severities and not shipped().ladders[name].urgent
        ]
        assert bool(pages) == (level.page_on_call != "false"), level.id
    told = {action.role for rule in shipped().rules for action in rule.then if isinstance(action, Tell)}
    assert {role for level in shipped().levels.values() for role in level.notify} <= told


@pytest.mark.requirement(49)
def test_a_severity_that_nobody_serves_is_told() -> None:
    """A role that a severity notifies, and no rule and no ladder tells."""
    old = "notify: [support_lead, eng_oncall, director_support]"
    said = said_of("severity.yaml", old, old.replace("director_support", "head_of_support"))

    assert [one for one in said if "nobody tells 'head_of_support'" in one and "[unserved-severity]" in one] != []


@pytest.mark.requirement(48)
def test_the_first_responder_has_five_minutes() -> None:
    """On every ladder whoever is paged first has five minutes to acknowledge, but for specialists, who have ten."""
    first = {
        name: next(rung for rung in ladder.rungs if rung.how == "page") for name, ladder in shipped().ladders.items()
    }

    assert {name: rung.wait // MINUTE for name, rung in first.items()} == {
        "engineering": 5, "specialists": 10, "platform": 5, "command": 5, "security": 5,
    }  # fmt: skip


def paged(firm: Firm) -> list[tuple[str, int]]:
    """Who was paged, and how many minutes after the worker began."""
    pages = [one for decision in firm.decisions for one in decision.messages if one.verb == "page"]
    return [(one.role, round((one.at - BEGAN).total_seconds() / 60)) for one in pages]


@pytest.mark.requirement(39)
def test_one_rung_at_a_time_each_left_with_a_proof(firm: Firm) -> None:
    """Twice the engineer on call, five minutes apart; then the platform's third line, and the ticket says why."""
    one = firm.ticket("p1", issue_type="bug", impact_stated=True)

    firm.go(29)

    engineering = [(role, at) for role, at in paged(firm) if role in ("eng_oncall", "platform_l3")]
    assert engineering == [("eng_oncall", 15), ("eng_oncall", 20), ("platform_l3", 25)]
    assert "'On call' is left: eng_oncall paged twice since" in firm.notes(one)


@pytest.mark.requirement(39)
def test_a_rung_is_passed_over_only_where_nobody_is_there_and_that_is_said(firm: Firm) -> None:
    """Nobody on call: the next one is asked in the same minute, and the proof stands in the ticket and in the page."""
    firm.worker.engine.outside = lambda: Outside("acme", on_call={"eng_oncall": ()})
    one = firm.ticket("p1", issue_type="bug", impact_stated=True)

    firm.go(19)

    assert paged(firm) == [("platform_l3", 15)]
    assert "nobody is on call as eng_oncall" in firm.notes(one)
    (page,) = [one for decision in firm.decisions for one in decision.messages if one.verb == "page"]
    assert dict(page.notice.facts)["Asked before"].startswith("nobody is on call as eng_oncall")


@pytest.mark.requirement(47, 52)
def test_contained_stops_the_paging_and_no_timer(firm: Firm) -> None:
    """Nobody is paged after it; the reminder that the customer hears nothing comes all the same."""
    one = firm.ticket("p1", issue_type="bug", impact_stated=True)
    firm.go(18)
    firm.change(one, mitigation_status="contained")
    firm.go(2)
    before = paged(firm)

    firm.go(70)

    assert before == paged(firm) == [("eng_oncall", 15)]
    assert "Paging stops, since it is contained" in firm.notes(one)
    assert "customer-update-due" in {
        verdict.rule for decision in firm.decisions for verdict in decision.verdicts if verdict.outcome == "fires"
    }


@pytest.mark.requirement(28)
def test_a_page_leaves_only_once_the_impact_is_confirmed() -> None:
    """A P2 that nobody has confirmed: the room is told, and the specialist is paged when somebody confirms it."""
    desk = case("p2", assignee="lead@acme.example")
    desk.becomes(metrics=Metrics(reply_minutes=5), updated_at=at(5))
    desk.look(at(5))

    early = desk.look(at(240))
    desk.becomes(fields={**desk.ticket.fields, "impact_stated": True}, updated_at=at(240, 5))
    confirmed = desk.look(at(240, 5))

    assert [one.verb for one in early.messages if one.climb] == ["tell"]
    assert "its impact is not confirmed" in (early.write.note or "" if early.write else "")
    assert [(one.verb, one.role) for one in confirmed.messages if one.climb] == [("page", "specialist")]
