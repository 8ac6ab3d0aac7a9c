"""Trials of the default run with services: ladders are climbed while everything goes wrong, and the stand-ins' logs are held against what was decided."""

from datetime import timedelta

import pytest

from tests.trials.service_trial import ServiceTrial, run_services
from tests.trials.world import START

PROMPT = timedelta(minutes=2, seconds=45)
"""What is urgent goes by the next channel after two minutes; a turn of a trial that met errors comes up to half a minute later."""


@pytest.mark.parametrize("seed", range(3))
def test_every_message_is_said_once_whatever_goes_wrong(seed: int) -> None:
    """No page, issue, public word or note twice, none lost, none after its close. To see a seed again: scripts/trials --services --first SEED --seeds 1."""
    assert run_services(seed).problems == []


def test_a_calm_week_says_everything_at_once() -> None:
    """Pages are acknowledged or climb; each kind of message is there, and nothing is dead or left."""
    verdict = run_services(1, wild=False)

    assert verdict.problems == []
    assert {"page confirmed", "tell sent", "file sent", "publish sent", "close sent"} <= {
        name.removeprefix("messages ")
        for name, count in verdict.counts.items()
        if count and name.startswith("messages")
    }


def test_no_page_is_lost_while_the_first_channel_is_down() -> None:
    """PagerDuty answers nothing for half a day: each page goes by the next channel within some two minutes, once, and none comes late by PagerDuty."""
    trial = ServiceTrial(6, 25, wild=False)
    begin, end = START + timedelta(hours=66), START + timedelta(hours=78)
    trial.world.sandbox.faults.add(
        {"kind": "status", "path": "/services/pagerduty/*", "after": begin.timestamp(), "until": end.timestamp()}
    )
    assert trial.run().problems == []

    with trial.inner.read() as tx:
        rows = [row for row in tx.messages.recent(START) if row.message.verb == "page" and not row.joined]
    there = [row for row in rows if begin + PROMPT < row.message.at < end - PROMPT and row.sent_at]
    assert len(there) >= 5
    assert {row.by for row in there} <= {"room", "receiver"}
    assert max(row.sent_at - row.message.at for row in there if row.sent_at) <= PROMPT
    late = [one.when for one in trial.world.sandbox.services.pagerduty.log if one.kind == "triggered"]
    assert not any(begin <= when < end for when in late)
