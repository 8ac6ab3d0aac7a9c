"""The escalation matrix as a table."""

from pathlib import Path

import pytest

from deskhand.core.matrix import Matrix, matrix
from deskhand.documents import load_policies
from tests.documents.test_compile_ladder import ladder
from tests.documents.words import SHIPPED, policy


@pytest.fixture(scope="module")
def shipped() -> Matrix:
    """The page of the shipped policies."""
    loaded = load_policies(Path(SHIPPED))
    assert loaded.policy is not None
    return matrix(loaded.policy)


FIGURES = {
    "p1-impact-unconfirmed": "15m after it got this severity",  # 30
    "p1-not-acknowledged": "15m after it got this severity",  # 43
    "p1-no-mitigation-plan": "30m after it got this severity",  # 31
    "p1-no-cause-identified": "30m after it got this severity",  # 53
    "engineering-not-assigned": "30m after it got this severity",  # 44
    "p1-no-hypothesis": "1h after it got this severity",  # 32
    "p2-no-workaround": "4h after it got this severity",  # 33
    "p2-network-no-workaround": "2h after it got this severity",  # 41
    "raise-severity-at-half-burn": "more than 50% of the current clock used",  # 16
    "security-owner-at-once": "issue type security",  # 35
    "network-outage": "issue type network_outage",  # 46
    "p3-workaround-failed": "workaround failed or (workaround works, impact stated: yes)",  # 34
    "tell-the-csm": "organization's tier enterprise, impact stated: yes",  # 18
    "engage-l3": "repro confirmed: yes, suspected bug: yes",  # 19
}
"""What the process says of each row, by its rule (requirements 16 to 53)."""


@pytest.mark.parametrize("rule", FIGURES)
def test_the_shipped_rows_have_the_figures_of_the_process(shipped: Matrix, rule: str) -> None:
    """Each row says when."""
    (row,) = [row for row in shipped.rows if row.rule == rule]

    assert FIGURES[rule] in row.trigger


def test_every_row_says_what_whose_when_and_whose_next(shipped: Matrix) -> None:
    """Requirement 36: no cell is empty, and no row relies on feeling."""
    for row in shipped.rows:
        assert all((row.issue, row.owner, row.trigger, row.next, row.does)), row.rule
        assert row.trigger != "always"


def test_the_most_severe_rows_come_first(shipped: Matrix) -> None:
    """And those for every severity last."""
    firsts = [row.severities[0] if row.severities else "p9" for row in shipped.rows]

    assert firsts == sorted(firsts)
    assert set(firsts) == {"p1", "p2", "p3", "p9"}


def test_all_three_kinds_are_there(shipped: Matrix) -> None:
    """Requirement 23; the severity's own way up is a rule, not a ladder."""
    assert {row.kind for row in shipped.rows} == {"technical", "severity", "stakeholder"}
    assert {way.kind for way in shipped.ladders} == {"technical", "stakeholder"}


def test_an_acknowledgement_is_waited_for_five_minutes(shipped: Matrix) -> None:
    """Requirement 48: then the page is repeated, and then the next rung is asked."""
    (way,) = [way for way in shipped.ladders if way.id == "engineering"]

    assert [(step.name, step.how, step.after) for step in way.steps] == [
        ("On call", "page, wait 5m, up to 2 times", "at once"),
        ("L3 platform", "page, wait 5m, up to 2 times", "10m"),
        ("The room", "tell", "20m"),
    ]
    assert way.climber == "worker"
    assert way.stops == "mitigation status contained, mitigated or resolved"


def test_what_only_tells_takes_no_time() -> None:
    """The next rung follows at once, whatever it waits."""
    rungs = "[{name: A, role: ann, how: notify}, {name: B, role: ann, hours: office}, {name: C, role: ann}]"
    (way,) = matrix(policy(ladder(", climber: {p2: pagerduty}", rungs))).ladders

    assert [(step.after, step.hours) for step in way.steps] == [("at once", ""), ("at once", "office"), ("5m", "")]
    assert way.climber == "P1 worker, P2 pagerduty"
    assert way.stops == "never"


def test_what_a_ladder_asks_before_it_pages_is_said() -> None:
    """With how it is urgent, and when it asks once more."""
    (way,) = matrix(policy(ladder(", urgent: true, impact: {field.i: true}, reask: 30m"))).ladders

    assert way.notes == (
        "Urgent: it pages at any hour, whatever the severity.",
        "Pages only where: i: yes.",
        "Whoever acknowledged is asked once more after 30m without progress.",
    )
