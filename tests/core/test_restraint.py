"""The gate: hours, storms, budgets, and what is never held back."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskhand.core.guards import OFF, Guards, Storm
from deskhand.core.message import MessageRow, Verb
from deskhand.core.restraint import HOUR, NEWS, Drop, Go, Instead, Join, Ruling, Wait, asks_others, gate, told
from tests.core.builders import at
from tests.core.messages import CHANNELS, OFFICE, message, planned, sent

NIGHT = datetime(2026, 3, 3, 2, 0, tzinfo=UTC)
MORNING = datetime(2026, 3, 3, 8, 0, tzinfo=UTC)
"""09:00 in Berlin."""


def ask(
    row: MessageRow, recent: Sequence[MessageRow] = (), *, now: datetime | None = None, guards: Guards | None = None
) -> Ruling:
    """The gate, by the usual guards."""
    return gate(row, CHANNELS, recent, guards or Guards(), now or row.message.at)


def stormy(number: int, minutes: float, **changes: Any) -> MessageRow:
    """A page about a ticket of the same group as all others that this makes."""
    return planned(message(number, minutes, **({"group": "billing"} | changes)))


def went(row: MessageRow, joined: str = "") -> MessageRow:
    """It was sent when it was decided."""
    return sent(row.message, joined=joined)


# ---- hours -------------------------------------------------------------------------------------------------------------


def test_outside_of_a_channels_hours_a_message_waits_for_the_opening() -> None:
    """And is asked about again there."""
    row = planned(message(at=NIGHT, channels=("office-slack",), verb="tell"))

    assert ask(row) == Wait(MORNING, "'office-slack' has quiet hours until 2026-03-03 08:00 UTC")
    assert ask(row, now=MORNING) == Go()


def test_what_is_urgent_knows_no_quiet_hours() -> None:
    """P1 and security."""
    assert ask(planned(message(at=NIGHT, channels=("office-pager",), urgent=True))) == Go()


def test_what_closes_a_matter_leaves_at_any_hour() -> None:
    """Else somebody would be paged on about what is over."""
    assert ask(planned(message(at=NIGHT, channels=("office-pager",), verb="close"))) == Go()


def test_the_opening_is_by_the_wall_clock_of_the_calendar() -> None:
    """Before and after the clocks change it is nine in Berlin."""
    for friday, monday in (((2026, 3, 27), (2026, 3, 30, 7)), ((2026, 10, 23), (2026, 10, 26, 8))):
        row = planned(message(at=datetime(*friday, 20, tzinfo=UTC), channels=("office-slack",)))
        ruling = ask(row)

        assert isinstance(ruling, Wait)
        assert ruling.until == datetime(*monday, tzinfo=UTC)


def test_what_would_be_of_no_use_at_the_opening_is_dropped_with_both_reasons() -> None:
    """It is not kept for nothing."""
    row = planned(message(at=NIGHT, channels=("office-slack",), useful_until=MORNING))

    assert ask(row) == Drop(
        "'office-slack' has quiet hours until 2026-03-03 08:00 UTC, and it is of no use after 2026-03-03 08:00 UTC"
    )


# ---- what nobody needs any more ----------------------------------------------------------------------------------------


def test_what_is_of_no_use_any_more_is_dropped_however_urgent() -> None:
    """A page that a service could not take for an hour wakes nobody afterwards."""
    row = planned(message(urgent=True, useful_until=at(5)))

    assert ask(row, now=at(4)) == Go()
    assert ask(row, now=at(5)) == Drop("it was of use until 2026-03-02 09:05 UTC")


@pytest.mark.requirement(51, 52)
def test_a_page_that_its_climb_no_longer_asks_for_is_dropped() -> None:
    """With the climb's words."""
    said = "Ann acknowledged at 09:03"

    assert gate(planned(message(urgent=True)), CHANNELS, (), Guards(), at(4), over=said) == Drop(said)


# ---- the budget --------------------------------------------------------------------------------------------------------


@pytest.mark.requirement(51)
def test_beyond_the_budget_a_page_goes_to_a_channel_that_wakes_nobody() -> None:
    """The sixth within an hour is told in Slack."""
    five = [sent(message(number, number)) for number in range(5)]

    assert ask(planned(message(9, 10)), five[:4]) == Go()
    assert ask(planned(message(9, 10)), five) == Instead(
        1, "on_call was paged 5 times within an hour, and the budget is 5"
    )
    assert ask(planned(message(9, 61)), five) == Go()


def test_the_budget_is_each_roles_own() -> None:
    """Others' pages do not count, nor does what was told, joined a storm or went to Slack."""
    others = [sent(message(number, number, role="manager")) for number in range(5)]
    quiet = [sent(message(number, number), channel=1) for number in range(5)]
    joined = [sent(message(number, number), joined="zd:acme:1:e1") for number in range(5)]
    tells = [sent(message(number, number, verb="tell")) for number in range(5)]

    assert ask(planned(message(9, 10)), [*others, *quiet, *joined, *tells]) == Go()


def test_an_urgent_page_is_counted_and_never_held_back() -> None:
    """P1 and security page whatever was before them, and the next plain page is degraded."""
    five = [sent(message(number, number, urgent=True)) for number in range(5)]

    assert ask(planned(message(9, 10, urgent=True)), five) == Go()
    assert isinstance(ask(planned(message(9, 10)), five), Instead)


def test_without_a_quieter_channel_the_page_waits_for_the_budget() -> None:
    """Until the oldest page is an hour old."""
    five = [sent(message(number, number)) for number in range(5)]

    assert ask(planned(message(9, 10, channels=("on-call",))), five) == Wait(
        at(60), "on_call was paged 5 times within an hour, and the budget is 5"
    )


def test_a_quieter_channel_that_is_closed_is_no_way() -> None:
    """The page waits rather than breaking another channel's quiet hours."""
    night = [sent(message(number, at=NIGHT)) for number in range(5)]
    row = planned(message(9, at=NIGHT, channels=("on-call", "office-slack")))

    assert ask(row, night) == Wait(NIGHT + HOUR, "on_call was paged 5 times within an hour, and the budget is 5")


def test_the_budget_can_be_switched_off() -> None:
    """By `pages_per_hour: false`."""
    many = [sent(message(number)) for number in range(50)]

    assert ask(planned(message(99)), many, guards=OFF) == Go()


# ---- storms ------------------------------------------------------------------------------------------------------------


@pytest.mark.requirement(51)
def test_from_the_third_alike_matter_on_tickets_join_the_first() -> None:
    """The first two page by themselves."""
    first, second, third = stormy(1, 0), stormy(2, 2), stormy(3, 4)

    assert ask(first) == Go()
    assert ask(second, [went(first)]) == Go()
    assert ask(third, [went(first), went(second), third]) == Join(
        "zd:acme:1:e1", 3, "it is one of 3 alike tickets, which are told of in zd:acme:1:e1"
    )


@pytest.mark.requirement(51)
def test_what_joins_is_told_and_pages_nobody() -> None:
    """In the first's thread, with the number of all."""
    made = told(message(3), Join("zd:acme:1:e1", 5, "why"))

    assert (made.thread, made.verb, made.notice.title) == (
        "zd:acme:1:e1",
        "tell",
        "Now 5 alike tickets; the latest: P2 #3 no sound",
    )
    assert made.key == message(3).key


def test_a_storm_is_told_of_once_in_a_while_with_all_its_tickets() -> None:
    """A hundred tickets in a minute make two pages and a few lines, not a hundred."""
    paged = [went(stormy(1, 0)), went(stormy(2, 0))]
    third = went(stormy(3, 1), joined="zd:acme:1:e1")
    fourth, fifth = stormy(4, 1.5), stormy(5, 2)
    recent = [*paged, third, fourth, fifth]

    waits = ask(fourth, recent)
    assert isinstance(waits, Wait)
    assert waits.until == at(1) + NEWS
    news = ask(fourth, recent, now=at(3))
    assert isinstance(news, Join)
    assert news.alike == 5
    told_now = [*paged, third, sent(fourth.message, 3, joined="zd:acme:1:e1"), fifth]
    dropped = ask(fifth, told_now, now=at(3))
    assert isinstance(dropped, Drop)
    assert dropped.joined == "zd:acme:1:e1"


def test_what_is_slow_to_come_is_no_storm() -> None:
    """Two matters in an hour and a third page by themselves; so do others' groups, and tickets of no group."""
    slow = [went(stormy(1, 0)), went(stormy(2, 30))]
    fast = [went(stormy(1, 0)), went(stormy(2, 1))]

    assert ask(stormy(3, 45), slow) == Go()
    assert ask(stormy(3, 2, group="network"), fast) == Go()
    assert ask(stormy(3, 2, group=""), fast) == Go()
    assert ask(stormy(3, 2), fast, guards=Guards(storm=None)) == Go()
    assert ask(stormy(3, 2), fast, guards=Guards(storm=Storm(4, 600))) == Go()


def test_a_storm_lasts_as_long_as_alike_tickets_keep_coming() -> None:
    """Not two pages every ten minutes."""
    rows = [went(stormy(1, 0)), went(stormy(2, 1))]
    rows += [went(stormy(number, 9 * number - 20), joined="zd:acme:1:e1") for number in range(3, 8)]

    assert isinstance(ask(stormy(9, 50), rows), Join)
    assert ask(stormy(9, 60), rows) == Go()


def test_whoever_is_asked_for_the_first_time_is_paged() -> None:
    """A storm joins only what was paged to the same people: the next rung is asked by the first two matters."""
    fast = [went(stormy(1, 0)), went(stormy(2, 1))]

    assert ask(stormy(3, 2, role="manager"), fast) == Go()


def test_what_is_urgent_joins_only_what_was_urgent() -> None:
    """A P1 is not lost among P2s of the same area."""
    fast = [went(stormy(1, 0)), went(stormy(2, 1))]
    urgent = [went(stormy(1, 0, urgent=True)), went(stormy(2, 1, urgent=True))]

    assert ask(stormy(3, 2, urgent=True), fast) == Go()
    assert isinstance(ask(stormy(3, 2, urgent=True), urgent), Join)
    assert isinstance(ask(stormy(3, 2), urgent), Join)


def test_the_first_two_go_on_paging_and_the_others_go_on_joining() -> None:
    """A second page of the same matter is no new one."""
    rows = [went(stormy(1, 0)), went(stormy(2, 1)), went(stormy(3, 2), joined="zd:acme:1:e1")]

    assert ask(stormy(2, 15), rows) == Go()
    assert isinstance(ask(stormy(3, 30), rows), Join)


def test_a_matter_that_is_closed_takes_nobody_in() -> None:
    """Then the next open one does, and where there is none, the ticket pages by itself."""
    first, second = went(stormy(1, 0)), went(stormy(2, 1))
    over = [planned(message(number, 2, verb="close", key=f"close-{number}")) for number in (1, 2)]

    joins = ask(stormy(3, 3), [first, second, over[0]])
    assert isinstance(joins, Join)
    assert joins.thread == "zd:acme:2:e1"
    assert ask(stormy(3, 3), [first, second, *over]) == Go()


def test_what_never_reached_a_service_takes_nobody_in() -> None:
    """A page that is on its way or dead has told nobody."""
    on_its_way = [stormy(1, 0), replace(stormy(2, 1), state="dead", settled_at=at(1))]

    assert ask(stormy(3, 2), on_its_way) == Go()


# ---- laws --------------------------------------------------------------------------------------------------------------

VERBS: tuple[Verb, ...] = ("page", "tell", "close", "publish", "file")
HOW = (("on-call", "support"), ("office-pager", "office-slack"), ("on-call",), ("office-slack",))
minutes = st.floats(0, 3 * 1440).map(lambda one: round(one * 60) / 60)


@st.composite
def rows(draw: st.DrawFn) -> MessageRow:
    """A row at some instant of three days, sent or not."""
    number, when = draw(st.integers(1, 8)), draw(minutes)
    one = message(
        number,
        when,
        verb=draw(st.sampled_from(VERBS)),
        group=draw(st.sampled_from(("", "billing"))),
        role=draw(st.sampled_from(("on_call", "manager"))),
        urgent=draw(st.booleans()),
        channels=draw(st.sampled_from(HOW)),
        useful_until=draw(st.none() | minutes.map(lambda late: at(when + late))),
    )
    made = planned(one) if draw(st.booleans()) else sent(one, when + draw(st.floats(0, 60)))
    return replace(made, joined=draw(st.sampled_from(("", "", "zd:acme:1:e1"))) if made.sent_at else "")


@given(rows(), st.lists(rows(), max_size=30), minutes)
def test_what_is_urgent_is_never_put_off_for_hours_or_budget_nor_degraded(
    row: MessageRow, recent: list[MessageRow], later: float
) -> None:
    """Only a storm of its own kind may take it in, and only the end of its use may drop it."""
    urgent = replace(row, message=replace(row.message, urgent=True, group=""))

    ruling = gate(urgent, CHANNELS, recent, Guards(), at(later))

    useless = row.message.useful_until is not None and at(later) >= row.message.useful_until
    assert isinstance(ruling, Drop) if useless else ruling == Go()


@given(rows(), st.lists(rows(), max_size=30), minutes)
def test_what_asks_nothing_of_others_is_ruled_on_without_them(
    row: MessageRow, recent: list[MessageRow], later: float
) -> None:
    """So that they need not be looked up."""
    if not asks_others(row.message):
        assert gate(row, CHANNELS, recent, Guards(), at(later)) == gate(row, CHANNELS, (), Guards(), at(later))


@given(rows(), st.lists(rows(), max_size=30))
def test_what_waits_goes_joins_or_is_dropped_with_a_reason(row: MessageRow, recent: list[MessageRow]) -> None:
    """Asked again at the instants that the gate names, every message comes to an end within days, never before the instant."""
    now, asked = row.message.at, 0
    ruling = ask(row, recent, now=now)
    while isinstance(ruling, Wait):
        assert ruling.until > now
        assert ruling.reason
        now, asked = ruling.until, asked + 1
        assert asked < 20
        ruling = ask(row, recent, now=now)
    assert now - row.message.at < timedelta(days=8)
    if isinstance(ruling, Instead):
        assert row.channel < ruling.channel < len(row.message.channels)
    if isinstance(ruling, Drop | Instead | Join):
        assert ruling.reason


@pytest.mark.requirement(52)
@given(st.integers(0, 366 * 86_400).map(lambda seconds: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)))
def test_nothing_that_is_not_urgent_leaves_outside_of_its_channels_hours(when: datetime) -> None:
    """At any instant of a year, with both changes of the clocks in it, and the opening is the next one."""
    ruling = ask(planned(message(at=when, channels=("office-slack",))))

    if OFFICE.is_open(when):
        assert ruling == Go()
    else:
        assert isinstance(ruling, Wait)
        assert ruling.until == OFFICE.next_open(when)
        assert not any(OFFICE.intervals(when, ruling.until))


@given(st.lists(rows(), max_size=40), minutes)
def test_within_an_hour_a_role_gets_no_more_plain_pages_than_its_budget(recent: list[MessageRow], now: float) -> None:
    """Whatever went before."""
    row = planned(message(99, now, channels=("on-call",)))
    pages = [
        one
        for one in recent
        if one.message.verb == "page" and one.message.role == "on_call" and not one.joined
        if one.sent_at is not None and one.sent_at > at(now) - HOUR and "slack" not in one.message.channels[one.channel]
    ]

    assert isinstance(ask(row, recent), Wait if len(pages) >= 5 else Go)
