"""Checks over escalation as a whole."""

import pytest

from deskhand.documents import load_text
from tests.documents.test_compile_ladder import PLACES, complaints, ladder
from tests.documents.words import LEVELS, QUIET


def checks(text: str) -> list[str]:
    """The ids of what is said of a file, but for what it does not use."""
    return [line.rpartition("[")[2].rstrip("]") for line in complaints(text)]


def test_a_good_ladder_is_left_alone() -> None:
    """Nothing is said of it."""
    assert complaints(ladder()) == []


def test_a_rung_reaches_somebody() -> None:
    """A role without channels cannot be told."""
    (line,) = complaints(ladder(rungs="[{name: L1, role: ann}, {name: L2, role: ghost, how: notify}]"))

    assert line == (
        "ladder 'up': rung 'L2' reaches nobody: it has no channel (give role 'ghost' or the rung 'channels') [unreachable-rung]"
    )


def test_a_page_goes_by_what_can_be_acknowledged() -> None:
    """In a room nobody can; to be told there is enough where nobody has to answer."""
    (line,) = complaints(ladder(rungs="[{name: L1, role: ann, channels: room}]"))

    assert line == (
        "ladder 'up': rung 'L1' cannot page: nobody can acknowledge by slack (add a channel of pagerduty or pagerduty_events,"
        " or write how: notify) [cannot-page]"
    )
    assert complaints(ladder(rungs="[{name: L1, role: ann, channels: room, how: notify}]")) == []


@pytest.mark.parametrize("severities", ["[p1, p3]", "p4"])
def test_a_low_severity_reaches_no_executive(severities: str) -> None:
    """Requirement 24: neither by a ladder that it may climb..."""
    rungs = "[{name: L1, role: ann}, {name: Boss, role: boss, how: notify}]"
    text = ladder(rungs=rungs).replace("kind: technical", "kind: stakeholder").replace("[p1, p2]", severities)
    lines = [line for line in complaints(text) if "[executive-reach]" in line]

    assert lines[0].startswith("ladder 'up': rung 'Boss' would let p")
    assert checks(ladder(rungs=rungs).replace("kind: technical", "kind: stakeholder")) == []


def test_executives_may_not_be_reached_from_a_low_severity() -> None:
    """...nor by the ladder's own word..."""
    rungs = "[{name: L1, role: ann}, {name: Boss, role: boss, how: notify}]"
    text = ladder(", executive_from: p3", rungs).replace("kind: technical", "kind: stakeholder")

    assert checks(text) == ["executive-reach"]


def test_a_rule_tells_no_executive_of_a_low_severity() -> None:
    """...nor by a rule, nor by the severity itself."""
    rule = "rules: [{{id: r, when: {{severity: {}}}, then: {{notify: {{role: boss}}}}, {}}}]\n"

    assert checks(PLACES + rule.format("{at_least: p2}", QUIET)) == []
    assert complaints(PLACES + rule.format("{at_least: p3}", QUIET)) == [
        "rule 'r': tells 'boss', an executive, of p3 (ask severity: {at_least: p2}, or tell somebody else) [executive-reach]"
    ]
    levels = LEVELS.replace("notify: []", "notify: [boss]")
    found = load_text({"a.yaml": PLACES + rule.format("p1", QUIET), "b.yaml": levels}).problems
    assert [one.line for one in found if one.check == "executive-reach"] == [3, 4]


def test_kinds_are_not_mixed() -> None:
    """Requirement 23: a row, its ladder and what it does are of one kind, and executives stand on no technical ladder."""
    assert complaints(ladder().replace("{kind: technical, issue", "{kind: stakeholder, issue")) == [
        "rule 'r': its row is stakeholder, and ladder 'up' is technical (use a ladder of kind stakeholder) [kinds-mixed]"
    ]
    assert checks(ladder(rungs="[{name: L1, role: ann}, {name: Boss, role: boss, how: notify}]")) == ["kinds-mixed"]
    moved = ladder().replace("then: {escalate: {ladder: up}}", "then: {raise_severity: {by: 1, reason: r}}")
    assert "kinds-mixed" in checks(moved.replace("severity: p1", "severity: p2"))


def test_either_the_worker_or_pagerduty_climbs() -> None:
    """One severity is not climbed by one of them here and by the other there."""
    other = ", down: {kind: technical, description: d, severities: [p2], climber: pagerduty, rungs: [{name: L1, role: ann}]}}\nrules"
    text = ladder().replace("}\nrules", other, 1)

    assert complaints(text) == [
        "ladder 'down': p2 is climbed by pagerduty here and by worker on ladder 'up' (either the worker or PagerDuty climbs) [two-climbers]"
    ]


def test_pagerduty_climbs_by_a_policy_of_its_own() -> None:
    """So the first rung that pages needs one."""
    assert complaints(ladder(", climber: pagerduty").replace(", schedule: {policy: PESC, level: 2}", "")) == [
        "ladder 'up': PagerDuty is to climb, and role 'ann' has no 'schedule' (schedule: {policy: <id of an escalation policy>}) [bad-ladder]"
    ]
    assert checks(ladder(", climber: pagerduty")) == []


@pytest.mark.parametrize("when", ["{severity: p1}", "{severity: {at_least: p2}, status: open}"])
def test_every_row_has_a_time_or_a_condition(when: str) -> None:
    """Requirement 36: no row relies on feeling."""
    assert complaints(ladder().replace("{severity: p1, field.x: true}", when)) == [
        "rule 'r': its row has no trigger but the severity (add a time (since, burn, remaining) or a condition) [no-trigger]"
    ]


@pytest.mark.parametrize("more", ["since: {instant: created, above: 1h}", "tags: x", "not: {field.a: 1}", "group: A"])
def test_times_and_conditions_are_triggers(more: str) -> None:
    """Whatever asks for more than the severity."""
    assert checks(ladder().replace("field.x: true", more)) == []


def test_who_starts_a_ladder_has_a_row() -> None:
    """Or says that it wants none."""
    bare = ladder().replace(" escalation: {kind: technical, issue: any, owner: Support, next: ann},", "")

    assert complaints(bare) == [
        "warning: rule 'r': starts a ladder, and the matrix has no row for it (give it 'escalation: {kind, issue, owner, next}') [no-matrix-row]"
    ]
    assert checks(bare.replace("[no-tests,", "[no-matrix-row, no-tests,")) == []


def test_a_ladder_is_started_for_those_who_climb_it() -> None:
    """A P3 does not climb one for P1 and P2."""
    assert complaints(ladder().replace("severity: p1,", "severity: p3,")) == [
        "warning: rule 'r': holds for no severity that climbs ladder 'up' (p1 and p2) [no-effect]"
    ]


def test_what_a_severity_promises_is_done_by_somebody() -> None:
    """Requirement 49: who pages, and who is told, is looked for among the ladders and the rules."""
    levels = LEVELS.replace("page_on_call: false, notify: []", "page_on_call: true, notify: [ann]", 2)
    found = load_text({"a.yaml": ladder(), "b.yaml": levels}).problems

    assert [one.message for one in found if one.check == "unserved-severity"] == [
        "severity 'p2': no ladder pages for it",
        "severity 'p2': nobody tells 'ann'",
    ]
    assert {one.file for one in found if one.check == "unserved-severity"} == {"b.yaml"}


def test_what_nothing_uses_is_told_of() -> None:
    """Channels, ladders and public texts."""
    text = (
        PLACES
        + "announcements: {a: {title: t, text: Over.}}\nladders: {up: {kind: technical, description: d, severities: p1, rungs: [{name: L1, role: ann}]}}\n"
    )
    unused = [
        str(one).split(": ")[2]
        for one in load_text({"a.yaml": text, "b.yaml": LEVELS}).problems
        if one.check == "unused"
    ]

    assert unused == [
        "channel 'page' is used nowhere [unused]",
        "channel 'issues' is used nowhere [unused]",
        "announcement 'a' is used nowhere [unused]",
        "ladder 'up' is used nowhere [unused]",
    ]
