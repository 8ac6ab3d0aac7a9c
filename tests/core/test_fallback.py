"""When a message is tried again, and when its next channel carries it instead."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from deskhand.core import fallback
from deskhand.core.message import Attempt, MessageRow, Notice
from tests.core.builders import at
from tests.core.messages import message, planned

ROW = planned(message(channels=("a", "b", "c")))


def tried(*attempts: tuple[str, float, str]) -> MessageRow:
    """A row after attempts: channel, minutes after START, and what they came to."""
    return replace(ROW, tried=tuple(Attempt(channel, at(minutes), came) for channel, minutes, came in attempts))


def test_attempts_that_came_to_the_same_are_kept_once() -> None:
    """Of a hundred in a row the first and the last; the reason is the last one's."""
    row = ROW
    for minute in range(100):
        row = fallback.attempted(row, at(minute), "away: no answer")
    assert [one.at for one in row.tried] == [at(0), at(99)]
    assert row.reason == "away: no answer"
    assert len(fallback.attempted(row, at(100), "refused: no").tried) == 3


def test_it_is_known_since_when_the_present_channel_fails() -> None:
    """From its first failure in a row on; another channel's failures, and a success, do not count."""
    assert fallback.failing_since(ROW) is None
    assert fallback.failing_since(tried(("a", 1, "away: x"), ("a", 3, "unclear: y"))) == at(1)
    assert fallback.failing_since(tried(("a", 1, "away: x"), ("b", 2, "away: x"), ("a", 5, "away: x"))) == at(5)
    assert fallback.failing_since(tried(("a", 1, "away: x"), ("a", 2, "sent"))) is None


def test_what_is_urgent_is_out_of_patience_within_two_minutes() -> None:
    """So early that an attempt that takes its whole time still ends within them; whatever is known of the channel counts."""
    urgent = replace(ROW, message=replace(ROW.message, urgent=True))
    assert not fallback.is_out_of_patience(urgent, None, at(99))
    assert [fallback.is_out_of_patience(urgent, at(0), at(seconds=one)) for one in (90, 100, 101)] == [
        False,
        False,
        True,
    ]
    assert [fallback.is_out_of_patience(ROW, at(0), at(minutes)) for minutes in (2, 9, 10)] == [False, False, True]
    assert fallback.is_out_of_patience(tried(("a", 0, "away: x")), at(50), at(10))


def test_candidates_are_asked_round_the_chain() -> None:
    """On from the present one; none that cannot be used, or that refused."""
    assert fallback.candidates(ROW, {"a", "b", "c"}) == [1, 2]
    assert fallback.candidates(replace(ROW, channel=1), {"a", "b", "c"}) == [2, 0]
    assert fallback.candidates(replace(ROW, channel=1), {"a", "b"}) == [0]
    assert fallback.candidates(tried(("b", 0, "refused: no")), {"a", "b", "c"}) == [2]
    assert fallback.candidates(replace(ROW, message=replace(ROW.message, channels=())), {"a"}) == []


def test_a_channel_may_have_said_what_it_took_or_lost() -> None:
    """Not what it refused, what was said in another thread, or what another channel said."""
    assert fallback.may_have_carried(replace(ROW, state="sent"), "a")
    assert not fallback.may_have_carried(replace(ROW, state="sent"), "b")
    assert fallback.may_have_carried(tried(("b", 0, "unclear: x")), "b")
    assert not fallback.may_have_carried(tried(("b", 0, "away: x")), "b")
    assert not fallback.may_have_carried(replace(ROW, state="sent", joined="other"), "a")
    assert fallback.may_have_carried(replace(tried(("a", 0, "unclear: x")), state="sent", joined="other"), "a")


def test_what_comes_by_fallback_says_so_in_the_same_words_at_every_try() -> None:
    """Before the text; public words and issues are not for remarks."""
    row = replace(tried(("a", 0, "refused: x"), ("b", 1, "away: y"), ("b", 2, "away: z")), channel=2)
    row = replace(row, message=replace(row.message, notice=Notice("title", "text")))
    said = fallback.worded(row)
    assert said.notice.text == "(By fallback, because a and b did not take it.)\ntext"
    assert fallback.worded(fallback.attempted(row, at(9), "away: again")) == said
    assert fallback.worded(ROW) == ROW.message
    public = replace(row, message=replace(row.message, verb="publish"))
    assert fallback.worded(public) == public.message


def test_a_row_that_moves_begins_anew() -> None:
    """Planned for now, without attempts or a lease."""
    row = fallback.moved(replace(ROW, state="sending", attempts=3, lease_until=at(9)), 1, at(2))
    assert (row.state, row.by, row.attempts, row.lease_until, row.not_before) == ("planned", "b", 0, None, at(2))


@given(count=st.integers(0, 1_000))
def test_waits_grow_and_have_an_end(count: int) -> None:
    """A channel is asked again within a quarter of a minute, a message within a minute, and never at once."""
    assert timedelta(0) < fallback.wait_for_lane(count) <= fallback.LOOK
    assert timedelta(0) < fallback.wait_for_row(count) <= timedelta(minutes=1)
    assert fallback.wait_for_lane(count) <= fallback.wait_for_lane(count + 1)
    assert fallback.wait_for_row(count) <= fallback.wait_for_row(count + 1)


def test_the_patience_is_the_messages_and_not_each_channels() -> None:
    """Where one channel after the other is away, whoever comes next has one attempt: two minutes are two minutes for all of the chain."""
    row = planned(message(urgent=True, channels=("pager", "events", "room")))
    row = fallback.attempted(row, at(0), f"{fallback.AWAY}no answer")
    moved = fallback.moved(fallback.attempted(row, at(2), f"{fallback.AWAY}no answer"), 1, at(2))

    assert not fallback.is_out_of_patience(moved, None, at(2))
    tried = fallback.attempted(moved, at(2.1), f"{fallback.AWAY}no answer")
    assert fallback.is_out_of_patience(tried, None, at(2.1))


def test_a_channel_that_may_have_said_it_is_asked_when_it_has_its_turn_again() -> None:
    """Its row is unclear and not planned; any other channel says it."""
    row = tried(("a", 1, "unclear: no answer"), ("b", 2, "away: x"))
    assert fallback.moved(row, 0, at(3)).state == "unknown"
    assert fallback.moved(row, 2, at(3)).state == "planned"


def test_a_page_is_said_twice_at_most_while_nobody_can_tell() -> None:
    """Once more when it comes round the chain; not while the same channel is still being asked, and nothing but a page."""
    once, twice = ("a", 1.0, "unclear: no answer"), ("a", 5.0, "unclear: no answer")
    elsewhere = ("b", 7.0, "away: x")
    assert fallback.may_be_said_again(tried(once, elsewhere))
    assert not fallback.may_be_said_again(tried(once))
    assert not fallback.may_be_said_again(tried(once, twice, elsewhere))
    told = tried(once, elsewhere)
    assert not fallback.may_be_said_again(replace(told, message=replace(told.message, verb="tell")))


def test_the_day_after_which_a_message_is_given_up_begins_when_it_may_leave() -> None:
    """What nobody took before its quiet hours is tried for a day after them, however many attempts that takes; patience begins anew too."""
    day = 24 * 60
    row = tried(("a", 1, "away: x"))
    assert not fallback.is_given_up(row, at(day))
    assert fallback.is_given_up(row, at(day + 1))
    opened = fallback.taken_up(replace(row, state="deferred", reason="'a' has quiet hours"), at(3 * day))
    assert (opened.state, opened.reason) == ("planned", "'a' has quiet hours")
    assert fallback.failing_since(opened) is None
    for minute in range(60):
        opened = fallback.attempted(replace(opened, channel=minute % 2), at(3 * day + minute), "away: x")
    assert not fallback.is_given_up(opened, at(4 * day))
    assert fallback.is_given_up(opened, at(4 * day + 1))
