"""Conditions: what holds, how it reads in the trace, and when time alone turns it."""

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest

from deskhand.core.alike import Likeness
from deskhand.core.clock import fold
from deskhand.core.condition import (
    Both,
    Burn,
    ClockIs,
    Compare,
    Condition,
    Limit,
    Not,
    Remaining,
    Shared,
    Since,
    Tags,
)
from deskhand.core.facts import Facts
from deskhand.core.history import Levels, observe
from deskhand.core.ticket import Organization, Person
from tests.core.builders import ALWAYS, BINDING, RESOLUTION, RESPONSE, at, ticket


def facts(minutes: float = 0, **changes: Any) -> Facts:
    """A ticket's facts so many minutes after its creation."""
    known = ticket(**changes)
    history = observe((), None, known, Levels(None, BINDING.read(known)), frozenset())
    readings = {spec.id: fold(spec, history, at(minutes)) for spec in (RESPONSE, RESOLUTION)}
    return Facts(known, at(minutes), BINDING.read(known), readings, history)


FIELDS = {
    "count": 5,
    "ratio": 0.5,
    "area": "checkout",
    "flag": True,
    "unticked": False,
    "areas": ("a", "b"),
    "none": None,
}


@pytest.mark.parametrize(
    ("field", "op", "value", "held"),
    [
        ("status", "is", "open", True),
        ("status", "is", "pending", False),
        ("status", "is_not", "pending", True),
        ("priority", "in", ("normal", "high"), True),
        ("priority", "not_in", ("normal", "high"), False),
        ("severity", "is", "p3", True),
        ("severity", "at_least", "p3", True),
        ("severity", "at_least", "p2", False),
        ("severity", "at_most", "p2", True),
        ("priority", "greater_than", "low", True),
        ("priority", "less_than", "low", False),
        ("field.count", "at_least", 5, True),
        ("field.count", "greater_than", 5, False),
        ("field.ratio", "less_than", 1, True),
        ("field.area", "greater_than", 1, False),
        ("field.area", "contains", "CHECK", True),
        ("field.areas", "contains", "a", True),
        ("field.areas", "not_contains", "c", True),
        ("field.flag", "is", True, True),
        ("field.flag", "is", 1, False),
        ("field.count", "is", True, False),
        ("field.unticked", "is", False, True),
        ("field.none", "is", False, True),
        ("field.none", "is", None, True),
        ("field.missing", "present", False, True),
        ("field.unticked", "present", True, True),
        ("field.area", "present", True, True),
        ("organization.tier", "is", "enterprise", True),
        ("organization.name", "is", "Acme", True),
        ("requester.email", "is", "ann@acme.example", True),
        ("requester.plan", "is", "gold", True),
        ("requester.unknown", "present", True, False),
        ("tags", "contains", "vip", True),
    ],
)
def test_comparisons(field: str, op: Any, value: Any, held: bool) -> None:
    """Each operator on each kind of value."""
    seen = facts(
        fields=FIELDS,
        tags=frozenset({"vip"}),
        organization=Organization(1, "Acme", fields={"tier": "enterprise"}),
        requester=Person(1, "Ann", "ann@acme.example", fields={"plan": "gold"}),
    )

    assert Compare("p", field, op, value).judge(seen).held is held


def test_a_comparison_says_what_it_saw() -> None:
    """The trace shows the condition in words, with the value."""
    step = Compare("policies/a.yaml:3:5", "priority", "in", ("high", "urgent")).judge(facts())

    assert (step.place, step.says) == ("policies/a.yaml:3:5", "priority in [high, urgent] (was normal)")


@pytest.mark.parametrize(
    ("want", "tags", "held"),
    [
        ("all", ("vip", "eu"), True),
        ("all", ("vip", "us"), False),
        ("any", ("us", "eu"), True),
        ("none", ("us",), True),
        ("none", ("vip",), False),
    ],
)
def test_tags(want: Any, tags: tuple[str, ...], held: bool) -> None:
    """All, any or none of these."""
    assert Tags("p", want, tags).judge(facts(tags=frozenset({"vip", "eu"}))).held is held


def test_any_means_every_running_clock() -> None:
    """Both clocks are shown; one is enough."""
    step = Burn("p", "any", "above", Fraction(1, 2)).judge(facts(130))

    assert step.held
    assert step.says == "any burn above 50% (response 54.16%, running; resolution 4.51%, running)"


def test_current_is_the_response_clock_until_it_is_answered() -> None:
    """Settlement M2: then it is the resolution clock."""
    burn = Burn("p", "current", "at_least", Fraction(1, 4))

    assert burn.judge(facts(60)).says.startswith("current burn at least 25% (response 25%")
    assert "(resolution " in burn.judge(facts(60, status="solved")).says


def test_remaining_is_what_is_left_of_the_target() -> None:
    """Below 30 minutes of 240 turns one second after 210 minutes."""
    remaining = Remaining("p", "response", "below", 1800)

    early = remaining.judge(facts(200))

    assert (early.held, early.turns_at) == (False, at(210, 1))
    assert early.says == "response remaining below 30m (response 40m, running)"
    assert not remaining.judge(facts(210)).held
    assert remaining.judge(
        facts(
            210,
        )
    ).turns_at == at(210, 1)
    assert Remaining("p", "response", "at_most", 1800).judge(facts(210)).held


def test_since_counts_from_an_instant() -> None:
    """At least 30 minutes after creation; an instant that never came does not hold."""
    since = Since("p", "created", Limit("at_least", Fraction(1800)), ALWAYS)

    assert (since.judge(facts(29)).held, since.judge(facts(29)).turns_at) == (False, at(30))
    assert since.judge(facts(30)).held
    never = Since("p", "agent_reply", Limit("at_least", Fraction(1800)), ALWAYS).judge(facts(99))
    assert (never.held, never.turns_at) == (False, None)


@pytest.mark.parametrize(
    ("text", "held"), [("2026-03-02T09:00:00Z", True), ("2026-03-02 10:00+01:00", True), ("soon", False), (None, False)]
)
def test_a_custom_field_may_hold_an_instant(text: str | None, held: bool) -> None:
    """ISO text with or without a zone; anything else has not happened."""
    since = Since("p", "field.engineering_assigned_at", Limit("at_least", Fraction(60)), ALWAYS)

    assert since.judge(facts(5, fields={"engineering_assigned_at": text})).held is held


@pytest.mark.parametrize("text", ["0001-01-01T00:00+10:00", "1970-01-01", "2100-01-01", "9999-12-31T23:59:59-10:00"])
def test_a_date_that_no_calendar_reaches_is_none(text: str) -> None:
    """People write 9999-12-31 for never: nothing is due by it, and nothing breaks."""
    since = Since("p", "field.deadline", Limit("at_least", Fraction(60)), ALWAYS)

    assert since.judge(facts(fields={"deadline": text})).says.endswith("(never happened)")


def test_a_time_before_an_instant_turns_so_long_before_it() -> None:
    """24 hours before a deadline, and from then on."""
    before = Since("p", "field.deadline", Limit("at_least", Fraction(-24 * 3600)), ALWAYS)
    day = {"deadline": "2026-03-03T10:00Z"}

    early, due, past = (before.judge(facts(minutes, fields=day)) for minutes in (59, 60, 60 * 30))

    assert (early.held, early.turns_at) == (False, at(60))
    assert [due.held, past.held] == [True, True]


def test_a_clock_that_breaches_turns_at_its_due_instant() -> None:
    """Not before, not after."""
    late = ClockIs("p", "response", "breached")

    assert (late.judge(facts(10)).held, late.judge(facts(10)).turns_at) == (False, at(240))
    assert late.judge(facts(240)).held
    assert ClockIs("p", "response", "running").judge(facts(10)).held
    assert not ClockIs("p", "unheard_of", "running").judge(facts(10)).held


def _after(minutes: int) -> Condition:
    return Since("p", "created", Limit("at_least", Fraction(minutes * 60)), ALWAYS)


NEVER = Compare("p", "status", "is", "closed")
TRUE = Compare("p", "status", "is", "open")


@pytest.mark.parametrize(
    ("condition", "minutes", "turns"),
    [
        (Both("p", "all", (_after(10), _after(20))), 0, 20),
        (Both("p", "any", (_after(10), _after(20))), 0, 10),
        (Both("p", "all", (_after(10), NEVER)), 0, None),
        (Both("p", "any", (_after(10), NEVER)), 0, 10),
        (Both("p", "any", (_after(10), TRUE)), 0, None),
        (Both("p", "all", (Not("p", _after(10)), Not("p", _after(20)))), 0, 10),
        (Not("p", Both("p", "any", (_after(10), _after(20)))), 0, 10),
        (Both("p", "any", (Not("p", _after(10)), Not("p", _after(20)))), 0, 20),
    ],
)
def test_a_group_turns_no_earlier_than_it_must(condition: Condition, minutes: int, turns: int | None) -> None:
    """A false `all` waits for the last of its false parts, a true one for the first; `any` mirrors it."""
    step = condition.judge(facts(minutes))

    assert step.turns_at == (None if turns is None else at(turns))
    if turns is not None:
        just_before = condition.judge(facts(turns - 1 / 60))
        assert just_before.held == step.held
        assert condition.judge(facts(turns)).held != step.held


@pytest.mark.parametrize("bound", ["above", "at_least", "below", "at_most"])
@pytest.mark.parametrize("amount", [Fraction(100), Fraction(201, 2)])
def test_a_limit_turns_at_its_first_other_second(bound: Any, amount: Fraction) -> None:
    """Whole and half seconds, all four bounds."""
    limit = Limit(bound, amount)

    assert limit.holds(limit.turning) != limit.holds(limit.turning - 1)


def test_a_paused_clock_waits_for_something_to_happen() -> None:
    """Its burn stands still, so no instant is known."""
    step = Burn("p", "resolution", "above", Fraction(1, 2)).judge(facts(10, status="pending"))

    assert (step.held, step.turns_at) == (False, None)


def test_durations_and_shares_are_shown_as_people_say_them() -> None:
    """A share is cut, never rounded up over its threshold."""
    almost = facts(120).readings["response"]

    assert Burn("p", "response", "above", Fraction(1, 2)).show(almost) == "50%"
    step = Since("p", "created", Limit("above", Fraction(90061)), ALWAYS).judge(
        facts(timedelta(days=2).total_seconds() / 60)
    )
    assert step.says == "time since created above 1d 1h 1m (was 2d)"


@pytest.mark.parametrize(("counted", "held"), [(2, False), (3, True), (9, True)])
def test_customers_with_the_same_issue_are_counted(counted: int, held: bool) -> None:
    """As the worker counted them among all tickets; time alone never turns it."""
    likeness = Likeness("problem_id", 7 * 86_400)
    step = Shared("p", likeness, Limit("at_least", Fraction(3))).judge(replace(facts(), alike={likeness: counted}))

    assert (step.held, step.turns_at) == (held, None)
    assert step.says == f"customers with the same problem_id at least 3 within 7d (were {counted})"


def test_what_was_not_counted_does_not_hold() -> None:
    """And says so."""
    step = Shared("p", Likeness("problem_id", 60), Limit("below", Fraction(3))).judge(facts())

    assert (step.held, step.says.endswith("(not counted)")) == (False, True)
