"""What bounds a climb: hours that have to be open together, and severities that must not reach somebody."""

from dataclasses import replace
from datetime import timedelta

import pytest

from deskhand.core.calendar import Calendar
from deskhand.core.climb import Climb
from deskhand.core.climb_bounds import barred, opening, unreachable
from deskhand.core.outside import Outside
from deskhand.core.week import Span, Week
from tests.core.builders import START
from tests.core.escalation import OFFICE, burning, escalating, ladder, page

LATE = Calendar("late", "UTC", Week(tuple((Span(15 * 3600, 20 * 3600),) for _ in range(7))))
POLICY = escalating(ladder(page("first")))


def climb(severity: str = "p2") -> Climb:
    """A climb that has just begun."""
    return Climb("up", "burns", "", "zd:acme:7:e1", 1, START, START, severity=severity)


def test_a_rung_opens_when_all_its_hours_are_open() -> None:
    """Its own, and the office's for a severity that pages in business hours only."""
    rules = replace(POLICY, office=replace(POLICY.office, default=OFFICE))
    rung = page("first", hours=LATE)

    assert opening(rung, climb(), rules, burning(), START) == START + timedelta(hours=6)
    evening = START + timedelta(hours=9)
    assert opening(rung, climb(), rules, burning(), evening) == START + timedelta(days=1, hours=6)


def test_one_channel_that_is_open_is_enough() -> None:
    """Quiet hours of one channel keep nothing back that another one carries."""
    night = START + timedelta(hours=12)

    assert opening(page("first", channels=("day", "pd")), climb(), POLICY, burning(), night) == night
    assert opening(page("first", channels=("day",)), climb(), POLICY, burning(), night) == START + timedelta(days=1)


@pytest.mark.parametrize(
    ("severity", "words"), [("p1", ""), ("p2", ""), ("p3", "P3 pages nobody"), ("p4", "P4 pages nobody")]
)
def test_severities_that_page_nobody(severity: str, words: str) -> None:
    """By their own policy; P3 and P4 also where the policy has none."""
    rung, up = page("first"), ladder(page("first"))

    for rules in (POLICY, replace(POLICY, levels={})):
        found = barred(rung, climb(severity), up, rules)
        assert found.startswith(words)
        assert bool(found) == bool(words)
    assert barred(rung, climb(severity), replace(up, urgent=True), POLICY) == ""


def test_executives_are_for_the_severities_that_the_ladder_names() -> None:
    """From P2 on where it says so; never without a severity."""
    rung = page("boss")

    assert barred(rung, climb("p2"), ladder(rung, executive_from="p2"), POLICY) == ""
    assert "does not reach boss" in barred(rung, climb("p2"), ladder(rung), POLICY)
    assert "does not reach boss" in barred(rung, replace(climb(), severity=None), ladder(rung), POLICY)


def test_who_is_on_call_is_asked_of_the_worker_alone() -> None:
    """Where PagerDuty climbs it finds somebody itself."""
    nobody, rung = Outside(on_call={"first": ()}), page("first")

    assert unreachable(rung, climb(), ladder(rung), nobody) == "nobody on call"
    assert unreachable(rung, climb(), ladder(rung, climber={"p2": "pagerduty"}), nobody) is None
    assert unreachable(rung, climb(), ladder(rung), Outside(on_call={"first": ("Ann",)})) is None
