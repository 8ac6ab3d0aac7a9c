"""The demo: what it shows, and that its check notices what is wrong."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from deskhand.cli.demo import play as module
from deskhand.cli.demo.play import Ask, World, company_day, play
from deskhand.sandbox import Sandbox

POLICIES = Path(__file__).parents[2] / "policies"


@pytest.fixture
def morning(monkeypatch: pytest.MonkeyPatch) -> None:
    """The demo's day, ended after half an hour."""

    def half_an_hour(seed: int) -> World:
        world = company_day(seed)
        return replace(world, until=world.sandbox.clock.now() + timedelta(minutes=30))

    monkeypatch.setattr(module, "company_day", half_an_hour)


@pytest.mark.usefixtures("morning")
def test_the_demo_says_what_was_done_and_checks_it(capsys: pytest.CaptureFixture[str]) -> None:
    """One JSON object alone on standard output, every kind of effect in it, no difference."""
    assert play(Ask(policies=POLICIES, as_json=True)) == 0

    report = json.loads(capsys.readouterr().out)
    kinds = ("retagged", "reassigned", "raised", "lowered", "fields", "followers", "notified", "engaged", "notes")
    assert {kind: report[kind] for kind in kinds if not report[kind]} == {}
    assert (report["mismatches"], report["refused"]) == (0, 0)
    assert report["tickets"] >= 400
    assert report["writes"] <= report["decisions"] <= report["evaluations"]
    said = ("triggered", "paged", "acknowledged", "slack_post", "jira_issue")
    assert {name: report["said"][name] for name in said if not report["said"][name]} == {}


def _retag(sandbox: Sandbox) -> None:
    """Somebody takes a ticket's tags away in the database, past every audit."""
    ticket = next(one for one in sandbox.world.tickets.values() if one.tags)
    ticket.tags = ()
    sandbox.world.touch(ticket)


def _page(sandbox: Sandbox) -> None:
    """Somebody else pages the people on call, under a key that looks like ours."""
    sandbox.services.pagerduty.open("PSUPPORT", "zd:acme:1:e9", "P1 #1 nobody decided this [#1]")


def _lose(sandbox: Sandbox) -> None:
    """Slack forgets what it was told first."""
    log = sandbox.services.slack.log
    log.remove(next(one for one in log if one.kind == "post"))


def _all_three(sandbox: Sandbox) -> None:
    _retag(sandbox)
    _page(sandbox)
    _lose(sandbox)


@pytest.mark.usefixtures("morning")
def test_each_thing_altered_behind_the_worker_is_one_mismatch(capsys: pytest.CaptureFixture[str]) -> None:
    """The check reads the tickets with their audits and the services' logs, so it sees what the worker's own records cannot."""
    assert play(Ask(policies=POLICIES, as_json=True, meddle=_all_three)) == 1

    told = capsys.readouterr()
    assert json.loads(told.out)["mismatches"] == 3
    assert "Check failed" in told.err
    assert "tags" in told.err
    assert "nobody decided" in told.err
    assert "no service has it" in told.err
