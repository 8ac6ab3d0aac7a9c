"""Conditions in words."""

import pytest

from deskhand.core.wording import worded
from tests.documents.words import policy, rule


@pytest.mark.parametrize(
    ("when", "words"),
    [
        ("always", "always"),
        ("{severity: p1}", "P1"),
        ("{severity: [p1, p2]}", "P1 or P2"),
        ("{severity: {at_least: p2}}", "P2 or worse"),
        ("{severity: {is_not: p4}}", "not P4"),
        ("{field.mitigation_plan: {present: false}}", "no mitigation plan"),
        ("{field.mitigation_plan: {present: true}}", "mitigation plan known"),
        ("{field.impact_stated: true}", "impact stated: yes"),
        ("{field.impact_stated: {is_not: true}}", "impact stated: no"),
        ("{not: {field.impact_stated: true}}", "impact stated: no"),
        ("{organization.tier: enterprise}", "organization's tier enterprise"),
        ("{field.workaround: {is_not: works}}", "workaround not works"),
        ("{not: {field.status: [a, b, c]}}", "status not a, b or c"),
        ("{not: {field.plan: {present: true}}}", "no plan"),
        ("{not: {tags: [a, b]}}", "not (tag a and b)"),
        ("{field.seats: {at_least: 20}}", "seats at least 20"),
        ("{subject: {contains: down}}", "subject with down"),
        ("{assignee: {is: null}}", "assignee empty"),
        ("{tags: {any: [a, b]}}", "tag a or b"),
        ("{tags: {none: a}}", "without tag a"),
        ("{since: {instant: severity, at_least: 30m}}", "30m after it got this severity"),
        ("{since: {instant: field.last_update, above: 1h}}", "more than 1h after last update"),
        ("{burn: {clock: current, above: 50%}}", "more than 50% of the current clock used"),
        ("{burn: {clock: resolution, at_least: 12.5%}}", "at least 12.5% of resolution used"),
        ("{remaining: {clock: resolution, below: 30m}}", "less than 30m of resolution left"),
        ("{clock: {name: first_reply_time, is: breached}}", "first reply time breached"),
        (
            "{alike: {by: problem_id, customers: {at_least: 3}, within: 7d}}",
            "at least 3 customers with the same problem id within 7d",
        ),
        (
            "{alike: {by: tags, beginning: x_, customers: {above: 2}, within: 1h}}",
            "more than 2 customers with the same tag beginning with x_ within 1h",
        ),
        ("{status: open, field.a: true}", "status open, a: yes"),
        ("{any: [{status: open}, {severity: p1, tags: x}]}", "status open or (P1, tag x)"),
    ],
)
def test_a_condition_reads_as_people_would_say_it(when: str, words: str) -> None:
    """Without the values that a ticket has."""
    assert worded(rule(when).when) == words


def test_hours_are_said_where_time_does_not_run_round_the_clock() -> None:
    """By the calendar's name."""
    text = "calendars: {shop: {hours: {mon-fri: 09:00-17:00}}}\nrules: [{id: r, when: {since: {instant: created, at_least: 2h, calendar: shop}}, then: {add_tags: a}}]\n"

    assert worded(policy(text).rules[0].when) == "2h after it came in shop hours"
