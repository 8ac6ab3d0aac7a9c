"""The pacer: never faster than the account allows, and a share left for others."""

from collections.abc import Mapping

import pytest

from deskhand.zendesk.pace import Pacer
from tests.zendesk.places import Told

EXPORT = "/api/v2/incremental/tickets/cursor"


def pacer(clock: Told, **more: float) -> Pacer:
    """A pacer whose waiting moves the clock."""
    return Pacer(clock.now, clock.wait, **more)  # type: ignore[arg-type]


def test_exports_keep_to_ten_a_minute_though_no_header_says_so() -> None:
    """The eleventh waits until the first is a minute old; any path under /incremental/ counts."""
    clock = Told()
    paced = pacer(clock)
    for number in range(10):
        paced.before("GET", EXPORT if number % 2 else "/api/v2/incremental/ticket_metric_events")
    assert clock.waits == []

    paced.before("GET", EXPORT)

    assert clock.waits == [60.0]


def test_the_logs_leave_four_of_ten_exports_to_the_tickets() -> None:
    """What they may take is counted with what the tickets took, and comes back with the minute; one call a minute is anybody's."""
    clock = Told()
    paced, slow = pacer(clock), pacer(clock, incremental_per_minute=1)
    left = []
    for _ in range(8):
        left.append(paced.exports_left())
        paced.before("GET", EXPORT)
    clock.wait(60)

    assert left == [6, 5, 4, 3, 2, 1, 0, -1]
    assert (paced.exports_left(), slow.exports_left()) == (6, 1)


def test_what_is_read_beside_the_feeds_leaves_them_half_of_what_is_ours() -> None:
    """A tenth is left to others here, so half of 90; before the account has said anything, and when its count begins anew, all is free."""
    clock = Told()
    paced = pacer(clock, reserve=0.1)
    free = [paced.spare()]
    for left in ("56", "55"):
        paced.after("GET", "/x", {"ratelimit-limit": "100", "ratelimit-remaining": left, "ratelimit-reset": "12"})
        free.append(paced.spare())
    clock.wait(12)

    assert free == [True, True, False]
    assert paced.spare()


def test_the_add_on_allows_thirty() -> None:
    """By setting, since nothing announces it."""
    clock = Told()
    paced = pacer(clock, incremental_per_minute=30)
    for _ in range(30):
        paced.before("GET", EXPORT)

    assert clock.waits == []


@pytest.mark.parametrize(
    "headers",
    [
        {"ratelimit-limit": "100", "ratelimit-remaining": "21", "ratelimit-reset": "12"},
        {"RateLimit-Limit": "100", "RateLimit-Remaining": "21", "RateLimit-Reset": "12"},
        {"rate-limit": "100", "rate-limit-remaining": "21", "rate-limit-reset": "12", "x-rate-limit": "100"},
    ],
)
def test_a_share_of_the_quota_is_left_to_others(headers: Mapping[str, str]) -> None:
    """With a fifth reserved, the call that would touch it waits for the reset, in every spelling."""
    clock = Told()
    paced = pacer(clock, reserve=0.2)
    paced.after("GET", "/api/v2/tickets", headers)
    paced.before("GET", "/api/v2/tickets")
    assert clock.waits == []

    paced.before("GET", "/api/v2/tickets")

    assert clock.waits == [12.0]


def test_without_a_reset_the_whole_minute_is_waited_for() -> None:
    """`x-rate-limit` alone tells no time."""
    clock = Told()
    paced = pacer(clock)
    paced.after("GET", "/x", {"x-rate-limit": "700", "x-rate-limit-remaining": "100"})

    paced.before("GET", "/x")

    assert clock.waits == [60.0]


@pytest.mark.parametrize("name", ["zendesk-ratelimit-tickets-index", "Zendesk-Rate-Limit-Tickets-Update"])
def test_an_endpoint_without_calls_left_is_waited_for_alone(name: str) -> None:
    """Other endpoints go on; numbers in paths do not matter."""
    clock = Told()
    paced = pacer(clock)
    paced.after("PUT", "/api/v2/tickets/4", {name: "total=100; remaining=0; resets=43"})

    paced.before("GET", "/api/v2/tickets/4")
    assert clock.waits == []
    paced.before("PUT", "/api/v2/tickets/5")

    assert clock.waits == [43.0]


def test_headers_that_make_no_sense_are_ignored() -> None:
    """Nothing is learnt, nothing breaks."""
    clock = Told()
    paced = pacer(clock)
    paced.after("GET", "/x", {"ratelimit-limit": "many", "ratelimit-remaining": "", "zendesk-ratelimit-x": "total=a"})
    paced.before("GET", "/x")

    assert (paced.budget, clock.waits) == (None, [])
