"""Channels, roles, ladders and rows of the matrix: what they become, and what is said of wrong ones."""

from textwrap import dedent
from typing import get_args

import pytest

from deskhand.core.condition import Both, Compare
from deskhand.core.ladder import Channel, MatrixRow, Role
from deskhand.core.message import Service
from deskhand.core.policy import Escalate, FileIssue, Publish, Send, Tell
from deskhand.documents.compile_ladder import FOR_PEOPLE
from tests.documents.words import QUIET, policy, said

PLACES = dedent("""\
    calendars: {office: {hours: {mon-fri: 09:00-17:00}}}
    channels:
      pager: {service: pagerduty, place: PABC, key: NETWORK, options: {urgency: high}}
      room: {service: slack, place: C01, hours: office}
      page: {service: statuspage, place: acme}
      issues: {service: jira, place: ESC}
    roles:
      ann: {agent: ann@acme.example, channels: [pager, room], schedule: {policy: PESC, level: 2}}
      boss: {channels: room, executive: true}
      ghost: {}
    """)


def ladder(more: str = "", rungs: str = "[{name: L1, role: ann}]") -> str:
    """A file with one ladder, and a rule that starts it."""
    start = "rules: [{id: r, when: {severity: p1, field.x: true}, then: {escalate: {ladder: up}},"
    row = "escalation: {kind: technical, issue: any, owner: Support, next: ann}"
    made = f"ladders: {{up: {{kind: technical, description: d, severities: [p1, p2], rungs: {rungs}{more}}}}}"
    return f"{PLACES}{made}\n{start} {row}, {QUIET}}}]\n"


def complaints(text: str) -> list[str]:
    """What is said of a file, but for what it does not use."""
    return [line.split(": ", 1)[1] for line in said(text) if not line.endswith("[unused]")]


def test_channels_hold_places_and_never_secrets() -> None:
    """The key names a setting; hours are a calendar."""
    channels = policy(ladder()).channels

    assert channels["pager"] == Channel("pager", "pagerduty", "PABC", "NETWORK", None, {"urgency": "high"})
    assert channels["room"].hours is not None
    assert channels["room"].hours.name == "office"


def test_roles_know_how_they_are_reached() -> None:
    """By their channels in order, as an agent, and where PagerDuty knows who is on call."""
    roles = policy(ladder()).roles

    assert roles["ann"] == Role("ann", ("pager", "room"), "ann@acme.example", "PESC", 2)
    assert roles["boss"] == Role("boss", ("room",), executive=True)
    assert roles["csm"] == Role("csm")


def test_a_ladder_comes_with_what_is_usual() -> None:
    """Five minutes for an acknowledgement, one page, over once the ticket is solved, never stopped, climbed by the worker."""
    made = policy(ladder()).ladders["up"]
    (rung,) = made.rungs

    assert (rung.how, rung.wait, rung.pages, rung.channels, rung.hours) == ("page", 300, 1, ("pager", "room"), None)
    assert made.severities == {"p1", "p2"}
    assert made.climber == {"p1": "worker", "p2": "worker"}
    assert made.stops == Both(made.place, "any", ())
    assert made.ends == Compare(made.place, "status", "in", ("solved", "closed"))
    assert (made.executive_from, made.alike, made.impact, made.reask, made.urgent) == ("p1", "", None, 0, False)


def test_a_ladder_says_what_is_not_usual() -> None:
    """Names of severities in any of their forms, conditions as in rules, durations as everywhere."""
    more = (
        ", stops: {field.m: contained}, ends: {field.m: resolved}, impact: {field.i: true}, reask: 30m, urgent: true,"
        " alike: field.kind, executive_from: sev2, climber: {critical: pagerduty, p2: pagerduty}"
    )
    rungs = "[{name: L1, role: ann, wait: 10m, pages: 3, hours: office, channels: pager}, {name: All, role: boss, how: notify}]"
    made = policy(ladder(more, rungs).replace("executive: true", "executive: false")).ladders["up"]
    first, second = made.rungs

    assert (first.wait, first.pages, first.channels) == (600, 3, ("pager",))
    assert first.hours is not None
    assert (second.how, second.wait, second.channels) == ("notify", 0, ("room",))
    assert made.climber == {"p1": "pagerduty", "p2": "pagerduty"}
    assert (made.executive_from, made.alike, made.reask, made.urgent) == ("p2", "field.kind", 1800, True)
    assert isinstance(made.impact, Compare)
    assert isinstance(made.stops, Compare)


def test_a_row_names_owners_by_role_or_by_group() -> None:
    """A group is one that the account must have; one that is written as roles are says so."""
    text = ladder().replace("next: ann", "next: {group: support}")
    done = policy(text)

    assert done.rules[0].escalation == MatrixRow("technical", ("any",), "Support", "support")
    assert done.names["groups"] == {"Support", "support"}
    assert policy(ladder().replace("next: ann", "next: {role: ann}")).rules[0].escalation == MatrixRow(
        "technical", ("any",), "Support", "ann"
    )


def test_a_role_with_channels_is_told_by_them_too() -> None:
    """`by` takes others, or none at all."""
    rule = "rules: [{{id: r, when: {{status: open}}, then: {{notify: {{role: ann{}}}}}, {}}}]\n"
    told = Tell("ann", "people-told", "told_ann", "ann@acme.example")

    assert policy(PLACES + rule.format("", QUIET)).rules[0].then == (
        told,
        Send("ann", "people-told", ("pager", "room")),
    )
    assert policy(PLACES + rule.format(", by: room, brief: product", QUIET)).rules[0].then == (
        told,
        Send("ann", "people-told", ("room",), "Product"),
    )
    assert policy(PLACES + rule.format(", by: []", QUIET)).rules[0].then == (told,)


def test_issues_and_public_words_go_to_their_own_services() -> None:
    """With when they are due, and what they are labelled."""
    text = (
        PLACES
        + "announcements: {sorry: {title: Errors, text: 'Over since << now | moment >>.'}}\n"
        + "rules: [{id: r, when: {status: open}, then: [{file_issue: {channel: issues, due: 5d, labels: a, target: product}},"
        + " {publish: {channel: page, status: resolved, text: sorry}}, {escalate: {ladder: up}}],"
        + f" escalation: {{kind: technical, issue: x, owner: S, next: ann}}, {QUIET}}}]\n"
    )
    text += "ladders: {up: {kind: technical, description: d, severities: p1, rungs: [{name: L1, role: ann}]}}\n"
    text = text.replace("{status: open}", "{field.x: true}")

    assert policy(text).rules[0].then == (
        FileIssue("issues", "issue-filed", "Product", 5 * 86_400, ("a",)),
        Publish("page", "resolved", "Errors", "announcement sorry"),
        Escalate("up"),
    )


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (("place: PABC, ", ""), "channel 'pager': 'pagerduty' needs a 'place' (place: the id of a PagerDuty service) [bad-channel]"),
        (("place: C01", "place: '#support'"), "channel 'room': '#support' is no id of a Slack channel, such as C0123ABCD (it stands under About"),
        (("service: slack", "service: slak"), "channel 'room': 'service': 'slak' should be"),
        (("hours: office", "hours: ofice"), "channel 'room': unknown calendar 'ofice' (did you mean 'office'?) [unknown-calendar]"),
        (("key: NETWORK", "key: network"), "channel 'pager': 'key': 'network' is not written as it should be (in capitals, digits and underscores, as the ending of its setting"),
        (("[pager, room]", "[pagr, room]"), "role 'ann': unknown channel 'pagr' (did you mean 'pager'?) [unknown-channel]"),
        (("[pager, room]", "[page]"), "role 'ann': channel 'page' (statuspage) reaches no people"),
        (("L1, role: ann", "L1, role: an"), "ladder 'up': unknown role 'an' (did you mean 'ann'?) [unknown-role]"),
        (("severities: [p1, p2]", "severities: [p0]"), "ladder 'up': unknown severity 'p0' (levels are p1, p2, p3, p4) [unknown-severity]"),
        (("L1, role: ann", "L1, wait: 0m, role: ann"), "ladder 'up': rung 'L1' pages and waits for nobody (give them minutes, or write how: notify"),
        (("severities: [p1, p2]", "severities: [p1, p7]"), "ladder 'up': unknown severity 'p7' (levels are p1, p2, p3, p4) [unknown-severity]"),
        (("ladder: up", "ladder: op"), "rule 'r': unknown ladder 'op' (there are: up) [unknown-ladder]"),
        (("kind: technical, description", "kind: tecnical, description"), "ladder 'up': 'kind': 'tecnical' should be 'technical', 'severity' or 'stakeholder' (did you mean 'technical'?) [bad-value]"),
        (("next: ann", "next: anne"), "rule 'r': unknown role 'anne' (did you mean 'ann'?) [unknown-role]"),
        (("next: ann", "next: support"), "rule 'r': unknown role 'support' (a group is written {group: support}) [unknown-role]"),
        (("next: ann", "next: {}"), "rule 'r': 'next': "),
        ((", next: ann", ""), "rule 'r': 'next' is missing [missing-key]"),
        (("issue: any, ", ""), "rule 'r': 'issue' is missing [missing-key]"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_in_one_sentence(wrong: tuple[str, str], message: str) -> None:
    """With its place, and with what was most likely meant."""
    text = ladder()
    assert wrong[0] in text
    lines = complaints(text.replace(*wrong, 1))

    assert [line for line in lines if line.startswith(message)], lines


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (", climber: {p1: worker, sev1: pagerduty}", "ladder 'up': p1 has two climbers (either the worker or PagerDuty climbs) [two-climbers]"),
        (", climber: {p3: worker}", "ladder 'up': p3 does not climb this ladder (add it to 'severities', which are p1 and p2) [bad-ladder]"),
        (", alike: kind", "ladder 'up': unknown field 'kind' (a custom field is written field.kind) [unknown-field]"),
        (", stops: {statu: open}", "ladder 'up': unknown field or condition 'statu' (did you mean 'status'?) [unknown-field]"),
        (", executive_from: p9", "ladder 'up': unknown severity 'p9'"),
    ],
)  # fmt: skip
def test_a_ladder_that_contradicts_itself_is_told_of(more: str, message: str) -> None:
    """Each with what to do."""
    lines = complaints(ladder(more))

    assert [line for line in lines if line.startswith(message)], lines


def test_actions_want_the_service_that_can_do_them() -> None:
    """A status page files no issues, and a room publishes nothing."""
    text = (
        PLACES
        + "announcements: {over: {title: Errors, text: 'Over since << now | moment >>.'}}\n"
        + "rules: [{id: r, when: {status: open}, then: [{file_issue: {channel: page}}, {publish: {channel: room, status: resolved,"
        + f" text: over}}}}, {{publish: {{channel: page, status: resolved, text: ovr}}}}], {QUIET}}}]\n"
    )

    assert complaints(text) == [
        "rule 'r': channel 'page' is of service statuspage (name a channel with service: jira) [wrong-channel]",
        "rule 'r': channel 'room' is of service slack (name a channel with service: statuspage) [wrong-channel]",
        "rule 'r': unknown announcement 'ovr' (did you mean 'over'?) [unknown-announcement]",
    ]


def test_every_service_is_known_to_reach_people_or_not() -> None:
    """Three reach none: the public page, the issue tracker, and the pages with runbooks."""
    assert frozenset(get_args(Service)) - FOR_PEOPLE == {"statuspage", "jira", "confluence"}
