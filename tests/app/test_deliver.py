"""Delivery of messages: sent once, never lost, and nobody kept waiting by a service that is away."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskhand.app.deliver import carry, deliver
from deskhand.app.service_ports import Again
from deskhand.app.take_over import take_over
from deskhand.core import fallback
from deskhand.core.climb import Climb, Stage
from deskhand.core.guards import Guards, Storm
from deskhand.core.ladder import Role
from deskhand.core.memory import Memory
from deskhand.core.message import Link, Notice, Standing
from deskhand.errors import AccessRefused, DeskError, RateLimited, Rejected, Transient, Unknown
from tests.app.carriers import Carrier, Office, away, times
from tests.core.builders import START, at
from tests.core.messages import OFFICE


def chain(**pager: Any) -> tuple[Carrier, Carrier]:
    """A pager, and a chat that carries what it cannot."""
    return Carrier("on-call", **pager), Carrier("support", "slack", "accept")


def test_a_message_is_sent_once_and_by_its_first_channel() -> None:
    """However many turns there are; what the service calls it is kept."""
    pager, chat = chain()
    office = Office(pager, chat)
    page = office.queue()

    office.work(60)

    assert (pager.keys, chat.keys) == ([page.key], [])
    row = office.row(page.key)
    assert (row.state, row.ref, row.sent_at, row.settled_at, row.attempts) == (
        "sent",
        f"on-call/{page.key}",
        START,
        START,
        1,
    )


def test_what_a_channel_carried_of_a_thread_goes_with_the_next_message() -> None:
    """Its own messages of this thread, oldest first; not those of another channel or matter."""
    pager, chat = chain()
    office = Office(pager, chat)
    office.queue(1, number=1)
    office.queue(1, number=2, verb="tell", channels=("support",))
    office.queue(2, number=1)
    office.queue(1, number=3)

    office.work(4)

    assert [[(one.ref, one.number) for one in earlier] for earlier in pager.earlier] == [[], [("on-call/m1-1", 1)], []]
    assert chat.earlier == [()]


def test_a_message_leaves_with_where_its_roles_people_are_known() -> None:
    """As the policies have it when it leaves; a role without a schedule, and one that is gone, has none."""
    pager, chat = chain()
    office = Office(pager, chat)
    roles = {"on_call": Role("on_call", schedule="PENGINEERS", level=2), "room": Role("room")}
    office.engine.policy = replace(office.engine.policy, roles=roles)
    for number, role in enumerate(("on_call", "room", "gone"), 1):
        office.queue(number, role=role)

    office.work(4)

    assert [(one.schedule, one.level) for one in pager.took] == [("PENGINEERS", 2), ("", 1), ("", 1)]


def test_a_page_leaves_with_whether_it_is_a_further_one() -> None:
    """After one that any channel carried or may have carried, in the same matter; what only tells is none."""
    pager, chat = chain(before=lambda one: Rejected("400") if one.number == 1 else None)
    office = Office(pager, chat)
    office.queue(1, number=1)
    office.work(4)
    for number, verb in ((2, "page"), (3, "tell")):
        office.queue(1, number=number, verb=verb)
    office.queue(2, number=1, channels=("support",))
    office.queue(2, number=2, channels=("support",), verb="tell")
    office.work(30)

    assert [(one.ticket_id, one.number, one.further) for one in (*chat.took, *pager.took)] == [
        (1, 1, False), (2, 1, False), (2, 2, False), (1, 2, True), (1, 3, False),
    ]  # fmt: skip


def test_a_page_stuck_behind_an_unclear_one_goes_by_the_next_channel() -> None:
    """An earlier page of which nobody can say whether it was sent, and which no other channel takes, keeps no later one from being sent."""
    pager = Carrier("on-call", "pagerduty", "ask", before=away(Unknown), looking=away(Transient))
    chat = Carrier("support", "slack", "accept")
    office = Office(pager, chat)
    office.queue(1, number=1, channels=("on-call",), urgent=True)
    office.work(300)
    later = office.queue(1, number=2, urgent=True)
    office.work(60)

    assert chat.keys == [later.key]


def test_a_page_stuck_behind_an_unclear_one_waits_for_nothing_after_a_restart() -> None:
    """A new process does not know for how long the service has been away, but the unclear page does."""
    pager = Carrier("on-call", "pagerduty", "ask", before=away(Unknown), looking=away(Transient))
    chat = Carrier("support", "slack", "accept")
    office = Office(pager, chat)
    office.queue(1, number=1, channels=("on-call",), urgent=True)
    office.work(300)
    office.open()
    later = office.queue(1, number=2, urgent=True)
    office.work(10)

    assert chat.keys == [later.key]


def test_a_refusal_goes_to_the_next_channel_at_once() -> None:
    """With what it said, and the next channel's words say how they came there."""
    pager, chat = chain(before=lambda _one: AccessRefused("401", hint="Check DESKHAND_PAGERDUTY_TOKEN."))
    office = Office(pager, chat)
    page = office.queue(notice=Notice("P1 #1 down", "All of it."))

    office.turn()

    row = office.row(page.key)
    assert (row.state, row.by, pager.calls) == ("sent", "support", 1)
    assert row.tried[0].came == "refused: 401. Check DESKHAND_PAGERDUTY_TOKEN."
    assert chat.took[0].notice.text == "(By fallback, because on-call did not take it.)\nAll of it."


def test_what_every_channel_refuses_is_dead_and_its_ticket_is_looked_at() -> None:
    """Loudly, with the last reason; no channel is asked twice."""
    pager, chat = chain(before=lambda _one: Rejected("400 bad key"))
    chat.before = lambda _one: Rejected("no such room")
    office = Office(pager, chat)
    page = office.queue()

    office.work(600)

    row = office.row(page.key)
    assert (row.state, pager.calls, chat.calls) == ("dead", 1, 1)
    assert "no channel is left; refused: no such room" in row.reason
    with office.store.begin() as tx:
        assert tx.work.due(office.time, 9) == [1]


@pytest.mark.parametrize("error", [Transient, Unknown])
@pytest.mark.parametrize(("urgent", "within"), [(True, 120), (False, 600)])
def test_what_is_away_is_waited_for_and_then_the_next_channel_carries_it(
    error: type[DeskError], urgent: bool, within: int
) -> None:
    """Two minutes for what is urgent, ten for everything else; tried again and again before."""
    pager, chat = chain(before=away(error))
    office = Office(pager, chat)
    page = office.queue(urgent=urgent)

    office.work(within - 50)
    assert (chat.keys, pager.calls > 3) == ([], True)
    office.work(50)

    assert chat.keys == [page.key]
    sent_at = office.row(page.key).sent_at
    assert sent_at is not None
    assert sent_at <= at(seconds=within)


def test_a_message_that_comes_while_its_service_is_away_is_not_late_either() -> None:
    """The second page of an outage goes by the next channel within two minutes of its own beginning, and at once when it is known for long."""
    pager, chat = chain(before=away(Transient))
    office = Office(pager, chat)
    office.queue(1, urgent=True)
    office.work(60)
    office.queue(2, urgent=True)
    office.work(60)
    assert {one.ticket_id for one in chat.took} == {1, 2}

    office.work(1800)
    late = office.queue(3, urgent=True)
    office.work(40)

    assert late.key in chat.keys


def test_a_service_that_comes_back_is_used_again() -> None:
    """It is asked from time to time, with whatever comes next."""
    back = False
    pager, chat = chain(before=away(Transient, lambda: back))
    office = Office(pager, chat)
    office.queue(1)
    office.work(300)
    back = True
    office.work(60)
    second = office.queue(2)
    office.work(10)

    assert second.key in pager.keys
    assert len(pager.keys) == 2
    assert chat.keys == []


def test_a_service_that_comes_back_after_hours_is_used_again_too() -> None:
    """What comes next tries it, also where everything of the meantime went by another channel."""
    back = False
    pager, chat = chain(before=away(Transient, lambda: back))
    office = Office(pager, chat)
    for number in range(1, 20):
        office.queue(number, urgent=True)
        office.work(300)
    assert len(chat.took) == 19
    back = True
    later = office.queue(20, urgent=True)
    office.work(40)

    assert pager.keys == [later.key]


def test_no_page_is_lost_when_the_first_channel_is_down_for_an_hour() -> None:
    """Each is carried by the next one within two minutes, once."""
    down_until = START + timedelta(hours=1)
    pager, chat = chain()
    office = Office(pager, chat)
    pager.before = away(Transient, lambda: office.time >= down_until)
    pages = []
    for number in range(1, 25):
        pages.append(office.queue(number, urgent=True))
        office.work(180)

    said = pager.keys + chat.keys
    assert sorted(said) == sorted(one.key for one in pages)
    late = [row.sent_at - one.at for one in pages if (row := office.row(one.key)).sent_at]
    assert max(late) <= timedelta(minutes=2)
    assert len(late) == 24


def test_where_all_channels_are_away_it_goes_round_until_one_takes_it() -> None:
    """Nothing dies of an outage of three hours, and nothing is said twice."""
    down_until = START + timedelta(hours=3)
    pager, chat = chain()
    office = Office(pager, chat)
    pager.before = away(Transient, lambda: office.time >= down_until)
    chat.before = away(Transient, lambda: office.time >= down_until)
    page = office.queue(urgent=True)

    office.work(3 * 3600 + 60, step=10)

    assert pager.keys + chat.keys == [page.key]


def test_after_a_day_without_anybody_who_took_it_a_message_is_dead() -> None:
    """With the last reason."""
    pager = Carrier("on-call", before=away(Transient))
    office = Office(pager)
    page = office.queue(channels=("on-call",))

    office.work(86_400 + 120, step=15)

    row = office.row(page.key)
    assert (row.state, row.reason) == ("dead", "nobody took it for a day; last: away: no answer")
    assert len(row.tried) <= 20


def test_a_limit_holds_the_whole_channel_as_long_as_was_asked_and_no_other() -> None:
    """429: other matters of that channel wait too; it is no attempt, and not tried before its time."""
    pager, chat = chain(before=times(1, lambda: RateLimited("slow down", retry_after=60)))
    office = Office(pager, chat)
    first, second = office.queue(1), office.queue(2)
    told = office.queue(3, verb="tell", channels=("support",))

    office.work(58)
    assert (pager.calls, chat.keys) == (1, [told.key])
    office.work(4)

    assert pager.keys == [first.key, second.key]
    assert office.row(first.key).attempts == 1


def test_a_limit_that_is_longer_than_an_urgent_page_can_wait_sends_it_on() -> None:
    """Ten minutes of patience are asked for, and two are given."""
    pager, chat = chain(before=lambda _one: RateLimited("slow down", retry_after=600))
    office = Office(pager, chat)
    page = office.queue(urgent=True)

    office.work(120)

    assert (chat.keys, pager.calls) == ([page.key], 1)


def test_one_bad_message_does_not_keep_its_channel_from_the_others() -> None:
    """A message that never goes through waits longer each time, and the others go between."""
    pager = Carrier("on-call")
    pager.before = lambda one: Transient("still locked") if one.key == "m1-1" else None
    office = Office(pager)
    office.queue(1, channels=("on-call",))
    others = [office.queue(number, channels=("on-call",)) for number in range(2, 8)]

    office.work(60)

    assert pager.keys == [one.key for one in others]


def test_one_silent_service_does_not_delay_another() -> None:
    """Each lane has its own pace: what goes by the other one leaves in the same turn."""
    pager, chat = chain(before=away(Unknown))
    office = Office(pager, chat)
    for number in range(1, 20):
        office.queue(number)
    office.turn()
    told = office.queue(30, verb="tell", channels=("support",))
    office.turn()

    assert chat.keys == [told.key]
    assert pager.calls == 1


@pytest.mark.parametrize("again", ["safe", "ask", "accept"])
def test_a_lost_answer_never_loses_a_page(again: Again) -> None:
    """A service that knows its keys has it once; where it cannot be known, twice is better than never."""
    pager = Carrier("on-call", again=again, after=times(1))
    office = Office(pager)
    page = office.queue(channels=("on-call",))

    office.work(60)

    assert pager.keys == [page.key] * (2 if again == "accept" else 1)
    assert office.row(page.key).state == "sent"


@pytest.mark.parametrize(("again", "expected"), [("accept", 1), ("never", 1), ("ask", 1), ("safe", 1)])
def test_a_lost_answer_never_doubles_a_reminder(again: Again, expected: int) -> None:
    """What nobody has to answer is said at most once where it cannot be known."""
    chat = Carrier("support", "slack", again, after=times(1))
    office = Office(chat)
    told = office.queue(verb="tell", channels=("support",))

    office.work(60)

    assert len(chat.keys) == expected
    assert office.row(told.key).state == ("dropped" if again in ("accept", "never") else "sent")


def test_a_message_that_was_not_done_is_sent_again_where_it_can_be_asked_about() -> None:
    """A time-out before anything was done: the service has none, so it goes again, and stands there once."""
    chat = Carrier(
        "issues", "jira", "ask", verbs=("file",), before=times(1), looking=times(2, lambda: Transient("lag"))
    )
    office = Office(chat)
    issue = office.queue(verb="file", channels=("issues",))

    office.work(90)

    assert chat.keys == [issue.key]


def test_nothing_is_sent_while_the_kill_switch_is_on() -> None:
    """It waits, and goes when the switch is off."""
    pager, chat = chain()
    office = Office(pager, chat)
    page = office.queue()
    office.stopped = "DESKHAND_STOP is set"
    office.work(60)
    assert (pager.calls, office.row(page.key).state) == (0, "planned")

    office.stopped = ""
    office.turn()

    assert pager.keys == [page.key]


def test_a_close_drops_what_was_not_sent_of_its_thread_and_follows_what_was() -> None:
    """A page that waits is not sent any more; the channel that carried one hears of the end, the other does not."""
    pager, chat = chain()
    office = Office(pager, chat)
    office.queue(number=1)
    office.turn()
    pager.before = away(Transient)
    second = office.queue(number=2)
    office.work(10)
    ends = [
        office.queue(number=3, key=f"end-{name}", verb="close", channels=(name,)) for name in ("on-call", "support")
    ]
    office.work(4)
    pager.before = lambda _one: None
    office.work(60)

    assert [one.verb for one in pager.took] == ["page", "close"]
    assert (office.row(second.key).state, office.row(second.key).reason) == (
        "dropped",
        "its matter was closed before it was sent",
    )
    assert [office.row(one.key).state for one in ends] == ["sent", "dropped"]
    assert chat.keys == []


def test_a_close_reaches_a_channel_that_may_have_a_page() -> None:
    """Its answer was lost, and the end comes before anybody knows: the channel is told all the same, and last."""
    pager = Carrier("on-call", after=times(99))
    office = Office(pager)
    office.queue(number=1, channels=("on-call",))
    office.turn()
    end = office.queue(number=2, verb="close", channels=("on-call",))
    pager.after = lambda _one: None
    office.work(60)

    assert [one.verb for one in pager.took] == ["page", "close"]
    assert office.row(end.key).state == "sent"


def test_quiet_hours_put_off_what_is_not_urgent_and_nothing_else() -> None:
    """It is asked about again at the opening; a later page that is urgent goes at once."""
    pager, chat = chain()
    office = Office(pager, chat, places={"on-call": {"hours": OFFICE}})
    office.time = at(minutes=12 * 60)
    calm = office.queue(1, number=1, channels=("on-call",))
    urgent = office.queue(1, number=2, channels=("on-call",), urgent=True)
    office.turn()
    assert (pager.keys, office.row(calm.key).state) == ([urgent.key], "deferred")

    office.time = office.row(calm.key).not_before
    office.turn()

    assert pager.keys == [urgent.key, calm.key]


def test_what_failed_before_the_weekend_is_tried_after_it() -> None:
    """Slack was away on Friday evening, and its quiet hours end on Monday: more than a day later, but not too late."""
    chat = Carrier("support", "slack", "ask", before=away(Transient))
    office = Office(chat, places={"support": {"hours": OFFICE}})
    office.time = at(minutes=4 * 24 * 60 + 7 * 60 - 1)
    told = office.queue(1, number=1, verb="tell", channels=("support",), at=office.time)
    office.work(180)
    assert office.row(told.key).state == "deferred"
    assert office.row(told.key).tried
    chat.before = lambda _one: None

    office.time = office.row(told.key).not_before
    office.work(60)

    assert office.time - told.at > fallback.GIVE_UP
    assert (chat.keys, office.row(told.key).state) == ([told.key], "sent")


def test_a_page_that_somebody_acknowledged_meanwhile_is_not_sent() -> None:
    """As its pager told; one that was decided after that is."""
    pager, chat = chain()
    office = Office(pager, chat)
    office.remember(Memory(1, standings=(Standing("zd:acme:1:e1", "acknowledged", by="Ann", at=at(1)),)))
    old = office.queue(1, number=1)
    office.time = at(2)
    new = office.queue(1, number=2)

    office.work(4)

    assert pager.keys == [new.key]
    assert office.row(old.key).reason == "Ann acknowledged it at 2026-03-02 09:01:00 UTC"


def test_a_storm_is_told_of_in_the_thread_of_the_first() -> None:
    """From the third alike matter on nobody is paged; by a channel that can only page they are counted."""
    pager, chat = chain()
    office = Office(pager, chat, guards=Guards(storm=Storm(3, 600)))
    for number in range(1, 4):
        office.queue(number, group="checkout")
        office.work(2)

    assert [one.verb for one in pager.took] == ["page", "page", "tell"]
    assert pager.took[2].thread == "zd:acme:1:e1"
    assert office.row("m3-1").joined == "zd:acme:1:e1"


def test_a_storm_is_told_of_by_a_channel_that_can_tell() -> None:
    """A channel that only pages hands it on to the next one, which puts it into the first's thread."""
    pager, chat = chain(verbs=("page", "close"))
    office = Office(pager, chat, guards=Guards(storm=Storm(3, 600)))
    for number in range(1, 4):
        office.queue(number, group="checkout")
        office.work(2)

    assert ([one.verb for one in pager.took], [one.verb for one in chat.took]) == (["page", "page"], ["tell"])
    assert (chat.took[0].thread, office.row("m3-1").joined) == ("zd:acme:1:e1", "zd:acme:1:e1")


def test_a_close_that_is_refused_is_tried_again() -> None:
    """No other channel can close what this one opened: somebody mends the setting, and the matter is closed."""
    pager, chat = chain()
    office = Office(pager, chat)
    office.queue()
    office.work(2)
    pager.before = times(2, lambda: Rejected("the token is not good any more"))
    office.queue(number=2, verb="close", channels=("on-call",))
    office.work(2)
    assert office.row("m1-2").state == "planned"
    assert "not good any more" in office.row("m1-2").reason

    office.work(610, step=10)
    assert [one.verb for one in pager.took] == ["page", "close"]


def test_a_close_knows_of_pages_that_its_channel_may_have() -> None:
    """One whose answer was lost, and that the next channel carried in the end, is without a name."""
    pager, chat = chain(again="ask")
    office = Office(pager, chat)
    office.queue()
    office.work(2)
    pager.after = times(1)
    pager.looking = times(1_000, lambda: Transient("no answer"))
    office.queue(number=2)
    office.work(700, step=10)
    office.queue(number=3, verb="close", channels=("on-call",))
    office.work(2)

    assert [(one.ref, one.number) for one in pager.earlier[-1]] == [("on-call/m1-1", 1), ("", 2)]
    assert chat.keys == ["m1-2"]


def test_a_close_knows_of_a_page_that_was_dropped_after_its_answer_was_lost() -> None:
    """Somebody acknowledged before it was sent again: the channel may have it all the same, so it has to be closed."""
    pager, _ = chain()
    office = Office(pager)
    office.queue(number=1, channels=("on-call",))
    office.work(2)
    pager.after = times(1)
    lost = office.queue(number=2, channels=("on-call",))
    office.turn()
    office.remember(Memory(1, standings=(Standing("zd:acme:1:e1", "acknowledged", by="Ann", at=at(60)),)))
    office.work(10)
    office.queue(number=3, verb="close", channels=("on-call",))
    office.work(2)

    assert office.row(lost.key).state == "dropped"
    assert [(one.ref, one.number) for one in pager.earlier[-1]] == [("on-call/m1-1", 1), ("", 2)]


def test_who_was_paged_often_enough_is_told_by_the_next_channel() -> None:
    """The budget of an hour, and why it came that way."""
    pager, chat = chain()
    office = Office(pager, chat, guards=Guards(pages_per_hour=2, storm=None))
    for number in range(1, 4):
        office.queue(number)
        office.work(2)

    assert (pager.keys, chat.keys) == (["m1-1", "m2-1"], ["m3-1"])
    assert office.row("m3-1").tried[0].came.startswith("passed over: on_call was paged 2 times")


def test_public_words_after_the_first_wait_for_a_reader() -> None:
    """Held, and sent once they were let go."""
    page = Carrier("page", "statuspage", "ask", verbs=("publish",))
    office = Office(page)
    office.queue(1, number=1, verb="publish", channels=("page",))
    second = office.queue(1, number=2, verb="publish", channels=("page",))
    office.work(4)
    held = office.row(second.key)
    assert (len(page.keys), held.state, held.attempts) == (1, "held", 0)

    with office.store.begin() as tx:
        tx.messages.put([replace(held, state="planned", released="ann")])
    office.work(4)

    assert page.keys == ["m1-1", "m1-2"]


def test_public_words_that_nobody_read_give_way_to_newer_ones() -> None:
    """Only the latest waits, and only as long as it is true."""
    page = Carrier("page", "statuspage", "ask", verbs=("publish",))
    office = Office(page)
    for number in (1, 2, 3):
        until = office.time + timedelta(hours=1)
        office.queue(1, number=number, verb="publish", channels=("page",), useful_until=until)
        office.work(4)
    assert [office.row(f"m1-{number}").state for number in (1, 2, 3)] == ["sent", "dropped", "held"]

    office.work(3_600, step=60)

    assert page.keys == ["m1-1"]
    assert "nobody read it in time" in office.row("m1-3").reason


def test_a_page_leaves_with_the_link_to_its_runbook() -> None:
    """It is looked up when the message leaves; where nothing is found it leaves as it is."""

    class Shelf:
        """One runbook."""

        def find(self, label: str) -> Link | None:
            """By its label."""
            return Link("DNS", "https://wiki.example/dns") if label == "dns" else None

    pager = Carrier("on-call")
    office = Office(pager)
    office.post.runbooks = Shelf()
    for ticket, label in ((1, "dns"), (2, "tls")):
        office.queue(ticket, notice=Notice("It is down", runbook=label))
    office.turn()

    assert [[link.url for link in one.notice.links] for one in pager.took] == [["https://wiki.example/dns"], []]


def test_a_channel_that_is_gone_is_passed_over() -> None:
    """The policies changed, or its setting is missing: the next one carries it; without one it is dead, with what to set."""
    chat = chain()[1]
    office = Office(chat)
    office.post.missing = {"on-call": "channel 'on-call' needs DESKHAND_PAGERDUTY_TOKEN"}
    office.queue(1)
    lonely = office.queue(2, channels=("on-call",))

    office.turn()

    assert chat.keys == ["m1-1"]
    assert "needs DESKHAND_PAGERDUTY_TOKEN" in office.row(lonely.key).reason


@pytest.mark.parametrize("committed", [True, False])
def test_a_process_that_died_while_sending_leaves_nothing_unsaid_or_doubled(committed: bool) -> None:
    """The next one finds the row, and settles it as its channel allows; a lease that ran out does the same."""
    for dies in ("restart", "lease"):
        pager, chat = chain()
        office = Office(pager, chat)
        page = office.queue()
        with office.store.begin() as tx:
            tx.messages.claim(office.time, 9, office.time + office.engine.limits.lease)
        if committed:
            pager.send(page, ())
        office.open()
        if dies == "restart":
            assert take_over(office.engine) == 1
        office.work(10 if dies == "restart" else 310)

        assert (pager.keys, chat.keys) == ([page.key], [])
        assert office.row(page.key).state == "sent"


def climbing(stage: Stage = "paging") -> Climb:
    """A climb of the first ticket."""
    return Climb("support", "r", "r/1", "zd:acme:1:e1", 1, START, START, stage=stage, reason="the ticket is solved")


def said(office: Office) -> list[str]:
    """What the first ticket's climb has to tell in its next note."""
    with office.store.begin() as tx:
        return [one.text for climb in tx.memories.load([1])[1].climbs for one in climb.to_tell]


@pytest.mark.parametrize(
    ("stage", "expected"), [("paging", True), ("acknowledged", False), ("monitor", False), ("over", False)]
)
def test_a_page_that_its_climb_does_not_ask_for_any_more_is_not_sent(stage: Stage, expected: bool) -> None:
    """A stale page is worse than none."""
    pager, chat = chain()
    office = Office(pager, chat)
    office.remember(Memory(1, climbs=(climbing(stage),)))
    page = office.queue(1, climb="support")

    office.work(4)

    assert (pager.keys == [page.key]) is expected
    assert (office.row(page.key).state == "dropped") is not expected


def test_the_ticket_is_told_that_a_page_came_by_fallback() -> None:
    """By the names of the channels, without the service's words."""
    pager, chat = chain(before=lambda _one: Rejected("<!channel> is down"))
    office = Office(pager, chat)
    office.remember(Memory(1, climbs=(climbing(),)))
    office.queue(1, climb="support")

    office.turn()

    assert said(office) == ["The page to on_call went by support, by fallback, because on-call did not take it."]
    with office.store.begin() as tx:
        assert tx.work.due(office.time, 9) == [1]


def test_the_ticket_is_told_of_a_page_that_reached_nobody() -> None:
    """With all that were asked, and what to type."""
    pager, chat = chain(before=lambda _one: Rejected("no"))
    chat.before = lambda _one: Rejected("no")
    office = Office(pager, chat)
    office.remember(Memory(1, climbs=(climbing(),)))
    office.queue(1, climb="support")

    office.turn()

    assert said(office) == [
        "The page to on_call reached nobody (on-call, support); `deskhand outbox show m1-1` says why."
    ]


def test_a_lane_can_be_carried_alone() -> None:
    """So that each service has a thread of its own."""
    pager, chat = chain()
    office = Office(pager, chat)
    office.queue(1)
    office.queue(2, channels=("support",))

    carry(office.engine, office.post, office.post.lanes["slack"])

    assert (pager.keys, chat.keys) == ([], ["m2-1"])


FAULTS: dict[str, Callable[[], DeskError]] = {
    "transient": lambda: Transient("no connection"),
    "limited": lambda: RateLimited("slow down", retry_after=7),
    "lost": lambda: Unknown("no answer"),
}
Plan = list[tuple[str, str]]
PLANS: st.SearchStrategy[Plan] = st.lists(
    st.tuples(st.sampled_from(("before", "after")), st.sampled_from(("none", *FAULTS))), max_size=12
)


def strikes(plan: Plan, when: str) -> Callable[[object], DeskError | None]:
    """The faults of a plan, one a call, then none."""
    left = [what if at_which == when else "none" for at_which, what in plan]

    def strike(_message: object) -> DeskError | None:
        what = left.pop(0) if left else "none"
        if when == "after" and what != "none":
            what = "lost"
        return FAULTS[what]() if what != "none" else None

    return strike


@settings(max_examples=60, deadline=None)
@given(first=PLANS, second=PLANS, kills=st.sets(st.integers(0, 20), max_size=3), urgent=st.booleans())
def test_whatever_fails_a_page_is_said_and_never_after_its_close(
    first: Plan, second: Plan, kills: set[int], urgent: bool
) -> None:
    """Two channels that know their keys, under any faults and restarts: each message once at most in each, every page in one of them, and the close last."""
    pager, chat = Carrier("on-call"), Carrier("backup", "pagerduty", "ask")
    pager.before, pager.after = strikes(first, "before"), strikes(first, "after")
    chat.before, chat.after = strikes(second, "before"), strikes(second, "after")
    office = Office(pager, chat)
    channels = ("on-call", "backup")
    for number in (1, 2):
        office.queue(1, number=number, urgent=urgent, channels=channels)
    for turn in range(120):
        if turn == 100:
            for name in channels:
                office.queue(1, number=3, key=f"end-{name}", verb="close", channels=(name,))
        if turn in kills:
            with office.store.begin() as tx:
                tx.messages.claim(office.time, 1, office.time + timedelta(minutes=5))
            office.open()
            take_over(office.engine)
        deliver(office.engine, office.post)
        office.time += timedelta(seconds=20)

    for one in (pager, chat):
        assert len(one.keys) == len(set(one.keys))
        verbs = [message.verb for message in one.took]
        assert "page" not in verbs[verbs.index("close") :] if "close" in verbs else True
    assert {"m1-1", "m1-2"} <= {*pager.keys, *chat.keys}
    for one in (pager, chat):
        if any(message.verb == "page" for message in one.took):
            assert one.took[-1].verb == "close"
