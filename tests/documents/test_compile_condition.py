"""Conditions: each form of the language as a core value, and each mistake in words."""

from fractions import Fraction

import pytest

from deskhand.core.calendar import Calendar
from deskhand.core.condition import Both, Burn, ClockIs, Compare, Limit, Not, Remaining, Since, Tags
from tests.documents.words import about, condition, policy

ALWAYS = Calendar.always("always")


def test_one_key_is_one_condition_at_its_own_place() -> None:
    """Its place is that of the key."""
    assert condition("{status: open}") == Compare("policies/x.yaml:2:18", "status", "is", "open")


def test_several_keys_mean_all_of_them() -> None:
    """In the order in which they are written."""
    found = condition("{status: open, tags: vip}")

    assert isinstance(found, Both)
    assert found.join == "all"
    assert [type(part) for part in found.parts] == [Compare, Tags]


def test_always_holds() -> None:
    """It is a group of nothing, all of which holds."""
    assert condition("always") == Both("policies/x.yaml:2:17", "all", ())


def test_groups_nest() -> None:
    """all, any and not, in each other."""
    found = condition("{any: [{status: new}, {not: {all: [{tags: a}, {priority: low}]}}]}")

    assert isinstance(found, Both)
    inner = found.parts[1]
    assert isinstance(inner, Not)
    assert isinstance(inner.part, Both)


def test_tags_are_asked_by_all_any_and_none() -> None:
    """A word or list means all; a mapping may ask for each."""
    place = "policies/x.yaml:2:18"
    assert condition("{tags: vip}") == Tags(place, "all", ("vip",))
    assert condition("{tags: [a, b]}") == Tags(place, "all", ("a", "b"))
    both = condition("{tags: {any: [a, b], none: c}}")
    assert isinstance(both, Both)
    assert [(part.want, part.tags) for part in both.parts if isinstance(part, Tags)] == [
        ("any", ("a", "b")),
        ("none", ("c",)),
    ]


def test_burn_and_remaining_are_exact() -> None:
    """Shares as fractions, time left as seconds, less than nothing when past due."""
    burn = condition("{burn: {clock: any, above: 33.3%}}")
    assert isinstance(burn, Burn)
    assert (burn.clock, burn.bound, burn.share) == ("any", "above", Fraction(333, 1000))
    left = condition("{remaining: {clock: resolution, below: -30m}}")
    assert isinstance(left, Remaining)
    assert (left.clock, left.bound, left.seconds) == ("resolution", "below", -1800)


def test_nothing_left_is_zero() -> None:
    """Without a unit, since it has none."""
    left = condition("{remaining: {clock: resolution, at_most: 0}}")

    assert isinstance(left, Remaining)
    assert left.seconds == 0


def test_two_bounds_make_a_range() -> None:
    """Both must hold."""
    found = condition("{burn: {clock: any, at_least: 50%, below: 75%}}")

    assert isinstance(found, Both)
    assert [part.bound for part in found.parts if isinstance(part, Burn)] == ["at_least", "below"]


def test_a_clock_may_be_in_one_of_several_states() -> None:
    """A list means any of them."""
    one = condition("{clock: {name: first_reply_time, is: breached}}")
    assert isinstance(one, ClockIs)
    assert (one.clock, one.state) == ("first_reply_time", "breached")
    several = condition("{clock: {name: response, is: [paused, met]}}")
    assert isinstance(several, Both)
    assert several.join == "any"


def test_since_counts_in_a_calendar() -> None:
    """Round the clock unless a calendar is named."""
    before = condition("{since: {instant: field.customer_deadline, at_least: -24h}}")
    assert isinstance(before, Since)
    assert before.limit.amount == -24 * 3600
    found = condition("{since: {instant: field.engineering_assigned_at, at_least: 30m}}")

    assert isinstance(found, Since)
    assert (found.instant, found.limit, found.calendar) == (
        "field.engineering_assigned_at", Limit("at_least", Fraction(1800)), ALWAYS,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("when", "needs"),
    [
        ("{status: open}", set()),
        ("{burn: {clock: any, above: 50%}}", {"slas", "metrics"}),
        ("{burn: {clock: current, above: 50%}}", {"metrics"}),
        ("{clock: {name: next_reply_time, is: breached}}", {"slas"}),
        ("{since: {instant: created, above: 1h}}", set()),
        ("{since: {instant: agent_reply, above: 1h}}", {"metrics"}),
        ("{organization.tier: enterprise}", {"people"}),
        ("{requester.email: {contains: acme}}", {"people"}),
    ],
)
def test_a_policy_says_what_tickets_must_carry(when: str, needs: set[str]) -> None:
    """Zendesk's clocks need the SLA rows, our own the metric set, people their records."""
    text = f"rules:\n- {{id: r, when: {when}, then: {{add_tags: a}}, ignore: [no-tests, no-description]}}\n"

    assert policy(text).needs == needs


@pytest.mark.parametrize(
    ("when", "message"),
    [
        ("{severty: p1}", "unknown field or condition 'severty' (did you mean 'severity'?) [unknown-field]"),
        (
            "{product_area: x}",
            "unknown field or condition 'product_area' (custom fields are written field.<name>) [unknown-field]",
        ),
        ("[{status: open}]", "a condition is a mapping, not a list (write all: [...] around a list) [bad-condition]"),
        ("{}", "a condition is a mapping, not an empty mapping (`always` holds for every ticket) [bad-condition]"),
        ("3", "a condition is a mapping, not 3 (`always` holds for every ticket) [bad-condition]"),
        ("{all: []}", "'all' needs a list of conditions [bad-condition]"),
        ("{any: {status: new}}", "'any' needs a list of conditions [bad-condition]"),
        ("{tags: {al: [a]}}", "tags have no 'al' (use all, any or none) [bad-condition]"),
        ("{tags: A b}", "'A b' is no tag; tags are in lower case, without spaces or commas [bad-tag]"),
        ("{burn: {above: 50%}}", "'burn' needs 'clock' (any, current, or a clock's name) [bad-condition]"),
        ("{burn: {clock: any}}", "'burn' needs a bound (use above, at_least, below or at_most) [bad-condition]"),
        ("{burn: {clock: any, over: 5%, above: 5%}}", "'burn' has no 'over' (did you mean 'above'?) [bad-condition]"),
        ("{burn: {clock: any, above: 50}}", "'50' is no share; write 50% [bad-percent]"),
        (
            "{burn: {clock: first_replytime, above: 5%}}",
            "unknown clock 'first_replytime' (did you mean 'first_reply_time'?) [unknown-clock]",
        ),
        ("{remaining: {clock: any, below: 30}}", "'30' is no duration; write 90s, 30m, 4h, 2d or 1h30m [bad-duration]"),
        ("{since: {instant: creatd, above: 1h}}", "unknown instant 'creatd' (did you mean 'created'?) [bad-condition]"),
        (
            "{since: {instant: created, above: 1h, calendar: office}}",
            "unknown calendar 'office' (there are: always) [unknown-calendar]",
        ),
        (
            "{clock: {name: any, is: breeched}}",
            "a clock is never 'breeched' (did you mean 'breached'?) [bad-condition]",
        ),
        ("{clock: {name: any, is: met, above: 5}}", "'clock' has no 'above' (use name and is) [bad-condition]"),
        (
            "{since: {at_least: 1h}}",
            "'since' needs 'instant' (one of created, updated, status, severity, assigned, group, agent_reply, customer_reply, solved or field.<name>) [bad-condition]",
        ),
        ("{clock: {name: any}}", "'clock' needs 'is' (with running, paused, met, idle or breached) [bad-condition]"),
    ],
)
def test_a_mistake_is_told_in_one_sentence(when: str, message: str) -> None:
    """What is wrong, what was meant or what is possible, and the check."""
    assert about(when) == [message]


def test_all_mistakes_of_one_condition_are_told() -> None:
    """Reading goes on after the first."""
    assert (
        len(
            about(
                "{all: [{statu: x}, {burn: {clock: any, above: 5}}, {not: {tags: B}}, {since: {instant: x, above: y}}]}"
            )
        )
        == 5
    )
