"""Zendesk's metrics as clocks: cycles, pauses and ends."""

import pytest

from deskhand.core.clock import ZENDESK_METRICS, lives
from deskhand.core.history import Event, History
from deskhand.core.sla import METRICS
from tests.core.builders import ALWAYS, HOUR, MINUTE, at

STORY: History = (
    Event(at(0), "created"),
    Event(at(0), "status", "new"),
    Event(at(0), "severity", "p3"),
    Event(at(0), "group", "Support L1"),
    Event(at(5), "customer_reply"),
    Event(at(10), "agent_reply"),
    Event(at(10), "status", "pending"),
    Event(at(40), "customer_reply"),
    Event(at(40), "status", "open"),
    Event(at(45), "customer_reply"),
    Event(at(50), "group", "Billing"),
    Event(at(60), "agent_reply"),
    Event(at(60), "status", "hold"),
    Event(at(90), "agent_reply"),
    Event(at(100), "status", "solved"),
    Event(at(130), "status", "open"),
)


def lasted(metric: str, minutes: float = 200) -> list[tuple[str, float]]:
    """Stage and minutes of each life of a metric in the story."""
    clock = METRICS[metric].clock({"p3": HOUR}, ALWAYS)
    return [(life.seen.stage, (life.seen.elapsed or 0) / MINUTE) for life in lives(clock, STORY, at(minutes))]


def test_all_eight_metrics_are_there() -> None:
    """Under Zendesk's own names."""
    assert tuple(METRICS) == ZENDESK_METRICS


@pytest.mark.parametrize(
    ("metric", "expected"),
    [
        ("first_reply_time", [("met", 10)]),
        ("next_reply_time", [("met", 20)]),
        ("periodic_update_time", [("met", 50), ("met", 30), ("met", 10)]),
        ("pausable_update_time", [("met", 20), ("met", 30), ("met", 10)]),
        ("requester_wait_time", [("running", 140)]),
        ("agent_work_time", [("running", 100)]),
        ("total_resolution_time", [("running", 170)]),
        ("group_ownership_time", [("met", 50), ("met", 50)]),
    ],
)
def test_each_metric_runs_pauses_and_ends_as_zendesk_says(metric: str, expected: list[tuple[str, float]]) -> None:
    """The customer's second question does not restart next reply; a reply ends one update cycle and starts the next."""
    assert lasted(metric) == expected


def test_a_new_cycle_is_a_new_episode() -> None:
    """Steps of a rule on next reply may fire once in each."""
    clock = METRICS["periodic_update_time"].clock({"p3": HOUR}, ALWAYS)

    episodes = [life.seen.episode for life in lives(clock, STORY, at(99))]

    assert len(set(episodes)) == 3
