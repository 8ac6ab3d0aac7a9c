"""What a kind of ticket must tell before it is escalated (requirement 27): the escalation waits, asks once, and goes on by itself."""

from typing import Any

import pytest

from deskhand.core.condition import Both, Compare, Condition
from deskhand.core.decide import decide
from deskhand.core.decision import Decision
from deskhand.core.effect import AddTags, Note, RemoveTags
from deskhand.core.guards import Guards
from deskhand.core.ladder import KINDS, Ladder, MatrixRow
from deskhand.core.policy import Engage, Escalate, Requirement, Tag
from tests.core.builders import Desk, at, policy, rule, ticket

BUG = Compare("p", "field.suspected_bug", "is", True)
LOGIN = Compare("p", "field.issue_type", "is", "login")
NEEDED = ("field.request_id", "field.failed_at", "field.client_version")
ENGAGE = Engage("l3", None, "async_clarification", "asks", "engaged_l3")
NEEDS = "escalation_needs_info"
LACKING: dict[str, Any] = {"suspected_bug": True, "issue_type": "login"}
KNOWN = {"request_id": "r-1", "failed_at": "2026-03-02T08:55Z", "client_version": "5.2"}


def required(when: Condition = LOGIN, fields: tuple[str, ...] = NEEDED, id: str = "login") -> Requirement:  # noqa: A002
    """What login problems require."""
    return Requirement(id, "policies/test.yaml:9:3", when, fields, "asks", NEEDS)


def desk(*needs: Requirement, fields: dict[str, Any] = LACKING, **more: Any) -> Desk:
    """A P2 that the third line would be asked about."""
    facts = {name: more.pop(name) for name in ("mode", "guards") if name in more}
    rules = (rule(BUG, ENGAGE, id="engage-l3"), rule(BUG, Tag(add=("bug",)), id="mark"))
    return Desk(
        policy(*rules, requires=needs or (required(),), **facts), ticket(priority="high", fields=fields, **more)
    )


def outcomes(decision: Decision) -> dict[str, str]:
    """What every rule came to."""
    return {verdict.rule: verdict.outcome for verdict in decision.verdicts}


@pytest.mark.requirement(27)
def test_an_escalation_waits_for_what_is_missing_and_asks_once() -> None:
    """The escalation does nothing; a note and a tag ask; rules that do not escalate go on."""
    shop = desk(fields=LACKING | {"request_id": "r-1"})

    first, later = shop.look(at(1)), shop.look(at(500))

    assert outcomes(first) == {"engage-l3": "lacks", "mark": "fires", "requires:login": "fires"}
    assert first.verdicts[0].reason == "Failed at and Client version are empty"
    assert first.verdicts[0].lacks == ("field.failed_at", "field.client_version")
    assert first.write is not None
    assert first.write.tags_added == ("bug", NEEDS)
    assert "'missing': 'Failed at and Client version'" in (first.write.note or "")
    assert outcomes(later) == {"engage-l3": "lacks", "mark": "already", "requires:login": "already"}
    assert later.write is None


@pytest.mark.requirement(27)
def test_it_goes_on_by_itself_when_everything_is_filled_in() -> None:
    """At the look that sees it: the third line is asked, and the tag goes."""
    shop = desk()
    shop.look(at(1))
    shop.becomes(tags=frozenset({"bug", NEEDS}), updated_at=at(2))
    shop.becomes(fields=LACKING | KNOWN | {"client_version": None}, updated_at=at(60))
    partly = shop.look(at(60))
    shop.becomes(fields=LACKING | KNOWN, updated_at=at(90))

    then = shop.look(at(90))

    assert (outcomes(partly)["engage-l3"], partly.write) == ("lacks", None)
    assert outcomes(then) == {"engage-l3": "fires", "mark": "already", "requires:login": "fires"}
    assert then.write is not None
    assert (then.write.tags_added, then.write.tags_removed) == (("engaged_l3",), (NEEDS,))
    assert shop.look(at(91)).write is None


@pytest.mark.requirement(27)
def test_a_p1_waits_for_nothing_and_is_asked_all_the_same() -> None:
    """What burns is escalated with what is known; a raise while it waits lets it go."""
    grave = desk()
    grave.becomes(priority="urgent", updated_at=at(0))
    raised = desk()
    raised.look(at(1))
    raised.becomes(priority="urgent", updated_at=at(10))

    assert outcomes(grave.look(at(1))) == {"engage-l3": "fires", "mark": "fires", "requires:login": "fires"}
    assert outcomes(raised.look(at(10)))["engage-l3"] == "fires"
    assert outcomes(grave.look(at(2)))["requires:login"] == "already"


@pytest.mark.requirement(27, 35)
def test_what_climbs_an_urgent_ladder_waits_for_nothing() -> None:
    """Nor does a rule that raises the severity, or tells those who decide."""
    always = Both("p", "all", ())
    ladder = Ladder("now", "technical", "p", "", frozenset({"p2"}), (), always, always, urgent=True)
    row = {kind: MatrixRow(kind, ("any",), "L1", "L2") for kind in KINDS}
    desk = Desk(
        policy(
            rule(always, Escalate("now"), Tag(add=("now",)), id="security", escalation=row["technical"]),
            *(rule(always, Tag(add=(kind,)), id=kind, escalation=row[kind]) for kind in KINDS),
            requires=(required(),),
            ladders={"now": ladder},
        ),
        ticket(priority="high", fields=LACKING),
    )

    assert {name: one for name, one in outcomes(desk.look(at(1))).items() if name != "requires:login"} == {
        "security": "fires", "technical": "lacks", "severity": "fires", "stakeholder": "fires",
    }  # fmt: skip


def test_what_no_longer_escalates_is_not_asked_about_any_more() -> None:
    """The tag goes; when it escalates again, it is asked anew, in another episode."""
    shop = desk()
    shop.look(at(1))
    shop.becomes(tags=frozenset({NEEDS}), fields=LACKING | {"suspected_bug": False}, updated_at=at(5))

    off = shop.look(at(5))
    shop.becomes(tags=frozenset(), fields=LACKING, updated_at=at(9))
    again = shop.look(at(9))

    assert [effect.change for effect in off.effects] == [RemoveTags((NEEDS,))]
    assert [type(effect.change) for effect in again.effects if effect.rule == "requires:login"] == [Note, AddTags]
    assert [verdict.episode for verdict in again.verdicts if verdict.rule == "requires:login"] == ["e2"]


def test_a_ticket_that_was_solved_meanwhile_is_left_alone() -> None:
    """Nobody has to clear up after what is over."""
    shop = desk()
    shop.look(at(1))
    shop.becomes(tags=frozenset({NEEDS}), status="solved", updated_at=at(5))

    assert shop.look(at(5)).write is None


def test_a_write_that_did_not_happen_is_made_again_with_the_same_mark() -> None:
    """After a conflict the question is asked again, and so is the tag taken away."""
    shop = desk()
    first = shop.look(at(1)).write
    assert first is not None
    shop.memory = shop.memory.without(first.op_id)
    second = shop.look(at(2)).write
    shop.becomes(fields=LACKING | KNOWN, tags=frozenset({NEEDS}), updated_at=at(9))
    third = shop.look(at(9)).write
    assert third is not None
    shop.memory = shop.memory.without(third.op_id)
    fourth = shop.look(at(10)).write
    assert second is not None
    assert fourth is not None

    assert (second.op_id, fourth.op_id) == (first.op_id, third.op_id)
    assert fourth.tags_removed == (NEEDS,)


def test_several_requirements_each_ask_for_their_own() -> None:
    """The escalation waits for all of them."""
    both = desk(required(), required(Both("p", "all", ()), ("field.region",), id="everything"))

    decision = both.look(at(1))

    assert decision.verdicts[0].lacks == (*NEEDED, "field.region")
    assert [one for one in outcomes(decision) if one.startswith("requires:")] == [
        "requires:login",
        "requires:everything",
    ]
    assert decision.write is not None
    assert decision.write.tags_added == ("bug", NEEDS)


def test_what_requires_nothing_waits_for_nothing() -> None:
    """Another issue type, or all of it there from the start: no word of it."""
    other, whole = desk(fields=LACKING | {"issue_type": "bug"}), desk(fields=LACKING | KNOWN)

    for shop in (other, whole):
        assert outcomes(shop.look(at(1))) == {"engage-l3": "fires", "mark": "fires"}


@pytest.mark.parametrize(("mode", "said"), [("observe", "holds"), ("notify", "fires")])
def test_asking_may_do_what_the_escalation_may(mode: Any, said: str) -> None:
    """A rule that only observes asks nobody; one that tells people asks them."""
    decision = desk(mode=mode).look(at(1))

    assert outcomes(decision) == {"engage-l3": "lacks", "mark": "holds" if mode == "observe" else "fires", "requires:login": said}  # fmt: skip
    assert (decision.write is None) == (mode == "observe")


def test_what_a_guard_holds_of_the_question_is_held() -> None:
    """The question counts as a rule of its own for the guards."""
    shop = desk(guards=Guards())

    held = decide(shop.ticket, shop.memory, shop.policy, at(1), {"requires:login": "too many"})

    assert outcomes(held)["requires:login"] == "held"
    assert held.held is not None
    assert held.held.rules == ("requires:login",)
    shop.memory = held.memory
    assert outcomes(shop.look(at(2)))["requires:login"] == "held"
