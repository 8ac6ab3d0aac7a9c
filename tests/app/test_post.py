"""The post office: lanes and what is known of each."""

from dataclasses import replace
from datetime import timedelta

from deskhand.app.post import Lane, Post
from deskhand.core.ladder import Channel as Place
from tests.app.carriers import Carrier
from tests.core.builders import START, at
from tests.core.messages import message, planned


def test_channels_of_one_service_and_secret_share_a_lane() -> None:
    """Another secret of the same service has a lane of its own."""
    post = Post(channels={name: Carrier(name, "slack") for name in ("one", "two", "three")})
    post.arrange(
        {"one": Place("one", "slack"), "two": Place("two", "slack"), "three": Place("three", "slack", key="EU")}
    )

    assert {name: lane.channels for name, lane in post.lanes.items()} == {
        "slack": ("one", "two"),
        "slack:EU": ("three",),
    }
    assert post.lane_of("two") is post.lanes["slack"]
    assert post.lane_of("none") is None


def test_what_is_known_of_a_service_survives_a_change_of_the_policies() -> None:
    """A lane that is away stays away; one that is not there any more is forgotten."""
    post = Post(channels={"one": Carrier("one", "slack"), "on-call": Carrier("on-call")})
    post.arrange({})
    post.lanes["slack"].failed(START, "no answer")
    post.channels = {"two": Carrier("two", "slack")}
    post.arrange({})

    assert (list(post.lanes), post.lanes["slack"].channels) == (["slack"], ("two",))
    assert post.is_held("two", START)
    assert post.is_held("on-call", START)
    assert post.away(at(1)) == {"slack": "away since 2026-03-02 09:00:00 UTC: no answer"}


def test_a_lane_that_fails_is_left_alone_a_little_longer_each_time() -> None:
    """Two seconds, four, eight, and never more than fifteen; what goes through ends it."""
    lane, now = Lane("slack", ("one",)), START
    waits = []
    for _ in range(6):
        lane.failed(now, "no answer")
        assert lane.free_at is not None
        waits.append((lane.free_at - now).total_seconds())
        now = lane.free_at

    assert waits == [2, 4, 8, 15, 15, 15]
    post = Post(lanes={"slack": lane})
    assert list(post.away(now)) == ["slack"]
    lane.went()
    assert (post.away(now), lane.failures, lane.is_held(now)) == ({}, 0, False)


def test_a_service_that_was_slow_for_a_moment_is_not_said_to_be_away() -> None:
    """Only after half a minute in which nothing went through."""
    post = Post(channels={"one": Carrier("one", "slack")})
    post.arrange({})
    post.lanes["slack"].asked_to_wait(START, 1.0, "slow down")

    assert post.away(START + timedelta(seconds=30)) == {}
    assert list(post.away(START + timedelta(seconds=31))) == ["slack"]


def test_it_is_said_why_a_channel_cannot_be_used() -> None:
    """Not set, not there, or not for this kind of message."""
    post = Post(channels={"on-call": Carrier("on-call")}, missing={"support": "support needs a token"})
    row = planned(message())

    assert post.unusable(row) == ""
    assert post.unusable(replace(row, channel=1)) == "support needs a token"
    assert post.unusable(replace(row, channel=2)) == "it names no channel"
    assert post.unusable(planned(message(channels=("x",)))) == "no channel 'x' is in the policies any more"
    assert post.unusable(planned(message(verb="file"))) == "'on-call' carries nothing of the kind file"
