"""The clocks that the shipped policies declare, for what Zendesk cannot measure (requirements 10, 11, 44 and 68)."""

from functools import cache

import pytest

from deskhand.core.clock import Reading, fold, lives
from deskhand.core.history import Event, History
from deskhand.core.policy import Policy
from deskhand.documents import load_policies
from tests.core.builders import HOUR, MINUTE, at
from tests.source import ROOT


@cache
def shipped() -> Policy:
    """The policies in the repository."""
    policy = load_policies(ROOT / "policies").policy
    assert policy is not None
    return policy


def reading(clock: str, history: History, minutes: float) -> Reading:
    """A shipped clock, so many minutes after a Monday at 09:00 UTC."""
    (spec,) = (spec for spec in shipped().clocks if spec.id == clock)
    return fold(spec, history, at(minutes))


def born(severity: str, *events: Event) -> History:
    """A ticket's birth, and what came then."""
    birth = (Event(at(0), "created"), Event(at(0), "severity", severity), Event(at(0), "status", "new"))
    return (*birth, *events)


@pytest.mark.requirement(10, 15)
@pytest.mark.parametrize(
    "taken",
    [Event(at(10), "assigned", "ann@acme.example"), Event(at(10), "agent_reply"), Event(at(10), "status", "open")],
)
def test_a_ticket_is_acknowledged_by_whoever_takes_it(taken: Event) -> None:
    """An agent, an answer or a status that says so; a P1 within 15 minutes."""
    waiting, done = reading("acknowledgement", born("p1"), 20), reading("acknowledgement", born("p1", taken), 20)

    assert (waiting.seen.stage, waiting.breached, waiting.seen.due_at) == ("running", True, at(15))
    assert (done.seen.stage, done.seen.elapsed, done.breached) == ("met", 10 * MINUTE, False)


@pytest.mark.requirement(10, 12)
def test_an_acknowledgement_of_a_p3_takes_business_hours() -> None:
    """Four of them from Monday 09:00 on end at 13:00; from 17:00 on, on the next day at 11:00."""
    evening = tuple(Event(at(480), event.kind, event.value) for event in born("p3"))

    assert reading("acknowledgement", born("p3"), 0).seen.due_at == at(240)
    assert reading("acknowledgement", evening, 480).seen.due_at == at(26 * 60)


@pytest.mark.parametrize(
    "event",
    [Event(at(20), "group", "Engineering On-Call"), Event(at(20), "field", "engineering_assigned_at=2026-03-02")],
)
def test_the_first_engineer_is_due_after_half_an_hour(event: Event) -> None:
    """The group or the field tells; coming back from solved asks for no second first time."""
    history = born("p1", event, Event(at(60), "status", "solved"), Event(at(90), "status", "open"))

    assert reading("first-engineering-assignment", born("p1"), 0).seen.due_at == at(30)
    done = reading("first-engineering-assignment", history, 100).seen
    assert (done.stage, done.elapsed) == ("met", 20 * MINUTE)


def test_the_customer_hears_from_us_at_the_cadence_of_the_severity() -> None:
    """From each public comment to the next: a P1 every 30 minutes; the first one is due by the response, not by this."""
    history = born("p1", Event(at(5), "agent_reply"), Event(at(25), "agent_reply"))
    (spec,) = (spec for spec in shipped().clocks if spec.id == "customer-update")

    found = lives(spec, history, at(50))

    assert [(life.seen.stage, life.seen.elapsed) for life in found] == [("met", 20 * MINUTE), ("running", 25 * MINUTE)]
    assert found[-1].seen.due_at == at(55)
    assert reading("customer-update", born("p1"), 50).seen.elapsed is None


@pytest.mark.requirement(11)
@pytest.mark.parametrize("clock", ["mitigation", "resolution"])
def test_resolved_or_mitigated_meets_the_promise(clock: str) -> None:
    """Whichever comes first; to be contained is neither (requirement 11)."""
    contained = Event(at(30), "field", "mitigation_status=contained")
    mitigated, solved = Event(at(100), "field", "mitigation_status=mitigated"), Event(at(200), "status", "solved")

    assert reading(clock, born("p1", contained), 60).seen.due_at == at(240)
    assert reading(clock, born("p1", contained, mitigated, solved), 999).seen.elapsed == 100 * MINUTE
    assert reading(clock, born("p1", contained, solved), 999).seen.elapsed == 200 * MINUTE


@pytest.mark.requirement(10, 12)
def test_a_business_day_of_a_p2_is_ten_hours_of_the_office() -> None:
    """From Monday 09:00 (the office opens at 08:00) to Tuesday 09:00."""
    due = reading("mitigation", born("p2"), 0).seen

    assert (due.target, due.due_at) == (10 * HOUR, at(24 * 60))
